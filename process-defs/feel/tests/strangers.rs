//! What strangers may write: 100,000 grown and mutated expressions, and the dearest ways that are known
//! to use up a budget. Nothing panics or aborts, nothing goes over its budget, and all of it is quick.
//!
//! An operation of the budget stands for about 50 ns of an optimised build. Without optimisation, one
//! takes up to twenty times as long, so there the budget is a twentieth; the limits in time are the same.

use redthread_calendar::{Timestamp, Zone};
use redthread_feel::{
    Context, Env, Evaluation, Expression, Limit, Limits, UnaryTests, Value, builtin_groups,
};
use std::time::{Duration, Instant};

const SLOWEST: Duration = Duration::from_millis(100);

fn env() -> Env {
    let mut env = Env::new(
        Timestamp::from_micros(1_767_603_600_000_000),
        Zone::parse("Europe/Berlin").unwrap(),
    );
    if cfg!(debug_assertions) {
        env.limits.operations /= 20;
    }
    env
}

fn scope() -> Context {
    let json = serde_json::json!({
        "amount": 12.5, "status": "open", "first name": "Ada", "tags": ["a", "b", "c"],
        "order": {"lines": [{"price": 2.5, "quantity": 3}, {"price": 10, "quantity": 1}], "at": "2026-01-05"},
    });
    match Value::from_json(&json) {
        Value::Context(context) => (*context).clone(),
        _ => unreachable!("it is an object"),
    }
}

/// How long it takes. Other work on the machine adds to that, so what is slow is done again, and then the time counts that
/// the processor has spent on it (where the system tells; elsewhere the time that has passed).
fn timed<T>(mut work: impl FnMut() -> T) -> (T, Duration) {
    let start = Instant::now();
    let done = work();
    let took = start.elapsed();
    if took < SLOWEST {
        return (done, took);
    }
    let (start, before) = (Instant::now(), processor_time());
    let done = work();
    let spent = processor_time()
        .zip(before)
        .map(|(after, before)| after.saturating_sub(before));
    (done, spent.unwrap_or_else(|| start.elapsed()))
}

/// What this thread has had of the processor so far, on Linux.
fn processor_time() -> Option<Duration> {
    let times = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanos = times.split_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(nanos))
}

/// Splitmix64 with fixed seeds: the same texts everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.roll() % n as u64) as usize
    }

    fn one<'t>(&mut self, of: &[&'t str]) -> &'t str {
        of[self.below(of.len())]
    }
}

const LEAVES: &[&str] = &[
    "0",
    "1",
    "-1",
    "2",
    "3.5",
    "1e6144",
    "-1e-6143",
    "9999999999999999999999999999999999",
    "9223372036854775807",
    "-9223372036854775808",
    "true",
    "false",
    "null",
    "\"\"",
    "\"a\"",
    "\"a,b;c\"",
    "\"2026-03-29\"",
    "\"[a-z]+\"",
    "\"(a|b)*\\\\d{2,5}\"",
    "\"P1D\"",
    "\"\u{1F40E}\"",
    "@\"2026-01-05\"",
    "@\"999999999-12-31\"",
    "@\"-999999999-01-01\"",
    "@\"09:00:00\"",
    "@\"23:59:59.999999999+18:00\"",
    "@\"2026-03-29T02:30:00@Europe/Berlin\"",
    "@\"2026-11-01T01:30:00@America/New_York\"",
    "@\"P999999999999999999Y\"",
    "@\"-P1Y2M\"",
    "@\"P99999999999D\"",
    "@\"-PT0.000000001S\"",
    "amount",
    "status",
    "`first name`",
    "tags",
    "order",
    "order.lines",
    "missing",
    "[]",
    "[1, 2, 3]",
    "[null]",
    "[[1], [2, [3]]]",
    "{}",
    "{a: 1, b: {c: \"x\"}}",
    "[1..5]",
    "(0..1)",
    "[@\"2026-01-01\"..@\"2026-02-01\")",
    "(>= 10)",
    "(< 1e100)",
    "x",
    "y",
    "partial",
    "item",
    "?",
    "count",
    "sort",
    "function(a) a",
    "function(a: number, b: string) a + b",
    "1..9223372036854775807",
];

const OPERATORS: &[&str] = &[
    "+",
    "-",
    "*",
    "/",
    "**",
    "=",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "and",
    "or",
    "in",
    ".a +",
    "instance of",
];

const TYPES: &[&str] = &[
    "number",
    "string",
    "date",
    "list<number>",
    "context<a: number>",
    "function<number> -> Any",
    "tOther",
    "range<date and time>",
];

/// A text that is mostly an expression.
fn grow(dice: &mut Dice, levels: usize, out: &mut String) {
    if levels == 0 || out.len() > 2000 {
        out.push_str(dice.one(LEAVES));
        return;
    }
    let mut part = |dice: &mut Dice, pattern: &str| {
        for (i, piece) in pattern.split('#').enumerate() {
            if i > 0 {
                grow(dice, levels - 1, out);
            }
            out.push_str(piece);
        }
    };
    match dice.below(24) {
        0..=4 => {
            let operator = dice.one(OPERATORS);
            if operator == "instance of" {
                part(dice, "(#) instance of ");
                out.push_str(dice.one(TYPES));
            } else {
                part(dice, &format!("# {operator} #"));
            }
        }
        5 => part(dice, "(#)"),
        6 => part(dice, "-#"),
        7 => part(dice, "[#, #]"),
        8 => part(dice, "{a: #, \"b c\": #, d: a}"),
        9 => part(dice, "if # then # else #"),
        10 => part(dice, "for x in # return #"),
        11 => part(dice, "for x in 1..#, y in # return #"),
        12 => part(dice, "some x in # satisfies #"),
        13 => part(dice, "every x in # satisfies #"),
        14 => part(dice, "(#)[#]"),
        15 => part(dice, "(#).a"),
        16 => part(dice, "# between # and #"),
        17 => part(dice, "# in (#, > #, [#..#])"),
        18 => part(dice, "(function(x, y) #)(#, #)"),
        19 => part(
            dice,
            "(function(f, n) if n > 50 then # else f(f, n + 1))(function(f, n) #, #)",
        ),
        20 => part(
            dice,
            "for x in 1..200 return if x = 1 then # else [partial[-1], #]",
        ),
        _ => {
            let groups: Vec<_> = builtin_groups().collect();
            let (_, table) = groups[dice.below(groups.len())];
            let builtin = &table[dice.below(table.len())];
            let signature = builtin.signatures[dice.below(builtin.signatures.len())];
            let values = vec!["#"; signature.len() + dice.below(2)];
            part(dice, &format!("{}({})", builtin.name, values.join(", ")));
        }
    }
}

/// The text with some bytes cut, doubled, swapped or put in.
fn mutate(dice: &mut Dice, text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..1 + dice.below(4) {
        let from = dice.below(bytes.len() + 1);
        let to = (from + dice.below(8)).min(bytes.len());
        match dice.below(4) {
            0 => {
                bytes.drain(from..to);
            }
            1 => {
                let copy = bytes[from..to].to_vec();
                bytes.splice(from..from, copy);
            }
            2 => {
                let byte = dice.below(256) as u8;
                bytes.splice(from..to, [byte]);
            }
            _ => {
                let piece = dice.one(LEAVES).as_bytes().to_vec();
                bytes.splice(from..from, piece);
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What holds of every outcome.
fn is_within(limits: &Limits, text: &str, evaluation: &Evaluation) {
    assert!(evaluation.warnings.len() <= 20, "{text}");
    if evaluation.limit.is_some() {
        assert!(evaluation.value.is_null(), "{text}");
        let last = evaluation.warnings.last().map(|w| w.message.as_str());
        assert!(
            last.unwrap_or_default()
                .starts_with("The evaluation was ended"),
            "{text}"
        );
    }
    assert!(evaluation.value.nests_within(limits.depth / 4), "{text}");
    // Written out, control characters take six times their bytes.
    let written = evaluation.value.to_feel().len() as u64;
    assert!(
        written <= limits.result_bytes * 6,
        "{written} bytes: {text}"
    );
}

fn run(text: &str, scope: &Context, env: &Env) -> Option<Limit> {
    let (parsed, took) = timed(|| Expression::parse(text));
    assert!(took < SLOWEST, "{took:?} to compile {text}");
    let _ = UnaryTests::parse(text);
    let expression = parsed.ok()?;
    let (evaluation, took) = timed(|| expression.evaluate(scope, env));
    assert!(took < SLOWEST, "{took:?} to evaluate {text}");
    is_within(&env.limits, text, &evaluation);
    evaluation.limit
}

fn grown_and_mutated(seed: u64, count: usize) {
    let (scope, env) = (scope(), env());
    let mut dice = Dice(seed);
    let (mut parsed, mut limited) = (0, 0);
    for _ in 0..count / 2 {
        let mut text = String::new();
        let levels = 1 + dice.below(4);
        grow(&mut dice, levels, &mut text);
        parsed += usize::from(Expression::parse(&text).is_ok());
        limited += usize::from(run(&text, &scope, &env).is_some());
        run(&mutate(&mut dice, &text), &scope, &env);
    }
    // So that it means something: most are expressions, some reach a limit.
    assert!(parsed > count / 4, "{parsed} of {count}");
    assert!(limited > count / 10_000, "{limited} of {count}");
}

#[test]
fn fifty_thousand_expressions_of_strangers_are_safe() {
    grown_and_mutated(1, 50_000);
}

#[test]
fn fifty_thousand_more_are_safe_too() {
    grown_and_mutated(2, 50_000);
}

/// Texts that do as much as they can for each operation; `#` is a loop of ten million turns.
const DEAREST: &[&str] = &[
    "# 1",
    "# x",
    "# x + x",
    "# x / 7",
    "# 1.000000001 ** 999999999",
    "# log(x + 2)",
    "# exp(x / 7000000)",
    "# 1.7 ** 0.3",
    "# sqrt(x)",
    "# {a: x, b: a, c: b, d: c}",
    "# [x, x, x, x]",
    "# string(x)",
    "# \"a\" + string(x)",
    "# lost",
    "# lost.a",
    "# 1 + \"a\"",
    "# function(a) x + a",
    "# (function(a, b: number) a + b)(1, x)",
    "# @\"2026-03-29T02:30:00@Europe/Berlin\" + @\"PT1H\"",
    "# @\"2026-03-29T02:30:00@Europe/Berlin\" < @\"2026-03-29T02:30:00@America/New_York\"",
    "# date and time(\"2026-03-29T02:30:00@Europe/Berlin\")",
    "# date(\"2026-03-29\") + duration(\"P1Y\")",
    "# x in (1, 2, > 3, [4..5])",
    "# [1, 2, 3][item > 1]",
    "# count(x)",
    "# uuid()",
    "# random number()",
    "# get value(context put({a: x}, \"b\", 1), \"b\")",
    "# from json(\"[1, 2, {}]\")",
    "# to json([1, 2, {a: x}])",
    "# string join([\"a\", \"b\"], \",\")",
    "# range(\"[1..5]\")",
    "# overlaps([1..5], [2..6])",
    "# partition([1, 2, 3], 1)",
    "# {a: x} instance of context<a: number>",
    "{big: §, r: # contains(big, \"ab\")}.r[1]",
    "{big: §, r: # number(big)}.r[1]",
    "{big: §, r: # date(big)}.r[1]",
    "{big: §, r: # duration(big)}.r[1]",
    "{big: §, r: # upper case(big)}.r[1]",
    "{big: §, r: # trim(big)}.r[1]",
    "{big: §, r: # substring(big, -1)}.r[1]",
    "{big: §, r: # big = big}.r[1]",
    "{big: §, r: # big in (= big)}.r[1]",
    "{big: §, r: # to base64(big)}.r[1]",
    "{big: §, r: # from base64(big)}.r[1]",
    "{big: §, r: # replace(big, \"a\", \"b\")}.r[1]",
    "{big: §, r: # replace(big, \"(a)(a)(a)(a)\", \"$1$2$3$4\")}.r[1]",
    "{big: §, r: # split(big, \"b\")}.r[1]",
    "{big: §, r: # matches(big, \"(a|aa|aaa)*b{0,50}c\")}.r[1]",
    "{big: §, r: # matches(big, \"(a?){500}a{500}c\")}.r[1]",
    "{big: §, r: # matches(big, \"(.*.*.*.*)x\")}.r[1]",
    "{big: §, r: # matches(big, \"[ab]*a[ab]{12}c\")}.r[1]",
    "{big: §, r: # count(extract(big, \"a.*c|a\"))}.r[1]",
    "{big: §, r: # count(extract(big, \"(a.*c)?a\"))}.r[1]",
    "{big: §, r: # replace(big, \"^(.*)$\", \"$1$1$1$1$1$1$1$1$1$1$1$1\")}.r[1]",
    "# matches(\"abc\", \"\\p{L}{\" + string(1 + modulo(x, 40)) + \"}\")",
    "# matches(\"abc\", \"(\\w{9}){\" + string(1 + modulo(x, 20)) + \"}\", \"i\")",
    "# matches(\"abc\", \"a{\" + string(1 + modulo(x, 1000)) + \"}\")",
    "{list: for i in 1..20000 return i, r: # sum(list)}.r[1]",
    "{list: for i in 1..20000 return i, r: # sort(list)}.r[1]",
    "{list: for i in 1..20000 return i, r: # reverse(list)}.r[1]",
    "{list: for i in 1..20000 return i, r: # list = list}.r[1]",
    "{list: for i in 1..20000 return i, r: # list in (= list)}.r[1]",
    "{list: for i in 1..20000 return i, r: # distinct values(list)}.r[1]",
    "{list: for i in 1..20000 return i, r: # duplicate values(list)}.r[1]",
    "{list: for i in 1..20000 return i, r: # stddev(list)}.r[1]",
    "{list: for i in 1..20000 return i, r: # product(list)}.r[1]",
    "{list: for i in 1..20000 return i, r: # string(list)}.r[1]",
    "{list: for i in 1..20000 return i, r: # to json(list)}.r[1]",
    "{list: for i in 1..20000 return i, r: # list instance of list<number>}.r[1]",
    "{list: for i in 1..20000 return i, r: # flatten([list, [list]])}.r[1]",
    "{list: for i in 1..20000 return i, f: function(a) list, r: # f = f}.r[1]",
    "{list: for i in 1..20000 return [i], r: # distinct values(list)}.r[1]",
    "{list: for i in 1..20000 return [i], r: # index of(list, [5])}.r[1]",
    "for i in 1..60 return if i = 1 then \"ab\" else partial[-1] + partial[-1]",
    "for i in 1..60 return if i = 1 then [1] else [partial[-1], partial[-1]]",
    "{t: for i in 1..23 return if i = 1 then [1] else [partial[-1], partial[-1]], r: # [t[-1]..1]}.r[1]",
    "{t: for i in 1..18 return if i = 1 then [1] else [partial[-1], partial[-1]], r: string(t)}.r",
    "{s: §, r: for i in 1..100000 return s}.r",
    "{s: §, r: string(for i in 1..100000 return s)}.r",
    "{s: §, r: string join(for i in 1..100000 return s)}.r",
    "(function(f) f(f))(function(f) f(f))",
    "(function(f, n) f(f, n + 1) + f(f, n + 1))(function(f, n) if n > 30 then 1 else f(f, n + 1) + f(f, n + 1), 1)",
    "for i in (-9223372036854775808..9223372036854775807) return lost",
    "for d in @\"-999999999-01-01\"..@\"999999999-12-31\" return d.weekday",
    "sort(for i in 1..50000 return 50000 - i, function(a, b) a < b)",
];

#[test]
fn the_dearest_ways_to_use_up_a_budget_are_quick() {
    let (scope, env) = (scope(), env());
    let big = format!("\"{}\"", "ab".repeat(40_000));
    let mut slow = Vec::new();
    for text in DEAREST {
        let whole = text
            .replace('#', "for x in 1..10000000 return")
            .replace('§', &big);
        let (parsed, took) = timed(|| Expression::parse(&whole));
        let expression = parsed.unwrap_or_else(|error| panic!("{text}: {error}"));
        let (evaluation, walk) = timed(|| expression.evaluate(&scope, &env));
        is_within(&env.limits, text, &evaluation);
        println!("{walk:?} {:?} {text}", evaluation.limit);
        if took >= SLOWEST || walk >= SLOWEST {
            slow.push(format!("{took:?} + {walk:?} {:?} {text}", evaluation.limit));
        }
    }
    assert!(slow.is_empty(), "{}", slow.join("\n"));
}
