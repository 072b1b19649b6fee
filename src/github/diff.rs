//! Which lines of a pull request can be commented on: those in the hunks of its diff, on the new side.
//!
//! They may come from git, whose answer has no limits; GitHub leaves out the patch of a large file and all files
//! after the three thousandth, whose findings then stand in the review's body.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use serde_json::Value;

use super::client::Client;
use super::refused::Refused;

/// The lines of a file's new side that a diff shows, a range for each hunk, context included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hunks(pub Vec<RangeInclusive<u32>>);

impl Hunks {
    /// Reads the headers of a patch. All other lines of it begin with a blank, a sign or a backslash.
    pub fn of(patch: &str) -> Self {
        let headers = patch.lines().filter_map(|line| line.strip_prefix("@@ -"));
        Self(headers.filter_map(new_side).collect())
    }
    /// Whether one hunk shows all of these lines, for a comment must not reach from one into the next.
    pub fn hold(&self, lines: &RangeInclusive<u32>) -> bool {
        self.0.iter().any(|hunk| hunk.start() <= lines.start() && lines.end() <= hunk.end())
    }
}

/// `1,2 +3,4 @@ …` is lines 3 to 6, `1 +3 @@` line 3.
fn new_side(header: &str) -> Option<RangeInclusive<u32>> {
    let (_, new) = header.split_once(" +")?;
    let (new, _) = new.split_once(" @@")?;
    let (start, count) = new.split_once(',').unwrap_or((new, "1"));
    let (start, count): (u32, u32) = (start.parse().ok()?, count.parse().ok()?);
    Some(start..=start.checked_add(count.checked_sub(1)?)?)
}

/// Asks GitHub for the diff of a pull request.
pub(super) fn ask(client: &Client, pull: u64) -> Result<BTreeMap<String, Hunks>, Refused> {
    let files = client.pages(&format!("/pulls/{pull}/files"))?;
    let hunks = files.iter().filter_map(|file| {
        let text = |key: &str| file.get(key).and_then(Value::as_str);
        Some((text("filename")?.to_owned(), Hunks::of(text("patch")?)))
    });
    Ok(hunks.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hunks_are_read_from_their_headers() {
        let patch = "@@ -1,3 +1,4 @@ FROM a\n a\n+@@ -9 +9 @@\n b\n@@ -10 +20 @@\n-x\n+y\n@@ -30,2 +40,0 @@\n-x\n-y\n";
        let hunks = Hunks::of(patch);
        assert_eq!(hunks.0, [1..=4, 20..=20]);
        assert!(hunks.hold(&(2..=4)) && hunks.hold(&(20..=20)));
        assert!(!hunks.hold(&(4..=5)) && !hunks.hold(&(4..=20)) && !hunks.hold(&(9..=9)));
        assert_eq!(Hunks::of("@@ -1 +4294967295,2 @@\n@@ nonsense\n"), Hunks::default());
    }
}
