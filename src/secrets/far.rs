//! How far from its beginning a secret may stand. Whoever finds one keeps to this, and so does `reach`, which says what must
//! be searched again where a line is new.

/// How far a private key is read from its first line on; bytes.
pub(super) const KEY: usize = 512;
/// How long a private key on one line may be; bytes.
pub(super) const LONG_KEY: usize = LINE - 16;
/// How far before a `.netrc`'s password its machine may stand; bytes.
pub(super) const LOGIN: usize = 160;
/// How far behind a parameter's name its default may stand; bytes.
pub(super) const BLOCK: usize = 512;
/// Bytes of white space between a name's line and its value.
pub(super) const GAP: usize = 64;
/// No more of a line is looked at on either side of a place; bytes.
pub(super) const LINE: usize = 4 << 10;
