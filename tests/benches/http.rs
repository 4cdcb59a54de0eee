//! The real server over HTTP: the three diagrams of `engine/runtime/benches`, by clients that keep their connections
//! (`make bench`). The server is a process of its own, on the same cores as the clients.

#[path = "../../engine/runtime/benches/engine/diagrams.rs"]
#[expect(dead_code, reason = "timers are measured in process only")]
mod diagrams;

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use diagrams::Process;
use redthread_test_database::{POSTGRES, TestDatabase};
use redthread_tests::http::Client as Plain;
use redthread_tests::served::Server;
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use serde_json::{Value, json};

const BEGIN: &str = "<!-- figures over HTTP: written by make bench -->";
const END: &str = "<!-- end of figures over HTTP -->";
/// How long clients work before they are measured.
const WARM_UP: Duration = Duration::from_secs(1);

/// What is asked for: `--runs 5 --seconds 4 --clients 1,16,256 --write docs/performance.md`.
struct Asked {
    runs: usize,
    time: Duration,
    clients: Vec<usize>,
    write: Option<PathBuf>,
}

impl Asked {
    fn from_arguments() -> Result<Asked, String> {
        let mut asked = Asked {
            runs: 5,
            time: Duration::from_secs(4),
            clients: vec![1, 16, 256],
            write: None,
        };
        let mut arguments = std::env::args().skip(1).filter(|word| word != "--bench");
        while let Some(name) = arguments.next() {
            let value = arguments
                .next()
                .ok_or_else(|| format!("{name} needs a value."))?;
            let number = |text: &str| {
                text.parse::<usize>()
                    .map_err(|error| format!("{text}: {error}"))
            };
            match name.as_str() {
                "--runs" => asked.runs = number(&value)?.max(1),
                "--seconds" => asked.time = Duration::from_secs(number(&value)?.max(1) as u64),
                "--clients" => {
                    asked.clients = value.split(',').map(number).collect::<Result<_, _>>()?
                }
                "--write" => asked.write = Some(value.into()),
                _ => return Err(format!("{name} is none of the options.")),
            }
        }
        Ok(asked)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let asked = Asked::from_arguments().unwrap_or_else(|why| {
        eprintln!("{why}");
        std::process::exit(2);
    });
    let mut table = String::from(
        "\n### Over HTTP\n\n| database | clients | what | instances/s | steps/s | requests/s | p50 ms | p99 ms |\n|---|---|---|---|---|---|---|---|\n",
    );
    println!("{table}");
    let server = std::env::var(POSTGRES).ok().filter(|url| !url.is_empty());
    for on in [None, server.as_ref()]
        .into_iter()
        .take(1 + usize::from(server.is_some()))
    {
        for clients in asked.clients.iter().copied() {
            for process in Process::ALL {
                let mut runs = Vec::new();
                for _ in 0..asked.runs {
                    let database = match on {
                        None => TestDatabase::on_file(),
                        Some(server) => TestDatabase::on_postgres(server.clone()).await,
                    };
                    runs.push(measure(&asked, &database, process, clients).await);
                }
                runs.sort_by(|one, other| one.steps.total_cmp(&other.steps));
                let row = format!(
                    "| {} | {clients} | {} | {} |\n",
                    if on.is_some() { "postgres" } else { "sqlite" },
                    process.title(),
                    runs[runs.len() / 2].row(),
                );
                print!("{row}");
                table.push_str(&row);
            }
        }
    }
    if let Some(page) = &asked.write {
        let text = std::fs::read_to_string(page).expect("the page");
        let begin = text.find(BEGIN).expect("the first mark") + BEGIN.len();
        let end = text.find(END).expect("the last mark");
        let written = format!("{}\n{table}\n{}", &text[..begin], &text[end..]);
        std::fs::write(page, written).expect("the page is written");
    }
}

/// What one run came to, by the second.
struct Figures {
    instances: f64,
    steps: f64,
    requests: f64,
    p50: Duration,
    p99: Duration,
}

impl Figures {
    fn row(&self) -> String {
        let millis = |time: Duration| time.as_secs_f64() * 1e3;
        format!(
            "{:.0} | {:.0} | {:.0} | {:.2} | {:.2}",
            self.instances,
            self.steps,
            self.requests,
            millis(self.p50),
            millis(self.p99)
        )
    }
}

async fn measure(
    asked: &Asked,
    database: &TestDatabase,
    process: Process,
    clients: usize,
) -> Figures {
    let server = Server::start(database.url(), &[]);
    let password = server.first_password().expect("the first password");
    let mut admin = Plain::new(server.address());
    admin.sign_in("admin", &password).expect("signed in");
    let diagram = process.diagram();
    let files = [("measured.bpmn", diagram.as_bytes())];
    let deployed = admin.upload("/api/deployments", &files).expect("deployed");
    let definition = deployed.json["deployed"][0]["key"].as_str();
    let definition = definition
        .unwrap_or_else(|| panic!("{:?}", deployed.json))
        .to_owned();

    let shared = Arc::new(Shared::default());
    let connect = || Connection::open(server.address(), &password, shared.clone());
    let mut working = Vec::new();
    for _ in 0..clients {
        let (mut connection, definition) = (connect(), definition.clone());
        working.push(thread::spawn(move || {
            while !connection.shared.stop.load(Ordering::Relaxed) {
                connection.one(process, &definition);
            }
        }));
    }
    let beside = database.connect().await;
    tokio::time::sleep(WARM_UP).await;
    let (steps, ended) = counted(&beside).await;
    let began = Instant::now();
    drop(shared.take());
    tokio::time::sleep(asked.time).await;
    let mut times = shared.take();
    let seconds = began.elapsed().as_secs_f64();
    let (steps_after, ended_after) = counted(&beside).await;
    shared.stop.store(true, Ordering::Relaxed);
    for client in working {
        client.join().expect("a client works");
    }
    times.sort_unstable();
    let share = |share: f64| {
        let at = (times.len() as f64 * share) as usize;
        let micros = times.get(at.min(times.len().saturating_sub(1)));
        Duration::from_micros(u64::from(micros.copied().unwrap_or(0)))
    };
    Figures {
        instances: (ended_after - ended) as f64 / seconds,
        steps: (steps_after - steps) as f64 / seconds,
        requests: times.len() as f64 / seconds,
        p50: share(0.5),
        p99: share(0.99),
    }
}

/// Steps of all instances, and how many have ended.
async fn counted(connection: &DatabaseConnection) -> (i64, i64) {
    let sql = "SELECT CAST(COALESCE(SUM(sequence), 0) AS BIGINT), CAST(COUNT(ended) AS BIGINT) FROM instance";
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let row = connection
        .query_one_raw(statement)
        .await
        .expect("an answer")
        .expect("a row");
    (
        row.try_get_by_index(0).expect("steps"),
        row.try_get_by_index(1).expect("ended"),
    )
}

/// What all clients share.
#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    orders: AtomicU64,
    /// Of requests, in microseconds.
    times: Mutex<Vec<u32>>,
}

impl Shared {
    fn take(&self) -> Vec<u32> {
        std::mem::take(&mut *self.times.lock().expect("the times"))
    }
}

/// A connection that is kept, and whose session is known.
struct Connection {
    stream: BufReader<TcpStream>,
    server: SocketAddr,
    cookie: String,
    shared: Arc<Shared>,
}

impl Connection {
    fn open(server: SocketAddr, password: &str, shared: Arc<Shared>) -> Connection {
        let stream = TcpStream::connect(server).expect("a connection");
        stream.set_nodelay(true).expect("no delay");
        let mut connection = Connection {
            stream: BufReader::new(stream),
            server,
            cookie: String::new(),
            shared,
        };
        static COOKIE: Mutex<Option<(SocketAddr, String)>> = Mutex::new(None);
        // One session for all: what is measured is not how fast passwords are checked.
        let mut known = COOKIE.lock().expect("the cookie");
        if known.as_ref().is_none_or(|(of, _)| *of != server) {
            let who = json!({"login": "admin", "password": password});
            let (_, cookie) = connection
                .send("POST", "/api/session", &who)
                .expect("signed in");
            *known = Some((server, cookie.expect("a cookie")));
        }
        connection.cookie = known
            .as_ref()
            .map(|(_, cookie)| cookie.clone())
            .unwrap_or_default();
        connection
    }

    /// An instance from its start to its end, as far as it is the client's part.
    fn one(&mut self, process: Process, definition: &str) {
        let start = format!("/api/definitions/{definition}/start");
        match process {
            Process::Task => {
                let request = json!({"variables": {"request": "A broken lamp", "client": "ACME"}});
                let started = self.timed("POST", &start, &request);
                let instance = started["instance"].as_str().expect("an instance");
                let tasks = format!("/api/tasks?view=all&instance={instance}");
                let tasks = self.timed("GET", &tasks, &Value::Null);
                let task = tasks["items"][0]["key"].as_str().expect("a task");
                let done = json!({"variables": {"decision": "mend"}});
                self.timed("POST", &format!("/api/tasks/{task}/complete"), &done);
            }
            Process::Timer | Process::Items => unreachable!("{process:?} is not measured here"),
            Process::Ten => {
                self.timed("POST", &start, &json!({"variables": {"amount": 1}}));
            }
            Process::Work => {
                let order = self
                    .shared
                    .orders
                    .fetch_add(1, Ordering::Relaxed)
                    .to_string();
                self.timed("POST", &start, &json!({"variables": {"order": order}}));
                self.work();
                // It may come before another client has done the job: then it is kept.
                let paid = json!({"name": "paid", "correlationKey": order, "variables": {"sum": 10}, "ttl": "PT1M"});
                self.timed("POST", "/api/messages", &paid);
            }
        }
    }

    /// Takes one job, whosever it is, and completes it.
    fn work(&mut self) {
        let wanted = json!({"types": ["pack"], "worker": "packer", "maxJobs": 1, "lease": "PT1M", "wait": "PT1S"});
        let jobs = self.timed("POST", "/api/jobs/activation", &wanted);
        let Some(job) = jobs["jobs"].as_array().and_then(|jobs| jobs.first()) else {
            return;
        };
        let key = job["key"].as_str().expect("a key");
        let done = json!({"token": job["token"], "variables": {"packed": "yes"}});
        self.timed("POST", &format!("/api/jobs/{key}/completion"), &done);
    }

    fn timed(&mut self, method: &str, path: &str, body: &Value) -> Value {
        let began = Instant::now();
        let (answer, _) = self.send(method, path, body).expect("an answer");
        let micros = u32::try_from(began.elapsed().as_micros()).unwrap_or(u32::MAX);
        self.shared.times.lock().expect("the times").push(micros);
        answer
    }

    /// One request and its answer; asks again where the server has too much to do.
    fn send(
        &mut self,
        method: &str,
        path: &str,
        body: &Value,
    ) -> io::Result<(Value, Option<String>)> {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nAccept: application/json\r\nX-Redthread: 1\r\nCookie: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.server,
            self.cookie,
            body.len(),
        );
        loop {
            self.stream.get_mut().write_all(request.as_bytes())?;
            let (mut status, mut length, mut cookie) = (0, 0, None);
            let mut line = String::new();
            while self.stream.read_line(&mut line)? > 0 && line.trim_end() != "" {
                if let Some(rest) = line.strip_prefix("HTTP/1.1 ") {
                    status = rest
                        .split(' ')
                        .next()
                        .and_then(|code| code.parse().ok())
                        .unwrap_or(0);
                } else if let Some((name, value)) = line.split_once(':') {
                    match name.to_ascii_lowercase().as_str() {
                        "content-length" => length = value.trim().parse().unwrap_or(0),
                        "set-cookie" => cookie = value.trim().split(';').next().map(str::to_owned),
                        _ => {}
                    }
                }
                line.clear();
            }
            let mut bytes = vec![0; length];
            self.stream.read_exact(&mut bytes)?;
            match status {
                200..=299 => {
                    return Ok((
                        serde_json::from_slice(&bytes).unwrap_or(Value::Null),
                        cookie,
                    ));
                }
                503 => thread::sleep(Duration::from_millis(10)),
                _ => panic!(
                    "{method} {path}: {status} {}",
                    String::from_utf8_lossy(&bytes)
                ),
            }
        }
    }
}
