//! Timers (10.5.5.10): a date, a duration or a cycle. The text is FEEL with or without `=`, unless
//! it is a time itself.

use redthread_calendar::{CronSchedule, Zone, parse_duration, parse_repeating};
use redthread_feel::Value;

use super::event::Place;
use super::expression::{expression, sentence};
use crate::dialect::redthread;
use crate::graph::{Cycle, Text, Timer};
use crate::node::BpmnNode;
use redthread_xml::NodeRef;
use redthread_xml::{Code, Problems};

pub(super) fn build(
    event: NodeRef<'_>,
    definition: NodeRef<'_>,
    place: Place,
    problems: &mut Problems,
) -> Option<Timer> {
    let times: Vec<NodeRef<'_>> = definition
        .children()
        .filter(|part| matches!(part.bpmn(), Some("timeDate" | "timeDuration" | "timeCycle")))
        .collect();
    let [time] = times[..] else {
        let message = match times.is_empty() {
            true => "The timer does not say when.",
            false => "The timer says more than once when.",
        };
        bad(
            event,
            message.to_owned(),
            "Set one of date, duration and cycle.",
            problems,
        );
        return None;
    };
    let text = time.text();
    let text = text.trim();
    if text.is_empty() {
        bad(
            event,
            "The timer does not say when.".to_owned(),
            "Write its time.",
            problems,
        );
        return None;
    }
    match time.bpmn() {
        Some("timeDate") => date(time, text, problems).map(Timer::Date),
        Some("timeDuration") => {
            let duration = duration(time, text, problems);
            match redthread::counts_working_time(event, problems)? {
                true => duration.map(Timer::WorkingDuration),
                false => duration.map(Timer::Duration),
            }
        }
        _ => {
            fires_once(event, place, problems);
            cycle(time, text, problems).map(Timer::Cycle)
        }
    }
}

/// A cycle fires again and again; where the first time ends what would have to wait for the second, it is not what was
/// A cycle fires again and again; where the event can occur only once, its first time counts.
fn fires_once(event: NodeRef<'_>, place: Place, problems: &mut Problems) {
    let is_interrupting = matches!(
        place,
        Place::Boundary { interrupting: true } | Place::EventSubProcess { interrupting: true }
    );
    if is_interrupting {
        problems.warning(
            event,
            Code::BadTimer,
            "An interrupting timer fires once: of its cycle only the first time counts.",
            "Use a duration, or make the event non-interrupting.",
        );
    }
}

fn date(at: NodeRef<'_>, text: &str, problems: &mut Problems) -> Option<Text> {
    if is_date(text) {
        return Some(Text::Literal(text.into()));
    }
    if starts_with_digits(text, 4) && text[4..].starts_with('-') {
        let message = format!("“{text}” is not a date and time.");
        bad(at, message, "Write it like 2026-01-05T09:00:00Z.", problems);
        return None;
    }
    expression(at, text, "The timer's date", problems).map(Text::Expression)
}

fn duration(at: NodeRef<'_>, text: &str, problems: &mut Problems) -> Option<Text> {
    match parse_duration(text) {
        Ok(_) => Some(Text::Literal(text.into())),
        Err(error) if looks_like_duration(text) => {
            bad(
                at,
                sentence(&error),
                "Write it like PT30M, P1DT12H or P7D.",
                problems,
            );
            None
        }
        Err(_) => expression(at, text, "The timer's duration", problems).map(Text::Expression),
    }
}

fn cycle(at: NodeRef<'_>, text: &str, problems: &mut Problems) -> Option<Cycle> {
    let hint = "Write it like R3/PT10M, or as cron: 0 9 * * MON-FRI.";
    if text.starts_with('=') {
        let cycle = expression(at, text, "The timer's cycle", problems)?;
        return Some(Cycle::Repeating(Text::Expression(cycle)));
    }
    if looks_like_repetition(text) {
        return match parse_repeating(text) {
            Ok(interval) if interval.repetitions == Some(0) => {
                bad(
                    at,
                    "A cycle with R0 never fires.".to_owned(),
                    hint,
                    problems,
                );
                None
            }
            Ok(_) => Some(Cycle::Repeating(Text::Literal(text.into()))),
            Err(error) => {
                bad(at, sentence(&error), hint, problems);
                None
            }
        };
    }
    match CronSchedule::parse(text) {
        Ok(schedule) => Some(Cycle::Cron(Box::new(schedule))),
        Err(error) if looks_like_cron(text) => {
            bad(at, sentence(&error), hint, problems);
            None
        }
        Err(_) => {
            let cycle = expression(at, text, "The timer's cycle", problems)?;
            Some(Cycle::Repeating(Text::Expression(cycle)))
        }
    }
}

/// Whether a plain text is an instant, read as the engine reads it: without a zone, the company's is
/// meant; a date alone is its midnight.
pub(crate) fn is_date(text: &str) -> bool {
    Value::String(text.into())
        .to_timestamp(&Zone::UTC)
        .is_some()
}

/// `PT5X` would be the name of a variable: whoever means one writes `=PT5X`.
fn looks_like_duration(text: &str) -> bool {
    let Some(rest) = text
        .strip_prefix(['-', '+'])
        .unwrap_or(text)
        .strip_prefix('P')
    else {
        return false;
    };
    let digits = rest.strip_prefix('T').unwrap_or(rest);
    digits.is_empty() || digits.starts_with(|c: char| c.is_ascii_digit() || c == '-')
}

fn looks_like_repetition(text: &str) -> bool {
    text.strip_prefix('R').is_some_and(|rest| {
        rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-')
            .starts_with('/')
    })
}

fn looks_like_cron(text: &str) -> bool {
    let fields = text.split_ascii_whitespace().count();
    let is_cron = |c: char| c.is_ascii_alphanumeric() || "*/,-?#@ \t".contains(c);
    text.starts_with('@') || (5..=7).contains(&fields) && text.chars().all(is_cron)
}

fn starts_with_digits(text: &str, count: usize) -> bool {
    text.len() > count && text.bytes().take(count).all(|byte| byte.is_ascii_digit())
}

fn bad(at: NodeRef<'_>, message: String, hint: &str, problems: &mut Problems) {
    problems.error(at, Code::BadTimer, message, hint);
}
