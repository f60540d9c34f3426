//! Wall-clock times as people and files read them.
//!
//! Mostly written out here, because a clock may be set to anything: every value of
//! `SystemTime` has an answer and none panics.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::{Timestamp, tz::TimeZone};

/// Below this year a clock was certainly never set: certificates and log names
/// would be wrong, so a person is told.
pub const FIRST_SANE_YEAR: i64 = 1980;

const SECONDS_OF_DAY: i64 = 86_400;

const DAY: Duration = Duration::from_hours(24);

/// `2026-03-01T09:30:00.250Z`: RFC 3339 in UTC with milliseconds.
pub fn rfc3339(at: SystemTime) -> String {
    let (seconds, millis) = since_epoch(at);
    let of_day = seconds.rem_euclid(SECONDS_OF_DAY);
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    format!(
        "{}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z",
        date(at)
    )
}

/// `2026-03-01`: the day in UTC.
pub fn date(at: SystemTime) -> String {
    let (year, month, day) = civil(since_epoch(at).0.div_euclid(SECONDS_OF_DAY));
    format!("{year:04}-{month:02}-{day:02}")
}

/// The year in UTC.
pub fn year(at: SystemTime) -> i64 {
    civil(since_epoch(at).0.div_euclid(SECONDS_OF_DAY)).0
}

/// When the day ends in which this is, where this machine is.
pub fn midnight_after(at: SystemTime) -> SystemTime {
    midnight_in(TimeZone::system(), at)
}

fn midnight_in(zone: TimeZone, at: SystemTime) -> SystemTime {
    let midnight = Timestamp::try_from(at).and_then(|at| {
        let tomorrow = at.to_zoned(zone).tomorrow()?;
        Ok(tomorrow.start_of_day()?.timestamp().into())
    });
    // In the last year that has a name, a day is a day.
    midnight.unwrap_or_else(|_| at.checked_add(DAY).unwrap_or(at))
}

/// Seconds since 1970, rounded down, and the milliseconds beyond.
fn since_epoch(at: SystemTime) -> (i64, u32) {
    match at.duration_since(UNIX_EPOCH) {
        Ok(after) => (whole_seconds(after), after.subsec_millis()),
        Err(before) => {
            let before = before.duration();
            match before.subsec_millis() {
                0 => (-whole_seconds(before), 0),
                millis => (-whole_seconds(before) - 1, 1000 - millis),
            }
        }
    }
}

fn whole_seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX / 2)
}

/// Year, month and day of the Gregorian calendar from days since 1970-01-01.
/// The year is counted from March, so that the leap day comes last.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 {
        march_month + 3
    } else {
        march_month - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64, millis: u64) -> SystemTime {
        let millis = Duration::from_millis(millis);
        match u64::try_from(seconds) {
            Ok(after) => UNIX_EPOCH + Duration::from_secs(after) + millis,
            Err(_) => UNIX_EPOCH - Duration::from_secs(seconds.unsigned_abs()) + millis,
        }
    }

    #[test]
    fn times_are_written_as_rfc_3339() {
        for (seconds, millis, written) in [
            (0, 0, "1970-01-01T00:00:00.000Z"),
            (951_782_400, 1, "2000-02-29T00:00:00.001Z"),
            (1_709_210_096, 250, "2024-02-29T12:34:56.250Z"),
            (1_709_251_199, 999, "2024-02-29T23:59:59.999Z"),
            (4_107_542_400, 0, "2100-03-01T00:00:00.000Z"),
            (-1, 500, "1969-12-31T23:59:59.500Z"),
            (-86_400, 0, "1969-12-31T00:00:00.000Z"),
        ] {
            assert_eq!(rfc3339(at(seconds, millis)), written);
        }
    }

    #[test]
    fn a_day_ends_where_the_machine_is() {
        let ends = |zone: &str, seconds| {
            let zone = TimeZone::posix(zone).unwrap();
            rfc3339(midnight_in(zone, at(seconds, 5)))
        };
        // 2026-03-01, half past nine in the morning of Greenwich.
        let morning = 1_772_357_400;
        assert_eq!(ends("UTC0", morning), "2026-03-02T00:00:00.000Z");
        assert_eq!(ends("<+0330>-3:30", morning), "2026-03-01T20:30:00.000Z");
        assert_eq!(ends("<-11>11", morning), "2026-03-01T11:00:00.000Z");
        // The day of summer time has 23 hours: 2026-03-29 in Berlin.
        let berlin = "CET-1CEST,M3.5.0,M10.5.0/3";
        assert_eq!(ends(berlin, 1_774_746_000), "2026-03-29T22:00:00.000Z");
        let latest = SystemTime::from(crate::store::Moment::from_millis(i64::MAX));
        assert!(midnight_after(latest) >= latest);
    }

    #[test]
    fn a_clock_that_was_never_set_is_recognised() {
        assert_eq!(year(at(0, 0)), 1970);
        assert!(year(at(315_532_799, 0)) < FIRST_SANE_YEAR);
        assert_eq!(year(at(315_532_800, 0)), FIRST_SANE_YEAR);
    }
}
