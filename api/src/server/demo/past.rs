//! Lets the company's last weeks happen, on the real engine: requests come in and are closed, a week later their owners
//! call, problems are solved or not. The clock is moved from one moment to the next; nothing is written behind the
//! engine's back.

use super::company::{Activity, Call, Case, Company, Moment};
use super::load::{Clients, Staff, create, fields};
use crate::server::accounts::Session;
use crate::server::app::App;
use crate::server::error::ApiError;
use redthread_calendar::{BusinessCalendar, Timestamp};
use redthread_core::{Holder, Variables};
use redthread_crm::activities::{self, ActivityType, Outcome, Plan};
use redthread_crm::{Kind, RecordKey, Scope, notifications, records};
use redthread_feel::Value as Feel;
use redthread_runtime::{PageRequest, TaskFilter, TaskView};
use serde_json::{Map, Value, json};
use std::collections::{HashMap, HashSet};

const MINUTE: i64 = 60 * 1_000_000;
const DAY: i64 = 24 * 60 * MINUTE;
/// How often people look at their calendars and lists.
const LOOK_EVERY: i64 = 60 * MINUTE;

/// The last weeks of the company.
pub(super) struct Past<'a> {
    pub app: &'a App,
    pub company: &'a Company,
    pub staff: &'a Staff,
    pub clients: &'a Clients,
    pub calendar: &'a BusinessCalendar,
    pub today: Timestamp,
}

/// Something that happens at a moment.
enum Happening<'a> {
    /// A client asks for something.
    Open(&'a Case),
    /// The request is done.
    Close(&'a Case),
    /// Somebody plans a call or meeting, or writes something down.
    Plan(&'a Activity, Timestamp),
    /// People look at their calendars and task lists.
    Look,
    /// People have read what they were told so far.
    Read,
}

/// What is known so far.
#[derive(Default)]
struct Known<'a> {
    cases: HashMap<String, RecordKey>,
    by_key: HashMap<RecordKey, &'a Case>,
    plans: HashMap<RecordKey, &'a Activity>,
    called: HashSet<RecordKey>,
}

impl<'a> Past<'a> {
    /// Lets it all happen, up to today.
    pub async fn happen(&self) -> Result<(), ApiError> {
        let mut known = Known::default();
        for (at, happening) in self.happenings() {
            if at > self.app.now() {
                self.app.runtime().advance_to(at).await?;
            }
            match happening {
                Happening::Open(case) => self.open(case, &mut known).await?,
                Happening::Close(case) => self.close(case, &known).await?,
                Happening::Plan(activity, at) => self.plan(activity, at, &mut known).await?,
                Happening::Look => {
                    self.hold_calls(&mut known).await?;
                    self.solve_problems(&known).await?;
                }
                Happening::Read => self.read().await?,
            }
        }
        if self.today > self.app.now() {
            self.app.runtime().advance_to(self.today).await?;
        }
        Ok(())
    }

    /// What happens up to today, in the order of time.
    fn happenings(&self) -> Vec<(Timestamp, Happening<'a>)> {
        let (beginning, company) = (self.app.now(), self.company);
        let moment = |workday: i64, time: &str| {
            Moment {
                workday,
                time: time.to_owned(),
            }
            .from(self.calendar, self.today)
        };
        let mut all = Vec::new();
        for case in &company.cases {
            all.push((
                moment(case.opened.workday, &case.opened.time),
                Happening::Open(case),
            ));
            if let Some(closed) = &case.closed {
                all.push((moment(closed.workday, &closed.time), Happening::Close(case)));
            }
        }
        for activity in &company.activities {
            let at = moment(activity.workday, &activity.time);
            // Written down when it has happened, planned some days before.
            let known = match activity.minutes {
                0 => at,
                _ => at.saturating_add_micros(-3 * DAY),
            };
            all.push((known.max(beginning), Happening::Plan(activity, at)));
        }
        let mut look = beginning;
        while look < self.today {
            if self.calendar.is_working(look) {
                all.push((look, Happening::Look));
            }
            look = look.saturating_add_micros(LOOK_EVERY);
        }
        all.push((
            self.calendar.add_working_days(self.today, -1),
            Happening::Read,
        ));
        all.retain(|(at, happening)| match happening {
            // What is planned for later is planned today.
            Happening::Plan(..) => true,
            _ => *at <= self.today,
        });
        for (at, _) in &mut all {
            *at = (*at).min(self.today);
        }
        all.sort_by_key(|(at, _)| *at);
        all
    }

    async fn open(&self, case: &'a Case, known: &mut Known<'a>) -> Result<(), ApiError> {
        let owner = self.staff.of(&case.owner)?;
        let record = fields([
            ("subject", json!(case.subject)),
            ("description", json!(case.description)),
            ("priority", json!(case.priority)),
            ("origin", json!(case.origin)),
            ("status", json!(case.status)),
            ("account", json!(self.clients.accounts.get(&case.account))),
            ("contact", json!(self.clients.contacts.get(&case.contact))),
            ("owner", json!(owner.key)),
        ]);
        let key = create(self.app, owner, Kind::Case, record).await?;
        known.cases.insert(case.id.clone(), key);
        known.by_key.insert(key, case);
        Ok(())
    }

    async fn close(&self, case: &Case, known: &Known<'a>) -> Result<(), ApiError> {
        let (Some(key), Some(closed)) = (known.cases.get(&case.id), &case.closed) else {
            return Ok(());
        };
        let owner = self.staff.of(&case.owner)?;
        self.close_with(owner, *key, &closed.resolution).await
    }

    /// The status becomes closed: this starts the follow-up.
    async fn close_with(
        &self,
        owner: &Session,
        key: RecordKey,
        resolution: &str,
    ) -> Result<(), ApiError> {
        let patch = fields([
            ("status", json!("closed")),
            ("resolution", json!(resolution)),
        ]);
        self.app
            .write(owner, move |write| {
                let patch = patch.clone();
                Box::pin(async move {
                    let (change, scope) = (&write.change, write.scope);
                    records::update(change, scope, Kind::Case, key, None, &patch).await?;
                    Ok(())
                })
            })
            .await
    }

    async fn plan(
        &self,
        activity: &'a Activity,
        at: Timestamp,
        known: &mut Known<'a>,
    ) -> Result<(), ApiError> {
        let owner = self.staff.of(&activity.owner)?;
        let takes_time = activity.minutes > 0;
        let kind = match &*activity.kind {
            "meeting" => ActivityType::Meeting,
            "email" => ActivityType::Email,
            "note" => ActivityType::Note,
            _ => ActivityType::Call,
        };
        let account = self.clients.accounts.get(&activity.account);
        let plan = Plan {
            description: (kind == ActivityType::Note).then(|| activity.subject.clone()),
            starts_at: (kind != ActivityType::Note).then_some(at),
            ends_at: takes_time.then(|| at.saturating_add_micros(activity.minutes * MINUTE)),
            remind_at: takes_time.then(|| at.saturating_add_micros(-30 * MINUTE)),
            owner: Some(owner.key),
            record: account.map(|key| (Kind::Account, *key)),
            ..Plan::new(kind, activity.subject.clone())
        };
        let key = self
            .app
            .write(owner, move |write| {
                let plan = plan.clone();
                Box::pin(async move {
                    Ok(activities::plan(&write.change, write.scope, plan)
                        .await?
                        .key)
                })
            })
            .await?;
        if takes_time {
            known.plans.insert(key, activity);
        }
        Ok(())
    }

    /// Records how the calls and meetings went that are over by now.
    async fn hold_calls(&self, known: &mut Known<'a>) -> Result<(), ApiError> {
        let now = self.app.now();
        let from = now.saturating_add_micros(-4 * DAY);
        let system = Scope::system();
        let calls = activities::in_range(self.app.reader(), &system, &[], from, now).await?;
        for call in calls {
            let over = instant(&call.fields, "ends_at").is_some_and(|end| end <= now);
            if !over || text(&call.fields, "status") != "planned" {
                continue;
            }
            let about = text(&call.fields, "record").parse().ok();
            let case = about.and_then(|key: RecordKey| known.by_key.get(&key));
            let (login, went) = match (known.plans.get(&call.key), case) {
                (Some(activity), _) => (&activity.owner, activity.went()),
                (None, Some(case)) => {
                    let first = about.is_some_and(|key| known.called.insert(key));
                    (&case.owner, case.went(first))
                }
                (None, None) => continue,
            };
            let Some(went) = went else { continue };
            let (owner, key) = (self.staff.of(login)?, call.key);
            self.app
                .write(owner, move |write| {
                    let went = went.clone();
                    Box::pin(async move {
                        let (change, scope) = (&write.change, write.scope);
                        let (outcome, note) = (Some(outcome(&went.outcome)), Some(&*went.note));
                        activities::hold(change, scope, key, None, outcome, note).await?;
                        Ok(())
                    })
                })
                .await?;
        }
        Ok(())
    }

    /// Completes the tasks whose problem is solved by now, and closes the request again.
    async fn solve_problems(&self, known: &Known<'a>) -> Result<(), ApiError> {
        let now = self.app.now();
        let open = TaskFilter::open(TaskView::All);
        let tasks = self
            .app
            .runtime()
            .queries()
            .tasks(&open, &PageRequest::default())
            .await?;
        for task in tasks.items {
            let about = task
                .subject
                .and_then(|subject| subject.key.parse::<RecordKey>().ok());
            let Some((key, case)) = about.and_then(|key| Some((key, *known.by_key.get(&key)?)))
            else {
                continue;
            };
            let Some(solved) = &case.solved else { continue };
            if now < task.created.saturating_add_micros(solved.after * DAY) {
                continue;
            }
            let owner = self.staff.of(&case.owner)?;
            let solution = Feel::from_json(&json!(solved.solution));
            let variables = Variables::from([("solution".into(), solution)]);
            self.app
                .runtime()
                .complete_task(task.key, Holder::Anyone, variables, owner.actor())
                .await?;
            self.close_with(owner, key, &solved.solution).await?;
        }
        Ok(())
    }

    async fn read(&self) -> Result<(), ApiError> {
        for person in self.staff.all() {
            self.app
                .write(person, |write| {
                    Box::pin(async move {
                        let (tx, scope, now) = (write.tx(), write.scope, write.change.now);
                        Ok(notifications::mark_read(tx, scope, &[], now).await?)
                    })
                })
                .await?;
        }
        Ok(())
    }
}

impl Activity {
    fn went(&self) -> Option<Call> {
        let note = self.note.clone().unwrap_or_default();
        self.outcome.clone().map(|outcome| Call { outcome, note })
    }
}

impl Case {
    /// How the first call went; after a problem was solved, all is well.
    fn went(&self, first: bool) -> Option<Call> {
        match first {
            true => self.call.clone(),
            false => self.solved.as_ref().map(|_| Call {
                outcome: "fine".to_owned(),
                note: "OK".to_owned(),
            }),
        }
    }
}

fn outcome(name: &str) -> Outcome {
    match name {
        "problem" => Outcome::Problem,
        "no_answer" => Outcome::NoAnswer,
        _ => Outcome::Fine,
    }
}

fn text<'m>(fields: &'m Map<String, Value>, name: &str) -> &'m str {
    fields.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn instant(fields: &Map<String, Value>, name: &str) -> Option<Timestamp> {
    Timestamp::parse(text(fields, name)).ok()
}
