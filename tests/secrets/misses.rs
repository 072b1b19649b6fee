//! near misses
