//! A small HTTP/1.1 client for tests against the real server: one request a connection, a cookie, no more.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// Somebody who is signed in, or about to.
#[derive(Clone, Debug)]
pub struct Client {
    server: SocketAddr,
    cookie: Option<String>,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The body; null when there is none or when it is not JSON.
    pub json: Value,
    cookie: Option<String>,
}

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);
const BOUNDARY: &str = "redthread-tests-boundary";

impl Client {
    /// A client of the server at this address.
    pub fn new(server: SocketAddr) -> Client {
        Client {
            server,
            cookie: None,
        }
    }

    /// Signs in; later requests carry the session's cookie.
    ///
    /// # Errors
    /// When the server cannot be reached or refuses.
    pub fn sign_in(&mut self, login: &str, password: &str) -> io::Result<()> {
        let credentials = serde_json::json!({"login": login, "password": password});
        let answer = self.post("/api/session", &credentials)?;
        match (answer.status, answer.cookie) {
            (200..=299, Some(cookie)) => {
                self.cookie = Some(cookie);
                Ok(())
            }
            (status, _) => Err(io::Error::other(format!(
                "signing in was answered with {status}"
            ))),
        }
    }

    /// `GET`.
    ///
    /// # Errors
    /// When the server cannot be reached or breaks off.
    pub fn get(&self, path: &str) -> io::Result<Answer> {
        self.send("GET", path, None, b"")
    }

    /// `POST` with a JSON body.
    ///
    /// # Errors
    /// When the server cannot be reached or breaks off.
    pub fn post(&self, path: &str, body: &Value) -> io::Result<Answer> {
        self.send(
            "POST",
            path,
            Some("application/json"),
            body.to_string().as_bytes(),
        )
    }

    /// `PATCH` with a JSON body.
    ///
    /// # Errors
    /// When the server cannot be reached or breaks off.
    pub fn patch(&self, path: &str, body: &Value) -> io::Result<Answer> {
        self.send(
            "PATCH",
            path,
            Some("application/json"),
            body.to_string().as_bytes(),
        )
    }

    /// Uploads files as a browser's form does.
    ///
    /// # Errors
    /// When the server cannot be reached or breaks off.
    pub fn upload(&self, path: &str, files: &[(&str, &[u8])]) -> io::Result<Answer> {
        let mut body = Vec::new();
        for (name, bytes) in files {
            write!(
                body,
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
                 Content-Type: application/octet-stream\r\n\r\n"
            )?;
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        write!(body, "--{BOUNDARY}--\r\n")?;
        self.send(
            "POST",
            path,
            Some(&format!("multipart/form-data; boundary={BOUNDARY}")),
            &body,
        )
    }

    fn send(
        &self,
        method: &str,
        path: &str,
        content: Option<&str>,
        body: &[u8],
    ) -> io::Result<Answer> {
        let mut stream = TcpStream::connect_timeout(&self.server, PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nAccept: application/json\r\nX-Redthread: 1\r\n",
            self.server
        );
        if let Some(cookie) = &self.cookie {
            head.push_str(&format!("Cookie: {cookie}\r\n"));
        }
        if let Some(content) = content {
            head.push_str(&format!("Content-Type: {content}\r\n"));
        }
        head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
        let mut request = head.into_bytes();
        request.extend_from_slice(body);
        stream.write_all(&request)?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes)?;
        read_answer(&bytes)
    }
}

fn read_answer(bytes: &[u8]) -> io::Result<Answer> {
    let broken = |what: &str| io::Error::new(io::ErrorKind::UnexpectedEof, what.to_owned());
    let end = bytes
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .ok_or_else(|| broken("the server broke off before its answer"))?;
    let head = String::from_utf8_lossy(&bytes[..end]);
    let body = &bytes[end + 4..];
    let status = head
        .split_whitespace()
        .nth(1)
        .and_then(|status| status.parse().ok())
        .ok_or_else(|| broken("the answer has no status"))?;
    let header = |name: &str| {
        head.lines()
            .filter_map(|line| line.split_once(':'))
            .find_map(|(key, value)| {
                key.eq_ignore_ascii_case(name)
                    .then(|| value.trim().to_owned())
            })
    };
    if let Some(length) = header("content-length").and_then(|length| length.parse::<usize>().ok())
        && body.len() < length
    {
        return Err(broken("the server broke off within its answer"));
    }
    let cookie =
        header("set-cookie").and_then(|cookie| cookie.split(';').next().map(str::to_owned));
    Ok(Answer {
        status,
        json: serde_json::from_slice(body).unwrap_or(Value::Null),
        cookie,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_has_its_status_its_cookie_and_its_json() {
        let answer = read_answer(
            b"HTTP/1.1 201 Created\r\nSet-Cookie: a=b; HttpOnly\r\nContent-Length: 8\r\n\r\n{\"a\": 1}",
        )
        .unwrap();
        assert_eq!(
            (answer.status, answer.cookie.as_deref()),
            (201, Some("a=b"))
        );
        assert_eq!(answer.json["a"], 1);
    }

    #[test]
    fn half_an_answer_is_no_answer() {
        for half in [
            &b""[..],
            b"HTTP/1.1 200 OK\r\nContent-Le",
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{",
        ] {
            assert!(read_answer(half).is_err());
        }
    }
}
