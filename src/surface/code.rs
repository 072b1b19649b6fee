//! Shell code in files: whole scripts, recipes of Makefiles and justfiles, steps of Jenkinsfiles, lines of systemd units,
//! fenced code of Markdown. Each is cut out with the place of every byte.

use std::borrow::Cow;

use crate::text::Joined;

/// A file's lines without their ends, each with its offset.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut next = 0;
    text.split_inclusive('\n').map(move |line| {
        let start = next;
        next += line.len();
        (start, line.trim_end_matches(['\n', '\r']))
    })
}

/// A line that goes on on the next one.
fn goes_on(line: &str) -> bool {
    line.ends_with('\\')
}

/// The offset of a part of a text.
pub(super) fn offset(text: &str, part: &str) -> usize {
    part.as_ptr() as usize - text.as_ptr() as usize
}

/// Whether a file without an ending begins as a shell script.
pub(super) fn is_script(text: &str) -> bool {
    let Some(line) = text.strip_prefix("#!").and_then(|text| text.lines().next()) else { return false };
    line.split(['/', ' ', '\t']).any(|word| matches!(word, "sh" | "bash" | "dash" | "ash" | "zsh" | "ksh"))
}

/// The recipe lines of a Makefile, each with its continuations: every one is a shell of its own.
pub fn recipes(text: &str) -> Vec<Joined<'_>> {
    logical(text, |line| line.strip_prefix('\t'), Some("$$"))
}

/// The recipe lines of a justfile, which are indented in any way.
pub(super) fn just(text: &str) -> Vec<Joined<'_>> {
    logical(text, |line| line.strip_prefix([' ', '\t']), None)
}

/// The commands that a unit of systemd starts.
pub(super) fn unit(text: &str) -> Vec<Joined<'_>> {
    // `%%` is a percent sign.
    logical(text, started, Some("%%"))
}

/// What a line of a unit starts.
fn started(line: &str) -> Option<&str> {
    let (key, command) = line.split_once('=')?;
    matches!(key.trim(), "ExecStart" | "ExecStartPost" | "ExecStartPre").then_some(command)
}

/// Lines that begin a command, each with the lines that it goes on to. A doubled `sign` means one.
fn logical<'t>(
    text: &'t str,
    begins: impl Fn(&'t str) -> Option<&'t str>,
    sign: Option<&str>,
) -> Vec<Joined<'t>> {
    let mut found: Vec<Joined> = Vec::new();
    let mut open = false;
    for (start, line) in lines(text) {
        let command = if open {
            Some(line.trim_start())
        } else {
            begins(line).map(|line| line.trim_start_matches(['@', '-', '+', '!', ':', '|', ' ', '\t']))
        };
        let Some(command) = command else { continue };
        let at = start + offset(line, command);
        if !open {
            found.push(Joined::empty(at));
        }
        if let Some(joined) = found.last_mut() {
            if open {
                joined.push("\n", start - 1);
            }
            push(joined, command, at, sign);
        }
        open = goes_on(line);
    }
    found
}

/// Appends a line, with one sign for each pair.
fn push(joined: &mut Joined, line: &str, at: usize, sign: Option<&str>) {
    let mut from = 0;
    for (doubled, pair) in sign.iter().flat_map(|sign| line.match_indices(sign)) {
        joined.push(&line[from..=doubled], at + from);
        from = doubled + pair.len();
    }
    if from < line.len() {
        joined.push(&line[from..], at + from);
    }
}

/// The texts of a Jenkinsfile's `sh` steps.
pub(super) fn jenkins(text: &str) -> Vec<Joined<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(step) = text[at..].find("sh").map(|found| at + found) {
        at = step + 2;
        let is_word = |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
        let before = step.checked_sub(1).and_then(|before| text.as_bytes().get(before));
        if is_word(before) || is_word(text.as_bytes().get(at)) {
            continue;
        }
        let rest = text[at..].trim_start_matches([' ', '\t', '(']);
        let rest = rest.strip_prefix("script:").map_or(rest, str::trim_start);
        if let Some((joined, end)) = groovy(text, offset(text, rest)) {
            found.push(joined);
            at = end;
        }
    }
    found
}

/// The string of Groovy that begins at `start`, and where it ends.
pub(super) fn groovy(text: &str, start: usize) -> Option<(Joined<'static>, usize)> {
    let quote = ["'''", "\"\"\"", "'", "\""].into_iter().find(|quote| text[start..].starts_with(quote))?;
    let inside = start + quote.len();
    let mut joined = Joined::empty(inside);
    let mut plain = inside;
    let mut at = inside;
    while !text[at..].starts_with(quote) {
        let next = text[at..].chars().next()?;
        if next == '\n' && quote.len() == 1 {
            return None;
        }
        if next == '\\' {
            // The sign that is escaped stays; at the end of a line the shell reads both.
            let escaped = text[at + 1..].chars().next()?;
            if escaped != '\n' {
                joined.push(&text[plain..at], plain);
                plain = at + 1;
            }
            at += 1 + escaped.len_utf8();
        } else {
            at += next.len_utf8();
        }
    }
    if plain < at {
        joined.push(&text[plain..at], plain);
    }
    Some((joined, at + quote.len()))
}

/// The shell code between the fences of a Markdown text. Of a session with prompts only what is typed.
pub(super) fn markdown(text: &str) -> Vec<Joined<'_>> {
    let mut found = Vec::new();
    let mut all = lines(text);
    while let Some((_, line)) = all.next() {
        let Some((fence, language)) = fence(line) else { continue };
        let (is_shell, is_nameless) = (is_shell(language), language.is_empty());
        let mut block: Vec<(usize, &str)> = Vec::new();
        for (start, line) in all.by_ref() {
            if self::fence(line).is_some_and(|(end, language)| language.is_empty() && end.starts_with(fence))
            {
                break;
            }
            if is_shell || is_nameless {
                block.push((start, line));
            }
        }
        if !block.is_empty() && (is_shell || block.iter().any(|(_, line)| starts_container(line))) {
            found.push(typed(&block));
        }
    }
    found
}

/// The signs of a fence, and the first word behind them.
fn fence(line: &str) -> Option<(&str, &str)> {
    // In a quotation or a list.
    let line = line.trim_start_matches([' ', '\t', '>']);
    let sign = line.chars().next().filter(|sign| matches!(sign, '`' | '~'))?;
    let length = line.len() - line.trim_start_matches(sign).len();
    let (signs, rest) = line.split_at(length);
    let language = rest.trim().trim_start_matches(['{', '.']);
    let language = language.split([' ', '\t', '}', ',', '=']).next().unwrap_or_default();
    (length >= 3 && !rest.contains('`')).then_some((signs, language))
}

fn is_shell(language: &str) -> bool {
    const SHELLS: [&str; 9] =
        ["bash", "console", "sh", "shell", "shell-session", "shellsession", "sh-session", "terminal", "zsh"];
    SHELLS.iter().any(|shell| language.eq_ignore_ascii_case(shell))
}

/// Whether a line of a block without a language is a command: `docker run`, perhaps after a prompt and `sudo`.
fn starts_container(line: &str) -> bool {
    let mut words = line.split_whitespace().skip_while(|word| matches!(*word, "$" | "#" | "sudo"));
    matches!(words.next(), Some("docker" | "podman" | "nerdctl"))
        && matches!(words.next(), Some("run" | "create"))
}

/// The lines of a block, without prompts; with prompts in it, only the lines that have one, and those that they go on to.
fn typed<'t>(block: &[(usize, &'t str)]) -> Joined<'t> {
    fn prompt(line: &str) -> Option<&str> {
        ["$ ", "# ", "% ", "> "].iter().find_map(|prompt| line.trim_start().strip_prefix(prompt))
    }
    // A line with `#` alone is a comment.
    let is_session = block.iter().any(|(_, line)| line.trim_start().starts_with("$ "));
    let mut joined = Joined::empty(block.first().map_or(0, |(start, _)| *start));
    let mut open = false;
    let mut end = None;
    for &(start, line) in block {
        let typed = match prompt(line) {
            Some(command) if is_session => command,
            _ if is_session && !open => continue,
            _ => line,
        };
        let at = start + offset(line, typed);
        if let Some(end) = end {
            joined.push("\n", end);
        }
        joined.push(&filled(typed), at);
        end = Some(at + typed.len());
        open = goes_on(line);
    }
    joined
}

/// A line with a variable of the same length for each `<name>` that the reader should fill in.
fn filled(line: &str) -> Cow<'_, str> {
    let mut filled = Cow::Borrowed(line);
    for (start, _) in line.match_indices('<') {
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ' ' | '/' | ':');
        let inside = &line[start + 1..];
        let length = inside.find(|c: char| !is_name(c)).unwrap_or(inside.len());
        let is_whole = inside[length..].starts_with('>') && !inside[..length].ends_with(' ');
        // `<<EOF >file` is no name.
        if is_whole && inside.starts_with(|c: char| c.is_ascii_alphabetic()) && !line[..start].ends_with('<')
        {
            let variable = format!("${}", "X".repeat(length + 1));
            filled.to_mut().replace_range(start..start + length + 2, &variable);
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::{fence, jenkins, just, markdown, recipes, unit};
    use crate::text::Joined;

    /// The texts; each byte of them is the one at its place.
    fn texts(source: &str, found: Vec<Joined>) -> Vec<String> {
        let check = |joined: &Joined| {
            for (at, byte) in joined.text.bytes().enumerate() {
                let written = source.as_bytes().get(joined.offset(at)).copied();
                assert!(written == Some(byte) || written == Some(b'\r'), "{at} of {:?}", joined.text);
            }
        };
        found.iter().for_each(check);
        found.into_iter().map(|joined| joined.text.into_owned()).collect()
    }

    #[test]
    fn recipes_are_cut_out_with_their_places() {
        let make = "X = 1\nrun: x\n\t@docker run \\\n\t  -v $$(pwd):/x a\n\techo é $$\nother:\n";
        assert_eq!(texts(make, recipes(make)), ["docker run \\\n-v $(pwd):/x a", "echo é $"]);
        let justfile = "set x\nrun:\n    @docker run a\n    echo b\n";
        assert_eq!(texts(justfile, just(justfile)), ["docker run a", "echo b"]);
        let service = "[Service]\nExecStart=-/usr/bin/docker run \\\n  --name %n 100%% a\nRestart=always\n";
        assert_eq!(texts(service, unit(service)), ["/usr/bin/docker run \\\n--name %n 100% a"]);
    }

    #[test]
    fn steps_of_jenkins_are_cut_out_with_their_places() {
        let text = "sh 'a \"b\"'\nsh \"c \\\"d\\\"\"\nsh(script: '''e \\\\\n f''')\nbash 'x'\nsh '''g \\\nh'''\nsh 'open\nsh";
        assert_eq!(texts(text, jenkins(text)), ["a \"b\"", "c \"d\"", "e \\\n f", "g \\\nh"]);
    }

    #[test]
    fn fenced_code_is_cut_out_with_its_places() {
        let text = "# T\n```sh\ndocker run a\n```\n- x\n  ~~~console\n  $ docker run \\\n    b\n  output\n  $ c\n  ~~~\n\
                    ```yaml\nd\n```\n````bash\n```\ne\n````\n```sh\nopen";
        let found = texts(text, markdown(text));
        assert_eq!(found, ["docker run a", "docker run \\\n    b\nc", "```\ne", "open"]);
        assert_eq!(super::filled("a <b-c>:<d> < e"), "a $XXXX:$XX < e");
        assert_eq!(super::filled("a <<E >b <c >d"), "a <<E >b <c >d");
        assert_eq!(fence("```js title=\"x\""), Some(("```", "js")));
        assert_eq!(fence("```not `a` fence"), None);
    }
}
