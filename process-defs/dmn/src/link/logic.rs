//! Boxed expressions to logic that runs (DMN 1.5, 10.2).

use std::sync::Arc;

use redthread_feel::{Expression, Test, UnaryTests, Value};
use redthread_xml::{Code, NodeIx};

use super::files::Files;
use super::names::{Known, ModelNames};
use super::types::TypeTable;
use super::{Sink, languages};
use crate::graph::{Binding, File, Node};
use crate::info::Used;
use crate::logic::{Entry, Kind, Logic, Place};
use crate::model::{Boxed, BoxedKind, Model};
use crate::types::TypeIx;

/// Compiles the logic of all nodes of a file.
pub(super) fn compile(
    files: &Files<'_>,
    file: usize,
    linked: &mut [File],
    types: &mut TypeTable,
    names: &ModelNames,
    used: &mut Used,
    sink: &mut Sink<'_>,
) {
    let model = files.models[file];
    let mut compiler = Compiler {
        files,
        file,
        model,
        types,
        known: names.of(file),
        used,
        sink,
        node: 0,
    };
    for (at, decision) in model.decisions.iter().enumerate() {
        let at = model.inputs.len() + at;
        compiler.enter(at, names, linked[file].nodes[at].requires());
        let logic = decision
            .logic
            .as_ref()
            .map(|logic| compiler.boxed(logic, ""));
        if let Node::Decision(node) = &mut linked[file].nodes[at] {
            node.logic = logic;
        }
    }
    for (at, knowledge) in model.knowledge.iter().enumerate() {
        let at = model.inputs.len() + model.decisions.len() + at;
        compiler.enter(at, names, linked[file].nodes[at].requires());
        compiler.known.see(&knowledge.variable.name);
        let function = knowledge
            .function
            .as_ref()
            .and_then(|function| compiler.encapsulated(function));
        if let Node::Knowledge(node) = &mut linked[file].nodes[at] {
            node.function = function;
        }
    }
}

pub(super) struct Compiler<'c, 'm, 's> {
    files: &'c Files<'m>,
    pub(super) file: usize,
    pub(super) model: &'m Model,
    pub(super) types: &'c mut TypeTable,
    pub(super) known: Known<'c>,
    pub(super) used: &'c mut Used,
    pub(super) sink: &'c mut Sink<'s>,
    /// The node whose logic it is.
    pub(super) node: usize,
}

impl<'c> Compiler<'c, '_, '_> {
    fn enter(&mut self, node: usize, names: &'c ModelNames, requires: &[Binding]) {
        self.node = node;
        self.known = names.of(self.file);
        for binding in requires {
            if let Some((first, rest)) = binding.path.split_first() {
                self.known.see(first);
                rest.iter().for_each(|name| self.known.read(name));
            }
            if let Some(alias) = &binding.alias {
                self.known.see(alias);
            }
        }
    }

    pub(super) fn kind(&mut self, text: Option<&Arc<str>>, at: NodeIx) -> Option<TypeIx> {
        self.types
            .resolve(self.files, self.file, text?, at, self.sink)
    }

    pub(super) fn place(&self, at: NodeIx, words: &str) -> Place {
        let mut node = Some(self.model.at(at));
        let mut element = None;
        while let (Some(candidate), None) = (node, &element) {
            element = candidate.id().map(Arc::from);
            node = candidate.parent();
        }
        Place {
            element,
            words: words.into(),
        }
    }

    /// Expressions may hold expressions; the depth of the file is bounded where it is read.
    pub(super) fn boxed(&mut self, boxed: &Boxed, words: &str) -> Logic {
        let mut result = self.kind(boxed.type_ref.as_ref(), boxed.xml);
        let kind = match &boxed.kind {
            BoxedKind::Literal { text, language } => {
                self.literal(text, language.as_deref(), boxed.xml, words)
            }
            BoxedKind::Table(table) => self.table(table, words),
            BoxedKind::Context(entries) => self.context(entries, boxed.xml, words),
            BoxedKind::List(items) => Kind::List(
                items
                    .iter()
                    .enumerate()
                    .map(|(at, item)| self.boxed(item, &within(words, &format!("item {}", at + 1))))
                    .collect(),
            ),
            BoxedKind::Relation { columns, rows } => self.relation(columns, rows, boxed.xml, words),
            BoxedKind::Invocation { function, bindings } => Kind::Invocation {
                function: Box::new(self.part(function.as_deref(), "function", boxed.xml, words)),
                bindings: bindings
                    .iter()
                    .map(|(parameter, value)| {
                        let words = within(words, &parameter.name);
                        let mut value = self.part(value.as_ref(), "value", boxed.xml, &words);
                        let kind = self.kind(parameter.type_ref.as_ref(), boxed.xml);
                        value.result = value.result.or(kind);
                        (parameter.name.clone(), value)
                    })
                    .collect(),
            },
            BoxedKind::Function {
                kind,
                parameters,
                body,
            } => {
                let of_body = self.result_of(result);
                result = None;
                match self.function(
                    *kind,
                    parameters,
                    body.as_deref(),
                    of_body,
                    boxed.xml,
                    words,
                ) {
                    Ok(function) => Kind::Function(Arc::new(function)),
                    Err(reason) => Kind::Broken(reason),
                }
            }
            BoxedKind::Conditional {
                condition,
                then,
                otherwise,
            } => Kind::Conditional(Box::new([
                self.part(condition.as_deref(), "if", boxed.xml, words),
                self.part(then.as_deref(), "then", boxed.xml, words),
                self.part(otherwise.as_deref(), "else", boxed.xml, words),
            ])),
            BoxedKind::Filter { list, matches } => {
                let list = self.part(list.as_deref(), "in", boxed.xml, words);
                let mark = self.known.mark();
                self.known.see(&"item".into());
                let matches = self.part(matches.as_deref(), "match", boxed.xml, words);
                self.known.forget(mark);
                Kind::Filter(Box::new([list, matches]))
            }
            BoxedKind::For {
                variable,
                list,
                result,
            } => {
                let list = self.part(list.as_deref(), "in", boxed.xml, words);
                let mark = self.known.mark();
                self.known.see(variable);
                self.known.see(&"partial".into());
                let result = self.part(result.as_deref(), "return", boxed.xml, words);
                self.known.forget(mark);
                Kind::For {
                    variable: variable.clone(),
                    parts: Box::new([list, result]),
                }
            }
            BoxedKind::Quantified {
                every,
                variable,
                list,
                satisfies,
            } => {
                let list = self.part(list.as_deref(), "in", boxed.xml, words);
                let mark = self.known.mark();
                self.known.see(variable);
                let satisfies = self.part(satisfies.as_deref(), "satisfies", boxed.xml, words);
                self.known.forget(mark);
                Kind::Quantified {
                    every: *every,
                    variable: variable.clone(),
                    parts: Box::new([list, satisfies]),
                }
            }
        };
        Logic {
            kind,
            result,
            place: self.place(boxed.xml, words),
        }
    }

    /// A part that must be there.
    fn part(&mut self, part: Option<&Boxed>, name: &str, around: NodeIx, words: &str) -> Logic {
        match part {
            Some(part) => self.boxed(part, &within(words, name)),
            None => self.missing(name, around, words),
        }
    }

    pub(super) fn missing(&mut self, name: &str, around: NodeIx, words: &str) -> Logic {
        let message = format!("The part “{name}” has no expression.");
        self.sink.error(
            self.file,
            around,
            Code::MissingLogic,
            message.clone(),
            "Write what it is.",
        );
        Logic {
            kind: Kind::Broken(message.into()),
            result: None,
            place: self.place(around, words),
        }
    }

    pub(super) fn literal(
        &mut self,
        text: &str,
        language: Option<&str>,
        at: NodeIx,
        words: &str,
    ) -> Kind {
        if !languages::is_feel(self.model, language, at, self.file, self.sink) {
            let language = languages::other_language(self.model, language).unwrap_or_default();
            return Kind::Broken(format!("Expressions in “{language}” do not run.").into());
        }
        if text.trim().is_empty() {
            return self.missing("expression", at, words).kind;
        }
        let text = text.trim();
        let parsed = Expression::parse_with(text, self.known.names())
            .or_else(|error| Expression::parse_with(text, self.known.all()).map_err(|_| error));
        match parsed {
            Ok(expression) => {
                self.look_at_names(&expression, at);
                match constant(&expression) {
                    Some(value) => Kind::Constant(value),
                    None => Kind::Feel(expression),
                }
            }
            Err(error) => {
                let message = self.not_feel(text, &error, at, words);
                Kind::Broken(message)
            }
        }
    }

    pub(super) fn not_feel(
        &mut self,
        text: &str,
        error: &redthread_feel::SyntaxError,
        at: NodeIx,
        words: &str,
    ) -> Arc<str> {
        let text = crate::words::short(text.trim(), 60);
        let message = match words {
            "" => format!("“{text}” is not FEEL: {error}"),
            words => format!("{}: “{text}” is not FEEL: {error}", sentence(words)),
        };
        self.sink.error(
            self.file,
            at,
            Code::BadExpression,
            message.clone(),
            "Mend the expression. Texts stand in quotes; names with unusual signs stand in back-quotes.",
        );
        message.into()
    }

    /// Notes which names an expression uses, and which of them nobody knows.
    pub(super) fn look_at_names(&mut self, expression: &Expression, at: NodeIx) {
        if self.file != 0 {
            return;
        }
        for name in expression.names() {
            let known = &**name == "?" || self.known.knows(name);
            let missing = self.files.lacks_import_for(0, name)
                || self.model.imports.iter().any(|import| import.name == *name);
            if !known && !missing && !redthread_feel::is_builtin(name) {
                let (visible, text) = (self.known.visible(), expression.text());
                self.used.unknown(self.node, name, at, visible, text);
            }
            self.used.name(self.node, name);
        }
    }

    /// Each entry sees those before it.
    fn context(&mut self, entries: &[crate::model::Entry], at: NodeIx, words: &str) -> Kind {
        let mark = self.known.mark();
        let entries = entries
            .iter()
            .map(|entry| {
                let here = match &entry.name {
                    Some(name) => within(words, name),
                    None => words.to_owned(),
                };
                let kind = self.kind(entry.type_ref.as_ref(), at);
                let value = self.part_named(entry.value.as_ref(), entry.name.as_deref(), at, &here);
                if let Some(name) = &entry.name {
                    self.known.see(name);
                }
                Entry {
                    name: entry.name.clone(),
                    kind,
                    value,
                }
            })
            .collect();
        self.known.forget(mark);
        Kind::Context(entries)
    }

    fn part_named(
        &mut self,
        part: Option<&Boxed>,
        name: Option<&str>,
        around: NodeIx,
        words: &str,
    ) -> Logic {
        match part {
            Some(part) => self.boxed(part, words),
            None => self.missing(name.unwrap_or("result"), around, words),
        }
    }

    fn relation(
        &mut self,
        columns: &[(Arc<str>, Option<Arc<str>>)],
        rows: &[Vec<Boxed>],
        at: NodeIx,
        words: &str,
    ) -> Kind {
        let columns: Vec<(Arc<str>, Option<TypeIx>)> = columns
            .iter()
            .map(|(name, kind)| (name.clone(), self.kind(kind.as_ref(), at)))
            .collect();
        let rows = rows
            .iter()
            .enumerate()
            .map(|(row, cells)| {
                cells
                    .iter()
                    .enumerate()
                    .map(|(column, cell)| {
                        let column = columns.get(column).map_or("", |(name, _)| name);
                        self.boxed(cell, &within(words, &format!("row {}, {column}", row + 1)))
                    })
                    .collect()
            })
            .collect();
        Kind::Relation { columns, rows }
    }
}

/// The value of an expression that needs no evaluation: most cells of tables are such.
fn constant(expression: &Expression) -> Option<Value> {
    if !expression.names().is_empty() || expression.text().len() > 200 {
        return None;
    }
    match UnaryTests::parse(expression.text()).ok()?.view() {
        [Test::Value(value)] => Some(value.clone()),
        _ => None,
    }
}

/// A place within a place.
pub(super) fn within(around: &str, inner: &str) -> String {
    if around.is_empty() {
        inner.to_owned()
    } else {
        format!("{around}, {inner}")
    }
}

/// The same words as the beginning of a sentence.
pub(super) fn sentence(words: &str) -> String {
    let mut characters = words.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}
