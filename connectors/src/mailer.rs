//! Sends the mails of the outbox by SMTP (RFC 5321).
//!
//! ```text
//! queued --accepted by the server--------------------> sent
//! queued --cannot be reached, or refuses for now-----> queued, tried again later (after 1 min ... 6 h)
//! queued --refuses for good, or the last try failed--> failed, with what the server said
//! queued --there are no settings---------------------> kept, for people to read in the outbox
//! ```
//!
//! A mail is claimed before it is sent and noted afterwards. Where the machine fails in between it is sent again, with the
//! same Message-ID, by which mail programs show it once: a mail may go out twice but is not lost.

use std::time::Duration;

use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Mailboxes, MessageBuilder};
use lettre::transport::smtp::AsyncSmtpTransport;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls as LettreTls, TlsParameters};
use lettre::{AsyncTransport, Message, Tokio1Executor};
use redthread_calendar::Timestamp;
use redthread_crm::outbox::{self, OutboxMail};
use redthread_crm::{CrmError, RecordKey};
use redthread_runtime::{Actor, Runtime, RuntimeError};

/// How the connection to the mail server is protected.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Tls {
    /// Not at all: for a server on the same machine.
    None,
    /// The connection begins in the open and is encrypted before anything is said (RFC 3207).
    Starttls,
    /// Encrypted from the first byte (RFC 8314).
    Tls,
}

impl Tls {
    /// The port that is usual for it.
    pub fn usual_port(self) -> u16 {
        match self {
            Tls::None => 25,
            Tls::Starttls => 587,
            Tls::Tls => 465,
        }
    }
}

/// The mail server to send by.
#[derive(Clone)]
pub struct SmtpSettings {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: Tls,
    /// Who signs in there; none: nobody has to.
    pub user: Option<String>,
    /// With which password.
    pub password: Option<String>,
    /// The sender: `Redthread <redthread@example.com>`.
    pub from: String,
}

impl std::fmt::Debug for SmtpSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The password must not come into logs.
        let SmtpSettings {
            host,
            port,
            tls,
            user,
            password,
            from,
        } = self;
        f.debug_struct("SmtpSettings")
            .field("host", host)
            .field("port", port)
            .field("tls", tls)
            .field("user", user)
            .field("password", &password.as_ref().map(|_| "(hidden)"))
            .field("from", from)
            .finish()
    }
}

/// Why mail cannot be sent.
#[derive(Debug, thiserror::Error)]
pub enum MailerError {
    /// The sender is not a mailbox.
    #[error(
        "The sender \"{from}\" is not a mailbox like `Redthread <redthread@example.com>`: {reason}."
    )]
    Sender {
        /// What was set.
        from: String,
        /// Why.
        reason: String,
    },
    /// The connection cannot be prepared.
    #[error("The connection to the mail server cannot be prepared: {0}.")]
    Transport(#[from] lettre::transport::smtp::Error),
    /// The outbox cannot be read.
    #[error("The outbox cannot be read: {0}")]
    Outbox(#[from] CrmError),
    /// The outbox cannot be written.
    #[error("The outbox cannot be written: {0}")]
    Write(#[from] RuntimeError),
}

impl SmtpSettings {
    /// Whether mail can be sent with them at all.
    ///
    /// # Errors
    /// When the sender is not a mailbox.
    pub fn check(&self) -> Result<(), MailerError> {
        self.sender().map(drop)
    }

    fn sender(&self) -> Result<Mailbox, MailerError> {
        self.from
            .parse()
            .map_err(|error: lettre::address::AddressError| MailerError::Sender {
                from: self.from.clone(),
                reason: error.to_string(),
            })
    }
}

/// How long the server may take for one mail.
const PATIENCE: Duration = Duration::from_secs(30);
/// How many mails are taken from the outbox at once.
const BUNCH: u64 = 50;
/// How long until the outbox is looked at again when nothing says that it has changed.
const REST: Duration = Duration::from_secs(30);
/// How long to wait after a try that failed, in minutes. After the last, the mail has failed.
const BACK_OFF_MINUTES: [i64; 5] = [1, 5, 30, 120, 360];
/// How long a claimed mail is left alone: longer than a bunch takes, or it would go out twice.
const CLAIM_MINUTES: i64 = 30;
const MINUTE: i64 = 60_000_000;

/// A connection to a mail server that is opened when needed and kept for a while.
pub struct Mailer {
    sender: Mailbox,
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

/// What the mail server said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// It took the mail.
    Sent,
    /// Not now: it may be tried again.
    Later(String),
    /// It never will.
    Refused(String),
}

impl Mailer {
    /// A mailer with these settings. Nothing is connected yet.
    ///
    /// # Errors
    /// When the settings cannot work.
    pub fn new(settings: &SmtpSettings) -> Result<Mailer, MailerError> {
        let tls = match settings.tls {
            Tls::None => LettreTls::None,
            Tls::Starttls => LettreTls::Required(TlsParameters::new(settings.host.clone())?),
            Tls::Tls => LettreTls::Wrapper(TlsParameters::new(settings.host.clone())?),
        };
        let mut transport =
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(settings.host.as_str())
                .port(settings.port)
                .tls(tls)
                .timeout(Some(PATIENCE));
        if let (Some(user), Some(password)) = (&settings.user, &settings.password) {
            transport = transport.credentials(Credentials::new(user.clone(), password.clone()));
        }
        Ok(Mailer {
            sender: settings.sender()?,
            transport: transport.build(),
        })
    }

    /// Hands one mail to the server.
    pub async fn send(&self, mail: &OutboxMail) -> Delivery {
        let message = match self.compose(mail) {
            Ok(message) => message,
            Err(reason) => return Delivery::Refused(reason),
        };
        match self.transport.send(message).await {
            Ok(_) => Delivery::Sent,
            Err(error) if error.is_permanent() => Delivery::Refused(error.to_string()),
            Err(error) => Delivery::Later(error.to_string()),
        }
    }

    fn compose(&self, mail: &OutboxMail) -> Result<Message, String> {
        let to: Mailboxes = mail
            .to
            .parse()
            .map_err(|error| format!("\"{}\" is not an address: {error}", mail.to))?;
        let builder: MessageBuilder = to.into_iter().fold(Message::builder(), MessageBuilder::to);
        builder
            .from(self.sender.clone())
            .subject(&mail.subject)
            .message_id(Some(format!(
                "<{}.redthread@{}>",
                mail.key,
                self.sender.email.domain()
            )))
            // RFC 3834: so that absence notes do not answer.
            .header(AutoSubmitted)
            .header(ContentType::TEXT_PLAIN)
            .body(mail.body.clone())
            .map_err(|error| format!("The mail cannot be put together: {error}"))
    }
}

#[derive(Clone)]
struct AutoSubmitted;

impl lettre::message::header::Header for AutoSubmitted {
    fn name() -> lettre::message::header::HeaderName {
        lettre::message::header::HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(AutoSubmitted)
    }

    fn display(&self) -> lettre::message::header::HeaderValue {
        lettre::message::header::HeaderValue::new(Self::name(), "auto-generated".into())
    }
}

/// Sends what the outbox holds, and whatever comes into it, until the runtime closes.
///
/// # Errors
/// When the settings cannot work. Everything else is noted at the mail and tried again.
pub async fn run(runtime: Runtime, settings: Option<SmtpSettings>) -> Result<(), MailerError> {
    let mailer = settings.as_ref().map(Mailer::new).transpose()?;
    let mut changes = runtime.subscribe();
    loop {
        match send_due(&runtime, mailer.as_ref()).await {
            Ok(()) => {}
            Err(MailerError::Write(RuntimeError::Closed)) => return Ok(()),
            Err(error) => tracing::warn!(%error, "the outbox could not be worked on"),
        }
        // A lagging listener has missed changes, which is as good a reason to look as a change.
        let changed = async {
            loop {
                match changes.recv().await {
                    Ok(feed) if !feed.touched.topics.contains("outbox") => {}
                    Ok(_) | Err(tokio::sync::broadcast::error::RecvError::Lagged(_)) => {
                        return true;
                    }
                    Err(tokio::sync::broadcast::error::RecvError::Closed) => return false,
                }
            }
        };
        if let Ok(false) = tokio::time::timeout(REST, changed).await {
            return Ok(());
        }
    }
}

/// Works through all mails that are due now.
async fn send_due(runtime: &Runtime, mailer: Option<&Mailer>) -> Result<(), MailerError> {
    loop {
        let due = claim(runtime).await?;
        let last = due.len() < BUNCH as usize;
        for mail in due {
            let fate = match mailer {
                None => Fate::Kept,
                Some(mailer) => fate_of(&mail, mailer.send(&mail).await, runtime.now()),
            };
            note(runtime, mail.key, fate).await?;
        }
        if last {
            return Ok(());
        }
    }
}

async fn claim(runtime: &Runtime) -> Result<Vec<OutboxMail>, MailerError> {
    // Looking costs the writer nothing; most of the time there is nothing to claim.
    let next = outbox::next_due(runtime.database().readers()).await?;
    if next.is_none_or(|next| next > runtime.now()) {
        return Ok(Vec::new());
    }
    let claimed = runtime.write(Actor::System, |tx, cx| {
        let again_at = cx.now.saturating_add_micros(CLAIM_MINUTES * MINUTE);
        Box::pin(async move { outbox::claim(tx, cx.now, again_at, BUNCH).await })
    });
    Ok(claimed.await??)
}

/// What becomes of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Fate {
    Kept,
    Sent,
    Retried { at: Timestamp, error: String },
    Failed { error: String },
}

fn fate_of(mail: &OutboxMail, delivery: Delivery, now: Timestamp) -> Fate {
    match delivery {
        Delivery::Sent => Fate::Sent,
        Delivery::Refused(error) => Fate::Failed { error },
        Delivery::Later(error) => {
            // The try that has just failed is counted already.
            let failed_before = usize::try_from(mail.attempts.saturating_sub(1)).unwrap_or(0);
            match BACK_OFF_MINUTES.get(failed_before) {
                Some(minutes) => Fate::Retried {
                    at: now.saturating_add_micros(minutes * MINUTE),
                    error,
                },
                None => Fate::Failed { error },
            }
        }
    }
}

async fn note(runtime: &Runtime, key: RecordKey, fate: Fate) -> Result<(), MailerError> {
    let noted = runtime.write(Actor::System, move |tx, cx| {
        let fate = fate.clone();
        Box::pin(async move {
            cx.touches.topic("outbox");
            match fate {
                Fate::Kept => outbox::mark_kept(tx, key).await,
                Fate::Sent => outbox::mark_sent(tx, key, cx.now).await,
                Fate::Retried { at, error } => outbox::mark_failed(tx, key, &error, Some(at)).await,
                Fate::Failed { error } => outbox::mark_failed(tx, key, &error, None).await,
            }
        })
    });
    Ok(noted.await??)
}
