//! Entries of `security_opt`: `seccomp:unconfined`, `no-new-privileges=true`, `label=disable`.

use crate::container::{ContainerSpec, Text};

/// An entry, taken apart.
#[derive(Clone, Copy, Debug)]
pub struct Opt<'s> {
    pub name: &'s str,
    /// What follows `:` or `=`; `None` for a bare word.
    pub value: Option<&'s str>,
    pub text: &'s Text,
}

/// The entries whose value is known.
pub fn known(spec: &ContainerSpec) -> impl Iterator<Item = Opt<'_>> {
    spec.security_opt.iter().filter_map(|text| {
        let written = text.value()?.trim();
        // Docker takes `=` and, from before 1.11, `:`; the first of the two splits.
        Some(match written.find(['=', ':']) {
            Some(at) => Opt { name: written[..at].trim(), value: Some(written[at + 1..].trim()), text },
            None => Opt { name: written, value: None, text },
        })
    })
}

impl Opt<'_> {
    /// Whether it is this option with this value, in any case.
    pub fn is(&self, name: &str, value: &str) -> bool {
        self.name.eq_ignore_ascii_case(name) && self.value.is_some_and(|v| v.eq_ignore_ascii_case(value))
    }
    /// `Some(true)`, `Some(false)`: it is `no-new-privileges` and says so. The bare word means true.
    pub fn no_new_privileges(&self) -> Option<bool> {
        if !self.name.eq_ignore_ascii_case("no-new-privileges") {
            return None;
        }
        match self.value.map(str::to_ascii_lowercase).as_deref() {
            None | Some("true" | "1" | "t") => Some(true),
            Some("false" | "0" | "f") => Some(false),
            Some(_) => None,
        }
    }
}
