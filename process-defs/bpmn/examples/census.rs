//! Reads every diagram under a folder and prints what came of it: `census DIR [--problems]`.
//!
//! Where the folder (or one below it) has an `INDEX.json`, flow nodes, processes and readability are
//! compared with what it says. Ends with 1 if something differs.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use redthread_bpmn::{Limits, Severity, read, summary};
use serde_json::Value;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("usage: census DIR [--problems]")?);
    let lists_problems = arguments.next().as_deref() == Some("--problems");
    let mut census = Census::default();
    let mut open = vec![folder.clone()];
    let mut files = Vec::new();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            for entry in std::fs::read_dir(&path)? {
                open.push(entry?.path());
            }
        } else if path
            .extension()
            .is_some_and(|ending| ending == "bpmn" || ending == "bpmn20")
        {
            files.push(path);
        }
    }
    files.sort();
    let index = index(&folder)?;
    for file in &files {
        let name = file.strip_prefix(&folder)?.to_string_lossy().into_owned();
        census.count(file, &name, index.get(&name), lists_problems)?;
    }
    census.print(files.len());
    Ok(if census.differences.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn index(folder: &Path) -> Result<serde_json::Map<String, Value>, Box<dyn Error>> {
    match std::fs::read(folder.join("INDEX.json")) {
        Ok(bytes) => Ok(serde_json::from_slice(&bytes)?),
        Err(_) => Ok(serde_json::Map::new()),
    }
}

#[derive(Default)]
struct Census {
    unreadable: usize,
    drawings: usize,
    deployable: usize,
    refused: usize,
    flow_nodes: usize,
    compared: usize,
    codes: BTreeMap<(Severity, String), usize>,
    differences: Vec<String>,
    slowest: Option<(Duration, String)>,
}

impl Census {
    fn count(
        &mut self,
        file: &Path,
        name: &str,
        expected: Option<&Value>,
        lists_problems: bool,
    ) -> Result<(), Box<dyn Error>> {
        let bytes = std::fs::read(file)?;
        let began = Instant::now();
        let outcome = read(&bytes, &Limits::default());
        let took = began.elapsed();
        if self
            .slowest
            .as_ref()
            .is_none_or(|(longest, _)| took > *longest)
        {
            self.slowest = Some((took, name.to_owned()));
        }
        let expected = expected.unwrap_or(&Value::Null);
        let is_expected_readable = expected["well_formed"].as_bool();
        let diagram = match outcome {
            Ok(diagram) => diagram,
            Err(error) => {
                self.unreadable += 1;
                println!("{name}: unreadable, line {:?}: {error}", error.line);
                if is_expected_readable == Some(true) {
                    self.differences.push(format!("{name}: {error}"));
                }
                return Ok(());
            }
        };
        if is_expected_readable == Some(false) {
            self.differences
                .push(format!("{name}: read, although it is not well-formed"));
        }
        let flow_nodes = diagram.model.flow_node_count();
        self.flow_nodes += flow_nodes;
        self.compare(name, "flow_nodes", flow_nodes, expected);
        let summed: usize = summary(&diagram.model)
            .iter()
            .map(|process| process.flow_nodes)
            .sum();
        self.compare(name, "flow_nodes", summed, expected);
        self.compare(name, "processes", diagram.model.processes.len(), expected);
        let executable = diagram
            .model
            .processes
            .iter()
            .filter(|process| process.executable);
        self.compare(name, "executable_processes", executable.count(), expected);
        self.compared += usize::from(expected.is_object());
        let verdict = match (diagram.has_errors(), diagram.is_drawing()) {
            (true, _) => {
                self.refused += 1;
                "refused"
            }
            (false, true) => {
                self.drawings += 1;
                "drawing"
            }
            (false, false) => {
                self.deployable += 1;
                "deployable"
            }
        };
        println!("{name}: {verdict}, {flow_nodes} flow nodes");
        for problem in &diagram.problems {
            *self
                .codes
                .entry((problem.severity, problem.code.to_string()))
                .or_default() += 1;
            if lists_problems {
                println!("    {}", serde_json::to_string(problem)?);
            }
        }
        Ok(())
    }

    fn compare(&mut self, name: &str, what: &str, ours: usize, expected: &Value) {
        if let Some(theirs) = expected[what]
            .as_u64()
            .filter(|&theirs| theirs != ours as u64)
        {
            self.differences
                .push(format!("{name}: {what} {ours}, expected {theirs}"));
        }
    }

    fn print(&self, files: usize) {
        println!();
        println!(
            "{files} files: {} deployable, {} drawings, {} refused, {} unreadable; {} flow nodes",
            self.deployable, self.drawings, self.refused, self.unreadable, self.flow_nodes
        );
        for ((severity, code), count) in &self.codes {
            println!("  {severity:?} {code}: {count}");
        }
        if let Some((took, name)) = &self.slowest {
            println!("slowest: {name}, {} ms", took.as_millis());
        }
        println!(
            "{} compared, {} differences",
            self.compared,
            self.differences.len()
        );
        for difference in &self.differences {
            println!("  {difference}");
        }
    }
}
