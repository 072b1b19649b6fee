use std::collections::HashMap;

use crate::dockerfile::{Assignment, Dockerfile, Instruction, Kind, Modifier, Origin, Value};
use crate::finding::{Findings, Safety};
use crate::rule::Context;
use crate::text::{Edit, Span};

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for instruction in file.all() {
        let Kind::Env(pairs) = &instruction.kind else { continue };
        let keys: HashMap<&str, usize> =
            pairs.iter().enumerate().map(|(at, pair)| (&*pair.key.text, at)).collect();
        for (at, pair) in pairs.iter().enumerate() {
            let Some(value) = pair.value.as_ref().filter(|value| value.has_variable()) else { continue };
            for variable in file.variables(value) {
                let Some(&set) = keys.get(variable.name).filter(|&&set| set != at) else { continue };
                let is_plain = variable.modifier == Modifier::None && variable.name != pair.key.text;
                if !is_plain || !differs(file, instruction, &pairs[set]) {
                    continue;
                }
                let message = format!(
                    "`{}` has its old value here, because all values of an `ENV` are read before any is set; use a second \
                     `ENV`",
                    variable.name
                );
                let found = out.at(file.source, variable.span, message);
                found.see(file.source, pairs[set].span, "this value is not used");
                if let Some(edit) = split(file, instruction, pairs, at).filter(|_| set < at) {
                    found.fix(Safety::Unsafe, "start a second `ENV` here", vec![edit]);
                }
            }
        }
    }
}

/// It is set before to another value. What nothing in the file sets before is `undefined-variable`'s.
fn differs(file: &Dockerfile, at: &Instruction, pair: &Assignment) -> bool {
    let before = file.lookup(&pair.key.text, at);
    let new = pair.value.as_ref().map(|value| file.expand(value, at));
    match (before.origin, before.value) {
        (Origin::Env(_) | Origin::Arg(_), Value::Known(old) | Value::Default(old)) => {
            new.as_ref().and_then(|new| new.text()).is_some_and(|new| new != &*old)
        }
        _ => false,
    }
}

/// Ends the instruction before an assignment, and begins another one with it.
fn split(file: &Dockerfile, instruction: &Instruction, pairs: &[Assignment], at: usize) -> Option<Edit> {
    let before = pairs.get(at.checked_sub(1)?)?;
    let gap = Span { start: before.span.end, end: pairs[at].span.start };
    let is_blank = file.source.slice(gap).chars().all(|c| c.is_whitespace() || c == file.escape);
    let keyword = &instruction.keyword.text;
    is_blank.then(|| Edit::replace(gap, format!("{}{keyword} ", file.source.newline())))
}
