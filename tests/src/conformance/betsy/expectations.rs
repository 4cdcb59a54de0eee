//! The models that run, and which lines each must write.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value as Json;

use super::super::CollectionError;

/// A model, and the cases in which it is run.
#[derive(Clone, Debug, Deserialize)]
pub struct Runnable {
    /// Its name.
    pub name: String,
    /// What it is about: `activities`, `events`, `gateways` ...
    pub group: String,
    /// Its path below the collection.
    pub file: String,
    /// What is wrong with it or its expectation, where something is.
    #[serde(default)]
    pub upstream_defect: Option<String>,
    /// The cases.
    #[serde(default)]
    pub cases: Vec<Case>,
}

/// One run of a model.
#[derive(Clone, Debug, Deserialize)]
pub struct Case {
    /// Its number, from 1.
    pub number: u64,
    /// The process `ParallelProcess` of the same file is started before.
    #[serde(default)]
    pub start_parallel_process_first: bool,
    /// What is started.
    pub start: Start,
    /// How long betsy waits before it looks.
    #[serde(default)]
    pub wait_ms: i64,
    /// The lines that must be there, in any order.
    pub expected_trace: Vec<String>,
    /// The lines that a right engine writes, where the model or its expectation is wrong.
    #[serde(default)]
    pub expected_trace_if_defect_corrected: Option<Vec<String>>,
}

impl Case {
    /// The lines that a right engine writes.
    pub fn expected(&self) -> &[String] {
        self.expected_trace_if_defect_corrected
            .as_ref()
            .unwrap_or(&self.expected_trace)
    }
}

/// What is started.
#[derive(Clone, Debug, Deserialize)]
pub struct Start {
    /// The process.
    pub process_id: String,
    /// Its variables.
    #[serde(default)]
    pub variables: BTreeMap<String, Typed>,
}

/// A value; its type is that of the JSON.
#[derive(Clone, Debug, Deserialize)]
pub struct Typed {
    /// The value.
    pub value: Json,
}

impl Start {
    /// The variables as a JSON object.
    pub fn json(&self) -> Json {
        let entries = self.variables.iter();
        entries
            .map(|(name, typed)| (name.clone(), typed.value.clone()))
            .collect::<serde_json::Map<_, _>>()
            .into()
    }
}

/// The models that run.
#[derive(Debug, Deserialize)]
pub struct Expectations {
    /// The models.
    pub tests: Vec<Runnable>,
    /// How each expression of the models is written in FEEL.
    #[serde(rename = "expression_translation_to_FEEL")]
    pub feel: BTreeMap<String, String>,
    /// The folder of the collection.
    #[serde(skip)]
    pub root: PathBuf,
}

/// Opens the models that run, in the collection `betsy-bpmn` below `corpora`.
///
/// # Errors
/// When its expectations are missing or unreadable.
pub fn runnable(corpora: &Path) -> Result<Expectations, CollectionError> {
    let root = corpora.join("betsy-bpmn");
    let path = root.join("expectations.json");
    let text = std::fs::read_to_string(&path).map_err(|source| CollectionError::Missing {
        path: path.clone(),
        source,
    })?;
    let mut expectations: Expectations = serde_json::from_str(&text)
        .map_err(|source| CollectionError::Unreadable { path, source })?;
    expectations.root = root;
    Ok(expectations)
}
