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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use redthread_crm::activities::{ActivityType, Plan};
    use redthread_crm::{records, users};
    use redthread_runtime::{Actor, Database, Runtime, SettableClock};
    use sea_orm_migration::{MigrationTrait, MigratorTrait};

    use super::*;
    use crate::CrmWorld;

    struct Tables;

    impl MigratorTrait for Tables {
        fn migrations() -> Vec<Box<dyn MigrationTrait>> {
            let mut all = redthread_runtime::Migrator::migrations();
            all.extend(redthread_crm::Migrator::migrations());
            all
        }
    }

    #[tokio::test]
    async fn however_many_reminders_are_due_at_one_moment_all_are_given() {
        const CALLS: usize = 2 * BUNCH as usize + 50;
        let at = |text| Timestamp::parse(text).unwrap();
        let database = Database::in_memory().await.unwrap();
        database.migrate::<Tables>().await.unwrap();
        let clock = SettableClock::standing_at(at("2026-01-05T09:00:00Z"));
        let world = Arc::new(CrmWorld::default());
        let runtime = Runtime::open(database, world, Arc::new(clock))
            .await
            .unwrap();
        let planned = runtime.write(Actor::System, move |tx, cx| {
            Box::pin(async move {
                let (write, system) = (CrmWrite::of(cx), Scope::system());
                let change = write.change(tx);
                let anna = json!({"login": "anna", "name": "Anna Weber"});
                let anna = anna.as_object().cloned().unwrap_or_default();
                let anna = records::create(&change, &system, Kind::User, &anna)
                    .await?
                    .key;
                for _ in 0..CALLS {
                    let plan = Plan {
                        starts_at: Some(at("2026-01-06T09:00:00Z")),
                        ends_at: Some(at("2026-01-06T09:30:00Z")),
                        remind_at: Some(at("2026-01-06T08:30:00Z")),
                        owner: Some(anna),
                        ..Plan::new(ActivityType::Call, "Is the oven warm?")
                    };
                    activities::plan(&change, &system, plan).await?;
                }
                Ok::<_, CrmError>(())
            })
        });
        planned.await.unwrap().unwrap();
        runtime
            .advance_to(at("2026-01-06T08:30:00Z"))
            .await
            .unwrap();
        let readers = runtime.database().readers();
        assert_eq!(runtime.next_due().await.unwrap(), None, "some are left");
        let anna = users::by_login(readers, &Scope::system(), "anna").await;
        let scope = Scope::user(&anna.unwrap().unwrap(), Vec::new());
        let told = notifications::unread(readers, &scope).await.unwrap();
        assert_eq!(told, CALLS as u64);
    }
}
