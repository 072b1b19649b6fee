use std::net::IpAddr;

use crate::dockerfile::{Dockerfile, Kind};
use crate::finding::{Findings, Safety};
use crate::rule::{Context, Profile, Severity};
use crate::text::Edit;

pub fn dockerfile(cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for instruction in file.all() {
        let Kind::Expose(words) = &instruction.kind else { continue };
        for word in words {
            // A variable may give several words, or none.
            let expanded = file.expand(word, instruction);
            for text in expanded.text().into_iter().flat_map(str::split_whitespace) {
                match read(text) {
                    Ok(()) => {
                        let protocol = text.split_once('/').map_or("", |(_, protocol)| protocol);
                        if cx.policy.profile < Profile::Strict || !protocol.contains(char::is_uppercase) {
                            continue;
                        }
                        let lower = text.to_ascii_lowercase();
                        let message = format!("the protocol is in upper case; write `{lower}`");
                        let found = out.at(file.source, word.span, message);
                        found.severity(Severity::Note);
                        if file.source.slice(word.span) == text {
                            let edits = vec![Edit::replace(word.span, lower)];
                            found.fix(Safety::Safe, "write the protocol in lower case", edits);
                        }
                    }
                    Err(Fault::Mapping(port)) => {
                        let message = format!(
                            "`EXPOSE` does not publish a port on the host, and only `{port}` has an effect; write `{port}`"
                        );
                        out.at(file.source, word.span, message).severity(Severity::Warning);
                    }
                    Err(Fault::Wrong(why)) => {
                        out.at(file.source, word.span, format!("`{text}` is not a valid port: {why}"));
                    }
                }
            }
        }
    }
}

enum Fault<'t> {
    /// BuildKit refuses it.
    Wrong(&'static str),
    /// `8080:80`, of which BuildKit takes the last part.
    Mapping(&'t str),
}

/// Source: `dockerfile2llb/convert_expose.go` of moby/buildkit, August 2026.
fn read(text: &str) -> Result<(), Fault<'_>> {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) => (Some(host), port),
        None => (None, text),
    };
    let (numbers, protocol) = port.split_once('/').unwrap_or((port, "tcp"));
    if !matches!(&*protocol.to_ascii_lowercase(), "" | "tcp" | "udp" | "sctp") {
        return Err(Fault::Wrong("the protocol is unknown; write `tcp`, `udp` or `sctp`"));
    }
    let width = range(numbers)?;
    let Some(host) = host else { return Ok(()) };
    let (address, host_port) = host.rsplit_once(':').unwrap_or(("", host));
    let bare = address.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(address);
    if !bare.is_empty() && bare.parse::<IpAddr>().is_err() {
        return Err(Fault::Wrong("the text before the ports is not an IP address; write only the port"));
    }
    if !host_port.is_empty() {
        let host_width = range(host_port)?;
        if width != 0 && width != host_width {
            return Err(Fault::Wrong("the two ranges have different lengths; write only the last one"));
        }
    }
    Err(Fault::Mapping(port))
}

/// How far the end of a range is from its start.
fn range(text: &str) -> Result<i64, Fault<'_>> {
    let number = |text: &str| match text.parse::<i64>() {
        Ok(port @ 0..=65535) => Ok(port),
        Ok(_) => Err(Fault::Wrong("the number is out of range; write one from 0 to 65535")),
        Err(_) => Err(Fault::Wrong("it is not a number; write a number or a range such as `8000-8010`")),
    };
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let width = number(last)? - number(first)?;
    if width < 0 {
        return Err(Fault::Wrong("the range ends before it starts; swap the two numbers"));
    }
    Ok(width)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_read_as_buildkit_does() {
        for text in ["80", "0", "65535", "8000-8010/udp", "53/UDP", "80-80", "9/", "+80"] {
            assert!(read(text).is_ok(), "{text}");
        }
        for text in [
            "80000",
            "65536",
            "80-70",
            "abc",
            "80/foo",
            "80-",
            "-1",
            "80-90-100",
            "http",
            "80/tcp/udp",
            "80,443",
            "x:80",
            "host:8080:80",
            "[::1:8080:80",
            "1.2.3.4:x:80",
            "8000-8002:80-81",
        ] {
            assert!(matches!(read(text), Err(Fault::Wrong(_))), "{text}");
        }
        for text in
            ["8080:80", "127.0.0.1:8080:80/tcp", "[::1]:8080:80", "::1:8080:80", ":80", "80-90:80", "::80"]
        {
            assert!(matches!(read(text), Err(Fault::Mapping(_))), "{text}");
        }
    }
}
