//! Time zones: an IANA zone or a fixed offset, and the two questions that a wall clock leaves open.
//!
//! Twice a year a wall clock jumps. A local time that a jump swallows (a *gap*) means the first
//! instant after it; a local time that occurs twice (a *fold*) means the earlier one. With that,
//! [`Zone::from_local`] is total, and never goes backwards as the wall clock goes forward.

use crate::Timestamp;
use chrono::{FixedOffset, NaiveDateTime, Offset, TimeZone};
use chrono_tz::{GapInfo, Tz};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// An IANA time zone such as `Europe/Berlin`, or a fixed offset such as `+01:00`.
#[derive(Copy, Clone, PartialEq, Eq, Hash)]
pub struct Zone(Kind);

#[derive(Copy, Clone, PartialEq, Eq, Hash)]
enum Kind {
    Named(Tz),
    Fixed(FixedOffset),
}

/// The text names no time zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" is not a time zone; write a name like Europe/Berlin, an offset like +01:00, or UTC"
)]
pub struct ZoneError(pub String);

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Zone = Zone(Kind::Named(Tz::UTC));

    /// Reads an IANA name, `UTC`, `Z`, or an offset `+HH:MM` up to 18 hours (ISO 8601).
    pub fn parse(text: &str) -> Result<Self, ZoneError> {
        if text == "Z" {
            return Ok(Self::UTC);
        }
        if text.starts_with(['+', '-']) {
            let offset = parse_offset(text).ok_or_else(|| ZoneError(text.to_owned()))?;
            return Ok(Zone(Kind::Fixed(offset)));
        }
        match Tz::from_str(text) {
            Ok(tz) => Ok(Zone(Kind::Named(tz))),
            Err(_) => Err(ZoneError(text.to_owned())),
        }
    }

    /// The zone `seconds` east of UTC; `None` from 24 hours on.
    pub fn fixed(seconds: i32) -> Option<Self> {
        FixedOffset::east_opt(seconds).map(|offset| Zone(Kind::Fixed(offset)))
    }

    /// The name that [`Zone::parse`] reads back.
    pub fn name(&self) -> String {
        self.to_string()
    }

    /// Whether this is a fixed offset, without daylight saving.
    pub fn is_fixed(&self) -> bool {
        matches!(self.0, Kind::Fixed(_))
    }

    /// What the wall clock of this zone shows at an instant.
    pub fn to_local(&self, at: Timestamp) -> NaiveDateTime {
        at.to_utc().naive_utc() + chrono::TimeDelta::seconds(i64::from(self.offset_at(at)))
    }

    /// How many seconds the wall clock is ahead of UTC at an instant.
    pub fn offset_at(&self, at: Timestamp) -> i32 {
        match self.0 {
            Kind::Named(tz) => tz
                .offset_from_utc_datetime(&at.to_utc().naive_utc())
                .fix()
                .local_minus_utc(),
            Kind::Fixed(offset) => offset.local_minus_utc(),
        }
    }

    /// The instant at which the wall clock shows `local`: in a gap the first instant after it, in
    /// a fold the earlier of the two. Outside the years 0000 to 9999 it saturates.
    pub fn from_local(&self, local: NaiveDateTime) -> Timestamp {
        let utc_micros = local.and_utc().timestamp_micros();
        let at = |offset: i32| {
            Timestamp::from_micros(utc_micros.saturating_sub(i64::from(offset) * 1_000_000))
        };
        match self.0 {
            Kind::Fixed(offset) => at(offset.local_minus_utc()),
            Kind::Named(tz) => match tz.offset_from_local_datetime(&local) {
                chrono::LocalResult::Single(offset) => at(offset.fix().local_minus_utc()),
                chrono::LocalResult::Ambiguous(a, b) => {
                    at(a.fix().local_minus_utc()).min(at(b.fix().local_minus_utc()))
                }
                chrono::LocalResult::None => match GapInfo::new(&local, &tz).and_then(|g| g.end) {
                    Some(end) => Timestamp::from_utc(end.to_utc()),
                    // No zone's table ends inside a gap; the offset a day before is the best there is.
                    None => at(self.offset_at(at(0).saturating_add_micros(-86_400_000_000))),
                },
            },
        }
    }
}

/// `+HH:MM` or `-HH:MM`, at most 18 hours as in ISO 8601 and FEEL.
fn parse_offset(text: &str) -> Option<FixedOffset> {
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = text.get(1..)?.split_once(':')?;
    let two_digits = |part: &str| {
        (part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit()))
            .then(|| part.parse::<i32>().ok())
            .flatten()
    };
    let (hours, minutes) = (two_digits(hours)?, two_digits(minutes)?);
    let seconds = hours * 3600 + minutes * 60;
    if minutes > 59 || seconds > 18 * 3600 {
        return None;
    }
    FixedOffset::east_opt(sign * seconds)
}

impl Default for Zone {
    fn default() -> Self {
        Self::UTC
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Kind::Named(tz) => f.write_str(tz.name()),
            Kind::Fixed(offset) => write!(f, "{offset}"),
        }
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Zone {
    type Err = ZoneError;

    fn from_str(text: &str) -> Result<Self, ZoneError> {
        Self::parse(text)
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn instant(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    fn local_in(zone: &str, local: &str) -> String {
        let local = NaiveDateTime::parse_from_str(local, "%Y-%m-%dT%H:%M").unwrap();
        Zone::parse(zone).unwrap().from_local(local).to_string()
    }

    #[test]
    fn a_zone_is_read_by_name_or_offset() {
        for name in [
            "UTC",
            "Europe/Berlin",
            "America/New_York",
            "+01:00",
            "-09:30",
            "+00:00",
        ] {
            assert_eq!(Zone::parse(name).unwrap().name(), name);
        }
        assert_eq!(Zone::parse("Z").unwrap(), Zone::UTC);
        for text in [
            "",
            "Mars/Olympus",
            "+1:00",
            "+19:00",
            "+01:60",
            "01:00",
            "+01",
            "+٠١:٠٠",
        ] {
            assert_eq!(Zone::parse(text), Err(ZoneError(text.to_owned())));
        }
    }

    #[test]
    fn a_time_swallowed_in_spring_means_the_first_instant_after_the_gap() {
        assert_eq!(
            local_in("Europe/Berlin", "2026-03-29T01:59"),
            "2026-03-29T00:59:00Z"
        );
        assert_eq!(
            local_in("Europe/Berlin", "2026-03-29T02:00"),
            "2026-03-29T01:00:00Z"
        );
        assert_eq!(
            local_in("Europe/Berlin", "2026-03-29T02:30"),
            "2026-03-29T01:00:00Z"
        );
        assert_eq!(
            local_in("Europe/Berlin", "2026-03-29T03:00"),
            "2026-03-29T01:00:00Z"
        );
        assert_eq!(
            local_in("America/New_York", "2026-03-08T02:30"),
            "2026-03-08T07:00:00Z"
        );
        // Samoa skipped a whole day.
        assert_eq!(
            local_in("Pacific/Apia", "2011-12-30T12:00"),
            "2011-12-30T10:00:00Z"
        );
    }

    #[test]
    fn a_time_that_occurs_twice_in_autumn_means_the_earlier_one() {
        assert_eq!(
            local_in("Europe/Berlin", "2026-10-25T02:30"),
            "2026-10-25T00:30:00Z"
        );
        assert_eq!(
            local_in("Europe/Berlin", "2026-10-25T03:00"),
            "2026-10-25T02:00:00Z"
        );
        assert_eq!(
            local_in("America/New_York", "2026-11-01T01:30"),
            "2026-11-01T05:30:00Z"
        );
    }

    #[test]
    fn the_offset_follows_the_season() {
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        assert_eq!(berlin.offset_at(instant("2026-01-05T09:00:00Z")), 3600);
        assert_eq!(berlin.offset_at(instant("2026-07-05T09:00:00Z")), 7200);
        assert_eq!(
            berlin.to_local(instant("2026-07-05T09:00:00Z")).to_string(),
            "2026-07-05 11:00:00"
        );
    }

    /// Zones that jump in different ways: by an hour, by half an hour, at midnight, by a day.
    const ZONES: [&str; 8] = [
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",
        "America/Sao_Paulo",
        "Pacific/Apia",
        "Asia/Kathmandu",
        "-03:30",
    ];

    proptest! {
        #[test]
        fn an_instant_comes_back_from_its_local_time_or_as_the_earlier_of_two(
            micros in 0i64..4_000_000_000_000_000, zone in 0usize..ZONES.len(),
        ) {
            let zone = Zone::parse(ZONES[zone]).unwrap();
            let at = Timestamp::from_micros(micros);
            let back = zone.from_local(zone.to_local(at));
            prop_assert!(back <= at);
            prop_assert_eq!(zone.to_local(back), zone.to_local(at));
        }

        #[test]
        fn from_local_never_goes_backwards(
            a in 0i64..4_000_000_000_000_000, b in 0i64..200_000_000_000, zone in 0usize..ZONES.len(),
        ) {
            let zone = Zone::parse(ZONES[zone]).unwrap();
            let earlier = Timestamp::from_micros(a).to_utc().naive_utc();
            let later = Timestamp::from_micros(a + b).to_utc().naive_utc();
            prop_assert!(zone.from_local(earlier) <= zone.from_local(later));
        }
    }
}
