//! Contexts (DMN 1.5, 10.3.4.10 and .11; Camunda).

use super::{Args, Builtin};
use crate::evaluate::{Machine, Outcome, Trouble, null};
use crate::value::{Context, Value};
use std::sync::Arc;

pub(super) const TABLE: &[Builtin] = &[
    Builtin {
        name: "get value",
        signatures: &[&["m", "key"], &["context", "key"]],
        about: "The value of an entry; a list of names is a path.",
        examples: &[
            (r#"get value({a: 1}, "a")"#, "1"),
            (r#"get value({a: {b: 2}}, ["a", "b"])"#, "2"),
        ],
        run: get_value,
    },
    Builtin {
        name: "get entries",
        signatures: &[&["m"], &["context"]],
        about: "The entries as a list of contexts with key and value.",
        examples: &[("get entries({a: 1})", r#"[{key: "a", value: 1}]"#)],
        run: |machine, args| {
            let mut entries = Vec::new();
            let context = args.context(0)?;
            for (name, value) in context.iter() {
                machine.work(1)?;
                machine.build(128)?;
                let mut entry = Context::with_capacity(2);
                entry.insert_known("key", Value::String(name.clone()), 0);
                entry.insert_known("value", value.clone(), context.depth() - 1);
                entries.push(Value::from(entry));
            }
            Ok(machine.list(entries)?)
        },
    },
    Builtin {
        name: "context",
        signatures: &[&["entries"]],
        about: "The context of a list of entries, each a context with key and value.",
        examples: &[(r#"context([{key: "a", value: 1}])"#, "{a: 1}")],
        run: from_entries,
    },
    Builtin {
        name: "context put",
        signatures: &[&["context", "keys", "value"], &["context", "key", "value"]],
        about: "The context with an entry put in; a list of names is a path.",
        examples: &[
            (r#"context put({a: 1}, "b", 2)"#, "{a: 1, b: 2}"),
            (r#"context put({a: {b: 1}}, ["a", "b"], 2)"#, "{a: {b: 2}}"),
        ],
        run: put,
    },
    Builtin {
        name: "context merge",
        signatures: &[&["contexts"], &["context..."]],
        about: "The entries of several contexts in one; the last of a name counts.",
        examples: &[("context merge([{a: 1}, {a: 2, b: 3}])", "{a: 2, b: 3}")],
        run: merge,
    },
    Builtin {
        name: "put",
        signatures: &[&["context", "keys", "value"], &["context", "key", "value"]],
        about: "The same as context put, under Camunda's older name.",
        examples: &[(r#"put({a: 1}, "b", 2)"#, "{a: 1, b: 2}")],
        run: put,
    },
    Builtin {
        name: "put all",
        signatures: &[&["contexts"], &["context..."]],
        about: "The same as context merge, under Camunda's older name.",
        examples: &[("put all([{a: 1}, {b: 2}])", "{a: 1, b: 2}")],
        run: merge,
    },
];

fn get_value(_: &mut Machine<'_>, args: &Args) -> Outcome {
    let mut value = match args.single(0) {
        value @ Value::Context(_) => value,
        _ => return args.refuse(0, "a context"),
    };
    let path = match args.value(1) {
        Value::String(_) => std::slice::from_ref(args.value(1)),
        Value::List(path) => path.as_slice(),
        _ => return args.refuse(1, "a text or a list of texts"),
    };
    for name in path {
        let (Value::Context(context), Value::String(name)) = (value, name) else {
            return args.fail("the path leads to no context, or a name is no text");
        };
        match context.get(name) {
            Some(inner) => value = inner,
            None => {
                return args.fail(&format!(
                    "there is no entry \"{}\"",
                    super::conversion::shortened(name)
                ));
            }
        }
    }
    Ok(value.clone())
}

/// A copy of a context with an entry, counted.
fn with_entry(
    machine: &mut Machine<'_>,
    context: &Context,
    name: Arc<str>,
    value: Value,
) -> Result<Value, Trouble> {
    machine.work(context.len())?;
    machine.build((context.len() + 1) * 64)?;
    let depth = machine.check_depth(&value)?;
    let mut copy = context.clone();
    copy.insert_known(name, value, depth);
    let value = Value::from(copy);
    machine.check_depth(&value)?;
    Ok(value)
}

fn from_entries(machine: &mut Machine<'_>, args: &Args) -> Outcome {
    let mut context = Context::new();
    for entry in args.list(machine, 0)? {
        let Value::Context(entry) = entry else {
            return args.fail("an entry is not a context");
        };
        let (Some(Value::String(name)), Some(value)) = (entry.get("key"), entry.get("value"))
        else {
            return args.fail("an entry has no key or no value");
        };
        machine.build(64)?;
        let depth = machine.check_depth(value)?;
        if context
            .insert_known(name.clone(), value.clone(), depth)
            .is_some()
        {
            return args.fail("two entries have the same key");
        }
    }
    let value = Value::from(context);
    machine.check_depth(&value)?;
    Ok(value)
}

fn put(machine: &mut Machine<'_>, args: &Args) -> Outcome {
    let context = args.context(0)?;
    match args.value(1) {
        // By the name `key` there is one name only.
        Value::List(_) if args.signature == 1 => args.refuse(1, "a text"),
        Value::String(name) => with_entry(machine, context, name.clone(), args.value(2).clone()),
        Value::List(path) if path.is_empty() => args.fail("the path is empty"),
        // The path is no deeper than what it makes may be.
        Value::List(path) if path.len() <= machine.env.limits.depth / 4 => {
            put_path(machine, Some(context), path, args.value(2))
        }
        _ => args.refuse(1, "a text or a list of texts"),
    }
}

fn put_path(
    machine: &mut Machine<'_>,
    context: Option<&Context>,
    path: &[Value],
    value: &Value,
) -> Outcome {
    let empty = Context::new();
    let context = context.unwrap_or(&empty);
    let Some((Value::String(name), rest)) = path.split_first() else {
        return null("\"context put\" gives null: a name in the path is no text.");
    };
    if rest.is_empty() {
        return with_entry(machine, context, name.clone(), value.clone());
    }
    let inner = match context.get(name) {
        Some(Value::Context(inner)) => Some(&**inner),
        // What is not there yet is made, as in Camunda's FEEL.
        None | Some(Value::Null) => None,
        Some(_) => {
            return null(format!(
                "\"context put\" gives null: `{name}` in the path is no context."
            ));
        }
    };
    let inner = put_path(machine, inner, rest, value)?;
    with_entry(machine, context, name.clone(), inner)
}

fn merge(machine: &mut Machine<'_>, args: &Args) -> Outcome {
    let mut merged = Context::new();
    for context in args.items(machine)? {
        let Value::Context(context) = context else {
            return args.fail("not all of them are contexts");
        };
        machine.work(context.len())?;
        machine.build(context.len() * 64)?;
        for (name, value) in context.iter() {
            merged.insert_known(name.clone(), value.clone(), context.depth() - 1);
        }
    }
    let value = Value::from(merged);
    machine.check_depth(&value)?;
    Ok(value)
}
