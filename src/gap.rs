//! Why something was not looked at: one closed list, which every file, object and document that was left out is told by.
//!
//! Silence is a claim, so whatever is not read, not searched or not understood gets a [`Gap`]. Whether that makes a run
//! incomplete is decided where the gap is put (`Outcome::skipped` or `Outcome::failed`); `docs/silence.md` has the table.

/// The kinds of reasons. Programs read their [`Reason::id`], people the sentence beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// More bytes than are read of one file or object.
    TooLarge,
    /// No text, where only a text could be checked.
    Binary,
    /// A text or a name in an encoding that is not read.
    Encoding,
    /// The operating system does not let us.
    Permission,
    /// A file that was named is not there.
    NotFound,
    /// It could not be read for another reason of the operating system.
    Unreadable,
    /// A symbolic link that is not followed.
    Link,
    /// A FIFO, a socket, a device, a folder where a file should be.
    NotAFile,
    /// Another repository's commit.
    Submodule,
    /// A container of other files that is not opened.
    Archive,
    /// The configuration or a flag leaves it out.
    Excluded,
    /// An ignore file leaves it out.
    Ignored,
    /// A text from which the document is made first.
    Template,
    /// A document, but none of a kind that is checked.
    OtherFormat,
    /// A report or list that hullguard wrote itself.
    OwnOutput,
    /// git's data contradict themselves or are cut off.
    Damaged,
    /// git names an object that is not in this clone.
    MissingObject,
    /// A budget was spent: steps, nodes, bytes held.
    Limit,
    /// A rule, reader or search panicked on it.
    Panicked,
    /// It changed, or must not be written, so a fix was not applied.
    NotFixed,
}

impl Reason {
    /// Every reason, in the order of the documentation.
    pub const ALL: [Self; 20] = [
        Self::TooLarge,
        Self::Binary,
        Self::Encoding,
        Self::Permission,
        Self::NotFound,
        Self::Unreadable,
        Self::Link,
        Self::NotAFile,
        Self::Submodule,
        Self::Archive,
        Self::Excluded,
        Self::Ignored,
        Self::Template,
        Self::OtherFormat,
        Self::OwnOutput,
        Self::Damaged,
        Self::MissingObject,
        Self::Limit,
        Self::Panicked,
        Self::NotFixed,
    ];

    /// Whether people are told only how many there are: of these a tree may have very many, and somebody wanted it so.
    pub const fn is_counted(self) -> bool {
        matches!(self, Self::Submodule | Self::Archive | Self::Excluded)
    }

    /// The word that reports for programs have.
    pub const fn id(self) -> &'static str {
        match self {
            Self::TooLarge => "too-large",
            Self::Binary => "binary",
            Self::Encoding => "encoding",
            Self::Permission => "permission",
            Self::NotFound => "not-found",
            Self::Unreadable => "unreadable",
            Self::Link => "link",
            Self::NotAFile => "not-a-file",
            Self::Submodule => "submodule",
            Self::Archive => "archive",
            Self::Excluded => "excluded",
            Self::Ignored => "ignored",
            Self::Template => "template",
            Self::OtherFormat => "other-format",
            Self::OwnOutput => "own-output",
            Self::Damaged => "damaged",
            Self::MissingObject => "missing-object",
            Self::Limit => "limit",
            Self::Panicked => "panicked",
            Self::NotFixed => "not-fixed",
        }
    }
}

/// A reason with a sentence for people, which does not name the path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gap {
    pub reason: Reason,
    pub why: String,
}

impl Gap {
    pub fn new(reason: Reason, why: impl Into<String>) -> Self {
        Self { reason, why: why.into() }
    }
}

impl std::fmt::Display for Gap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.why)
    }
}

/// For readers of git's data, whose errors are told with one reason by whoever asked.
impl From<Gap> for String {
    fn from(gap: Gap) -> Self {
        gap.why
    }
}
