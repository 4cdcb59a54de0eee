//! Item definitions of all files to [`Types`].

use std::collections::HashMap;
use std::sync::Arc;

use redthread_feel::{Names, Type, UnaryTests};
use redthread_xml::{Code, NodeIx};

use super::files::Files;
use super::{Sink, languages};
use crate::model::{ItemDefinition, ItemShape, Model, UnaryText};
use crate::types::{ItemType, Shape, TypeIx, Types};

/// How far types are spelled out for FEEL, which has no names for those that hold themselves.
const SPELLED_OUT: usize = 24;

/// All types, and how the files call them.
pub(super) struct TypeTable {
    pub(super) types: Types,
    /// Of each file: its own item definitions by name.
    by_name: Vec<HashMap<Arc<str>, TypeIx>>,
    plain: Vec<(Type, TypeIx)>,
}

impl TypeTable {
    /// Makes room for every item definition of every file, then fills it: they may mention each other.
    pub(super) fn new(files: &Files<'_>, names: &[Names], sink: &mut Sink<'_>) -> TypeTable {
        let mut table = TypeTable {
            types: Types::default(),
            by_name: Vec::new(),
            plain: Vec::new(),
        };
        for model in &files.models {
            let mut by_name = HashMap::new();
            for item in &model.items {
                let ix = table.reserve(item.name.clone());
                by_name.entry(item.name.clone()).or_insert(ix);
            }
            table.by_name.push(by_name);
        }
        let mut next = 0;
        for (at, model) in files.models.iter().enumerate() {
            for item in &model.items {
                let filled = table.item(files, at, item, &names[at], sink);
                table.types.0[next] = filled;
                next += 1;
            }
        }
        table.break_circles(files, sink);
        let mut spelled = vec![None; table.types.0.len()];
        for ix in 0..table.types.0.len() {
            table.spell(TypeIx(ix as u32), &mut spelled, SPELLED_OUT);
        }
        for (item, feel) in table.types.0.iter_mut().zip(spelled) {
            item.feel = feel.unwrap_or(Type::Any);
        }
        table
    }

    fn reserve(&mut self, name: Arc<str>) -> TypeIx {
        self.types.0.push(ItemType {
            name,
            shape: Shape::Plain(Type::Any),
            collection: false,
            allowed: None,
            constraint: None,
            feel: Type::Any,
        });
        TypeIx(self.types.0.len() as u32 - 1)
    }

    fn item(
        &mut self,
        files: &Files<'_>,
        file: usize,
        item: &ItemDefinition,
        names: &Names,
        sink: &mut Sink<'_>,
    ) -> ItemType {
        let model = files.models[file];
        let shape = match &item.shape {
            ItemShape::Type(None) => Shape::Plain(Type::Any),
            ItemShape::Type(Some(text)) => match self.resolve(files, file, text, item.xml, sink) {
                Some(ix) => Shape::Like(ix),
                None => Shape::Plain(Type::Any),
            },
            ItemShape::Components(components) => Shape::Components(
                components
                    .iter()
                    .map(|component| {
                        let ix = self.reserve(component.name.clone());
                        let filled = self.item(files, file, component, names, sink);
                        self.types.0[ix.0 as usize] = filled;
                        (component.name.clone(), ix)
                    })
                    .collect(),
            ),
            ItemShape::Function { parameters, result } => {
                let mut resolve = |text: &Arc<str>| self.resolve(files, file, text, item.xml, sink);
                let result = result.as_ref().and_then(&mut resolve);
                let parameters: Vec<Option<TypeIx>> = parameters
                    .iter()
                    .map(|(_, text)| text.as_ref().and_then(&mut resolve))
                    .collect();
                // What does not say its type takes anything, and stands for anything.
                let any = self.plain(Type::Unknown("Any".into()));
                Shape::Function {
                    parameters: parameters.into_iter().map(|ix| ix.unwrap_or(any)).collect(),
                    result,
                }
            }
        };
        // A plain type keeps its own name, so that messages say what is wanted.
        let mut tests = |text: &Option<UnaryText>| {
            let text = text.as_ref()?;
            unary(model, file, text, names, sink)
        };
        ItemType {
            name: item.name.clone(),
            shape,
            collection: item.collection,
            allowed: tests(&item.allowed),
            constraint: tests(&item.constraint),
            feel: Type::Any,
        }
    }

    /// The place of a type of FEEL's own.
    fn plain(&mut self, kind: Type) -> TypeIx {
        if let Some((_, ix)) = self.plain.iter().find(|(known, _)| *known == kind) {
            return *ix;
        }
        let ix = self.reserve(kind.to_string().into());
        self.types.0[ix.0 as usize].shape = Shape::Plain(kind.clone());
        self.types.0[ix.0 as usize].feel = kind.clone();
        self.plain.push((kind, ix));
        ix
    }

    /// The type that a `typeRef` means; `None`: any. One that does not exist is a problem of the file.
    pub(super) fn resolve(
        &mut self,
        files: &Files<'_>,
        file: usize,
        text: &Arc<str>,
        at: NodeIx,
        sink: &mut Sink<'_>,
    ) -> Option<TypeIx> {
        if let Some(ix) = self.find(files, file, text) {
            return Some(ix);
        }
        match own_type(text) {
            Some(Type::Any) => None,
            Some(kind) => Some(self.plain(kind)),
            None => {
                if !files.lacks_import_for(file, text) {
                    sink.warning(
                        file,
                        at,
                        Code::UnknownType,
                        format!("There is no type “{text}”; it is taken as Any."),
                        "Declare it as an item definition, or name one of FEEL's types: string, number, boolean, date ...",
                    );
                }
                None
            }
        }
    }

    /// A declared type: of this file, or with the prefix of an import.
    fn find(&self, files: &Files<'_>, file: usize, text: &str) -> Option<TypeIx> {
        if let Some(ix) = self.by_name[file].get(text) {
            return Some(*ix);
        }
        // Qualified names of XML (DMN 1.1): the prefix says no more than the name does.
        if let Some((_, local)) = text.rsplit_once(':')
            && let Some(ix) = self.by_name[file].get(local)
        {
            return Some(*ix);
        }
        let imports = files.models[file].imports.iter().zip(&files.imports[file]);
        for (import, target) in imports {
            let Some(target) = *target else { continue };
            let rest = if import.name.is_empty() {
                Some(text)
            } else {
                text.strip_prefix(&*import.name)
                    .and_then(|rest| rest.strip_prefix('.'))
            };
            // Imports of imports: their names are prefixed again. Each takes a part of the text, or
            // has no name, which only direct imports are looked through for.
            if let Some(rest) = rest {
                if let Some(ix) = self.by_name[target].get(rest) {
                    return Some(*ix);
                }
                if !import.name.is_empty()
                    && rest.contains('.')
                    && let Some(ix) = self.find_below(files, target, rest, 16)
                {
                    return Some(ix);
                }
            }
        }
        None
    }

    fn find_below(
        &self,
        files: &Files<'_>,
        file: usize,
        text: &str,
        levels: usize,
    ) -> Option<TypeIx> {
        let levels = levels.checked_sub(1)?;
        let imports = files.models[file].imports.iter().zip(&files.imports[file]);
        for (import, target) in imports.filter(|(import, _)| !import.name.is_empty()) {
            if let (Some(target), Some(rest)) = (
                *target,
                text.strip_prefix(&*import.name)
                    .and_then(|rest| rest.strip_prefix('.')),
            ) {
                let found = self.by_name[target].get(rest).copied();
                if let Some(ix) = found.or_else(|| self.find_below(files, target, rest, levels)) {
                    return Some(ix);
                }
            }
        }
        None
    }

    /// A type that is like itself, through others or not, says nothing: it is taken as Any.
    fn break_circles(&mut self, files: &Files<'_>, sink: &mut Sink<'_>) {
        // 0: not looked at, else the walk that came by.
        let mut seen = vec![0usize; self.types.0.len()];
        for start in 0..self.types.0.len() {
            let mut at = start;
            while seen[at] == 0 {
                seen[at] = start + 1;
                let Shape::Like(next) = self.types.0[at].shape else {
                    break;
                };
                // A collection of itself has no values either.
                if seen[next.0 as usize] == start + 1 {
                    self.types.0[at].shape = Shape::Plain(Type::Any);
                    let name = self.types.0[at].name.clone();
                    if let Some(item) = files.models[0].items.iter().find(|item| item.name == name)
                    {
                        sink.warning(
                            0,
                            item.xml,
                            Code::UnknownType,
                            format!("The type “{name}” is defined by itself; it is taken as Any."),
                            "Say what its values look like: a type of FEEL, or components.",
                        );
                    }
                    break;
                }
                at = next.0 as usize;
            }
        }
    }

    /// Spells a type out for FEEL; what nests too deeply, or holds itself, becomes Any.
    fn spell(&self, ix: TypeIx, done: &mut Vec<Option<Type>>, levels: usize) -> Type {
        let at = ix.0 as usize;
        if let Some(kind) = &done[at] {
            return kind.clone();
        }
        let Some(levels) = levels.checked_sub(1) else {
            return Type::Any;
        };
        let item = &self.types.0[at];
        // Whoever meets it again on the way down gets Any.
        done[at] = Some(Type::Any);
        let base = match &item.shape {
            Shape::Plain(kind) => kind.clone(),
            Shape::Like(other) => self.spell(*other, done, levels),
            Shape::Components(components) => {
                let entries: Vec<(Arc<str>, Type)> = components
                    .iter()
                    .map(|(name, ix)| (name.clone(), self.spell(*ix, done, levels)))
                    .collect();
                Type::context(entries)
            }
            Shape::Function { parameters, result } => {
                let parameters: Vec<Type> = parameters
                    .iter()
                    .map(|ix| self.spell(*ix, done, levels))
                    .collect();
                let result = result.map_or(Type::Any, |ix| self.spell(ix, done, levels));
                Type::function(parameters, result)
            }
        };
        let kind = if item.collection {
            Type::list(base)
        } else {
            base
        };
        // What would fill pages when written is not spelled out.
        let kind = if crate::types::is_short(&kind, &mut 500) {
            kind
        } else {
            Type::Any
        };
        done[at] = Some(kind.clone());
        kind
    }

    /// Declares a file's types for reading expressions, those of its imports with their prefix.
    pub(super) fn declare(&self, files: &Files<'_>, file: usize, names: &mut Names) {
        for (name, ix) in &self.by_name[file] {
            names.declare_type(name, self.types.at(*ix).feel.clone());
        }
        let imports = files.models[file].imports.iter().zip(&files.imports[file]);
        for (import, target) in imports {
            let Some(target) = *target else { continue };
            for (name, ix) in &self.by_name[target] {
                let kind = self.types.at(*ix).feel.clone();
                if import.name.is_empty() {
                    names.declare_type(name, kind);
                } else {
                    names.declare_type(&format!("{}.{name}", import.name), kind);
                }
            }
        }
    }
}

/// A type of FEEL's own, by the names that files of all versions and other engines use for it.
fn own_type(text: &str) -> Option<Type> {
    let local = text.rsplit_once(':').map_or(text, |(_, local)| local);
    let local = local.trim();
    match local {
        "integer" | "long" | "double" | "decimal" => return Some(Type::Number),
        "" | "<Undefined>" | "Undefined" | "undefined" => return Some(Type::Any),
        _ => {}
    }
    let kind = Type::parse(local).ok()?;
    is_known(&kind).then_some(kind)
}

fn is_known(kind: &Type) -> bool {
    match kind {
        Type::Unknown(_) => false,
        Type::List(inner) | Type::Range(inner) => is_known(inner),
        Type::Context(entries) => entries.iter().all(|(_, kind)| is_known(kind)),
        Type::Function(parameters, result) => parameters.iter().all(is_known) && is_known(result),
        _ => true,
    }
}

/// Unary tests as they run; a problem of the file where they are not FEEL.
pub(super) fn unary(
    model: &Model,
    file: usize,
    text: &UnaryText,
    names: &Names,
    sink: &mut Sink<'_>,
) -> Option<UnaryTests> {
    if !languages::is_feel(model, text.language.as_deref(), text.xml, file, sink) {
        return None;
    }
    match UnaryTests::parse_with(text.text.trim(), names) {
        Ok(tests) => Some(tests),
        Err(error) => {
            sink.error(
                file,
                text.xml,
                Code::BadExpression,
                format!(
                    "“{}” is not FEEL: {error}",
                    crate::words::short(text.text.trim(), 60)
                ),
                "Write values or tests with commas between, such as \"a\", \"b\" or [0..100].",
            );
            None
        }
    }
}
