//! `mail:send` and the mailer, which sends by real SMTP.

use std::time::Duration;

use redthread_connectors::mailer::{self, SmtpSettings, Tls};
use redthread_core::Status;
use redthread_crm::outbox::{MailStatus, OutboxMail};

use crate::house::{House, at, house};
use crate::smtp::Server;

const MAIL: [(&str, &str); 3] = [
    ("to", "\"marta@example.com\""),
    ("subject", "\"About: \" + case.subject"),
    ("body", "\"Dear Marta,\\n.well.\""),
];

fn settings(server: &Server) -> SmtpSettings {
    SmtpSettings {
        host: "127.0.0.1".into(),
        port: server.port,
        tls: Tls::None,
        user: None,
        password: None,
        from: "Redthread <redthread@example.com>".into(),
    }
}

/// Lets the mailer work until the only mail of the outbox is as it should be.
async fn mailed(
    house: &House,
    settings: Option<SmtpSettings>,
    done: impl Fn(&OutboxMail) -> bool,
) -> OutboxMail {
    let mailer = tokio::spawn(mailer::run(house.runtime.clone(), settings));
    for _ in 0..500 {
        let mail = house.outbox().await.remove(0);
        if done(&mail) {
            mailer.abort();
            return mail;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the mail stays {:?}", house.outbox().await);
}

#[tokio::test]
async fn a_mail_waits_in_the_outbox_for_the_mailer_and_the_process_goes_on() {
    let house = house("2026-01-05T09:00:00Z").await;
    let instance = house.run("mail:send", &MAIL).await;
    assert_eq!(house.state(instance).await.status, Status::Completed);
    let mail = house.outbox().await.remove(0);
    assert_eq!(
        (mail.to.as_str(), mail.status),
        ("marta@example.com", MailStatus::Queued)
    );
    assert_eq!(mail.subject, "About: The oven does not heat");
}

#[tokio::test]
async fn a_mail_is_sent_once_and_arrives_whole() {
    let house = house("2026-01-05T09:00:00Z").await;
    house.run("mail:send", &MAIL).await;
    let server = Server::start(&[]).await;
    let mail = mailed(&house, Some(settings(&server)), |mail| {
        mail.status == MailStatus::Sent
    })
    .await;
    assert_eq!(mail.sent_at, Some(at("2026-01-05T09:00:00Z")));
    let received = server.received();
    assert_eq!(received.len(), 1);
    assert_eq!(
        (received[0].from.as_str(), received[0].to.as_slice()),
        (
            "redthread@example.com",
            &["marta@example.com".to_owned()][..]
        )
    );
    assert_eq!(
        received[0].header("Subject").as_deref(),
        Some("About: The oven does not heat")
    );
    assert_eq!(
        received[0].header("From").as_deref(),
        Some("Redthread <redthread@example.com>")
    );
    let id = format!("<{}.redthread@example.com>", mail.key);
    assert_eq!(received[0].header("Message-ID"), Some(id));
    assert!(
        received[0].text.ends_with("Dear Marta,\r\n.well.\r\n"),
        "{:?}",
        received[0].text
    );
}

#[tokio::test]
async fn the_mailer_signs_in_where_it_has_a_user() {
    let house = house("2026-01-05T09:00:00Z").await;
    house.run("mail:send", &MAIL).await;
    let server = Server::start(&[]).await;
    let settings = SmtpSettings {
        user: Some("u".into()),
        password: Some("p".into()),
        ..settings(&server)
    };
    mailed(&house, Some(settings), |mail| {
        mail.status == MailStatus::Sent
    })
    .await;
    // RFC 4616: authorisation identity, user and password, with zero bytes between them.
    assert_eq!(
        server.received()[0].signed_in.as_deref(),
        Some("AUTH PLAIN AHUAcA==")
    );
}

#[tokio::test]
async fn a_refusal_for_now_is_tried_again_later() {
    let house = house("2026-01-05T09:00:00Z").await;
    house.run("mail:send", &MAIL).await;
    let server = Server::start(&["450 come back later"]).await;
    let mail = mailed(&house, Some(settings(&server)), |mail| mail.error.is_some()).await;
    assert_eq!((mail.status, mail.attempts), (MailStatus::Queued, 1));
    assert_eq!(mail.next_at, Some(at("2026-01-05T09:01:00Z")));
    assert!(mail.error.unwrap().contains("come back later"));
    house.advance_to("2026-01-05T09:01:00Z").await;
    let mail = mailed(&house, Some(settings(&server)), |mail| {
        mail.status == MailStatus::Sent
    })
    .await;
    assert_eq!((mail.attempts, server.received().len()), (2, 1));
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_is_tried_less_and_less_often_and_then_no_more() {
    let house = house("2026-01-05T09:00:00Z").await;
    house.run("mail:send", &MAIL).await;
    let nobody = SmtpSettings {
        port: 1,
        ..settings(&Server::start(&[]).await)
    };
    let mut waits = Vec::new();
    let mut tries = 0;
    loop {
        tries += 1;
        let tried = move |mail: &OutboxMail| {
            mail.attempts == tries
                && mail.error.is_some()
                && mail.next_at != Some(at("2026-01-05T09:00:00Z"))
        };
        let before = house.runtime.now();
        let mail = mailed(&house, Some(nobody.clone()), |mail| {
            tried(mail) && !claimed(mail, before)
        })
        .await;
        let Some(next) = mail.next_at else {
            assert_eq!(mail.status, MailStatus::Failed);
            break;
        };
        waits.push((next.as_micros() - before.as_micros()) / 60_000_000);
        house.runtime.advance_to(next).await.unwrap();
    }
    assert_eq!(waits, [1, 5, 30, 120, 360]);
}

/// While it is being sent, a mail is put off for half an hour; the back-off of the same length is told by its try.
fn claimed(mail: &OutboxMail, now: redthread_calendar::Timestamp) -> bool {
    let half_an_hour = now.saturating_add_micros(30 * 60_000_000);
    mail.attempts != 3 && mail.next_at == Some(half_an_hour)
}

#[tokio::test]
async fn a_refusal_for_good_is_not_tried_again() {
    let house = house("2026-01-05T09:00:00Z").await;
    house.run("mail:send", &MAIL).await;
    let server = Server::start(&["550 no such mailbox"]).await;
    let mail = mailed(&house, Some(settings(&server)), |mail| {
        mail.status == MailStatus::Failed
    })
    .await;
    assert_eq!((mail.attempts, mail.next_at), (1, None));
    assert!(mail.error.unwrap().contains("no such mailbox"));
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn without_a_mail_server_mail_is_kept() {
    let house = house("2026-01-05T09:00:00Z").await;
    house.run("mail:send", &MAIL).await;
    mailed(&house, None, |mail| mail.status == MailStatus::Kept).await;
}

#[tokio::test]
async fn what_is_no_address_is_an_incident_and_no_mail() {
    let house = house("2026-01-05T09:00:00Z").await;
    let inputs = [("to", "\"marta\""), ("subject", "\"s\""), ("body", "\"b\"")];
    let sentence = house.incident(house.run("mail:send", &inputs).await).await;
    assert!(
        sentence.starts_with("\"marta\" is not a mail address"),
        "{sentence}"
    );
    assert!(house.outbox().await.is_empty());
}

#[tokio::test]
async fn a_subject_cannot_bring_in_headers() {
    let house = house("2026-01-05T09:00:00Z").await;
    let inputs = [
        ("to", "\"marta@example.com\""),
        ("subject", "\"a\\r\\nBcc: eve@example.com\""),
        ("body", "\"b\""),
    ];
    house.run("mail:send", &inputs).await;
    let server = Server::start(&[]).await;
    mailed(&house, Some(settings(&server)), |mail| {
        mail.status == MailStatus::Sent
    })
    .await;
    let received = server.received().remove(0);
    assert_eq!((received.header("Bcc"), received.to.len()), (None, 1));
}

#[test]
fn a_sender_must_be_a_mailbox() {
    let settings = SmtpSettings {
        host: "h".into(),
        port: 25,
        tls: Tls::None,
        user: None,
        password: Some("secret".into()),
        from: "nobody".into(),
    };
    assert!(
        settings
            .check()
            .unwrap_err()
            .to_string()
            .contains("\"nobody\" is not a mailbox")
    );
    assert!(!format!("{settings:?}").contains("secret"));
}
