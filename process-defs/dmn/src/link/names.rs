//! The names that expressions of a file may use: what is required by the element they belong to, what stands around
//! them, and the components of types (DMN 1.5, 10.3.1.4 and 10.4).

use std::sync::Arc;

use redthread_feel::Names;
use redthread_xml::Code;

use super::Sink;
use super::files::Files;
use super::types::TypeTable;
use crate::model::{ItemDefinition, ItemShape};

/// Every element has names of its own, so that those of types are copied for each: so often at most.
const COPIED: usize = 5_000_000;

/// What expressions of each file know wherever they stand.
pub(super) struct ModelNames {
    /// For reading: components and types.
    bases: Vec<Names>,
    /// The names of components, sorted: a filter may mean them.
    components: Vec<Vec<Arc<str>>>,
    /// For reading what no requirement leads to: the names of all elements of the file as well.
    all: Vec<Names>,
}

impl ModelNames {
    pub(super) fn new(files: &Files<'_>, sink: &mut Sink<'_>) -> ModelNames {
        let mut names = ModelNames {
            bases: Vec::new(),
            components: Vec::new(),
            all: Vec::new(),
        };
        for file in 0..files.models.len() {
            let mut components = Vec::new();
            let imported = files.imports[file].iter().flatten();
            for model in std::iter::once(&file).chain(imported) {
                for item in &files.models[*model].items {
                    collect(item, &mut components);
                }
            }
            components.sort_unstable();
            components.dedup();
            let model = files.models[file];
            let elements = model.decisions.len() + model.knowledge.len() + 1;
            if components.len() > COPIED / elements {
                components.truncate(COPIED / elements);
                sink.error(
                    file,
                    model.tree().root().ix(),
                    Code::NotSupported,
                    "The file has too many types for so many decisions.",
                    "Split it into several files that import each other.",
                );
            }
            names.bases.push(components.iter().collect());
            names.components.push(components);
        }
        names
    }

    pub(super) fn bases(&self) -> &[Names] {
        &self.bases
    }

    pub(super) fn declare_types(&mut self, files: &Files<'_>, types: &TypeTable) {
        for (file, base) in self.bases.iter_mut().enumerate() {
            types.declare(files, file, base);
            let mut all = base.clone();
            let model = files.models[file];
            let variables = model
                .inputs
                .iter()
                .map(|input| &input.variable)
                .chain(model.decisions.iter().map(|decision| &decision.variable))
                .chain(model.knowledge.iter().map(|knowledge| &knowledge.variable))
                .chain(model.services.iter().map(|service| &service.variable));
            for variable in variables {
                all.declare(&variable.name);
            }
            self.all.push(all);
        }
    }

    /// The names of an element of this file, to be added to.
    pub(super) fn of(&self, file: usize) -> Known<'_> {
        Known {
            names: self.bases[file].clone(),
            components: &self.components[file],
            all: &self.all[file],
            visible: Vec::new(),
        }
    }
}

/// Components nest no deeper than the file does.
fn collect(item: &ItemDefinition, names: &mut Vec<Arc<str>>) {
    if let ItemShape::Components(components) = &item.shape {
        for component in components {
            names.push(component.name.clone());
            collect(component, names);
        }
    }
}

/// The names at one place.
pub(super) struct Known<'n> {
    names: Names,
    all: &'n Names,
    components: &'n [Arc<str>],
    /// Variables that can be seen, the nearest last.
    visible: Vec<Arc<str>>,
}

impl Known<'_> {
    /// For reading an expression.
    pub(super) fn names(&self) -> &Names {
        &self.names
    }

    /// For reading an expression that cannot be read by those names: it may name what is not required.
    pub(super) fn all(&self) -> &Names {
        self.all
    }

    /// Brings a variable into sight.
    pub(super) fn see(&mut self, name: &Arc<str>) {
        self.names.declare(name);
        self.visible.push(name.clone());
    }

    /// A name that is read as one, but is no variable by itself: what follows a point.
    pub(super) fn read(&mut self, name: &str) {
        self.names.declare(name);
    }

    /// What is in sight, for `forget`.
    pub(super) fn mark(&self) -> usize {
        self.visible.len()
    }

    /// Takes what has come into sight since out of it. It is still read as a name: nobody else can be meant by
    /// it within the same decision.
    pub(super) fn forget(&mut self, mark: usize) {
        self.visible.truncate(mark);
    }

    /// Whether a name means something here.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.visible.iter().rev().any(|known| **known == *name)
            || self
                .components
                .binary_search_by(|known| (**known).cmp(name))
                .is_ok()
    }

    /// What is in sight.
    pub(super) fn visible(&self) -> &[Arc<str>] {
        &self.visible
    }
}
