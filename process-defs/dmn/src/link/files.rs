//! The files that belong together: one, and those that it imports, directly or through others.

use std::sync::Arc;

use crate::model::{Model, Reference};

/// So many files are looked at; more of them are a mistake.
const MOST: usize = 200;

pub(super) struct Files<'m> {
    /// The first is the one that is linked.
    pub(super) models: Vec<&'m Model>,
    /// Of each file: for each of its imports the file meant, if it is there.
    pub(super) imports: Vec<Vec<Option<usize>>>,
}

/// A place in another file, seen from one: through which imports, in order, and in which file it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Way {
    pub(crate) via: Vec<usize>,
    pub(crate) file: usize,
}

impl<'m> Files<'m> {
    pub(super) fn new(main: &'m Model, others: &[&'m Model]) -> Files<'m> {
        let mut files = Files {
            models: vec![main],
            imports: Vec::new(),
        };
        let mut at = 0;
        while at < files.models.len() {
            let model = files.models[at];
            let mut found = Vec::new();
            for import in &model.imports {
                let known = files.position(&import.namespace);
                let target = known.or_else(|| {
                    let other = others
                        .iter()
                        .find(|other| other.namespace == import.namespace && import.is_dmn)?;
                    (files.models.len() < MOST).then(|| {
                        files.models.push(other);
                        files.models.len() - 1
                    })
                });
                found.push(target.filter(|_| import.is_dmn));
            }
            files.imports.push(found);
            at += 1;
        }
        files
    }

    fn position(&self, namespace: &str) -> Option<usize> {
        self.models
            .iter()
            .position(|model| &*model.namespace == namespace)
    }

    /// The file that a reference points into: this one, or the nearest import with its namespace.
    pub(super) fn way(&self, from: usize, reference: &Reference) -> Option<Way> {
        let wanted: &Arc<str> = match &reference.namespace {
            None => {
                return Some(Way {
                    via: Vec::new(),
                    file: from,
                });
            }
            Some(namespace) if *namespace == self.models[from].namespace => {
                return Some(Way {
                    via: Vec::new(),
                    file: from,
                });
            }
            Some(namespace) => namespace,
        };
        let mut seen = vec![false; self.models.len()];
        let mut queue = std::collections::VecDeque::from([Way {
            via: Vec::new(),
            file: from,
        }]);
        while let Some(way) = queue.pop_front() {
            for (import, target) in self.imports[way.file].iter().enumerate() {
                let Some(target) = *target else { continue };
                if std::mem::replace(&mut seen[target], true) {
                    continue;
                }
                let mut via = way.via.clone();
                via.push(import);
                let next = Way { via, file: target };
                if self.models[target].namespace == *wanted {
                    return Some(next);
                }
                queue.push_back(next);
            }
        }
        None
    }

    /// The files whose names have no prefix in `from`, through imports without a name (DMN 1.5, 6.3.3): in the order of
    /// the imports, each followed by what it imports so itself.
    pub(super) fn unnamed(&self, from: usize) -> Vec<Way> {
        let mut seen = vec![false; self.models.len()];
        let mut found = Vec::new();
        let mut open = vec![Way {
            via: Vec::new(),
            file: from,
        }];
        while let Some(way) = open.pop() {
            if std::mem::replace(&mut seen[way.file], true) {
                continue;
            }
            let imports = self.models[way.file].imports.iter().enumerate().rev();
            for (import, _) in imports.filter(|(_, import)| import.name.is_empty()) {
                if let Some(file) = self.imports[way.file][import] {
                    let mut via = way.via.clone();
                    via.push(import);
                    open.push(Way { via, file });
                }
            }
            if way.file != from {
                found.push(way);
            }
        }
        found
    }

    /// Whether a file imports this namespace, although that file is not there.
    pub(super) fn is_missing(&self, from: usize, namespace: &str) -> bool {
        let imports = self.models[from].imports.iter().zip(&self.imports[from]);
        imports
            .filter(|(_, target)| target.is_none())
            .any(|(import, _)| &*import.namespace == namespace)
    }

    /// Whether a name begins with the prefix of an import that is not there: nothing can be said of it.
    pub(super) fn lacks_import_for(&self, from: usize, name: &str) -> bool {
        let imports = self.models[from].imports.iter().zip(&self.imports[from]);
        imports
            .filter(|(_, target)| target.is_none())
            .any(|(import, _)| {
                let rest = name.strip_prefix(&*import.name);
                import.name.is_empty() || rest.is_some_and(|rest| rest.starts_with('.'))
            })
    }

    /// The prefixes on a way: the names of its imports, without empty ones.
    pub(super) fn prefixes(&self, from: usize, way: &Way) -> Vec<Arc<str>> {
        let mut file = from;
        let mut prefixes = Vec::new();
        for import in &way.via {
            let name = &self.models[file].imports[*import].name;
            if !name.is_empty() {
                prefixes.push(name.clone());
            }
            if let Some(target) = self.imports[file][*import] {
                file = target;
            }
        }
        prefixes
    }
}
