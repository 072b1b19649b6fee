//! stub, front helper writes it
use crate::finding::Finding;
pub fn apply(bytes: &[u8], _findings: &[&Finding]) -> Vec<u8> { bytes.to_vec() }
