//! Rules that need more than one document.
