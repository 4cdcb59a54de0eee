//! Running the real `redthread` binary with a time limit.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

/// How a program ended.
#[derive(Debug)]
pub struct Ran {
    /// Its exit code; none: it was ended by a signal.
    pub code: Option<i32>,
    /// Whether it had to be ended because its time was up.
    pub hung: bool,
    /// What it printed.
    pub stdout: String,
    /// What it complained about.
    pub stderr: String,
}

impl Ran {
    /// Whether it ended by a panic: Rust's exit code for one, a signal, or the words.
    pub fn panicked(&self) -> bool {
        !self.hung
            && (self.code.is_none_or(|code| code == 101) || self.stderr.contains("panicked at"))
    }
}

/// The `redthread` binary as the sources are now: builds it first, once a test program, beside this one. What
/// `REDTHREAD_BINARY` names is taken as it is.
///
/// # Panics
/// When it cannot be built: there is nothing to test then.
pub fn built() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    let build = || {
        let binary = redthread();
        if std::env::var_os("REDTHREAD_BINARY").is_some() {
            return binary;
        }
        let target = binary
            .parent()
            .and_then(Path::parent)
            .unwrap_or(Path::new("target"));
        let status = Command::new(env!("CARGO"))
            .args([
                "build",
                "--quiet",
                "-p",
                "redthread-api",
                "--bin",
                "redthread",
                "--target-dir",
            ])
            .arg(target)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status();
        assert!(
            status.is_ok_and(|status| status.success()),
            "redthread cannot be built"
        );
        binary
    };
    BUILT.get_or_init(build).clone()
}

/// The `redthread` binary: what `REDTHREAD_BINARY` says, else the one that was built beside this program.
pub fn redthread() -> PathBuf {
    if let Some(path) = std::env::var_os("REDTHREAD_BINARY") {
        return PathBuf::from(path);
    }
    let mut directory = std::env::current_exe().unwrap_or_default();
    directory.pop();
    // Test programs stand one folder below the binaries.
    if directory.file_name().is_some_and(|name| name == "deps") {
        directory.pop();
    }
    directory.join(format!("redthread{}", std::env::consts::EXE_SUFFIX))
}

/// Runs `program` with `arguments` and ends it when its time is up.
///
/// # Errors
/// When it cannot be started or watched.
pub fn run(program: &Path, arguments: &[&str], limit: Duration) -> io::Result<Ran> {
    run_in(Path::new("."), program, arguments, limit)
}

/// The same, in a folder.
///
/// # Errors
/// When it cannot be started or watched.
pub fn run_in(
    folder: &Path,
    program: &Path,
    arguments: &[&str],
    limit: Duration,
) -> io::Result<Ran> {
    let mut child = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    // Both pipes are emptied while the program runs: a full pipe would hold it for ever.
    let stdout = read_all(child.stdout.take());
    let stderr = read_all(child.stderr.take());
    let (code, hung) = wait(&mut child, limit)?;
    let text = |reader: thread::JoinHandle<Vec<u8>>| {
        String::from_utf8_lossy(&reader.join().unwrap_or_default()).into_owned()
    };
    Ok(Ran {
        code,
        hung,
        stdout: text(stdout),
        stderr: text(stderr),
    })
}

fn read_all(pipe: Option<impl Read + Send + 'static>) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // What was read before an error is still worth showing.
            let _ = pipe.read_to_end(&mut bytes);
        }
        bytes
    })
}

fn wait(child: &mut Child, limit: Duration) -> io::Result<(Option<i32>, bool)> {
    let end = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok((status.code(), false));
        }
        if Instant::now() >= end {
            child.kill()?;
            child.wait()?;
            return Ok((None, true));
        }
        thread::sleep(Duration::from_millis(2));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, limit: Duration) -> Ran {
        run(Path::new("/bin/sh"), &["-c", script], limit).expect("a shell")
    }

    #[test]
    fn a_program_that_ends_in_time_gives_its_code_and_its_words() {
        let ran = shell(
            "echo out; echo complaint >&2; exit 3",
            Duration::from_secs(20),
        );
        assert_eq!(
            (ran.code, ran.hung, ran.panicked()),
            (Some(3), false, false)
        );
        assert_eq!(
            (ran.stdout.as_str(), ran.stderr.as_str()),
            ("out\n", "complaint\n")
        );
    }

    #[test]
    fn a_program_that_hangs_is_ended() {
        assert!(shell("exec sleep 60", Duration::from_millis(50)).hung);
    }

    #[test]
    fn panics_and_signals_are_told_from_refusals() {
        assert!(shell("exit 101", Duration::from_secs(20)).panicked());
        assert!(shell("kill -SEGV $$", Duration::from_secs(20)).panicked());
        assert!(!shell("exit 2", Duration::from_secs(20)).panicked());
    }
}
