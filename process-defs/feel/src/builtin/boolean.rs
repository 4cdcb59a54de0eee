//! Truth, presence and identity (DMN 1.5, 10.3.4.2 and .12; Camunda).

use super::Builtin;
use crate::value::Value;

pub(super) const TABLE: &[Builtin] = &[
    Builtin {
        name: "not",
        signatures: &[&["negand"]],
        about: "The opposite of true or false; null for anything else.",
        examples: &[("not(true)", "false"), ("not(null)", "null")],
        run: |_, args| match args.single(0) {
            Value::Boolean(truth) => Ok(Value::Boolean(!truth)),
            Value::Null => Ok(Value::Null),
            _ => args.refuse(0, "true or false"),
        },
    },
    Builtin {
        name: "is",
        signatures: &[&["value1", "value2"]],
        about: "Whether two values are of the same type and written alike: other than for =, 10:00Z is not 11:00+01:00.",
        examples: &[
            ("is(1, 1.0)", "true"),
            (r#"is(@"10:00:00Z", @"11:00:00+01:00")"#, "false"),
        ],
        run: |machine, args| {
            machine.work_of_comparing(args.value(0))?;
            Ok(Value::Boolean(args.value(0) == args.value(1)))
        },
    },
    Builtin {
        name: "is defined",
        signatures: &[&["value"]],
        about: "Whether the value is not null.",
        examples: &[("is defined(1)", "true"), ("is defined(null)", "false")],
        run: |_, args| Ok(Value::Boolean(!args.value(0).is_null())),
    },
    Builtin {
        name: "get or else",
        signatures: &[&["value", "default"]],
        about: "The value, or the default if it is null.",
        examples: &[("get or else(null, 5)", "5"), ("get or else(1, 5)", "1")],
        run: |_, args| Ok(args.given(0).unwrap_or_else(|| args.value(1)).clone()),
    },
    Builtin {
        name: "assert",
        signatures: &[&["value", "condition", "cause?"]],
        about: "The value if the condition is true; else null, with the cause as the reason.",
        examples: &[
            ("assert(5, 5 > 1)", "5"),
            (r#"assert(5, 5 > 9, "too small")"#, "null"),
        ],
        run: |_, args| match args.value(1) {
            Value::Boolean(true) => Ok(args.value(0).clone()),
            _ => {
                let cause = args
                    .value(2)
                    .as_str()
                    .unwrap_or("the condition does not hold");
                args.fail(cause)
            }
        },
    },
];
