//! What is too deep, too long or too large ends with an error, on a small stack, too.

use crate::{Env, Expression, Names, Type, Value};

/// What `work` does on a thread with a stack of so many KiB, in a build without optimisation, too.
fn on_a_stack_of(kib: usize, work: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(kib * 1024);
    thread.spawn(work).unwrap().join().unwrap();
}

#[test]
fn nesting_of_a_hundred_thousand_is_an_error_for_every_bracket_and_operator() {
    // Each stands before or after an operand, again and again.
    let before = [
        "(",
        "[",
        "{a: ",
        "{\"a\": ",
        "-",
        "- ",
        "not(",
        "](",
        "if a then ",
        "if ",
        "if a then 1 else ",
        "for x in ",
        "for x in 1..",
        "for x in 1 return ",
        "some x in ",
        "some x in 1 satisfies ",
        "every x in ",
        "every x in 1 satisfies ",
        "function() ",
        "function(x: number) ",
        "1 in ",
        "1 in (",
        "1 in (1, ",
        "1 between ",
        "1 between 1 and ",
        "(1..",
        "[1..",
        "]1..",
        "f(",
        "f(a: ",
        "count(",
        "date and time(",
        "< (",
        "(> ",
        "(>= (",
        "[<= ",
        "a and (",
        "a or (",
        "a + (",
        "a - (",
        "a * (",
        "a / (",
        "a ** (",
        "a = (",
        "a != (",
        "a < (",
        "a > (",
        "a[",
        "a.b[",
        "x y[",
        "1 instance of list<number> = (",
        "@\"P1D\" + (",
        "`a b` + (",
    ];
    let after = [
        " + 1",
        " - 1",
        " * 1",
        " / 1",
        " ** 1",
        " = 1",
        " != 1",
        " < 1",
        " <= 1",
        " > 1",
        " >= 1",
        ".a",
        ".a b",
        "[1]",
        "[a > 1]",
        "(1)",
        "(a: 1)",
        " in (1)",
        " in 1",
        " between 1 and 1",
        " instance of number",
    ];
    let types = [
        "list<",
        "range<",
        "context<a: ",
        "context<a b: ",
        "function<> -> ",
        "function<",
    ];
    // Reading so many tokens takes its time in a build without optimisation; brackets get them all.
    let n = if cfg!(debug_assertions) {
        1_000
    } else {
        100_000
    };
    let all = 100_000;
    let texts: Vec<String> = (before.iter().map(|piece| format!("{}1", piece.repeat(n))))
        .chain(after.iter().map(|piece| format!("a{}", piece.repeat(n))))
        .chain(
            types
                .iter()
                .map(|piece| format!("1 instance of {}", piece.repeat(n))),
        )
        .chain([
            format!("{}1{}", "(".repeat(all), ")".repeat(all)),
            format!("{}1{}", "[".repeat(all), "]".repeat(all)),
            format!("{}1{}", "{a: ".repeat(all), "}".repeat(all)),
            format!("{}1", "-".repeat(all)),
            "if a then ".repeat(all),
            "function() ".repeat(all),
            format!("1 instance of {}", "list<".repeat(all)),
        ])
        .collect();
    on_a_stack_of(512, move || {
        let names: Names = ["x y", "a-b"].iter().collect();
        for text in texts {
            let start: String = text.chars().take(30).collect();
            assert!(Expression::parse_with(&text, &names).is_err(), "{start}");
            assert!(
                Expression::parse_unary_tests_with(&text, &names).is_err(),
                "{start}"
            );
            let _ = Type::parse(&text);
        }
    });
    // Long is not deep, nor is one condition after another.
    let chain = format!("{}1", "if a then 1 else ".repeat(150));
    assert!(Expression::parse(&chain).is_ok());
    let chain = format!("1 = 1{}", " and 1 = 1".repeat(10_000));
    assert_eq!(
        Expression::parse(&chain)
            .unwrap()
            .evaluate(&(), &Env::for_tests())
            .value,
        Value::from(true)
    );
}

#[test]
fn very_many_names_are_compiled_in_a_blink() {
    let n = if cfg!(debug_assertions) {
        2_000
    } else {
        20_000
    };
    let entries: Vec<String> = (0..n).map(|i| format!("a {i}: {i}")).collect();
    let uses: Vec<String> = (0..n).map(|i| format!("a {i}")).collect();
    let text = format!("{{{}, all: [{}]}}", entries.join(", "), uses.join(", "));
    let start = std::time::Instant::now();
    assert!(Expression::parse(&text).is_ok());
    let free: Vec<String> = (0..n).map(|i| format!("b{i}")).collect();
    let text = format!("function() [{}]", free.join(", "));
    assert_eq!(Expression::parse(&text).unwrap().names().len(), n);
    let took = start.elapsed();
    assert!(cfg!(debug_assertions) || took.as_secs() < 1, "{took:?}");
}

/// The value, and the message of the limit.
fn limited(text: &str) -> String {
    let expression = Expression::parse(text).unwrap_or_else(|e| panic!("{text}: {e}"));
    let evaluation = expression.evaluate(&(), &Env::for_tests());
    assert_eq!(evaluation.value, Value::Null, "{text}");
    evaluation
        .warnings
        .last()
        .map(|w| w.message.clone())
        .unwrap_or_default()
}

#[test]
fn what_never_ends_ends_at_its_budget() {
    let endless = "(function(f) f(f))(function(f) f(f))";
    assert!(
        limited(endless).contains("nested too deeply"),
        "{}",
        limited(endless)
    );
    assert!(limited("for i in 1..1000000000 return i").contains("operations"));
    assert!(limited("count(for i in 1..10000, j in 1..10000 return 1)").contains("operations"));
    let doubling = "for i in 1..60 return if i = 1 then \"ab\" else partial[-1] + partial[-1]";
    assert!(limited(doubling).contains("bytes"), "{}", limited(doubling));
    // Nests as deep as it has turns; and as wide as two to their power.
    let deeper = "for i in 1..1000 return if i = 1 then [1] else [partial[-1]]";
    assert!(
        limited(deeper).contains("nested too deeply"),
        "{}",
        limited(deeper)
    );
    assert!(limited("for i in 1..1000 return [partial, partial]").contains("operations"));
    assert!(limited("string(for i in 1..30 return [partial, partial])").contains("operations"));
    let chain: String = (1..2000).map(|i| format!("a{i}: [a{}], ", i - 1)).collect();
    assert!(limited(&format!("{{a0: 1, {chain} z: 1}}")).contains("nested too deeply"));
}

#[test]
fn what_is_small_as_a_value_and_enormous_when_written_out_is_refused() {
    // A hundred thousand times the same text of a hundred thousand characters.
    let long = "a".repeat(100_000);
    let many = format!("{{s: \"{long}\", r: for i in 1..100000 return s}}");
    assert!(limited(&many).contains("bytes"));
    assert!(limited(&format!("{many}.r")).contains("bytes"));
    assert!(limited(&format!("string({many})")).contains("operations"));
    assert!(limited(&format!("to json({many}.r)")).contains("operations"));
    // Enough of it that is needed is no trouble.
    let evaluation = Expression::parse(&format!("count({many}.r)"))
        .unwrap()
        .evaluate(&(), &Env::for_tests());
    assert_eq!(evaluation.value, Value::from(100_000));
    assert_eq!(evaluation.limit, None);
    // One match, a long group, named very often.
    let group = "$1".repeat(1000);
    let replaced = format!("replace(\"{long}\", \"^(.*)$\", \"{group}\")");
    assert!(
        limited(&replaced).contains("bytes"),
        "{}",
        limited(&replaced)
    );
}

#[test]
fn the_extremes_of_loops_and_durations_are_no_trouble() {
    let value = |text: &str| {
        Expression::parse(text)
            .unwrap_or_else(|e| panic!("{text}: {e}"))
            .evaluate(&(), &Env::for_tests())
            .value
            .to_feel()
    };
    let (least, most) = ("-9223372036854775808", "9223372036854775807");
    assert_eq!(
        value(&format!("some x in ({least}..{most}) satisfies x < 0")),
        "true"
    );
    assert_eq!(value(&format!("for x in ({most}..{most}) return x")), "[]");
    assert_eq!(
        value(&format!("for x in {least}..{least} return x")),
        format!("[{least}]")
    );
    assert_eq!(value("for x in (1..2) return x"), "[]");
    assert_eq!(value("for x in (1..3) return x"), "[2]");
    assert_eq!(
        value("abs(@\"-P1Y\" * 768614336404564650.6)"),
        "@\"P768614336404564650Y7M\""
    );
    assert_eq!(
        value("sum([@\"P1Y\" * 700000000000000000, @\"P1Y\" * 700000000000000000])"),
        "null"
    );
    assert_eq!(value("@\"999999999-12-31\" + @\"P1D\""), "null");
    assert_eq!(
        value("@\"-999999999-01-01T00:00:00Z\" - @\"PT0.000000001S\""),
        "null"
    );
}

#[test]
fn the_deepest_allowed_evaluation_fits_a_small_stack() {
    // What a server's worker thread has.
    on_a_stack_of(2048, || {
        let deep = format!("{}1{}", "[".repeat(47), "]".repeat(47));
        let value = Expression::parse(&deep)
            .unwrap()
            .evaluate(&(), &Env::for_tests())
            .value;
        assert_eq!(value.to_feel(), deep);
        let calls = "(function(f, n) f(f, n))(function(f, n) if n > 0 then 1 + [f(f, n - 1)][1] else 0, 1000)";
        assert!(limited(calls).contains("nested too deeply"));
        let forms = format!("{}1{}", "if true then -(".repeat(24), ") else 2".repeat(24));
        let nested = "(function(f) for x in [1] return (if true then sum([f(f)]) else 0))(function(f) \
            for x in [1] return (if true then sum([f(f)]) else 0))";
        assert!(limited(nested).contains("nested too deeply"));
        assert!(Expression::parse(&forms).is_ok());
    });
}
