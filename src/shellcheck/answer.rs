//! An answer of ShellCheck in its format `json1`.

use std::sync::Arc;

use serde::Deserialize;

/// One comment on a script.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Comment {
    pub code: u16,
    pub level: Level,
    pub message: String,
    #[serde(flatten)]
    pub place: Place,
    pub fix: Option<Fix>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    Error,
    Warning,
    Info,
    Style,
}

/// Lines and columns from 1 on, columns in characters; the end is behind the last character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    pub line: u32,
    pub column: u32,
    pub end_line: u32,
    pub end_column: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Fix {
    pub replacements: Vec<Replacement>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Replacement {
    #[serde(flatten)]
    pub place: Place,
    #[serde(rename = "replacement")]
    pub text: String,
    /// `beforeStart` where something ends, `afterEnd` where something begins.
    pub insertion_point: String,
}

#[derive(Deserialize)]
struct Answer {
    comments: Vec<Named>,
}

#[derive(Deserialize)]
struct Named {
    file: String,
    #[serde(flatten)]
    comment: Comment,
}

/// The comments on scripts that lie in files of these names. `None` if it is not an answer about them.
pub fn read(answer: &[u8], names: &[String]) -> Option<Vec<Arc<[Comment]>>> {
    let Answer { comments } = serde_json::from_slice(answer).ok()?;
    let mut sorted: Vec<Vec<Comment>> = vec![Vec::new(); names.len()];
    for Named { file, comment } in comments {
        let at = names.iter().position(|name| *name == file)?;
        sorted[at].push(comment);
    }
    Some(sorted.into_iter().map(Into::into).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_taken_apart() {
        let answer = br#"{"comments":[{"file":"1","line":2,"endLine":2,"column":6,"endColumn":8,"level":"info",
            "code":2086,"message":"m","fix":{"replacements":[{"column":6,"endColumn":6,"endLine":2,
            "insertionPoint":"afterEnd","line":2,"precedence":7,"replacement":"\""}]}},
            {"file":"1","line":1,"endLine":1,"column":1,"endColumn":1,"level":"error","code":1000,"message":"n",
            "fix":null}]}"#;
        let names = ["0".to_owned(), "1".to_owned()];
        let read = super::read(answer, &names).expect("it is one");
        let codes: Vec<Vec<u16>> = read.iter().map(|of| of.iter().map(|one| one.code).collect()).collect();
        assert_eq!(codes, [vec![], vec![2086, 1000]]);
        let comment = &read[1][0];
        assert_eq!(comment.place, Place { line: 2, column: 6, end_line: 2, end_column: 8 });
        assert_eq!(comment.fix.as_ref().expect("it has one").replacements[0].text, "\"");
        for wrong in ["", "{}", "[]", "{\"comments\":[{}]}", "shellcheck: not found"] {
            assert!(super::read(wrong.as_bytes(), &names).is_none(), "{wrong}");
        }
        assert!(super::read(answer, &names[..1]).is_none(), "a file that nobody asked about");
    }
}
