//! The one integration binary: every folder here is a module of it.

mod corpus;
