//! Timers (BPMN 2.0 section 10.5.5.10): an instant, a duration, or a cycle.
//!
//! A duration goes by the wall clock of the company's zone for its days and months. A cycle fires at its own times; when
//! it fires late, it fires once, and the times that have passed meanwhile are left out.

use redthread_bpmn::graph::{Cycle, ElementIx, Text, Timer};
use redthread_calendar::{
    CronSchedule, IsoDuration, Timestamp, Zone, parse_duration, parse_repeating,
};
use redthread_feel::Value;

use crate::command::Variables;
use crate::event::{Ended, Event, Repeat, TimerData};
use crate::incident::Stuck;
use crate::inputs::Inputs;
use crate::key::Key;
use crate::rejection::Rejection;
use crate::scope::{Evaluated, evaluate_outside};
use crate::state::WaitKind;
use crate::step::{Halt, StepError, Stepper};

pub(crate) fn open(
    stepper: &mut Stepper,
    element_instance: Key,
    event: ElementIx,
    timer: &Timer,
) -> Result<(), Halt> {
    let (now, zone) = (stepper.inputs.now, stepper.inputs.zone);
    let (due, repeat) = first(timer, now, &zone, |text| {
        stepper.text(text, element_instance)
    })?;
    let element = stepper.graph.element(event).id.clone();
    let key = stepper.new_key();
    let timer = TimerData {
        element,
        due,
        repeat,
    };
    stepper.emit(Event::TimerScheduled {
        key,
        element_instance,
        timer,
    });
    Ok(())
}

/// A timer is due: its event occurs, and a cycle goes on.
pub(crate) fn fire(stepper: &mut Stepper, key: Key) -> Result<(), StepError> {
    let not_open = Rejection::NotOpen { what: "timer", key };
    let wait = stepper.state.waits.get(&key).ok_or(not_open.clone())?;
    let WaitKind::Timer(timer) = &wait.what else {
        return Err(not_open.into());
    };
    let (timer, element_instance) = (timer.clone(), wait.element_instance);
    let next = timer
        .repeat
        .and_then(|repeat| next(&repeat, stepper.inputs.now, &stepper.inputs.zone));
    if let Some((due, repeat)) = next {
        stepper.close(key, Ended::Completed);
        let timer = TimerData {
            element: timer.element,
            due,
            repeat: Some(repeat),
        };
        let key = stepper.new_key();
        stepper.emit(Event::TimerScheduled {
            key,
            element_instance,
            timer: timer.clone(),
        });
        return fired(stepper, element_instance, &timer.element);
    }
    stepper.close(key, Ended::Completed);
    fired(stepper, element_instance, &timer.element)
}

fn fired(stepper: &mut Stepper, element_instance: Key, element: &str) -> Result<(), StepError> {
    let event = stepper
        .graph
        .find(element)
        .ok_or_else(|| Rejection::UnknownElement(element.to_owned()))?;
    super::event_occurred(stepper, event, element_instance, &Variables::new())
}

/// When the timer start event of a definition fires first, and how it goes on. There is no instance yet: expressions see
/// no variables.
///
/// # Errors
///
/// Where the text or the expression's value is no time.
pub fn first_of_start(
    timer: &Timer,
    inputs: &Inputs,
) -> Result<(Timestamp, Option<Repeat>), Stuck> {
    let outside = |text: &Text| match text {
        Text::Literal(literal) => Ok(Evaluated {
            value: Value::String(literal.clone()),
            why_null: None,
        }),
        Text::Expression(expression) => Ok(evaluate_outside(expression, &(), inputs)),
    };
    first(timer, inputs.now, &inputs.zone, outside).map_err(|halt| match halt {
        Halt::Stuck(stuck) => stuck,
        Halt::Stop(error) => Stuck::expression(error.to_string()),
    })
}

/// The next time of a cycle after it has fired, and how it goes on from there. `None`: that was the last time.
pub fn next(repeat: &Repeat, now: Timestamp, zone: &Zone) -> Option<(Timestamp, Repeat)> {
    if let Ok(interval) = parse_repeating(&repeat.cycle) {
        let nth = first_after(repeat.nth, now, |n| {
            interval.occurrence(n, repeat.since, zone)
        })?;
        let due = interval.occurrence(nth, repeat.since, zone)?;
        return Some((
            due,
            Repeat {
                nth,
                ..repeat.clone()
            },
        ));
    }
    let due = CronSchedule::parse(&repeat.cycle)
        .ok()?
        .next_after(now, zone)?;
    Some((
        due,
        Repeat {
            nth: repeat.nth + 1,
            ..repeat.clone()
        },
    ))
}

/// The first number greater than `nth` whose time is later than `now`. Times go up with their numbers.
fn first_after(nth: u64, now: Timestamp, at: impl Fn(u64) -> Option<Timestamp>) -> Option<u64> {
    // Without an end of their own, times end where the calendar does: `None` counts as late enough to stop at.
    let is_late = |n: u64| at(n).is_none_or(|at| at > now);
    let mut low = nth + 1;
    let mut step = 1;
    while !is_late(low + step) {
        low += step;
        step *= 2;
    }
    let mut high = low + step;
    while low < high {
        let middle = low + (high - low) / 2;
        if is_late(middle) {
            high = middle
        } else {
            low = middle + 1
        }
    }
    at(low).map(|_| low)
}

fn first(
    timer: &Timer,
    now: Timestamp,
    zone: &Zone,
    mut evaluate: impl FnMut(&Text) -> Result<Evaluated, Halt>,
) -> Result<(Timestamp, Option<Repeat>), Halt> {
    match timer {
        Timer::Date(text) => {
            let evaluated = evaluate(text)?;
            let due = evaluated.value.to_timestamp(zone);
            Ok((
                due.ok_or_else(|| evaluated.unfit(text, "a date and time"))?,
                None,
            ))
        }
        Timer::Duration(text) => {
            let evaluated = evaluate(text)?;
            let due = duration(&evaluated.value).and_then(|duration| duration.add_to(now, zone));
            Ok((
                due.ok_or_else(|| evaluated.unfit(text, "a duration such as P7D or PT30M"))?,
                None,
            ))
        }
        Timer::Cycle(Cycle::Cron(schedule)) => {
            let repeat = Repeat {
                cycle: schedule.source().to_owned(),
                since: now,
                nth: 1,
            };
            let due = schedule.next_after(now, zone);
            let due = due.ok_or_else(|| {
                Stuck::expression(format!("`{}` has no time to come.", repeat.cycle))
            })?;
            Ok((due, Some(repeat)))
        }
        Timer::Cycle(Cycle::Repeating(text)) => {
            let evaluated = evaluate(text)?;
            let needed = "a cycle such as R3/PT10M, R/P1D or a cron expression";
            let cycle = evaluated
                .value
                .as_str()
                .ok_or_else(|| evaluated.unfit(text, needed))?;
            let repeat = Repeat {
                cycle: cycle.to_owned(),
                since: now,
                nth: 1,
            };
            let due = match (parse_repeating(cycle), CronSchedule::parse(cycle)) {
                (Ok(interval), _) => interval.occurrence(1, now, zone),
                (Err(_), Ok(schedule)) => schedule.next_after(now, zone),
                (Err(_), Err(_)) => None,
            };
            Ok((
                due.ok_or_else(|| evaluated.unfit(text, needed))?,
                Some(repeat),
            ))
        }
    }
}

/// A FEEL duration or the text of one.
fn duration(value: &Value) -> Option<IsoDuration> {
    match value {
        Value::String(text) => parse_duration(text.trim()).ok(),
        Value::YearsMonthsDuration(months) => Some(IsoDuration {
            months: months.months(),
            ..IsoDuration::ZERO
        }),
        Value::DaysTimeDuration(duration) => {
            // FEEL does not keep days and hours apart. Whole days go by the wall clock, as in the text `P7D`.
            const DAY: i128 = 86_400_000_000_000;
            let nanos = duration.nanos();
            let days = i64::try_from(nanos / DAY).ok()?;
            let micros = i64::try_from(nanos % DAY / 1_000).ok()?;
            Some(IsoDuration {
                months: 0,
                days,
                micros,
            })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    fn berlin() -> Zone {
        Zone::parse("Europe/Berlin").unwrap()
    }

    #[test]
    fn seven_days_over_a_daylight_saving_change_keep_the_local_time() {
        let text = Text::Literal("P7D".into());
        let (due, repeat) = first(
            &Timer::Duration(text),
            at("2026-03-26T08:00:00Z"),
            &berlin(),
            |text| {
                let Text::Literal(literal) = text else {
                    unreachable!()
                };
                Ok(Evaluated {
                    value: Value::String(literal.clone()),
                    why_null: None,
                })
            },
        )
        .unwrap();
        assert_eq!(due, at("2026-04-02T07:00:00Z"));
        assert_eq!(repeat, None);
    }

    #[test]
    fn a_cycle_that_is_late_fires_once_and_leaves_out_what_has_passed() {
        let repeat = Repeat {
            cycle: "R/PT10M".into(),
            since: at("2026-01-05T09:00:00Z"),
            nth: 1,
        };
        let (due, next) = next(&repeat, at("2026-01-05T11:45:00Z"), &Zone::UTC).unwrap();
        assert_eq!(due, at("2026-01-05T11:50:00Z"));
        assert_eq!(next.nth, 17);
    }

    #[test]
    fn a_cycle_of_three_ends_after_the_third() {
        let since = at("2026-01-05T09:00:00Z");
        let mut repeat = Repeat {
            cycle: "R3/PT10S".into(),
            since,
            nth: 1,
        };
        let mut times = Vec::new();
        let mut due = at("2026-01-05T09:00:10Z");
        loop {
            times.push(due.to_string());
            match next(&repeat, due, &Zone::UTC) {
                Some((later, rest)) => (due, repeat) = (later, rest),
                None => break,
            }
        }
        assert_eq!(
            times,
            [
                "2026-01-05T09:00:10Z",
                "2026-01-05T09:00:20Z",
                "2026-01-05T09:00:30Z"
            ]
        );
    }
}
