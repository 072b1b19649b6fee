//! Why GitHub could not be told: its answer as a sentence, and whether the same may be sent again.

use std::fmt;
use std::io;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderMap;
use serde_json::Value;

use crate::report::escape;

/// How much of GitHub's own words is told.
const TOLD: usize = 300;

/// Why something could not be told.
#[derive(Clone, Debug)]
pub(super) struct Refused {
    /// GitHub's answer, if there was one.
    pub(super) status: Option<u16>,
    /// A sentence, with nothing in it that a terminal obeys.
    pub(super) why: String,
    pub(super) again: Again,
}

/// Whether the same request may be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Again {
    Never,
    /// It was not acted upon: it never left, or came too early.
    After(Duration),
    /// Only if it changes nothing.
    IfGet,
}

impl Refused {
    /// Something here speaks against it.
    pub(super) fn here(why: impl Into<String>) -> Self {
        Self { status: None, why: why.into(), again: Again::Never }
    }
    /// GitHub's answer is not the one that its documentation promises.
    pub(super) fn odd() -> Self {
        Self::here("GitHub's answer is not valid")
    }
    /// The reason, and what to do about it.
    pub(super) fn advice(&self, permission: &str) -> String {
        let is_off = self.why.contains("must be enabled") || self.why.contains("is not enabled");
        match self.status {
            Some(403 | 404) if !is_off && !permission.is_empty() => format!(
                "{}; the job needs `permissions: {permission}`, which pull requests from forks never get",
                self.why
            ),
            _ => self.why.clone(),
        }
    }

    pub(super) fn from(error: &octocrab::Error) -> Self {
        let octocrab::Error::GitHub { source, .. } = error else {
            return Self::unanswered(error);
        };
        let status = source.status_code.as_u16();
        let message: String = source.message.chars().take(TOLD).collect();
        let mut why = format!("GitHub answered {status}: {}", escape::line(&message));
        for error in source.errors.iter().flatten().take(3) {
            let text = error.get("message").and_then(Value::as_str).or(error.as_str());
            let text: String = text.unwrap_or_default().chars().take(TOLD).collect();
            if !text.is_empty() {
                why = format!("{why}; {}", escape::line(&text));
            }
        }
        let again = match status {
            403 | 429 => source.headers.as_ref().and_then(wait).map_or(Again::Never, Again::After),
            500 | 502..=504 => Again::IfGet,
            _ => Again::Never,
        };
        Self { status: Some(status), why, again }
    }

    pub(super) fn unanswered(error: &octocrab::Error) -> Self {
        let mut cause: &(dyn std::error::Error + 'static) = error;
        let mut never_left = false;
        while let Some(next) = cause.source() {
            cause = next;
            let io = cause.downcast_ref::<io::Error>();
            never_left |= io.is_some_and(|io| io.kind() == io::ErrorKind::ConnectionRefused);
        }
        let again = if never_left { Again::After(Duration::from_secs(1)) } else { Again::IfGet };
        let why = format!("GitHub cannot be reached: {}", escape::line(&cause.to_string()));
        Self { status: None, why, again }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

/// How long GitHub wants us to wait, if it is for the rate of our requests that it refused one.
fn wait(headers: &HeaderMap) -> Option<Duration> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<u64>().ok();
    let until_reset = || {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
        let reset = number("x-ratelimit-reset").filter(|_| number("x-ratelimit-remaining") == Some(0));
        Some(reset?.saturating_sub(now).max(1))
    };
    number("retry-after").or_else(until_reset).map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_read_from_the_answer() {
        let wait_of = |pairs: &[(&'static str, String)]| {
            wait(&pairs.iter().map(|(name, v)| (name.parse().unwrap(), v.parse().unwrap())).collect())
        };
        let soon = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() + 5;
        assert_eq!(wait_of(&[("retry-after", "7".into())]), Some(Duration::from_secs(7)));
        assert_eq!(wait_of(&[("x-ratelimit-reset", soon.to_string())]), None, "the limit is not reached");
        let reset = [("x-ratelimit-reset", soon.to_string()), ("x-ratelimit-remaining", "0".into())];
        assert!(wait_of(&reset).is_some_and(|pause| (3..=5).contains(&pause.as_secs())));
        assert_eq!(wait_of(&[]), None);
    }

    #[test]
    fn advice_names_the_permission_where_one_is_missing() {
        let refused = |status, why: &str| Refused { status, why: why.into(), again: Again::Never };
        let fork = refused(Some(403), "Resource not accessible by integration").advice("checks: write");
        assert!(fork.contains("`permissions: checks: write`"), "{fork}");
        let off = refused(Some(403), "Code scanning is not enabled for this repository");
        assert_eq!(off.advice("x"), off.to_string());
        assert_eq!(refused(Some(502), "Bad Gateway").advice("x"), "Bad Gateway");
    }
}
