//! Reminding people of calls and meetings: once, at `remind_at`, in the app and by mail.

use redthread_calendar::{Timestamp, Zone};
use redthread_crm::activities::{self, Reminder};
use redthread_crm::notifications::{self, Notice};
use redthread_crm::outbox::{self, Mail};
use redthread_crm::{CrmError, Kind, Scope, User};
use redthread_runtime::WriteContext;
use sea_orm::{DatabaseConnection, DatabaseTransaction};
use serde_json::{Value as Json, json};

use crate::world::CrmWrite;

/// The code by which pages word a reminder.
pub(crate) const REMINDER: &str = "activity.reminder";
/// How many reminders are read at once.
const BUNCH: u64 = 200;

/// Gives the reminders that are due, all of them: what is due and not done would count as stuck.
pub(crate) async fn give_due(tx: &DatabaseTransaction, cx: &WriteContext) -> Result<(), CrmError> {
    loop {
        let due = activities::reminders_due(tx, &Scope::system(), cx.now, BUNCH).await?;
        let mut given = false;
        for reminder in &due {
            if activities::mark_reminded(tx, reminder.activity.key).await? {
                give(tx, cx, reminder).await?;
                given = true;
            }
        }
        // A bunch of which none could be marked would come again for ever.
        if !given || (due.len() as u64) < BUNCH {
            return Ok(());
        }
    }
}

/// When the next reminder is due.
pub(crate) async fn next_due(conn: &DatabaseConnection) -> Result<Option<Timestamp>, CrmError> {
    activities::next_reminder(conn, &Scope::system()).await
}

async fn give(
    tx: &DatabaseTransaction,
    cx: &WriteContext,
    reminder: &Reminder,
) -> Result<(), CrmError> {
    let Some(owner) = &reminder.owner else {
        return Ok(());
    };
    let write = CrmWrite::of(cx);
    let change = write.change(tx);
    cx.touches.topic("notifications");
    notifications::notify(&change, owner.key, notice(reminder)).await?;
    if let Some(mail) = mail(reminder, owner, cx.zone) {
        cx.touches.topic("outbox");
        outbox::queue(&change, mail).await?;
    }
    Ok(())
}

fn text<'a>(reminder: &'a Reminder, name: &str) -> Option<&'a str> {
    reminder.activity.fields.get(name).and_then(Json::as_str)
}

fn notice(reminder: &Reminder) -> Notice {
    let key = reminder.activity.key;
    Notice {
        code: REMINDER.to_owned(),
        params: json!({
            "activity": key,
            "type": text(reminder, "type"),
            "subject": text(reminder, "subject"),
            "start": text(reminder, "starts_at"),
        }),
        link: Some((Kind::Activity.name().to_owned(), key)),
    }
}

/// The mail, in the owner's language and on the owner's clock; none for people without an address.
fn mail(reminder: &Reminder, owner: &User, company: Zone) -> Option<Mail> {
    let to = owner.email.clone()?;
    let zone = owner.zone.unwrap_or(company);
    let start = text(reminder, "starts_at").and_then(|text| Timestamp::parse(text).ok())?;
    let when = format!(
        "{} ({})",
        zone.to_local(start).format("%Y-%m-%d %H:%M"),
        zone.name()
    );
    let subject = text(reminder, "subject").unwrap_or_default();
    let meeting = text(reminder, "type") == Some("meeting");
    let (title, body) = match (owner.locale.as_str(), meeting) {
        ("ru", false) => (
            "Напоминание о звонке",
            format!("Звонок: {subject}\nКогда: {when}\n"),
        ),
        ("ru", true) => (
            "Напоминание о встрече",
            format!("Встреча: {subject}\nКогда: {when}\n"),
        ),
        (_, false) => (
            "Reminder of a call",
            format!("Call: {subject}\nWhen: {when}\n"),
        ),
        (_, true) => (
            "Reminder of a meeting",
            format!("Meeting: {subject}\nWhen: {when}\n"),
        ),
    };
    Some(Mail {
        user: Some(owner.key),
        to,
        subject: format!("{title}: {subject}"),
        body,
    })
}
