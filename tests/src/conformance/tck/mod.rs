//! The DMN technology compatibility kit: what its test cases expect, and what our decisions say.
//!
//! Compared as the kit does: numbers as far as binary floating point carries them, lists and contexts part by part, an
//! error as null.

mod cases;
mod values;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use redthread_calendar::{Timestamp, Zone};
use redthread_dmn::{DecisionModel, Detail, Linked, Outcome, link, read};
use redthread_feel::{Context, Env, Value};
use redthread_xml::Limits;

use cases::{Case, Cases, Expected, Kind, Node};

/// What came of some cases.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub struct Score {
    /// How many results are as expected.
    pub passed: usize,
    /// How many there are.
    pub total: usize,
    /// How many are as expected where that is not null.
    pub passed_not_null: usize,
    /// How many there are where null is not expected.
    pub not_null: usize,
}

impl Score {
    fn add(&mut self, other: Score) {
        self.passed += other.passed;
        self.total += other.total;
        self.passed_not_null += other.passed_not_null;
        self.not_null += other.not_null;
    }

    /// Of how many per cent the result is as expected.
    pub fn rate(&self) -> f64 {
        100.0 * self.passed as f64 / self.total.max(1) as f64
    }

    /// The same where the expected value is not null.
    pub fn rate_not_null(&self) -> f64 {
        100.0 * self.passed_not_null as f64 / self.not_null.max(1) as f64
    }
}

/// A result that is not as expected.
#[derive(Clone, Debug)]
pub struct Miss {
    /// Directory, case and node.
    pub name: String,
    /// What is wanted, what came, and why.
    pub what: String,
}

/// What came of a level of the kit.
#[derive(Clone, Debug, Default)]
pub struct Level {
    /// Each directory.
    pub directories: BTreeMap<String, Score>,
    /// What is not as expected.
    pub misses: Vec<Miss>,
}

impl Level {
    /// All directories but those whose names begin with one of these.
    pub fn score(&self, without: &[&str]) -> Score {
        let mut all = Score::default();
        for (name, score) in &self.directories {
            if !without.iter().any(|start| name.starts_with(start)) {
                all.add(*score);
            }
        }
        all
    }
}

/// Runs all directories of a level.
///
/// # Errors
///
/// A sentence when the folder cannot be read.
pub fn run_level(folder: &Path) -> Result<Level, String> {
    let mut level = Level::default();
    for directory in sorted(folder)?.into_iter().filter(|path| path.is_dir()) {
        let name = file_name(&directory);
        let mut score = Score::default();
        for file in sorted(&directory)? {
            if file.extension().is_some_and(|extension| extension == "xml") {
                score.add(run_file(&name, &file, &mut level.misses)?);
            }
        }
        level.directories.insert(name, score);
    }
    Ok(level)
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let cannot = |error| format!("{} cannot be read: {error}.", folder.display());
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(cannot)? {
        paths.push(entry.map_err(cannot)?.path());
    }
    paths.sort();
    Ok(paths)
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

fn run_file(directory: &str, file: &Path, misses: &mut Vec<Miss>) -> Result<Score, String> {
    let bytes = std::fs::read(file)
        .map_err(|error| format!("{} cannot be read: {error}.", file.display()))?;
    let tree = redthread_xml::parse(&bytes, &Limits::default())
        .map_err(|error| format!("{} is not XML: {error}", file.display()))?;
    let cases = Cases::read(&tree);
    let models = models(file, &cases)?;
    let mut score = Score::default();
    let files: Vec<Linkable> = (0..models.len())
        .map(|main| Linkable::new(&models, main))
        .collect();
    for case in &cases.cases {
        for node in &case.results {
            // A node may be in a file that the model imports.
            let meant = node.namespace.as_deref();
            let file = files
                .iter()
                .find(|file| Some(file.namespace.as_str()) == meant);
            let (passed, got) = match file.or(files.first()) {
                Some(file) => {
                    let outcome = outcome(file, case, node);
                    (
                        values::matches(&outcome.value, &node.expected),
                        shown(&outcome),
                    )
                }
                None => (false, "the model is missing".to_owned()),
            };
            let not_null = node.expected != Expected::Null;
            score.total += 1;
            score.not_null += usize::from(not_null);
            score.passed += usize::from(passed);
            score.passed_not_null += usize::from(passed && not_null);
            if !passed {
                misses.push(Miss {
                    name: format!("{directory}#{}/{}", case.id, node.name),
                    what: format!("wanted {:?}, got {got}", node.expected),
                });
            }
        }
    }
    Ok(score)
}

/// The model of the cases, then those that stand beside it.
fn models(file: &Path, cases: &Cases) -> Result<Vec<DecisionModel>, String> {
    let mut main = Vec::new();
    let mut others = Vec::new();
    for path in sorted(file.parent().unwrap_or(Path::new(".")))? {
        if path.extension().is_none_or(|extension| extension != "dmn") {
            continue;
        }
        let bytes = std::fs::read(&path)
            .map_err(|error| format!("{} cannot be read: {error}.", path.display()))?;
        let Ok(model) = read(&bytes, &Limits::default()) else {
            continue;
        };
        if file_name(&path) == cases.model {
            main.push(model);
        } else {
            others.push(model);
        }
    }
    if !main.is_empty() {
        main.append(&mut others);
    }
    Ok(main)
}

fn shown(outcome: &Outcome) -> String {
    let why: Vec<&str> = outcome
        .warnings
        .iter()
        .map(|warning| warning.message.as_str())
        .collect();
    format!("{} {}", outcome.value.to_feel(), why.join(" "))
}

fn outcome(file: &Linkable, case: &Case, node: &Node) -> Outcome {
    let mut given = Context::new();
    for input in &case.inputs {
        file.paths.put(
            &mut given,
            input.namespace.as_deref(),
            &input.name,
            input.value.clone(),
        );
    }
    // Monday, 2026-01-05T09:00:00Z.
    let env = Env::new(Timestamp::from_micros(1_767_603_600_000_000), Zone::UTC);
    let decisions = &file.linked.decisions;
    let (kind, name) = match case.kind {
        Kind::Decision => (node.kind, node.name.as_str()),
        kind => (kind, case.invocable.as_str()),
    };
    let outcome = match kind {
        Kind::Decision => decisions.evaluate(name, &given, &env, Detail::Result),
        Kind::KnowledgeModel => {
            decisions.invoke_knowledge_model(name, &given, &env, Detail::Result)
        }
        Kind::Service => decisions.invoke_service(name, &given, &env, Detail::Result),
    };
    let mut outcome = outcome.unwrap_or_else(|error| {
        let mut empty = Context::new();
        empty.insert("error", Value::from(error.to_string()));
        Outcome {
            value: Value::from(empty),
            warnings: Vec::new(),
            limit: None,
            explanation: None,
        }
    });
    // Of a service with several outputs a result node names one.
    let outputs = decisions
        .services()
        .iter()
        .find(|service| *service.name == *name)
        .map_or(0, |service| service.outputs);
    if kind == Kind::Service && outputs > 1 {
        let output = outcome
            .value
            .as_context()
            .and_then(|context| context.get(&node.name));
        outcome.value = output.cloned().unwrap_or_default();
    }
    outcome
}

/// A file with those beside it.
struct Linkable {
    namespace: String,
    linked: Linked,
    paths: Paths,
}

impl Linkable {
    fn new(models: &[DecisionModel], main: usize) -> Linkable {
        let others: Vec<&DecisionModel> = models.iter().collect();
        Linkable {
            namespace: models[main].namespace().to_owned(),
            linked: link(&models[main], &others),
            paths: Paths::new(&models[main], &others),
        }
    }
}

/// Under which names of imports the inputs of a namespace are given.
struct Paths(Vec<(String, Vec<String>)>);

impl Paths {
    fn new(main: &DecisionModel, others: &[&DecisionModel]) -> Paths {
        let mut paths: Vec<(String, Vec<String>)> = Vec::new();
        let mut open = vec![(main, Vec::new())];
        while let Some((model, path)) = open.pop() {
            for import in model.imports() {
                let mut path: Vec<String> = path.clone();
                path.push(import.name.to_string());
                let other = others
                    .iter()
                    .find(|other| other.namespace() == &*import.namespace);
                if let (Some(other), true) = (other, path.len() < 8) {
                    paths.push((import.namespace.to_string(), path.clone()));
                    open.push((other, path));
                }
            }
        }
        Paths(paths)
    }

    fn put(&self, given: &mut Context, namespace: Option<&str>, name: &str, value: Value) {
        let paths: Vec<&Vec<String>> = self
            .0
            .iter()
            .filter(|(known, _)| Some(known.as_str()) == namespace)
            .map(|(_, path)| path)
            .collect();
        if paths.is_empty() {
            given.insert(name, value);
            return;
        }
        for path in paths {
            let mut full: Vec<&str> = path
                .iter()
                .map(String::as_str)
                .filter(|n| !n.is_empty())
                .collect();
            full.push(name);
            put(given, &full, value.clone());
        }
    }
}

fn put(around: &mut Context, path: &[&str], value: Value) {
    match path {
        [] => {}
        [name] => {
            around.insert(*name, value);
        }
        [first, rest @ ..] => {
            let mut inner = around
                .get(first)
                .and_then(Value::as_context)
                .cloned()
                .unwrap_or_default();
            put(&mut inner, rest, value);
            around.insert(*first, Value::from(inner));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODEL: &str = r##"<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="m" namespace="urn:m">
        <inputData id="i" name="order"><variable name="order"/></inputData>
        <decision id="t" name="total"><variable name="total"/><informationRequirement><requiredInput href="#i"/></informationRequirement>
            <literalExpression><text>sum(order.prices)</text></literalExpression></decision>
        <decision id="b" name="both"><variable name="both"/><informationRequirement><requiredDecision href="#t"/></informationRequirement>
            <literalExpression><text>{a: total, b: "x"}</text></literalExpression></decision>
        <decisionService id="s" name="service"><outputDecision href="#t"/><outputDecision href="#b"/><inputData href="#i"/></decisionService>
        </definitions>"##;

    fn value(kind: &str, text: &str) -> String {
        format!("<value xsi:type=\"xsd:{kind}\">{text}</value>")
    }

    fn case(attributes: &str, node: &str, expected: &str) -> String {
        format!(
            "<testCase id=\"c\" {attributes}><inputNode name=\"order\"><component name=\"prices\"><list><item>{}</item><item>{}</item></list>\
             </component></inputNode><resultNode {node}><expected>{expected}</expected></resultNode></testCase>",
            value("decimal", "1.5"),
            value("decimal", "2")
        )
    }

    #[test]
    fn a_level_is_run_and_what_is_not_as_expected_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let directory = folder.path().join("0001-orders");
        std::fs::create_dir(&directory).unwrap();
        std::fs::write(directory.join("m.dmn"), MODEL).unwrap();
        let service = "type=\"decisionService\" invocableName=\"service\"";
        let both = format!(
            "<component name=\"a\">{}</component><component name=\"b\">{}</component>",
            value("decimal", "3.5"),
            value("string", "x")
        );
        let cases = [
            case("", "name=\"total\"", &value("decimal", "3.5")),
            case("", "name=\"both\"", &both),
            case(service, "name=\"both\"", &both),
            case("", "name=\"total\"", &value("decimal", "4")),
            case(
                "",
                "name=\"total\" errorResult=\"true\"",
                "<value xsi:nil=\"true\"/>",
            ),
            case(
                "",
                "name=\"nothing\" errorResult=\"true\"",
                "<value xsi:nil=\"true\"/>",
            ),
        ];
        let file = format!(
            "<testCases xmlns=\"http://www.omg.org/spec/DMN/20160719/testcase\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\
             <modelName>m.dmn</modelName>{}</testCases>",
            cases.concat()
        );
        std::fs::write(directory.join("m-test-01.xml"), file).unwrap();
        let level = run_level(folder.path()).unwrap();
        let score = Score {
            passed: 3,
            total: 6,
            passed_not_null: 3,
            not_null: 4,
        };
        assert_eq!(level.directories["0001-orders"], score);
        assert_eq!(level.score(&["0001"]), Score::default());
        let missed: Vec<&str> = level.misses.iter().map(|miss| miss.name.as_str()).collect();
        assert_eq!(
            missed,
            [
                "0001-orders#c/total",
                "0001-orders#c/total",
                "0001-orders#c/nothing"
            ]
        );
    }
}
