//! Calendar days, as far as an expiry date needs them.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A day of the Gregorian calendar; later days are greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    pub year: u16,
    pub month: u8,
    pub day: u8,
}

impl Date {
    /// Reads `YYYY-MM-DD`.
    pub fn parse(text: &str) -> Option<Self> {
        Self::read(text).ok()
    }
    /// As [`Date::parse`].
    ///
    /// # Errors
    /// What is wrong with it, for people.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut parts = text.split('-');
        let mut number = |digits: usize| {
            let part = parts.next()?;
            (part.len() == digits && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse().ok())?
        };
        let numbers: Option<(u16, u16, u16)> = (|| Some((number(4)?, number(2)?, number(2)?)))();
        let Some((year, month, day)) = numbers.filter(|_| parts.next().is_none()) else {
            return Err("a date is written YYYY-MM-DD, for example 2027-06-30".to_owned());
        };
        let leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
        let days = match month {
            2 => 28 + u16::from(leap),
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return Err(format!("there is no month {month:02}; a date is written YYYY-MM-DD")),
        };
        if !(1..=days).contains(&day) {
            let month = MONTHS[usize::from(month) - 1];
            return Err(format!("there is no {day} {month} {year}; the last day of that month is {days}"));
        }
        Ok(Self { year, month: month as u8, day: day as u8 })
    }
    /// The day in UTC, so that all machines of a team agree.
    pub fn of(time: SystemTime) -> Self {
        Self::of_days(time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() / 86_400))
    }
    /// The day in UTC of a number of seconds since 1970; what was before is that year's first day.
    pub fn of_seconds(seconds: i64) -> Self {
        Self::of_days(u64::try_from(seconds).unwrap_or(0) / 86_400)
    }
    /// Its first second in UTC, in seconds since 1970.
    pub fn seconds(self) -> i64 {
        // Howard Hinnant's `days_from_civil`.
        let (year, month) = (i64::from(self.year), i64::from(self.month));
        let year = if month <= 2 { year - 1 } else { year };
        let (era, of_era) = (year / 400, year % 400);
        let march = if month > 2 { month - 3 } else { month + 9 };
        let of_year = (153 * march + 2) / 5 + i64::from(self.day) - 1;
        (era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468) * 86_400
    }
    fn of_days(days: u64) -> Self {
        // Howard Hinnant's `civil_from_days`: years begin in March, eras have 400 years.
        let shifted = days + 719_468;
        let (era, of_era) = (shifted / 146_097, shifted % 146_097);
        let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let march = (5 * of_year + 2) / 153;
        let month = if march < 10 { march + 3 } else { march - 9 };
        let day = of_year - (153 * march + 2) / 5 + 1;
        Self { year: (era * 400 + year + u64::from(month <= 2)) as u16, month: month as u8, day: day as u8 }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::Date;

    #[test]
    fn days() {
        assert_eq!(Date::parse("2024-02-29").unwrap().to_string(), "2024-02-29");
        for bad in ["2023-02-29", "2024-13-01", "2024-1-1", "2024-01-01-", "today", "2024-04-31"] {
            assert_eq!(Date::parse(bad), None, "{bad}");
        }
        for (bad, why) in [
            ("2027-02-30", "there is no 30 February 2027; the last day of that month is 28"),
            ("2028-02-30", "there is no 30 February 2028; the last day of that month is 29"),
            ("2027-13-01", "there is no month 13; a date is written YYYY-MM-DD"),
            ("30.06.2027", "a date is written YYYY-MM-DD, for example 2027-06-30"),
        ] {
            assert_eq!(Date::read(bad).unwrap_err(), why);
        }
        for (seconds, day) in [(0, "1970-01-01"), (951_782_400, "2000-02-29"), (1_767_225_599, "2025-12-31")]
        {
            assert_eq!(Date::of(UNIX_EPOCH + Duration::from_secs(seconds)).to_string(), day);
        }
    }
}
