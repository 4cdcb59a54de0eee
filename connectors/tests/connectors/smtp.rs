//! A mail server for tests: receives by SMTP (RFC 5321) over TCP on this machine, with AUTH PLAIN (RFC 4954), and refuses
//! what it is told to refuse. It delivers nothing.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A mail that was received.
#[derive(Clone, Debug, Default)]
pub struct Received {
    pub from: String,
    pub to: Vec<String>,
    /// Headers and text, dots unstuffed (RFC 5321 section 4.5.2).
    pub text: String,
    /// What was said to sign in, as it came.
    pub signed_in: Option<String>,
}

impl Received {
    pub fn header(&self, name: &str) -> Option<String> {
        let head = self
            .text
            .split("\r\n\r\n")
            .next()
            .unwrap_or_default()
            .replace("\r\n ", " ");
        let mut lines = head.lines().filter_map(|line| line.split_once(": "));
        lines
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.to_owned())
    }
}

#[derive(Clone)]
pub struct Server {
    pub port: u16,
    received: Arc<Mutex<Vec<Received>>>,
    /// What the next recipients are answered, the first first; then all are taken.
    answers: Arc<Mutex<Vec<&'static str>>>,
}

impl Server {
    pub async fn start(answers: &[&'static str]) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let server = Server {
            port: listener.local_addr().expect("an address").port(),
            received: Arc::default(),
            answers: Arc::new(Mutex::new(answers.iter().rev().copied().collect())),
        };
        let serving = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let serving = serving.clone();
                tokio::spawn(async move { serving.talk(stream).await });
            }
        });
        server
    }

    pub fn received(&self) -> Vec<Received> {
        self.received.lock().expect("no panic").clone()
    }

    async fn talk(&self, stream: TcpStream) -> std::io::Result<()> {
        let (reading, mut writing) = stream.into_split();
        let mut lines = BufReader::new(reading);
        let mut mail = Received::default();
        writing.write_all(b"220 test ESMTP\r\n").await?;
        loop {
            let mut line = String::new();
            if lines.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let line = line.trim_end();
            let verb = line
                .split([' ', ':'])
                .next()
                .unwrap_or_default()
                .to_ascii_uppercase();
            let answer = match verb.as_str() {
                "EHLO" => "250-test\r\n250-AUTH PLAIN\r\n250-8BITMIME\r\n250 SMTPUTF8",
                "HELO" | "NOOP" => "250 test",
                "AUTH" => {
                    mail.signed_in = Some(line.to_owned());
                    "235 signed in"
                }
                "MAIL" => {
                    mail = Received {
                        from: path(line),
                        signed_in: mail.signed_in,
                        ..Received::default()
                    };
                    "250 sender"
                }
                "RCPT" => match self.answers.lock().expect("no panic").pop() {
                    Some(refusal) => refusal,
                    None => {
                        mail.to.push(path(line));
                        "250 recipient"
                    }
                },
                "DATA" => {
                    writing.write_all(b"354 go on\r\n").await?;
                    mail.text = read_text(&mut lines).await?;
                    self.received.lock().expect("no panic").push(mail.clone());
                    "250 taken"
                }
                "RSET" => {
                    mail = Received {
                        signed_in: mail.signed_in,
                        ..Received::default()
                    };
                    "250 forgotten"
                }
                "QUIT" => {
                    writing.write_all(b"221 bye\r\n").await?;
                    return Ok(());
                }
                _ => "500 what?",
            };
            writing
                .write_all(format!("{answer}\r\n").as_bytes())
                .await?;
        }
    }
}

async fn read_text(lines: &mut (impl AsyncBufReadExt + Unpin)) -> std::io::Result<String> {
    let mut text = String::new();
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line).await? == 0 || line == ".\r\n" {
            return Ok(text);
        }
        text.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}

fn path(line: &str) -> String {
    line.split(['<', '>']).nth(1).unwrap_or_default().to_owned()
}
