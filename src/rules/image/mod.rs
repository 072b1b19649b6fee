//! Rules on image references, wherever they stand.
