use crate::dockerfile::{Assignment, Dockerfile, Kind};
use crate::finding::{Findings, Safety};
use crate::rule::Context;
use crate::text::{Edit, Span};

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let mut first: Option<usize> = None;
    for instruction in file.all() {
        let (Kind::Env(pairs) | Kind::Label(pairs)) = &instruction.kind else { continue };
        let Some(pair) = pairs.iter().find(|pair| pair.legacy && pair.value.is_some()) else { continue };
        // One habit is one finding, and one fix for all.
        let edits = edits(file, pair);
        if let Some(draft) = first {
            out.list[draft].see(file.source, pair.key.span, "and here");
        } else {
            let message = format!(
                "`{} key value` is a legacy form; write `{}=…`",
                instruction.keyword.text, pair.key.text
            );
            out.at(file.source, pair.key.span, message);
        }
        let draft = *first.get_or_insert(out.list.len() - 1);
        if let Some(edits) = edits {
            match &mut out.list[draft].fix {
                Some(fix) => fix.edits.extend(edits),
                None => {
                    out.list[draft].fix(Safety::Safe, "write `key=value`", edits);
                }
            }
        }
    }
}

/// What makes `key=value` of it; `None` where quotes or escapes could be read differently then.
fn edits(file: &Dockerfile, pair: &Assignment) -> Option<Vec<Edit>> {
    let (key, value) = (&pair.key, pair.value.as_ref()?);
    let is_plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-/".contains(&b));
    let broken = file.source.slice(value.span) != value.text;
    if !is_plain(&key.text) || broken || value.text.contains(['\\', '`', file.escape]) {
        return None;
    }
    let gap = Span { start: key.span.end, end: value.span.start };
    let has_blank = value.text.contains(char::is_whitespace);
    let is_quoted = value.text.contains(['"', '\'']);
    // `${A:-b c}` is one word in quotes, too.
    match (has_blank, is_quoted) {
        (true, true) => None,
        (true, false) => Some(vec![Edit::replace(gap, "=\""), Edit::insert(value.span.end as usize, "\"")]),
        (false, _) => Some(vec![Edit::replace(gap, "=")]),
    }
}
