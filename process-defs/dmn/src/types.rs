//! Types of item definitions, and making values fit them (DMN 1.5, 7.3.3 and 10.3.2.9.4).

use std::sync::Arc;

use redthread_feel::{Context, Type, UnaryTests, Value};

use crate::evaluate::Run;

/// Where a type stands among [`Types`].
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct TypeIx(pub(crate) u32);

/// A type: what values look like, and which of them there may be.
#[derive(Clone, Debug)]
pub(crate) struct ItemType {
    /// As people call it.
    pub(crate) name: Arc<str>,
    pub(crate) shape: Shape,
    pub(crate) collection: bool,
    /// Which values there may be; of a collection: which items.
    pub(crate) allowed: Option<UnaryTests>,
    /// What the whole value must pass.
    pub(crate) constraint: Option<UnaryTests>,
    /// The same for FEEL, without what it cannot say: constraints.
    pub(crate) feel: Type,
}

#[derive(Clone, Debug)]
pub(crate) enum Shape {
    /// A type of FEEL's own.
    Plain(Type),
    /// Like another type.
    Like(TypeIx),
    Components(Vec<(Arc<str>, TypeIx)>),
    Function {
        parameters: Vec<TypeIx>,
        result: Option<TypeIx>,
    },
}

/// All types of the files that are linked.
#[derive(Debug, Default)]
pub(crate) struct Types(pub(crate) Vec<ItemType>);

/// Values are not looked into more deeply than this: what nests deeper fits nothing.
const DEEPEST: usize = 600;

impl Types {
    pub(crate) fn at(&self, ix: TypeIx) -> &ItemType {
        &self.0[ix.0 as usize]
    }

    /// The result type of a function type; `None` when it is none or does not say.
    pub(crate) fn result_of(&self, ix: TypeIx) -> Option<Option<TypeIx>> {
        let mut at = ix;
        for _ in 0..=self.0.len() {
            match &self.at(at).shape {
                Shape::Like(other) => at = *other,
                Shape::Function { result, .. } => return Some(*result),
                _ => return None,
            }
        }
        None
    }

    /// The values that a type allows, its own or those of what it is like.
    pub(crate) fn allowed(&self, ix: TypeIx) -> Option<&UnaryTests> {
        let mut at = ix;
        for _ in 0..=self.0.len() {
            let kind = self.at(at);
            match (&kind.allowed, &kind.shape) {
                (Some(allowed), _) => return Some(allowed),
                (None, Shape::Like(other)) => at = *other,
                (None, _) => return None,
            }
        }
        None
    }

    /// Whether a type is a list, by itself or by what it is like.
    pub(crate) fn is_list(&self, ix: TypeIx) -> bool {
        let mut at = ix;
        for _ in 0..=self.0.len() {
            let kind = self.at(at);
            if kind.collection {
                return true;
            }
            match &kind.shape {
                Shape::Like(other) => at = *other,
                Shape::Plain(plain) => return matches!(plain, Type::List(_)),
                _ => return false,
            }
        }
        false
    }

    /// The value as a variable of this type holds it: unchanged where it conforms, the item of a list of one,
    /// one item as a list, a date as its midnight. The error says in a sentence why it does not fit; the
    /// variable is null then.
    pub(crate) fn coerce(
        &self,
        value: Value,
        ix: TypeIx,
        run: &mut Run<'_, '_>,
    ) -> Result<Value, String> {
        if value.is_null() {
            return Ok(value);
        }
        let misfit = match self.conforms(&value, ix, DEEPEST, run) {
            Ok(()) => return Ok(value),
            Err(misfit) => misfit,
        };
        let is_list = self.is_list(ix);
        if let Value::List(items) = &value
            && let [single] = items.as_slice()
            && !is_list
            && self.conforms(single, ix, DEEPEST, run).is_ok()
        {
            return Ok(single.clone());
        }
        if is_list && !matches!(value, Value::List(_)) {
            let list = Value::list(vec![value]);
            return match self.conforms(&list, ix, DEEPEST, run) {
                Ok(()) => Ok(list),
                Err(_) => Err(misfit),
            };
        }
        if !matches!(value, Value::Date(_)) {
            return Err(misfit);
        }
        // FEEL makes a date and time of a date.
        match self.at(ix).feel.coerce(value) {
            Ok(coerced) if self.conforms(&coerced, ix, DEEPEST, run).is_ok() => Ok(coerced),
            _ => Err(misfit),
        }
    }

    /// Whether a value may stand where this type is declared; if not, why. Null may always.
    fn conforms(
        &self,
        value: &Value,
        ix: TypeIx,
        levels: usize,
        run: &mut Run<'_, '_>,
    ) -> Result<(), String> {
        let Some(levels) = levels.checked_sub(1) else {
            return Err("The value is nested too deeply.".to_owned());
        };
        if value.is_null() {
            return Ok(());
        }
        // What it is like comes first: constraints speak of values that look right. What one type is like another
        // has been checked not to go round in circles.
        let mut chain = vec![self.at(ix)];
        let mut kind = self.at(ix);
        while let (Shape::Like(other), false) = (&kind.shape, kind.collection) {
            kind = self.at(*other);
            chain.push(kind);
        }
        if kind.collection {
            let Value::List(items) = value else {
                return Err(wrong(value, &kind.name));
            };
            if !run.spend(items.len() as u64) {
                return Err(String::new());
            }
            for (at, item) in items.iter().enumerate() {
                self.item_conforms(item, kind, levels, run)
                    .and_then(|()| Self::allows(item, kind, run))
                    .map_err(|misfit| format!("Item {}: {misfit}", at + 1))?;
            }
        } else {
            self.item_conforms(value, kind, levels, run)?;
        }
        // Values that a type allows itself replace those that it would inherit.
        let allows = chain
            .iter()
            .find(|kind| kind.allowed.is_some() && !kind.collection);
        if let Some(kind) = allows {
            Self::allows(value, kind, run)?;
        }
        for kind in chain.iter().rev() {
            if let Some(constraint) = &kind.constraint
                && !run.passes(constraint, value)
            {
                return Err(not_allowed(value, &kind.name, constraint));
            }
        }
        Ok(())
    }

    fn allows(value: &Value, kind: &ItemType, run: &mut Run<'_, '_>) -> Result<(), String> {
        match &kind.allowed {
            Some(allowed) if !value.is_null() && !run.passes(allowed, value) => {
                Err(not_allowed(value, &kind.name, allowed))
            }
            _ => Ok(()),
        }
    }

    /// Whether a value has the shape of a type, leaving aside whether the type is a collection.
    fn item_conforms(
        &self,
        value: &Value,
        kind: &ItemType,
        levels: usize,
        run: &mut Run<'_, '_>,
    ) -> Result<(), String> {
        if value.is_null() {
            return Ok(());
        }
        match &kind.shape {
            Shape::Plain(plain) => {
                if !plain.conforms(value) {
                    return Err(wrong(value, &kind.name));
                }
            }
            Shape::Like(other) => self.conforms(value, *other, levels, run)?,
            Shape::Function { .. } => {
                if !kind.feel.conforms(value) {
                    return Err(wrong(value, &kind.name));
                }
            }
            Shape::Components(components) => {
                let Value::Context(context) = value else {
                    return Err(wrong(value, &kind.name));
                };
                if !run.spend(components.len() as u64) {
                    return Err(String::new());
                }
                for (name, component) in components {
                    let Some(entry) = context.get(name) else {
                        return Err(format!(
                            "A {} needs the entry “{name}”, which is missing.",
                            kind.name
                        ));
                    };
                    self.conforms(entry, *component, levels, run)
                        .map_err(|misfit| format!("{name}: {misfit}"))?;
                }
            }
        }
        Ok(())
    }

    /// A value from outside as FEEL has it: where a type wants a date, time or duration, its text is read. JSON
    /// has no other way to say one.
    pub(crate) fn read_given(&self, value: Value, ix: TypeIx) -> Value {
        self.read_texts(value, ix, DEEPEST)
    }

    fn read_texts(&self, value: Value, ix: TypeIx, levels: usize) -> Value {
        let Some(levels) = levels.checked_sub(1) else {
            return value;
        };
        let mut kind = self.at(ix);
        while let (Shape::Like(other), false) = (&kind.shape, kind.collection) {
            kind = self.at(*other);
        }
        match value {
            Value::List(items) if kind.collection => {
                let item = |item: &Value| match &kind.shape {
                    Shape::Like(other) => self.read_texts(item.clone(), *other, levels),
                    _ => self.read_shape(item.clone(), kind, levels),
                };
                let read: Vec<Value> = items.iter().map(item).collect();
                if read == **items {
                    Value::List(items)
                } else {
                    Value::list(read)
                }
            }
            other => self.read_shape(other, kind, levels),
        }
    }

    fn read_shape(&self, value: Value, kind: &ItemType, levels: usize) -> Value {
        match (&kind.shape, value) {
            (Shape::Plain(plain), Value::String(text)) => {
                temporal(plain, &text).unwrap_or(Value::String(text))
            }
            (Shape::Components(components), Value::Context(context)) => {
                let mut read: Option<Context> = None;
                for (name, component) in components {
                    let Some(entry) = context.get(name) else {
                        continue;
                    };
                    let new = self.read_texts(entry.clone(), *component, levels);
                    if new != *entry {
                        let target = read.get_or_insert_with(|| (*context).clone());
                        target.insert(name.clone(), new);
                    }
                }
                read.map_or(Value::Context(context), Value::from)
            }
            (_, value) => value,
        }
    }
}

/// A text as the temporal value that a type wants.
fn temporal(kind: &Type, text: &str) -> Option<Value> {
    Some(match kind {
        Type::Date => Value::Date(text.parse().ok()?),
        Type::Time => Value::Time(text.parse().ok()?),
        Type::DateTime => Value::DateTime(text.parse().ok()?),
        Type::DaysTimeDuration => Value::DaysTimeDuration(text.parse().ok()?),
        Type::YearsMonthsDuration => Value::YearsMonthsDuration(text.parse().ok()?),
        _ => return None,
    })
}

fn wrong(value: &Value, wanted: &str) -> String {
    format!(
        "A value of the type {wanted} is needed, but it is a {}.",
        value.type_name()
    )
}

fn not_allowed(value: &Value, name: &str, tests: &UnaryTests) -> String {
    format!(
        "{} is not allowed for {name}: it must be {}.",
        crate::words::shown(value),
        crate::words::short(tests.expression().text().trim(), 120)
    )
}

/// Whether a type can be written in a line: it has at most so many parts.
pub(crate) fn is_short(kind: &Type, parts: &mut usize) -> bool {
    if *parts == 0 {
        return false;
    }
    *parts -= 1;
    match kind {
        Type::List(inner) | Type::Range(inner) => is_short(inner, parts),
        Type::Context(entries) => entries.iter().all(|(_, kind)| is_short(kind, parts)),
        Type::Function(parameters, result) => {
            parameters.iter().all(|kind| is_short(kind, parts)) && is_short(result, parts)
        }
        _ => true,
    }
}
