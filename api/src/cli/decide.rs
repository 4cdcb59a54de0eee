//! `redthread decide`: makes decisions, calls decision services and business knowledge models; one, or thousands.

use std::collections::HashMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use redthread_calendar::{Timestamp, Zone};
use redthread_dmn::{DecisionModel, Decisions, Detail, DmnError, Limits, TraceKind};
use redthread_feel::Env;
use serde::Deserialize;
use serde_json::json;

use super::Outcome;
use super::feel::{self, Failure};
use super::output::{self, Colour};

/// The arguments of `redthread decide`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Files of decisions (DMN); those that others import are told by their namespaces
    #[arg(required_unless_present = "batch", value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    what: What,
    /// What the decision is given, as a FEEL context: {amount: 5, day: @"2026-01-05"}
    #[arg(long, value_name = "FEEL_CONTEXT", conflicts_with_all = ["vars", "batch"])]
    context: Option<String>,
    /// What the decision is given, as a JSON object
    #[arg(long, value_name = "JSON", conflicts_with = "batch")]
    vars: Option<String>,
    /// Say how the result came about: what each decision was given, which rules matched
    #[arg(long)]
    explain: bool,
    /// What now() gives [default: the clock of this machine]
    #[arg(long, value_name = "INSTANT", value_parser = Timestamp::parse)]
    now: Option<Timestamp>,
    /// One JSON object
    #[arg(long)]
    json: bool,
    /// Decide many: a file (`-`: standard input) with one JSON object a line: {"file"?, "decision"|"service"|"bkm",
    /// "context"?, "vars"?}; "file" is a file or a list of files, and replaces FILE
    #[arg(long, value_name = "FILE", conflicts_with_all = ["decision", "service", "bkm"])]
    batch: Option<PathBuf>,
}

/// What is to be evaluated.
#[derive(Debug, Default, clap::Args, Deserialize)]
#[group(required = false, multiple = false)]
struct What {
    /// Make this decision: its id, else its name
    #[arg(long, value_name = "ID_OR_NAME")]
    decision: Option<String>,
    /// Call this decision service
    #[arg(long, value_name = "ID_OR_NAME")]
    service: Option<String>,
    /// Call this business knowledge model
    #[arg(long, value_name = "ID_OR_NAME")]
    bkm: Option<String>,
}

impl What {
    /// The one thing that is asked for.
    fn wanted(&self) -> Result<(TraceKind, &str), Failure> {
        let asked = [
            (TraceKind::Decision, &self.decision),
            (TraceKind::Service, &self.service),
            (TraceKind::KnowledgeModel, &self.bkm),
        ];
        let mut asked = asked
            .into_iter()
            .filter_map(|(kind, name)| Some((kind, name.as_deref()?)));
        match (asked.next(), asked.next()) {
            (Some(one), None) => Ok(one),
            _ => Err(Failure::Input(
                "Say which decision, service or business knowledge model: exactly one.".into(),
            )),
        }
    }
}

/// One line of a batch.
#[derive(Debug, Deserialize)]
struct Request {
    #[serde(default)]
    file: Option<Files>,
    #[serde(flatten)]
    what: What,
    #[serde(default)]
    context: Option<String>,
    #[serde(default)]
    vars: Option<serde_json::Value>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Files {
    One(PathBuf),
    Many(Vec<PathBuf>),
}

/// Files that belong together, linked.
struct Library {
    /// Each file with those that it imports.
    files: Vec<Decisions>,
    /// The sentences about what is wrong with them.
    errors: Vec<String>,
}

impl Library {
    fn read(paths: &[PathBuf]) -> Result<Library, Failure> {
        let mut models = Vec::with_capacity(paths.len());
        for path in paths {
            let shown = path.display();
            let bytes = std::fs::read(path)
                .map_err(|error| Failure::Input(format!("{shown} cannot be opened: {error}.")))?;
            let model = redthread_dmn::read(&bytes, &Limits::default())
                .map_err(|error| Failure::Input(format!("{shown}: {error}")))?;
            models.push(model);
        }
        let (mut files, mut errors) = (Vec::new(), Vec::new());
        for (at, (path, model)) in paths.iter().zip(&models).enumerate() {
            let others = models.iter().enumerate();
            let others: Vec<&DecisionModel> = others
                .filter(|(other, _)| *other != at)
                .map(|(_, model)| model)
                .collect();
            let linked = redthread_dmn::link(model, &others);
            let wrong = linked.problems.iter();
            let wrong = wrong.filter(|problem| problem.severity == redthread_dmn::Severity::Error);
            errors.extend(wrong.map(|problem| {
                let line = problem.line.unwrap_or(1);
                format!("{}:{line}: {}", path.display(), problem.message)
            }));
            files.push(linked.decisions);
        }
        Ok(Library { files, errors })
    }

    /// The first of the files that has what is wanted.
    fn evaluate(
        &self,
        what: &What,
        scope: &redthread_feel::Context,
        env: &Env,
        detail: Detail,
    ) -> Result<redthread_dmn::Outcome, Failure> {
        let (kind, name) = what.wanted()?;
        let mut unknown: Option<DmnError> = None;
        for file in &self.files {
            let evaluated = match kind {
                TraceKind::Decision => file.evaluate(name, scope, env, detail),
                TraceKind::Service => file.invoke_service(name, scope, env, detail),
                TraceKind::KnowledgeModel => file.invoke_knowledge_model(name, scope, env, detail),
            };
            match evaluated {
                Ok(outcome) => return Ok(outcome),
                Err(error) => unknown = unknown.or(Some(error)),
            }
        }
        let unknown = unknown.map(|error| error.to_string());
        Err(Failure::Unknown(unknown.unwrap_or_else(|| {
            "There is no file of decisions.".to_owned()
        })))
    }
}

/// Runs `redthread decide`.
pub fn run(args: &Args) -> Outcome {
    let now = args
        .now
        .unwrap_or_else(|| Timestamp::from_utc(chrono::Utc::now()));
    let env = Env::new(now, Zone::UTC);
    let result = match &args.batch {
        Some(file) => batch(args, file, &env),
        None => Ok(single(args, &env)),
    };
    match result {
        Ok(outcome) => outcome,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Outcome::Done,
        Err(error) => {
            output::complain(&format!("The batch cannot be read or answered: {error}."));
            Outcome::Unusable
        }
    }
}

fn detail(args: &Args) -> Detail {
    match args.explain {
        true => Detail::Explained,
        false => Detail::Result,
    }
}

fn single(args: &Args, env: &Env) -> Outcome {
    let vars = match args.vars.as_deref().map(serde_json::from_str).transpose() {
        Ok(vars) => vars,
        Err(error) => {
            output::complain(&format!("--vars is not readable JSON: {error}."));
            return Outcome::Unusable;
        }
    };
    let evaluated = Library::read(&args.files).and_then(|library| {
        for error in &library.errors {
            output::complain(error);
        }
        let scope = feel::variables(args.context.as_deref(), vars.as_ref(), env)?;
        let outcome = library.evaluate(&args.what, &scope, env, detail(args))?;
        Ok((outcome, !library.errors.is_empty()))
    });
    let mut out = io::stdout().lock();
    let written = match &evaluated {
        Ok((outcome, _)) if args.json => output::json_line(&mut out, &to_json(outcome)),
        Ok((outcome, _)) => print_for_people(&mut out, outcome),
        Err(failure) if args.json => output::json_line(&mut out, &failure.to_json()),
        Err(failure) => {
            output::complain(failure.sentence());
            Ok(())
        }
    };
    if let Err(error) = output::closed_pipe_is_fine(written) {
        output::complain(&format!("The result cannot be written: {error}."));
        return Outcome::Unusable;
    }
    match evaluated {
        Ok((_, false)) => Outcome::Done,
        Ok((_, true)) => Outcome::Faulty,
        Err(failure) => failure.outcome(),
    }
}

/// Each file is read once, however many lines ask for it.
fn batch(args: &Args, lines: &Path, env: &Env) -> io::Result<Outcome> {
    let mut libraries: HashMap<Vec<PathBuf>, Library> = HashMap::new();
    feel::answer_lines(lines, |line| {
        let request: Request = serde_json::from_str(line)
            .map_err(|error| Failure::Input(format!("The line is not a request: {error}.")))?;
        let files = match &request.file {
            Some(Files::One(file)) => vec![file.clone()],
            Some(Files::Many(files)) => files.clone(),
            None => args.files.clone(),
        };
        let library = match libraries.entry(files) {
            std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::hash_map::Entry::Vacant(new) => {
                let library = Library::read(new.key())?;
                new.insert(library)
            }
        };
        let scope = feel::variables(request.context.as_deref(), request.vars.as_ref(), env)?;
        let outcome = library.evaluate(&request.what, &scope, env, detail(args))?;
        Ok(to_json(&outcome))
    })
}

/// As `feel` answers, with `decisions` where an explanation was asked for.
fn to_json(outcome: &redthread_dmn::Outcome) -> serde_json::Value {
    let mut answer = feel::answer(&outcome.value, json!(outcome.warnings));
    if let Some(explanation) = &outcome.explanation {
        answer["decisions"] = json!(explanation.decisions);
    }
    answer
}

fn print_for_people(out: &mut dyn Write, outcome: &redthread_dmn::Outcome) -> io::Result<()> {
    let coloured = output::coloured();
    if let Some(explanation) = &outcome.explanation {
        for trace in &explanation.decisions {
            let name = output::paint(&output::harmless(&trace.name), Colour::Bold, coloured);
            writeln!(out, "{name}")?;
            for given in &trace.inputs {
                let name = output::harmless(&given.name);
                writeln!(out, "  given {name}: {}", given.value)?;
            }
            for rule in trace.tables.iter().flat_map(|table| &table.matched) {
                let said = rule.annotations.iter().map(|note| &*note.text);
                let said: String = said
                    .map(|text| format!(" ({})", output::harmless(text)))
                    .collect();
                writeln!(out, "  rule {} matches{said}", rule.rule)?;
            }
            writeln!(out, "  gives {}", trace.result)?;
        }
    }
    let value = output::harmless(&outcome.value.to_feel());
    writeln!(out, "{}", output::paint(&value, Colour::Bold, coloured))?;
    for warning in &outcome.warnings {
        let place = [warning.decision.as_deref(), warning.place.as_deref()];
        let place: Vec<&str> = place.into_iter().flatten().collect();
        output::complain(&output::harmless(&format!(
            "{}: {}",
            place.join(", "),
            warning.message
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FEES: &str = r#"<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="Fees" namespace="fees">
      <decision id="fee" name="Fee"><variable name="Fee"/>
        <decisionTable id="t" hitPolicy="FIRST">
          <input id="i"><inputExpression id="e" typeRef="number"><text>amount</text></inputExpression></input>
          <output id="o" name="fee" typeRef="number"/>
          <rule id="r1"><inputEntry id="a"><text>&lt; 100</text></inputEntry><outputEntry id="b"><text>1</text></outputEntry></rule>
          <rule id="r2"><inputEntry id="c"><text>-</text></inputEntry><outputEntry id="d"><text>2.5</text></outputEntry></rule>
        </decisionTable></decision>
      <businessKnowledgeModel id="double" name="Double"><variable name="Double"/>
        <encapsulatedLogic><formalParameter name="x" typeRef="number"/><literalExpression><text>x * 2</text></literalExpression></encapsulatedLogic>
      </businessKnowledgeModel></definitions>"#;

    fn decided(what: What, context: &str) -> Result<serde_json::Value, Failure> {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("fees.dmn");
        std::fs::write(&file, FEES).expect("a file");
        let library = Library::read(&[file])?;
        assert_eq!(library.errors, [""; 0]);
        let env = Env::new(Timestamp::EPOCH, Zone::UTC);
        let scope = feel::variables(Some(context), None, &env)?;
        let outcome = library.evaluate(&what, &scope, &env, Detail::Explained)?;
        Ok(to_json(&outcome))
    }

    fn decision(name: &str) -> What {
        What {
            decision: Some(name.to_owned()),
            ..What::default()
        }
    }

    #[test]
    fn a_decision_is_made_by_its_id_or_name_and_explained() {
        for name in ["fee", "Fee"] {
            let answer = decided(decision(name), "{amount: 250}").expect("an answer");
            assert_eq!(
                (&answer["type"], &answer["text"]),
                (&json!("number"), &json!("2.5"))
            );
            let table = &answer["decisions"][0]["tables"][0];
            assert_eq!(table["matched"][0]["rule"], 2);
            assert_eq!(table["matched"][0]["id"], "r2");
        }
    }

    #[test]
    fn a_business_knowledge_model_is_called_with_what_is_given() {
        let what = What {
            bkm: Some("Double".to_owned()),
            ..What::default()
        };
        let answer = decided(what, "{x: 21}").expect("an answer");
        assert_eq!(answer["value"], 42);
    }

    #[test]
    fn what_is_not_there_is_named_and_nothing_asked_for_is_a_wrong_usage() {
        let unknown = decided(decision("feee"), "{}").expect_err("unknown");
        assert!(matches!(&unknown, Failure::Unknown(said) if said.contains("feee")));
        assert_eq!(unknown.outcome(), Outcome::Faulty);
        let nothing = decided(What::default(), "{}").expect_err("nothing");
        assert_eq!(nothing.outcome(), Outcome::Unusable);
    }

    #[test]
    fn what_goes_wrong_is_a_warning_with_its_place() {
        let answer = decided(decision("fee"), "{}").expect("an answer");
        assert!(
            answer["warnings"].to_string().contains("amount"),
            "{answer}"
        );
    }
}
