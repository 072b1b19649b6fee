use super::{credentials, exposure, pulled};
use crate::container::{ContainerSpec, Text};
use crate::finding::Findings;
use crate::rule::{Context, Severity};

/// What begins the address of a debugger, a word that its command must hold, and its usual port.
const DEBUGGERS: [(&str, &str, u16); 7] = [
    ("--inspect=", "", 9229),
    ("--inspect-brk=", "", 9229),
    ("--inspect-wait=", "", 9229),
    ("address=", "jdwp", 5005),
    ("--listen ", "debugpy", 5678),
    ("--listen=", "dlv ", 2345),
    ("--listen ", "dlv ", 2345),
];

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let values = credentials::environment(spec).filter_map(|pair| pair.value.as_ref());
    let in_variable = || values.into_iter().find_map(|text| Some((text, listens(&text.raw)?.1)));
    let Some((text, port)) = in_command(spec).or_else(in_variable) else { return };
    let published: Vec<_> = spec
        .ports
        .iter()
        .filter(|one| {
            one.target
                .as_ref()
                .and_then(|ports| ports.range)
                .is_some_and(|(first, last)| (first..=last).contains(&port))
        })
        .collect();
    let on_host = spec.network_mode.as_ref().is_some_and(|mode| mode.is("host"));
    let open = published.iter().find(|port| exposure::on_all_interfaces(cx, spec, port));
    let name = pulled::name(spec);
    if on_host || open.is_some() {
        let message = format!(
            "everybody on the network can run code in {name} through its debugger; bind the port to `127.0.0.1`, or remove \
             the option"
        );
        let finding = pulled::on(cx, spec, out, text.at, message);
        if let Some(port) = open {
            finding.see_on(cx, port.at, "the port is published here");
        }
    } else if published.is_empty() {
        let message = format!(
            "every container in the networks of {name} can run code in it through its debugger; remove the option, or use \
             it in a file for development"
        );
        pulled::on(cx, spec, out, text.at, message).severity(Severity::Warning);
    }
}

/// The word of the entrypoint or command that lets a debugger listen on all addresses, and its port.
fn in_command(spec: &ContainerSpec) -> Option<(&Text, u16)> {
    let commands = [&spec.entrypoint, &spec.command].into_iter().flatten();
    let mut line = String::new();
    let mut ends = Vec::new();
    for text in commands.flat_map(|command| command.form.texts()) {
        line.push_str(&text.raw);
        line.push(' ');
        ends.push((line.len(), text));
    }
    let (at, port) = listens(&line)?;
    ends.into_iter().find(|&(end, _)| at < end).map(|(_, text)| (text, port))
}

/// Where in a command a debugger is told to listen on all addresses, and on which port.
fn listens(line: &str) -> Option<(usize, u16)> {
    // All of them have one of these, and most values have neither.
    memchr::memchr2(b'=', b' ', line.as_bytes())?;
    DEBUGGERS.iter().find_map(|&(word, program, usual)| {
        let at = line.find(word).filter(|_| line.contains(program))?;
        let rest = &line[at + word.len()..];
        let address = rest.split([' ', ',', '"', '\'', ';', '&']).next().unwrap_or_default();
        let (host, port) = match address.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().ok()?),
            None => (address, usual),
        };
        // Delve takes a port alone for all addresses, the others for the machine itself.
        let everywhere =
            matches!(host, "0.0.0.0" | "[::]" | "::" | "*") || host.is_empty() && program == "dlv ";
        everywhere.then_some((at, port))
    })
}

#[cfg(test)]
mod tests {
    use super::listens;

    #[test]
    fn debuggers_are_known_by_their_words() {
        for (text, want) in [
            ("node --inspect=0.0.0.0 server.js", Some(9229)),
            ("--inspect-brk=0.0.0.0:9230", Some(9230)),
            ("node --inspect server.js", None),
            ("node --inspect=127.0.0.1:9229 x", None),
            ("node --inspect=9229 x", None),
            ("-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=*:5005", Some(5005)),
            ("-agentlib:jdwp=transport=dt_socket,address=localhost:5005", None),
            ("--address=0.0.0.0:80", None),
            ("python -m debugpy --listen 0.0.0.0:5678 app.py", Some(5678)),
            ("web --listen 0.0.0.0:8080", None),
            ("dlv debug --headless --listen=:2345", Some(2345)),
            ("prometheus --web.listen=:9090", None),
        ] {
            assert_eq!(listens(text).map(|(_, port)| port), want, "{text}");
        }
    }
}
