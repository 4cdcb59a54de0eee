//! A folder with diagrams and an `INDEX.json` that says what is in them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// What the index says of one file. It was counted by another program.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Drawing {
    /// Whether it is well-formed XML.
    pub well_formed: bool,
    /// How many processes are marked as executable.
    #[serde(default)]
    pub executable_processes: u64,
    /// How many flow nodes the whole file has.
    #[serde(default)]
    pub flow_nodes: u64,
    /// How often each XML element (local name) occurs.
    #[serde(default)]
    pub elements: BTreeMap<String, u64>,
}

/// A folder of diagrams.
#[derive(Debug)]
pub struct Collection {
    /// The folder's name.
    pub name: String,
    /// Where it is.
    pub root: PathBuf,
    /// Its files by their path in it.
    pub drawings: BTreeMap<String, Drawing>,
}

/// Why a collection cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CollectionError {
    /// The index cannot be opened.
    #[error("{path} cannot be opened: {source}. Name the folder that holds the collections.")]
    Missing {
        /// The index.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The index is not what it should be.
    #[error("{path} is not an index of diagrams: {source}.")]
    Unreadable {
        /// The index.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
}

impl Collection {
    /// Opens the collection `name` below `corpora`.
    ///
    /// # Errors
    /// When its index is missing or unreadable.
    pub fn open(corpora: &Path, name: &str) -> Result<Collection, CollectionError> {
        let root = corpora.join(name);
        let path = root.join("INDEX.json");
        let text = std::fs::read_to_string(&path).map_err(|source| CollectionError::Missing {
            path: path.clone(),
            source,
        })?;
        let drawings = serde_json::from_str(&text)
            .map_err(|source| CollectionError::Unreadable { path, source })?;
        Ok(Collection {
            name: name.to_owned(),
            root,
            drawings,
        })
    }
}

impl Drawing {
    /// The flow nodes that stand in processes. The index also counts global manual tasks, which stand in none: they are
    /// callable elements, not flow nodes (BPMN 2.0 section 10.3.4).
    pub fn flow_nodes_of_processes(&self) -> u64 {
        let global = self
            .elements
            .get("globalManualTask")
            .copied()
            .unwrap_or_default();
        self.flow_nodes.saturating_sub(global)
    }
}
