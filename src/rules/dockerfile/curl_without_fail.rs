use std::collections::HashMap;

use crate::dockerfile::{Dockerfile, Kind};
use crate::finding::{Findings, Safety};
use crate::rule::Context;
use crate::shell::{Call, Download, Output, Script, Tool};
use crate::text::{Edit, Span, last_part};

/// Programs that take any file, also the page of an error.
const PASSIVE: [&str; 10] =
    ["cd", "chgrp", "chmod", "chown", "echo", "ls", "mkdir", "sed", "setcap", "touch"];

/// Files that programs read without being told their names.
const READ_ANYWAY: [&str; 8] = [
    "CMakeLists.txt",
    "Gemfile",
    "Makefile",
    "composer.json",
    "go.mod",
    "package.json",
    "pom.xml",
    "pyproject.toml",
];

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    if ["curlrc", "CURL_HOME"].iter().any(|settings| file.source.text().contains(settings)) {
        return;
    }
    let mut saved = Saved::default();
    for run in file.instructions.iter().filter(|one| matches!(one.kind, Kind::Run(_))) {
        run.scripts().iter().for_each(|script| saved.follow(script));
    }
    for Unread { url, program } in saved.unread.into_iter().flatten() {
        let message = "`curl` saves the error page if the server answers with an error, and nothing notices it; add `-f`";
        out.at(file.source, url, message).fix(
            Safety::Unsafe,
            "add `-f`",
            vec![Edit::insert(program.end as usize, " -f")],
        );
    }
}

/// A file that `curl` saved whatever the server answered, and that no command has read since.
struct Unread {
    url: Span,
    program: Span,
}

#[derive(Default)]
struct Saved {
    /// In the order of the downloads; `None` once a command reads the file.
    unread: Vec<Option<Unread>>,
    /// Where in `unread` a file is, by each name that it has had.
    names: HashMap<String, usize>,
}

impl Saved {
    fn follow(&mut self, script: &Script) {
        let facts = script.facts();
        let downloads: HashMap<Span, &Download> = facts.downloads.iter().map(|one| (one.span, one)).collect();
        for call in script.calls() {
            match downloads.get(&call.span()) {
                Some(download) => self.downloaded(download, &call),
                None if matches!(call.name(), Some("cp" | "install" | "ln" | "mv")) => self.renamed(&call),
                None if call.name().is_some_and(|name| PASSIVE.contains(&name)) => {}
                None => self.read(&call),
            }
        }
    }

    fn downloaded(&mut self, download: &Download, call: &Call<'_>) {
        let Some(url) = download.urls.first().filter(|_| saves_errors(download, call)) else { return };
        let name = match &download.output {
            Output::File(path, _) if !path.starts_with("/dev/") => last_part(path),
            Output::RemoteName => last_part(&url.text),
            _ => return,
        };
        if READ_ANYWAY.contains(&name) {
            return;
        }
        self.names.insert(name.to_owned(), self.unread.len());
        self.unread.push(Some(Unread { url: url.span, program: download.program }));
    }

    /// `mv tool-1.2 /usr/bin/tool`
    fn renamed(&mut self, call: &Call<'_>) {
        let operands = call.operands();
        let [.., old, new] = &operands[..] else { return };
        if let Some(&found) = self.names.get(last_part(&old.text)) {
            self.names.insert(last_part(&new.text).to_owned(), found);
        }
    }

    /// Whoever reads a file that is not what it should be fails, or checks it.
    fn read(&mut self, call: &Call<'_>) {
        let inputs = call.redirects().iter().filter(|redirect| redirect.operator == "<");
        let words = call.wrappers.iter().chain(call.words).chain(inputs.map(|redirect| &redirect.target));
        for word in words {
            // Which files a pattern or a variable names is not known.
            if word.text.contains('*') || word.expands && word.text.starts_with('$') {
                self.names.drain().for_each(|(_, at)| self.unread[at] = None);
            } else if let Some(at) = self.names.remove(last_part(&word.text)) {
                self.unread[at] = None;
            }
        }
    }
}

/// It saves what a server answers, be it an error; and it asks for a file, not for a service.
fn saves_errors(download: &Download, call: &Call<'_>) -> bool {
    const OTHER: [(char, &str); 9] = [
        ('F', "form"),
        ('I', "head"),
        ('K', "config"),
        ('T', "upload-file"),
        ('X', "request"),
        ('d', "data"),
        ('w', "write-out"),
        ('\0', "data-binary"),
        ('\0', "data-raw"),
    ];
    download.tool == Tool::Curl
        && !download.fails
        && !download.urls.iter().any(|url| url.text.starts_with("file:") || url.text.starts_with("ftp"))
        && !OTHER.iter().any(|&(short, long)| call.has_flag(short, long))
        && !call.may_hide_flags()
}
