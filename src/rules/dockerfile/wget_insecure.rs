use super::insecure;
use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::Tool;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    insecure::report(file, &[Tool::Wget, Tool::Fetch, Tool::Aria2], "--ca-certificate", out);
}
