//! All documents of one run, and the edges between them.

use std::borrow::Cow;
use std::sync::Arc;

use crate::text::{Source, Span};

/// All documents that a run holds at once, joined.
#[derive(Debug, Default)]
pub struct Project<'a> {
    pub todo: std::marker::PhantomData<&'a ()>,
}

/// One mention of an image: a FROM, a `COPY --from`, a service's `image`.
#[derive(Clone, Debug)]
pub struct ImageUse<'a> {
    pub source: &'a Arc<Source>,
    /// The reference as it stands, without quotes.
    pub span: Span,
    /// With variables replaced; `None` where one has no known value.
    pub reference: Option<Cow<'a, str>>,
    pub role: ImageRole,
    /// The same project builds it, so its name is the project's own.
    pub built_here: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageRole {
    /// FROM
    Base,
    /// `COPY --from`
    CopyFrom,
    /// `RUN --mount=from=`
    MountFrom,
    /// `# syntax=`
    Frontend,
    /// What a container runs.
    Container,
}
