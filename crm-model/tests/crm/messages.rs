//! What people are told in the app, and mail on its way out.

use crate::house::{House, at};
use redthread_crm::notifications::{self, Notice};
use redthread_crm::outbox::{self, Mail, MailStatus, OutboxMail};
use redthread_crm::{CrmError, RecordKey, Role, Scope, User};
use serde_json::json;

async fn notify(house: &House, user: &User, code: &str) -> RecordKey {
    let link = Some(("task".to_owned(), RecordKey(9)));
    let notice = Notice {
        code: code.to_owned(),
        params: json!({ "title": "Ask" }),
        link,
    };
    house
        .change(async |change| notifications::notify(change, user.key, notice).await)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_notification_is_the_users_own_until_it_is_read() {
    let house = House::new().await;
    let (anna, boris) = (
        house.anna().await,
        house.user("boris", "Boris", Role::Administrator).await,
    );
    let scope = Scope::user(&anna, vec![]);
    let first = notify(&house, &anna, "task.assigned").await;
    let second = notify(&house, &anna, "activity.reminder").await;
    notify(&house, &boris, "task.assigned").await;

    let told = notifications::list(&house.db, &scope, None, 10)
        .await
        .unwrap();
    assert_eq!(
        told.iter().map(|told| told.key).collect::<Vec<_>>(),
        [second, first]
    );
    assert_eq!(
        (told[1].link_kind.as_deref(), told[1].link_key),
        (Some("task"), Some(RecordKey(9)))
    );
    assert_eq!(told[1].params, json!({ "title": "Ask" }));
    let older = notifications::list(&house.db, &scope, Some(second), 10)
        .await
        .unwrap();
    assert_eq!(older.len(), 1);

    let unread = async |scope: &Scope| notifications::unread(&house.db, scope).await.unwrap();
    let read = async |scope: &Scope, keys: &[RecordKey]| {
        let now = house.now();
        house
            .change(async |change| notifications::mark_read(change.tx, scope, keys, now).await)
            .await
            .unwrap();
    };
    assert_eq!(unread(&scope).await, 2);
    // Nobody reads for others.
    read(&Scope::user(&boris, vec![]), &[first]).await;
    assert_eq!(unread(&scope).await, 2);
    read(&scope, &[first]).await;
    assert_eq!(unread(&scope).await, 1);
    read(&scope, &[]).await;
    assert_eq!(unread(&scope).await, 0);
    assert!(matches!(
        notifications::unread(&house.db, &Scope::process()).await,
        Err(CrmError::Forbidden(_))
    ));
}

async fn queue(house: &House, user: &User) -> RecordKey {
    let mail = Mail {
        user: Some(user.key),
        to: user.email.clone().unwrap(),
        subject: "Call\r\nBcc: all@example.com".to_owned(),
        body: "At ten.".to_owned(),
    };
    house
        .change(async |change| outbox::queue(change, mail).await)
        .await
        .unwrap()
}

async fn claim(house: &House, now: &str, again: &str) -> Vec<RecordKey> {
    let (now, again) = (at(now), at(again));
    let mails = house
        .change(async |change| outbox::claim(change.tx, now, again, 10).await)
        .await
        .unwrap();
    mails.into_iter().map(|mail| mail.key).collect()
}

async fn outbox_of(house: &House, scope: &Scope) -> Vec<OutboxMail> {
    outbox::list(&house.db, scope, None, 10).await.unwrap()
}

#[tokio::test]
async fn a_mail_is_claimed_by_one_and_comes_again_if_nothing_is_heard() {
    let house = House::new().await;
    let key = queue(&house, &house.anna().await).await;
    assert_eq!(
        outbox::next_due(&house.db).await.unwrap(),
        Some(house.now())
    );
    let (nine, past) = ("2026-01-05T09:00:00Z", "2026-01-05T09:05:00Z");
    assert_eq!(claim(&house, nine, past).await, [key]);
    assert!(claim(&house, nine, past).await.is_empty());
    assert_eq!(claim(&house, past, "2026-01-05T09:10:00Z").await, [key]);
    house
        .change(async |change| outbox::mark_sent(change.tx, key, at(past)).await)
        .await
        .unwrap();
    // Late news of the first attempt change nothing.
    house
        .change(async |change| outbox::mark_failed(change.tx, key, "timeout", None).await)
        .await
        .unwrap();
    let mails = outbox_of(&house, &Scope::system()).await;
    assert_eq!(
        (mails[0].status, mails[0].attempts, mails[0].sent_at),
        (MailStatus::Sent, 2, Some(at(past)))
    );
    assert_eq!(mails[0].subject, "Call Bcc: all@example.com");
    assert_eq!(outbox::next_due(&house.db).await.unwrap(), None);
}

#[tokio::test]
async fn a_mail_that_fails_is_tried_again_or_given_up() {
    let house = House::new().await;
    let key = queue(&house, &house.anna().await).await;
    let fail = async |again: Option<&str>| {
        let again = again.map(at);
        house
            .change(async |change| outbox::mark_failed(change.tx, key, "no such host", again).await)
            .await
            .unwrap();
        let mail = outbox_of(&house, &Scope::system()).await.remove(0);
        (mail.status, mail.next_at, mail.error)
    };
    let error = Some("no such host".to_owned());
    let later = "2026-01-05T10:00:00Z";
    assert_eq!(
        fail(Some(later)).await,
        (MailStatus::Queued, Some(at(later)), error.clone())
    );
    assert_eq!(fail(None).await, (MailStatus::Failed, None, error));
    assert!(
        claim(&house, "2027-01-01T00:00:00Z", "2027-01-01T00:05:00Z")
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn kept_mail_is_seen_by_its_reader_and_by_those_who_oversee() {
    let house = House::new().await;
    let (anna, boris) = (
        house.anna().await,
        house.user("boris", "Boris", Role::Manager).await,
    );
    let to_anna = queue(&house, &anna).await;
    let to_boris = queue(&house, &boris).await;
    house
        .change(async |change| {
            outbox::mark_kept(change.tx, to_anna).await?;
            outbox::mark_kept(change.tx, to_boris).await
        })
        .await
        .unwrap();
    let keys = async |user: &User| {
        let mails = outbox_of(&house, &Scope::user(user, vec![])).await;
        assert!(mails.iter().all(|mail| mail.status == MailStatus::Kept));
        mails.into_iter().map(|mail| mail.key).collect::<Vec<_>>()
    };
    assert_eq!(keys(&anna).await, [to_anna]);
    assert_eq!(keys(&boris).await, [to_boris, to_anna]);
}
