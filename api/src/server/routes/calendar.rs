//! The calendar: calls, meetings, due tasks; and the company's working hours.

use super::activities::{self, Activity, ActivityStatus, ActivityType};
use super::people::PersonRef;
use super::records::RecordRef;
use super::tasks;
use crate::server::accounts::{Administer, May, Session};
use crate::server::app::App;
use crate::server::error::ApiError;
use crate::server::extract::{Json, Query};
use crate::server::key::{Instant, Key};
use crate::server::problem::Refusals;
use chrono::{NaiveDate, NaiveTime};
use redthread_calendar::{BusinessCalendar, Timestamp, WorkingHours, Zone};
use redthread_crm::{RecordKey, activities as store, calendar as company, users};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Something that stands in the calendar.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CalendarItem {
    /// The key of the activity or task.
    pub key: Key,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: CalendarItemType,
    /// What it is about.
    pub title: String,
    /// When it begins; of a task, when it is due.
    pub start: Instant,
    /// When it ends.
    pub end: Instant,
    /// `planned`, `held` or `cancelled`; of a task `open`.
    pub status: String,
    /// In whose calendar it stands.
    #[schema(required = true)]
    pub owner: Option<PersonRef>,
    /// The record that it is about.
    #[schema(required = true)]
    pub record: Option<RecordRef>,
    /// When its owner is reminded.
    #[schema(required = true)]
    pub remind_at: Option<Instant>,
    /// The process that made it.
    #[schema(required = true)]
    pub process: Option<Origin>,
}

/// The process that made something.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Origin {
    /// The instance.
    pub instance: Key,
    /// The process's name.
    pub name: String,
    /// The version of the process.
    pub version: u32,
}

/// What stands in the calendar.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum CalendarItemType {
    /// A call.
    Call,
    /// A meeting.
    Meeting,
    /// An e-mail.
    Email,
    /// A note.
    Note,
    /// A task that is due.
    Task,
}

/// Which days, whose.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CalendarQuery {
    /// From.
    pub from: Instant,
    /// To, at most 100 days later.
    pub to: Instant,
    /// Logins with commas between them; without any: one's own.
    pub people: Option<String>,
}

/// When the company works.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CompanyCalendar {
    /// Where it works: an IANA zone.
    #[schema(examples("Europe/Berlin"))]
    pub zone: String,
    /// The working hours of each day, Monday first; local times `HH:MM`.
    pub week: Vec<Vec<Hours>>,
    /// Days on which it does not.
    pub holidays: Vec<Holiday>,
}

/// From when to when, local time.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Hours {
    /// `HH:MM`.
    #[schema(examples("09:00"))]
    pub from: String,
    /// `HH:MM`.
    #[schema(examples("18:00"))]
    pub to: String,
}

/// A day on which nobody works.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Holiday {
    /// `YYYY-MM-DD`.
    #[schema(format = Date)]
    pub date: String,
    /// What it is called.
    pub name: String,
}

/// What stands in the calendar, in the order of time.
#[utoipa::path(get, path = "/api/calendar", tag = "calendar", params(CalendarQuery),
    security(("session" = [])), responses((status = 200, body = [CalendarItem]), Refusals))]
pub async fn calendar(
    session: Session,
    app: App,
    Query(query): Query<CalendarQuery>,
) -> Result<Json<Vec<CalendarItem>>, ApiError> {
    let (from, to) = (query.from.0, query.to.0);
    if to <= from || to > from.saturating_add_micros(LONGEST_RANGE) {
        let sentence = "The calendar shows at most a hundred days at once.";
        return Err(ApiError::field("to", "range", sentence));
    }
    let logins: Vec<String> = match &query.people {
        Some(people) => people
            .split(',')
            .map(|login| login.trim().to_owned())
            .collect(),
        None => vec![session.login.clone()],
    };
    let mut owners: Vec<RecordKey> = Vec::new();
    for login in logins.iter().filter(|login| !login.is_empty()) {
        owners.extend(
            users::by_login(app.reader(), session.scope(), login)
                .await?
                .map(|user| user.key),
        );
    }
    if owners.is_empty() {
        return Ok(Json(Vec::new()));
    }
    let records = store::in_range(app.reader(), session.scope(), &owners, from, to).await?;
    let activities = activities::shown(&app, records).await?;
    let mut items: Vec<CalendarItem> = activities
        .into_iter()
        .filter_map(CalendarItem::of)
        .collect();
    items.extend(tasks::due_between(&app, &session, &logins, from, to).await?);
    items.sort_by_key(|item| (item.start, item.key));
    Ok(Json(items))
}

/// When the company works.
#[utoipa::path(get, path = "/api/calendar/company", tag = "calendar",
    security(("session" = [])), responses((status = 200, body = CompanyCalendar), Refusals))]
pub async fn company_calendar(
    _session: Session,
    app: App,
) -> Result<Json<CompanyCalendar>, ApiError> {
    Ok(Json(company::load(app.reader()).await?.into()))
}

/// Change when the company works.
#[utoipa::path(put, path = "/api/calendar/company", tag = "calendar",
    security(("session" = ["administrator"])),
    responses((status = 200, body = CompanyCalendar), Refusals))]
pub async fn change_company_calendar(
    may: May<Administer>,
    app: App,
    Json(calendar): Json<CompanyCalendar>,
) -> Result<Json<CompanyCalendar>, ApiError> {
    let calendar = calendar.read()?;
    let zone = calendar.zone;
    app.write(&may.session, move |write| {
        let calendar = calendar.clone();
        Box::pin(async move {
            company::store(&write.change, write.scope, calendar).await?;
            write.context.touches.topic("calendar");
            Ok(())
        })
    })
    .await?;
    app.world().set_zone(zone);
    Ok(Json(company::load(app.reader()).await?.into()))
}

/// A hundred days.
const LONGEST_RANGE: i64 = 100 * 24 * 60 * 60 * 1_000_000;
/// How long something without an end is drawn.
const QUARTER_OF_AN_HOUR: i64 = 15 * 60 * 1_000_000;

impl CalendarItem {
    /// An activity that has a time.
    fn of(activity: Activity) -> Option<CalendarItem> {
        let start = activity.start?;
        Some(CalendarItem {
            key: activity.key,
            kind: match activity.kind {
                ActivityType::Call => CalendarItemType::Call,
                ActivityType::Meeting => CalendarItemType::Meeting,
                ActivityType::Email => CalendarItemType::Email,
                ActivityType::Note => CalendarItemType::Note,
            },
            title: activity.subject,
            end: activity.end.unwrap_or_else(|| end_of(start.0)),
            start,
            status: match activity.status {
                ActivityStatus::Planned => "planned",
                ActivityStatus::Held => "held",
                ActivityStatus::Cancelled => "cancelled",
            }
            .to_owned(),
            owner: activity.owner,
            record: activity.record,
            remind_at: activity.remind_at,
            process: activity.process,
        })
    }
}

/// Where something without an end is drawn to end.
pub fn end_of(start: Timestamp) -> Instant {
    start.saturating_add_micros(QUARTER_OF_AN_HOUR).into()
}

impl From<BusinessCalendar> for CompanyCalendar {
    fn from(calendar: BusinessCalendar) -> CompanyCalendar {
        let hours = |hours: &WorkingHours| Hours {
            from: hours.from.format("%H:%M").to_string(),
            to: hours.to.format("%H:%M").to_string(),
        };
        let week = calendar
            .week
            .iter()
            .map(|day| day.iter().map(hours).collect());
        let holidays = calendar.holidays.iter();
        CompanyCalendar {
            zone: calendar.zone.name(),
            week: week.collect(),
            holidays: holidays
                .map(|(date, name)| Holiday {
                    date: date.to_string(),
                    name: name.clone(),
                })
                .collect(),
        }
    }
}

impl CompanyCalendar {
    /// The calendar as the company keeps it.
    ///
    /// # Errors
    /// One for the first part that makes no sense.
    pub fn read(&self) -> Result<BusinessCalendar, ApiError> {
        let zone = Zone::parse(&self.zone)
            .map_err(|error| ApiError::field("zone", "zone", format!("{error}.")))?;
        let days: [&Vec<Hours>; 7] = self
            .week
            .iter()
            .collect::<Vec<_>>()
            .try_into()
            .map_err(|_| ApiError::field("week", "week", "A week has seven days, Monday first."))?;
        let mut week: [Vec<WorkingHours>; 7] = Default::default();
        for (day, hours) in week.iter_mut().zip(days) {
            for hours in hours {
                day.push(WorkingHours {
                    from: time(&hours.from)?,
                    to: time(&hours.to)?,
                });
            }
        }
        let mut holidays = BTreeMap::new();
        for holiday in &self.holidays {
            let date = holiday.date.parse::<NaiveDate>().map_err(|_| {
                let sentence = format!("\"{}\" is no date such as 2026-12-25.", holiday.date);
                ApiError::field("holidays", "date", sentence)
            })?;
            holidays.insert(date, holiday.name.clone());
        }
        BusinessCalendar::new(zone, week, holidays)
            .map_err(|error| ApiError::field("week", "calendar", format!("{error}.")))
    }
}

fn time(text: &str) -> Result<NaiveTime, ApiError> {
    NaiveTime::parse_from_str(text, "%H:%M").map_err(|_| {
        ApiError::field(
            "week",
            "time",
            format!("\"{text}\" is no time of day such as 09:00."),
        )
    })
}

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(calendar))
        .routes(routes!(company_calendar, change_company_calendar))
}
