use crate::dockerfile::{Dockerfile, Kind};
use crate::finding::Findings;
use crate::rule::{Context, Severity};

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for instruction in file.all() {
        let Kind::Expose(words) = &instruction.kind else { continue };
        for word in words {
            // A variable may give several words, or none.
            let expanded = file.expand(word, instruction);
            for text in expanded.text().into_iter().flat_map(str::split_whitespace) {
                match read(text) {
                    Ok(()) => {}
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
    let (range, protocol) = port.split_once('/').unwrap_or((port, "tcp"));
    if !matches!(&*protocol.to_ascii_lowercase(), "" | "tcp" | "udp" | "sctp") {
        return Err(Fault::Wrong("the protocol is unknown; write `tcp`, `udp` or `sctp`"));
    }
    let (first, last) = range.split_once('-').unwrap_or((range, range));
    let number = |text: &str| match text.parse::<i64>() {
        Ok(0..=65535) => Ok(text.parse::<i64>().unwrap_or_default()),
        Ok(_) => Err(Fault::Wrong("the number is out of range; write one from 0 to 65535")),
        Err(_) => Err(Fault::Wrong("it is not a number; write a number or a range such as `8000-8010`")),
    };
    if number(last)? < number(first)? {
        return Err(Fault::Wrong("the range ends before it starts; swap the two numbers"));
    }
    host.map_or(Ok(()), |_| Err(Fault::Mapping(port)))
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
        ] {
            assert!(matches!(read(text), Err(Fault::Wrong(_))), "{text}");
        }
        for text in ["8080:80", "127.0.0.1:8080:80/tcp"] {
            assert!(matches!(read(text), Err(Fault::Mapping(_))), "{text}");
        }
    }
}
