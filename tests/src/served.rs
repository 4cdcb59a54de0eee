//! The real server as a process of its own, which can be killed and started again.

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::http::Client;
use crate::program;

/// How long a server may take to come up.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that runs. It ends when this is dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    address: SocketAddr,
    database: String,
    more: Vec<String>,
    printed: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Starts the server on a database, on a free port of this machine, and waits until it answers. A test cannot go on
    /// without it, so this panics where it does not come up.
    pub fn start(database: &str, more: &[&str]) -> Server {
        let address = TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .expect("a free port");
        let more = more.iter().map(|word| (*word).to_owned()).collect();
        Server::spawn(database.to_owned(), address, more)
    }

    fn spawn(database: String, address: SocketAddr, more: Vec<String>) -> Server {
        let mut child = Command::new(program::built())
            .args([
                "serve",
                "--listen",
                &address.to_string(),
                "--database",
                &database,
            ])
            .args(&more)
            .current_dir(std::env::temp_dir())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the server starts");
        let printed = Arc::<Mutex<Vec<String>>>::default();
        if let Some(output) = child.stdout.take() {
            let lines = printed.clone();
            thread::spawn(move || {
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    lines.lock().expect("the lines").push(line);
                }
            });
        }
        let mut server = Server {
            child,
            address,
            database,
            more,
            printed,
        };
        server.wait_until_healthy();
        server
    }

    fn wait_until_healthy(&mut self) {
        let (client, began) = (Client::new(self.address), Instant::now());
        while !client
            .get("/health")
            .is_ok_and(|answer| answer.status == 200)
        {
            let ended = self.child.try_wait().expect("a child");
            assert!(
                ended.is_none(),
                "the server ended: {ended:?} {:?}",
                self.printed()
            );
            assert!(began.elapsed() < PATIENCE, "the server does not come up");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The lines that it has printed so far.
    pub fn printed(&self) -> Vec<String> {
        self.printed.lock().expect("the lines").clone()
    }

    /// The password of the first administrator, which is printed at the first start. Waits for it a moment.
    pub fn first_password(&self) -> Option<String> {
        for _ in 0..50 {
            let printed = self.printed();
            let said = |line: &String| {
                let (_, password) = line.split_once("as admin with the password ")?;
                Some(password.trim().to_owned())
            };
            if let Some(password) = printed.iter().find_map(said) {
                return Some(password);
            }
            thread::sleep(Duration::from_millis(10));
        }
        None
    }

    /// SIGKILL: no handler runs, nothing is flushed.
    pub fn kill(&mut self) {
        self.child.kill().expect("the server can be killed");
        self.child.wait().expect("the server is gone");
    }

    /// Starts it again on the same database and port, after it was killed.
    pub fn start_again(&mut self) {
        let (database, more) = (self.database.clone(), self.more.clone());
        *self = Server::spawn(database, self.address, more);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A test that has failed must not leave a server behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
