//! The first start on an empty database: an administrator can sign in, with a password that is printed once.

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use redthread_tests::http::Client;
use redthread_tests::program;

struct Served {
    child: Child,
    address: SocketAddr,
    printed: Vec<String>,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts the server on the database in `folder` and reads what it prints until it can be asked.
fn serve(folder: &std::path::Path) -> Served {
    let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = free.local_addr().expect("an address");
    drop(free);
    let database = format!("sqlite:{}", folder.join("first.db").display());
    let mut child = Command::new(program::redthread())
        .args([
            "serve",
            "--listen",
            &address.to_string(),
            "--database",
            &database,
        ])
        .current_dir(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the server starts");
    let output = child.stdout.take().expect("its output");
    let (line_read, lines) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if line_read.send(line).is_err() {
                break;
            }
        }
    });
    let client = Client::new(address);
    let mut printed = Vec::new();
    for _ in 0..300 {
        if client
            .get("/health")
            .is_ok_and(|answer| answer.status == 200)
        {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    while let Ok(line) = lines.recv_timeout(Duration::from_millis(300)) {
        printed.push(line);
    }
    Served {
        child,
        address,
        printed,
    }
}

#[test]
fn the_first_start_prints_a_password_that_lets_an_administrator_in_and_the_second_does_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = serve(folder.path());
    let password = first
        .printed
        .iter()
        .find_map(|line| line.split_once("as admin with the password "))
        .map(|(_, password)| password.trim().to_owned())
        .unwrap_or_else(|| panic!("no password in {:?}", first.printed));
    let mut admin = Client::new(first.address);
    admin
        .sign_in("admin", &password)
        .expect("the administrator signs in");
    assert_eq!(admin.get("/api/users").expect("an answer").status, 200);
    assert!(
        Client::new(first.address)
            .sign_in("admin", "guess")
            .is_err()
    );
    drop(first);

    let second = serve(folder.path());
    assert!(
        !second.printed.iter().any(|line| line.contains("password")),
        "{:?}",
        second.printed
    );
    Client::new(second.address)
        .sign_in("admin", &password)
        .expect("the password still holds");
}
