//! From files to a graph that runs: imports, types, requirements and logic are resolved once, here, and what does
//! not fit together is told as problems.

mod bindings;
mod circles;
mod files;
mod function;
mod languages;
mod logic;
mod names;
mod table;
mod types;

use std::collections::HashMap;
use std::sync::Arc;

use redthread_xml::{Code, NodeIx, NodeRef, Problem, Problems};

use crate::graph::{File, Graph, Unit};
use crate::info::{self, Catalogue};
use crate::model::Model;
use files::Files;
pub(crate) use files::Way;
use names::ModelNames;
use types::TypeTable;

/// So many ways through imports are followed.
const UNITS: usize = 500;

/// What linking finds wrong with the file that is linked. Those that it imports have been read, and told of, on
/// their own.
pub(crate) struct Sink<'m> {
    main: &'m Model,
    problems: Problems,
}

impl<'m> Sink<'m> {
    pub(crate) fn new(main: &'m Model, problems: Problems) -> Sink<'m> {
        Sink { main, problems }
    }

    pub(crate) fn error(
        &mut self,
        file: usize,
        at: NodeIx,
        code: Code,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        if file == 0 {
            self.problems.error(self.node(at), code, message, hint);
        }
    }

    pub(crate) fn warning(
        &mut self,
        file: usize,
        at: NodeIx,
        code: Code,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        if file == 0 {
            self.problems.warning(self.node(at), code, message, hint);
        }
    }

    fn node(&self, at: NodeIx) -> NodeRef<'m> {
        self.main.at(at)
    }
}

/// Links a file with others; the problems are those of the file, added to `problems`.
pub(crate) fn link(
    main: &Model,
    others: &[&Model],
    problems: Problems,
    alone: bool,
) -> (Arc<Graph>, Catalogue, Vec<Problem>) {
    let mut sink = Sink::new(main, problems);
    let files = Files::new(main, others);
    if !alone {
        missing_imports(&files, &mut sink);
    }
    let mut names = ModelNames::new(&files, &mut sink);
    let mut types = TypeTable::new(&files, names.bases(), &mut sink);
    names.declare_types(&files, &types);
    let mut linked: Vec<File> = (0..files.models.len())
        .map(|file| bindings::nodes(&files, file, &mut types, &mut sink))
        .collect();
    bindings::bind(&files, &types.types, &mut linked, &mut sink);
    circles::break_all(&files, &mut linked, &mut sink);
    let mut used = info::Used::default();
    for file in 0..linked.len() {
        logic::compile(
            &files,
            file,
            &mut linked,
            &mut types,
            &names,
            &mut used,
            &mut sink,
        );
    }
    crate::check::run(main, &linked[0], &types.types, &used, &mut sink);
    let units = units(&files, &linked, &mut sink);
    let size = units.iter().map(|unit| linked[unit.file].nodes.len()).sum();
    let graph = Graph {
        files: linked,
        units,
        types: types.types,
        size,
    };
    let catalogue = info::catalogue(main, &graph, &used);
    (Arc::new(graph), catalogue, sink.problems.finish())
}

fn missing_imports(files: &Files<'_>, sink: &mut Sink<'_>) {
    let imports = files.models[0].imports.iter().zip(&files.imports[0]);
    for (import, target) in imports {
        if !import.is_dmn {
            sink.error(
                0,
                import.xml,
                Code::NotSupported,
                format!(
                    "Imports of the type “{}” do not run.",
                    import.import_type.as_deref().unwrap_or_default()
                ),
                "Import DMN files only.",
            );
        } else if target.is_none() {
            sink.error(
                0,
                import.xml,
                Code::UnknownReference,
                format!(
                    "The imported file with the namespace “{}” is not there.",
                    import.namespace
                ),
                "Give the imported file along with this one.",
            );
        }
    }
}

/// One unit for each way through imports, as each has input data of its own.
fn units(files: &Files<'_>, linked: &[File], sink: &mut Sink<'_>) -> Vec<Unit> {
    let mut units = vec![Unit {
        file: 0,
        path: Vec::new(),
        imports: Vec::new(),
        base: 0,
    }];
    // The files on the way to each unit, so that files which import each other end somewhere.
    let mut ways = vec![vec![0usize]];
    let mut base = 0;
    let mut at = 0;
    while at < units.len() {
        let file = units[at].file;
        units[at].base = base;
        base += linked[file].nodes.len();
        let mut imports = Vec::new();
        for (import, target) in files.models[file].imports.iter().zip(&files.imports[file]) {
            let next = target.filter(|target| !ways[at].contains(target) && units.len() < UNITS);
            imports.push(next.map(|target| {
                let mut path = units[at].path.clone();
                if !import.name.is_empty() {
                    path.push(import.name.clone());
                }
                let mut way = ways[at].clone();
                way.push(target);
                ways.push(way);
                units.push(Unit {
                    file: target,
                    path,
                    imports: Vec::new(),
                    base: 0,
                });
                units.len() - 1
            }));
            if next.is_none() && target.is_some() && at == 0 {
                sink.error(
                    0,
                    import.xml,
                    Code::UnknownReference,
                    "Imports must not lead back to where they came from.",
                    "Move what both files need into a third.",
                );
            }
        }
        units[at].imports = imports;
        at += 1;
    }
    units
}

/// The first of each id.
fn index<'i>(ids: impl Iterator<Item = Option<&'i Arc<str>>>) -> HashMap<Arc<str>, usize> {
    let mut index = HashMap::new();
    for (at, id) in ids.enumerate() {
        if let Some(id) = id {
            index.entry(id.clone()).or_insert(at);
        }
    }
    index
}
