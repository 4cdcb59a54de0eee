//! `redthread serve`: where the server's settings come from.
//!
//! Every setting is an option (`--listen`), an environment variable (`REDTHREAD_LISTEN`) and a key of the configuration
//! file (`listen`), in this order of precedence. Secrets are never options, since command lines are visible to everybody
//! on the machine.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use redthread_connectors::mailer::{SmtpSettings, Tls};
use serde::Deserialize;

use super::Outcome;
use super::output;
use crate::server::{self, ServeOptions};

/// The arguments of `redthread serve`.
#[derive(Debug, Default, clap::Args)]
pub struct Args {
    /// The configuration file (TOML) [default: redthread.toml, if there is one]
    #[arg(long, env = "REDTHREAD_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// The database, sqlite:PATH or postgres://... [default: sqlite:redthread.db]
    #[arg(
        long,
        env = "REDTHREAD_DATABASE",
        value_name = "URL",
        hide_env_values = true
    )]
    database: Option<String>,
    /// The address to listen on [default: 127.0.0.1:8080]
    #[arg(long, env = "REDTHREAD_LISTEN", value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// The address that people use, for links in mails [default: http:// and the address to listen on]
    #[arg(long, env = "REDTHREAD_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,
    /// Load the demo company into an empty database, and let the clock be moved
    #[arg(long, env = "REDTHREAD_DEMO", num_args = 0..=1, default_missing_value = "true")]
    demo: Option<bool>,
    /// The SMTP server that mail is sent by; without one, mail is kept in the outbox
    #[arg(long, env = "REDTHREAD_SMTP_HOST", value_name = "HOST")]
    smtp_host: Option<String>,
    /// Its port [default: 465 with tls, 587 with starttls, 25 with none]
    #[arg(long, env = "REDTHREAD_SMTP_PORT", value_name = "PORT")]
    smtp_port: Option<u16>,
    /// How the connection to it is protected [default: starttls]
    #[arg(long, env = "REDTHREAD_SMTP_TLS", value_name = "none|starttls|tls", value_parser = tls)]
    smtp_tls: Option<Tls>,
    /// The user to sign in as; the password is REDTHREAD_SMTP_PASSWORD, or smtp_password in the configuration file
    #[arg(long, env = "REDTHREAD_SMTP_USER", value_name = "NAME")]
    smtp_user: Option<String>,
    /// The sender of mails: Redthread <redthread@example.com>
    #[arg(long, env = "REDTHREAD_SMTP_FROM", value_name = "MAILBOX")]
    smtp_from: Option<String>,
}

fn tls(text: &str) -> Result<Tls, String> {
    match text {
        "none" => Ok(Tls::None),
        "starttls" => Ok(Tls::Starttls),
        "tls" => Ok(Tls::Tls),
        _ => Err("expected none, starttls or tls".into()),
    }
}

/// The configuration file. Unknown keys are refused: a typing mistake must not pass for a setting.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    database: Option<String>,
    listen: Option<SocketAddr>,
    public_url: Option<String>,
    demo: Option<bool>,
    smtp_host: Option<String>,
    smtp_port: Option<u16>,
    smtp_tls: Option<String>,
    smtp_user: Option<String>,
    smtp_password: Option<String>,
    smtp_from: Option<String>,
}

const DEFAULT_FILE: &str = "redthread.toml";

/// Logs go to standard error; `REDTHREAD_LOG` says what is logged, as in `redthread=debug,warn`.
fn log() {
    let filter =
        tracing_subscriber::EnvFilter::try_from_env("REDTHREAD_LOG").unwrap_or_else(|_| {
            tracing_subscriber::EnvFilter::new("info,sqlx=warn,sea_orm_migration=warn")
        });
    // A subscriber that somebody else has set is as good.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .try_init();
}

/// Runs `redthread serve` until it is told to stop.
pub fn run(args: Args) -> Outcome {
    log();
    let password = std::env::var("REDTHREAD_SMTP_PASSWORD").ok();
    let options = read_file(args.config.as_deref()).and_then(|file| settle(args, file, password));
    let options = match options {
        Ok(options) => options,
        Err(sentence) => {
            output::complain(&sentence);
            return Outcome::Unusable;
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            output::complain(&format!("The server cannot start its threads: {error}."));
            return Outcome::Unusable;
        }
    };
    match runtime.block_on(server::serve(options)) {
        Ok(()) => Outcome::Done,
        Err(error) => {
            output::complain(&error.to_string());
            Outcome::Unusable
        }
    }
}

/// The configuration file: the one that was named, which must be there, or the usual one, which need not.
fn read_file(named: Option<&Path>) -> Result<File, String> {
    let path = named.unwrap_or(Path::new(DEFAULT_FILE));
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(File::default());
        }
        Err(error) => return Err(format!("{} cannot be opened: {error}.", path.display())),
    };
    toml::from_str(&text).map_err(|error| format!("{} cannot be read: {error}", path.display()))
}

/// Options before the file, the file before defaults.
fn settle(args: Args, file: File, password: Option<String>) -> Result<ServeOptions, String> {
    let listen = args
        .listen
        .or(file.listen)
        .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080)));
    let file_tls = file.smtp_tls.as_deref().map(tls).transpose();
    let tls = args
        .smtp_tls
        .or(file_tls.map_err(|error| format!("smtp_tls: {error}."))?)
        .unwrap_or(Tls::Starttls);
    let from = args.smtp_from.or(file.smtp_from);
    let smtp = match args
        .smtp_host
        .or(file.smtp_host)
        .filter(|host| !host.trim().is_empty())
    {
        None => None,
        Some(host) => Some(SmtpSettings {
            host,
            port: args
                .smtp_port
                .or(file.smtp_port)
                .unwrap_or(tls.usual_port()),
            tls,
            user: args.smtp_user.or(file.smtp_user),
            password: password.or(file.smtp_password),
            from: from.ok_or(
                "Mail needs a sender: give --smtp-from, REDTHREAD_SMTP_FROM or smtp_from.",
            )?,
        }),
    };
    if let Some(smtp) = &smtp {
        smtp.check().map_err(|error| error.to_string())?;
    }
    Ok(ServeOptions {
        database: args
            .database
            .or(file.database)
            .unwrap_or_else(|| "sqlite:redthread.db".into()),
        listen,
        public_url: args
            .public_url
            .or(file.public_url)
            .unwrap_or_else(|| format!("http://{listen}")),
        demo: args.demo.or(file.demo).unwrap_or(false),
        smtp,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        args: Args,
    }

    fn args(words: &[&str]) -> Args {
        Command::try_parse_from(std::iter::once("serve").chain(words.iter().copied()))
            .expect("arguments")
            .args
    }

    fn settled(words: &[&str], file: &str) -> Result<ServeOptions, String> {
        settle(
            args(words),
            toml::from_str(file).map_err(|error| error.to_string())?,
            Some("secret".into()),
        )
    }

    #[test]
    fn without_settings_it_serves_a_file_on_this_machine_only() {
        let options = settled(&[], "").expect("options");
        assert_eq!(options.database, "sqlite:redthread.db");
        assert_eq!(options.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(options.public_url, "http://127.0.0.1:8080");
        assert!(!options.demo && options.smtp.is_none());
    }

    #[test]
    fn options_go_before_the_file() {
        let file = "listen = \"127.0.0.1:1\"\ndatabase = \"sqlite:file.db\"\ndemo = true";
        let options = settled(&["--listen", "127.0.0.1:2"], file).expect("options");
        assert_eq!(options.listen.port(), 2);
        assert_eq!(options.database, "sqlite:file.db");
        assert!(options.demo);
        assert!(!settled(&["--demo", "false"], file).expect("options").demo);
    }

    #[test]
    fn mail_has_a_host_a_sender_and_a_usual_port() {
        let words = [
            "--smtp-host",
            "mail.example.com",
            "--smtp-from",
            "Redthread <r@example.com>",
        ];
        let smtp = settled(&words, "smtp_tls = \"tls\"")
            .expect("options")
            .smtp
            .expect("mail");
        assert_eq!(
            (smtp.port, smtp.tls, smtp.password.as_deref()),
            (465, Tls::Tls, Some("secret"))
        );
        assert!(
            settled(&words[..2], "")
                .expect_err("a refusal")
                .contains("sender")
        );
    }

    #[test]
    fn mistakes_in_the_file_are_named() {
        assert!(
            settled(&[], "lisen = \"127.0.0.1:1\"")
                .expect_err("a refusal")
                .contains("lisen")
        );
        assert!(
            settled(&[], "smtp_tls = \"ssl\"")
                .expect_err("a refusal")
                .contains("starttls")
        );
    }

    #[test]
    fn passwords_are_no_options() {
        assert!(Command::try_parse_from(["serve", "--smtp-password", "secret"]).is_err());
    }
}
