//! Cron expressions of timer events, evaluated on wall-clock time.
//!
//! The `cron` crate finds the times; two of its habits are kept from analysts: it wants six fields
//! and counts Sunday as 1. Every field is therefore read here, as crontab(5) has it (five fields,
//! or six with seconds first; 0 and 7 are Sunday), and handed on as a plain list of numbers. The
//! crate also sees only a wall clock without daylight saving; the zone is put on afterwards, so a
//! time that a gap swallows runs right after it and one that occurs twice runs once.
//!
//! When both the day of the month and the day of the week are given, both must hold (as in
//! Camunda 8; crontab itself would take either). The crate's calendar ends with the year 2100.

use crate::{Timestamp, Zone};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Timelike, Utc};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// A cron expression, e.g. `0 9 * * MON-FRI`: every working morning at nine.
#[derive(Clone)]
pub struct CronSchedule {
    source: String,
    schedule: cron::Schedule,
}

/// The text is no cron expression that can run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CronError {
    /// Neither five nor six fields.
    #[error(
        "\"{text}\" has {count} fields; a cron expression has five (minute hour day month weekday) \
         or six, with seconds first"
    )]
    FieldCount {
        /// What was given.
        text: String,
        /// How many fields it has.
        count: usize,
    },
    /// A field cannot be read.
    #[error("in \"{text}\", the field for {field}: {reason}")]
    Field {
        /// The whole expression.
        text: String,
        /// Which field, in words.
        field: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// `@...` that stands for no expression.
    #[error("\"{0}\" is not known; there are @yearly, @monthly, @weekly, @daily and @hourly")]
    UnknownName(String),
    /// It names a time that no calendar has, such as 30 February.
    #[error("\"{0}\" never occurs: no day of any year fits it")]
    Never(String),
}

/// What one field may hold.
struct Field {
    name: &'static str,
    min: u32,
    max: u32,
    names: &'static [&'static str],
    /// Whether `?` may stand for "any".
    question_mark: bool,
}

const MONTHS: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];
const DAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

const FIELDS: [Field; 6] = [
    Field {
        name: "seconds",
        min: 0,
        max: 59,
        names: &[],
        question_mark: false,
    },
    Field {
        name: "minutes",
        min: 0,
        max: 59,
        names: &[],
        question_mark: false,
    },
    Field {
        name: "hours",
        min: 0,
        max: 23,
        names: &[],
        question_mark: false,
    },
    Field {
        name: "the day of the month",
        min: 1,
        max: 31,
        names: &[],
        question_mark: true,
    },
    Field {
        name: "months",
        min: 1,
        max: 12,
        names: &MONTHS,
        question_mark: false,
    },
    Field {
        name: "the day of the week",
        min: 0,
        max: 7,
        names: &DAYS,
        question_mark: true,
    },
];
const DAY_OF_WEEK: usize = 5;

impl CronSchedule {
    /// Reads a cron expression of five or six fields, or a name such as `@daily`. `*`, lists,
    /// ranges, steps, `MON`-`SUN` and `JAN`-`DEC` are understood; Quartz's `L`, `W` and `#` are refused.
    pub fn parse(text: &str) -> Result<Self, CronError> {
        let source = text.trim();
        let expanded = match source.strip_prefix('@') {
            Some(name) => named(name).ok_or_else(|| CronError::UnknownName(source.to_owned()))?,
            None => source,
        };
        let mut fields: Vec<&str> = expanded.split_ascii_whitespace().collect();
        match fields.len() {
            5 => fields.insert(0, "0"),
            6 => {}
            count => {
                return Err(CronError::FieldCount {
                    text: source.to_owned(),
                    count,
                });
            }
        }
        let mut lists = Vec::with_capacity(6);
        for (index, (field, text)) in FIELDS.iter().zip(fields).enumerate() {
            let values = field.read(text).map_err(|reason| CronError::Field {
                text: source.to_owned(),
                field: field.name,
                reason,
            })?;
            lists.push(list_for_crate(index, field, &values));
        }
        let never = || CronError::Never(source.to_owned());
        let schedule = cron::Schedule::from_str(&lists.join(" ")).map_err(|_| never())?;
        // A leap day on a given weekday comes every 28 years at most, or 40 over 2100.
        if schedule.after(&beginning()).next().is_none() {
            return Err(never());
        }
        Ok(CronSchedule {
            source: source.to_owned(),
            schedule,
        })
    }

    /// The first time strictly after `after` on the wall clock of `zone`; `None` after the year 2100.
    pub fn next_after(&self, after: Timestamp, zone: &Zone) -> Option<Timestamp> {
        // The crate looks strictly after the whole second that it is given.
        let local = zone
            .to_local(after)
            .with_nanosecond(0)?
            .and_utc()
            .max(beginning());
        // `from_local` never goes backwards, so the first that is later is the next. In the second
        // half of a fold, times of the first half come up again and are passed over: they have run.
        self.schedule
            .after(&local)
            .map(|wall| zone.from_local(wall.naive_utc()))
            .find(|candidate| *candidate > after)
    }

    /// The expression as it was written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether the wall clock time `local` fits the expression.
    pub fn includes(&self, local: NaiveDateTime) -> bool {
        local.nanosecond() == 0 && self.schedule.includes(local.and_utc())
    }
}

/// The second before the crate's calendar begins.
fn beginning() -> DateTime<Utc> {
    NaiveDate::from_ymd_opt(1969, 12, 31)
        .and_then(|date| date.and_hms_opt(23, 59, 59))
        .unwrap_or_default()
        .and_utc()
}

/// The expression behind crontab's `@` names.
fn named(name: &str) -> Option<&'static str> {
    Some(match name {
        "yearly" | "annually" => "0 0 1 1 *",
        "monthly" => "0 0 1 * *",
        "weekly" => "0 0 * * 0",
        "daily" | "midnight" => "0 0 * * *",
        "hourly" => "0 * * * *",
        _ => return None,
    })
}

/// The values as the crate reads them: `*`, or numbers, with Sunday as 1.
fn list_for_crate(index: usize, field: &Field, values: &BTreeSet<u32>) -> String {
    let is_weekday = index == DAY_OF_WEEK;
    let count = if is_weekday {
        7
    } else {
        field.max - field.min + 1
    };
    if values.len() as u32 == count {
        return "*".to_owned();
    }
    let numbers = values.iter().map(|value| value + u32::from(is_weekday));
    numbers
        .map(|number| number.to_string())
        .collect::<Vec<_>>()
        .join(",")
}

impl Field {
    /// Reads a list of ranges. Sunday is 0 in the result.
    fn read(&self, text: &str) -> Result<BTreeSet<u32>, String> {
        let mut values = BTreeSet::new();
        for item in text.split(',') {
            let (range, step) = match item.split_once('/') {
                Some((range, step)) => (range, Some(self.step(step)?)),
                None => (item, None),
            };
            let (first, last) = self.range(range, step.is_some())?;
            values.extend((first..=last).step_by(step.unwrap_or(1)));
        }
        if self.names == DAYS && values.remove(&7) {
            values.insert(0);
        }
        Ok(values)
    }

    fn step(&self, text: &str) -> Result<usize, String> {
        match text.parse::<usize>() {
            Ok(0) => Err("a step of 0 never moves on".to_owned()),
            Ok(step) if is_digits(text) => Ok(step),
            _ => Err(format!(
                "\"{text}\" is not a step; write a number after the slash"
            )),
        }
    }

    fn range(&self, text: &str, stepped: bool) -> Result<(u32, u32), String> {
        // Sunday stands twice in the range 0 to 7; "every" means each day once.
        let all = (self.min, if self.names == DAYS { 6 } else { self.max });
        match text {
            "*" => return Ok(all),
            "?" if self.question_mark => return Ok(all),
            _ => {}
        }
        if let Some((first, last)) = text.split_once('-') {
            let (first, mut last) = (self.value(first)?, self.value(last)?);
            if self.names == DAYS && last == 0 && first > 0 {
                last = 7; // FRI-SUN
            }
            if first > last {
                return Err(format!("the range {text} runs backwards; write it as two"));
            }
            return Ok((first, last));
        }
        let value = self.value(text)?;
        // `5/15` is from 5 on, in steps of 15.
        Ok((value, if stepped { all.1.max(value) } else { value }))
    }

    fn value(&self, text: &str) -> Result<u32, String> {
        let upper = text.to_ascii_uppercase();
        if let Some(index) = self.names.iter().position(|name| *name == upper) {
            return Ok(self.min + index as u32);
        }
        if is_digits(text) {
            return match text.parse() {
                Ok(value) if (self.min..=self.max).contains(&value) => Ok(value),
                _ => Err(format!(
                    "{text} is not between {} and {}",
                    self.min, self.max
                )),
            };
        }
        let quartz = self.question_mark && !text.is_empty();
        if quartz && (upper.starts_with('L') || upper.ends_with('L')) {
            return Err(
                "L (the last day) is not supported; use a FEEL expression or a later step"
                    .to_owned(),
            );
        }
        if quartz && upper.ends_with('W') {
            return Err("W (the nearest weekday) is not supported; name the days".to_owned());
        }
        if quartz && text.contains('#') {
            return Err(
                "# (the n-th weekday of the month) is not supported; name the days".to_owned(),
            );
        }
        Err(format!("\"{text}\" cannot be read"))
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

impl PartialEq for CronSchedule {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl Eq for CronSchedule {}

impl fmt::Display for CronSchedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}

impl fmt::Debug for CronSchedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CronSchedule({})", self.source)
    }
}

impl FromStr for CronSchedule {
    type Err = CronError;

    fn from_str(text: &str) -> Result<Self, CronError> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests;
