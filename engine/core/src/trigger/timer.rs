//! Timers (BPMN 2.0 section 10.5.5.10): an instant, a duration, or a cycle.
//!
//! A duration goes by the wall clock of the company's zone for its days and months. A cycle fires at its own times; when
//! it fires late, it fires once, and the times that have passed meanwhile are left out.

use redthread_bpmn::graph::{Cycle, ElementIx, ElementKind, Text, Timer, Trigger};
use redthread_calendar::{
    CronSchedule, IsoDuration, RepeatingInterval, Timestamp, Zone, parse_duration, parse_repeating,
};
use redthread_feel::Value;

use crate::command::Variables;
use crate::event::{Ended, Event, Repeat, TimerData};
use crate::incident::Stuck;
use crate::inputs::{Fact, Inputs};
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
    let inputs = stepper.inputs;
    let (due, repeat) = first(timer, inputs, |text| stepper.text(text, element_instance))?;
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
    let event = super::element(stepper, &timer.element)?;
    let goes_on = match &timer.repeat {
        // An event that needs all its triggers waits for each of them anew once it has occurred.
        Some(_) if super::repeats(stepper, event) => !super::needs_all(stepper, event),
        Some(repeat) => sends_on(stepper, event, element_instance, repeat),
        None => false,
    };
    let repeat = timer.repeat.filter(|_| goes_on);
    let next = repeat.and_then(|repeat| next(&repeat, stepper.inputs.now, &stepper.inputs.zone));
    stepper.close(key, Ended::Completed);
    if let Some((due, repeat)) = next {
        let timer = TimerData {
            element: timer.element,
            due,
            repeat: Some(repeat),
        };
        let key = stepper.new_key();
        stepper.emit(Event::TimerScheduled {
            key,
            element_instance,
            timer,
        });
        if !super::repeats(stepper, event) {
            let scope = stepper.scope_of(element_instance);
            stepper.triggered(event, scope);
            for &flow in &stepper.graph.element(event).outgoing {
                stepper.take_flow(flow, scope);
            }
            return Ok(());
        }
    }
    super::came(stepper, event, element_instance, &Variables::new())
}

/// Whether an intermediate event sends a token on each time and waits for the next: one with a cycle that has an end. Without
/// one it would never be over, so it fires once.
fn sends_on(stepper: &Stepper, event: ElementIx, owner: Key, repeat: &Repeat) -> bool {
    let waits_itself = stepper.element_of(owner).is_ok_and(|ix| ix == event);
    let is_single = matches!(
        stepper.graph.element(event).kind,
        ElementKind::CatchEvent(Trigger::Timer(_))
    );
    let has_end =
        |interval: RepeatingInterval| interval.repetitions.is_some() || interval.end.is_some();
    waits_itself && is_single && parse_repeating(&repeat.cycle).is_ok_and(has_end)
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
    first(timer, inputs, outside).map_err(|halt| match halt {
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
    inputs: &Inputs,
    mut evaluate: impl FnMut(&Text) -> Result<Evaluated, Halt>,
) -> Result<(Timestamp, Option<Repeat>), Halt> {
    let (now, zone) = (inputs.now, &inputs.zone);
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
        Timer::WorkingDuration(text) => {
            let evaluated = evaluate(text)?;
            let needed = "a duration such as P3D or PT4H, without months,";
            let duration = duration(&evaluated.value).filter(|duration| duration.months == 0);
            let duration = duration.ok_or_else(|| evaluated.unfit(text, needed))?;
            let calendar = inputs.facts.calendar.as_ref();
            let calendar = calendar.ok_or(StepError::Needs(Fact::Calendar))?;
            // P1D is the same time of the next working day; hours count while people work. What begins when nobody works
            // begins when they do.
            let days = match duration.days {
                0 => now,
                days => calendar.add_working_days(calendar.forward_into_working(now), days),
            };
            let due = match duration.micros {
                0 => days,
                micros => calendar.add_working_time(days, micros),
            };
            Ok((due, None))
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
            let mut repeat = Repeat {
                cycle: cycle.to_owned(),
                since: now,
                nth: 1,
            };
            let due = match (parse_repeating(cycle), CronSchedule::parse(cycle)) {
                // A time before the event began to wait is no time of its: the first that is still to come counts.
                (Ok(interval), _) => first_after(0, now, |n| interval.occurrence(n, now, zone))
                    .and_then(|nth| {
                        repeat.nth = nth;
                        interval.occurrence(nth, now, zone)
                    }),
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
pub(crate) fn duration(value: &Value) -> Option<IsoDuration> {
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
        let inputs = Inputs {
            now: at("2026-03-26T08:00:00Z"),
            zone: berlin(),
            seed: 1,
            first_key: Key(1),
            owner: None,
            facts: Default::default(),
        };
        let (due, repeat) = first(&Timer::Duration(text), &inputs, |text| {
            let Text::Literal(literal) = text else {
                unreachable!()
            };
            Ok(Evaluated {
                value: Value::String(literal.clone()),
                why_null: None,
            })
        })
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
