//! What a server is started with.

use redthread_connectors::mailer::SmtpSettings;
use std::net::SocketAddr;

/// What a server is started with.
#[derive(Clone, Debug)]
pub struct ServeOptions {
    /// The database: `sqlite:PATH`, or `postgres://USER:PASSWORD@HOST/DATABASE`.
    pub database: String,
    /// Where to listen.
    pub listen: SocketAddr,
    /// The address that people use: for links in mails, and an origin that is ours.
    pub public_url: String,
    /// Whether to load the demo company into an empty database and let the clock be moved.
    pub demo: bool,
    /// The mail server; none: mail is kept in the outbox.
    pub smtp: Option<SmtpSettings>,
}
