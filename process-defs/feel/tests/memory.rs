//! What an expression may take of the memory is bounded while it is evaluated, not only when it is done: the largest that
//! this process ever was is looked at. It has a process of its own for that.

#![cfg(target_os = "linux")]

use redthread_feel::{Context, Env, Expression, Value};

/// The most memory that this process has had, in KiB.
fn most_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells");
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    number.expect("a number").parse().expect("a number")
}

#[test]
fn no_expression_makes_a_hundred_megabytes_on_the_way() {
    let env = Env::new(
        redthread_calendar::Timestamp::EPOCH,
        redthread_calendar::Zone::UTC,
    );
    let mut variables = Context::new();
    variables.insert("text", Value::from("x".repeat(1 << 20).as_str()));
    let many: Vec<Value> = (0..10_000).map(|_| Value::from("some text")).collect();
    variables.insert("many", Value::list(many));
    let before = most_memory();
    for text in [
        // Doubling, in each of the ways in which text and lists are put together.
        "for i in 1..60 return if i = 1 then \"ab\" else partial[-1] + partial[-1]",
        "for i in 1..60 return if i = 1 then [1, 2] else concatenate(partial[-1], partial[-1])",
        "for i in 1..60 return if i = 1 then \"ab\" else string join([partial[-1], partial[-1]])",
        "for i in 1..60 return if i = 1 then \"ab\" else replace(partial[-1], \"a\", \"aaaa\")",
        "for i in 1..60 return if i = 1 then \"ab\" else partial[-1] + string(partial[-1])",
        // Much of what is large.
        "for i in 1..1000000 return text + \"y\"",
        "string join(for i in 1..100000 return text)",
        "string join(for i in 1..1000 return text, text)",
        "for i in 1..1000 return upper case(text)",
        "for i in 1..1000 return split(text, \"\")",
        "for i in 1..1000 return string length(text + text + text)",
        "replace(text, \"x\", \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\")",
        "replace(text, \"\", text)",
        "for i in 1..1000 return substring(text, 2)",
        "string([text, text, text, text, text, text, text, text, text, text, text, text, text, text, text, text, text])",
        // Very many of what is small.
        "for i in 1..10000000 return i",
        "for a in many, b in many return [a, b]",
        "for a in many return many[item != a]",
        "for i in 1..100000 return append(many, i)",
        "for i in 1..100000 return reverse(many)",
        "for i in 1..100000 return sort(many, function(a, b) a < b)",
        "flatten(for i in 1..10000 return many)",
        "concatenate(for i in 1..10000 return many)",
        "union(many, many, for i in 1..1000000 return i)",
        "distinct values(for i in 1..1000000 return string(i))",
        "for i in 1..100000 return {a: many, b: [many, many], c: string(i)}",
        "context(for i in 1..1000000 return {key: string(i), value: i})",
        "for i in 1..100000 return context put({}, string(i), [many, i])",
        "(function(f, n) f(f, n))(function(f, n) [f(f, n + 1), f(f, n + 1)], 0)",
    ] {
        let expression = Expression::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let evaluation = expression.evaluate(&variables, &env);
        drop(evaluation);
        let grown = most_memory().saturating_sub(before) / 1024;
        assert!(grown < 100, "{grown} MiB more than before after {text}");
    }
}
