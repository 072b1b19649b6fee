//! Durations as Go writes them: `1m30s`, `500ms`, `1.5h`.

/// Reads a duration; gives nanoseconds. The grammar is that of Go's `time.ParseDuration`, which BuildKit uses.
pub fn parse_duration(text: &str) -> Option<i64> {
    let (negative, mut rest) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    if rest == "0" {
        return Some(0);
    }
    if rest.is_empty() {
        return None;
    }
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let whole = leading_digits(rest);
        let mut nanoseconds: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
        rest = &rest[whole.len()..];
        let mut fraction = "";
        if let Some(after) = rest.strip_prefix('.') {
            fraction = leading_digits(after);
            rest = &after[fraction.len()..];
        }
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let unit_end = rest.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(rest.len());
        let unit: u64 = match &rest[..unit_end] {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => return None,
        };
        rest = &rest[unit_end..];
        nanoseconds = nanoseconds.checked_mul(unit)?;
        let mut scale = unit;
        for digit in fraction.bytes() {
            scale /= 10;
            nanoseconds = nanoseconds.checked_add(u64::from(digit - b'0') * scale)?;
        }
        total = total.checked_add(nanoseconds)?;
    }
    let total = i64::try_from(total).ok()?;
    Some(if negative { -total } else { total })
}

fn leading_digits(text: &str) -> &str {
    &text[..text.bytes().take_while(u8::is_ascii_digit).count()]
}

#[cfg(test)]
mod tests {
    use super::parse_duration;

    #[test]
    fn reads_what_go_reads() {
        assert_eq!(parse_duration("1m30s"), Some(90_000_000_000));
        assert_eq!(parse_duration("500ms"), Some(500_000_000));
        assert_eq!(parse_duration("1.5h"), Some(5_400_000_000_000));
        assert_eq!(parse_duration(".5s"), Some(500_000_000));
        assert_eq!(parse_duration("0"), Some(0));
        assert_eq!(parse_duration("-1s"), Some(-1_000_000_000));
        for bad in ["", "5", "s", "1d", "1 s", "1s ", ".s", "+", "9999999999999h"] {
            assert_eq!(parse_duration(bad), None, "{bad}");
        }
    }
}
