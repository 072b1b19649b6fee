//! A text in which the search for secrets finds nothing has the veil that is made without asking it.

use std::fs;
use std::path::Path;

use hullguard::rule::Policy;
use hullguard::shown::{Veil, secrets};
use hullguard::text::Source;

use crate::corpus;

#[test]
fn the_veil_is_the_one_that_a_search_would_make() {
    let mut texts: Vec<(String, Vec<u8>)> = Vec::new();
    for page in corpus::files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("rules")) {
        texts.push(("compose.yaml".to_owned(), fs::read(page).expect("a page")));
    }
    texts.extend(corpus::everything::corpus().into_iter().flat_map(|tree| tree.files));
    let mut spotless = 0;
    for (path, bytes) in texts {
        let source = Source::new(path, bytes);
        if secrets::is_spotless(&source, &Policy::default()) {
            spotless += 1;
            let (text, veil) = (source.text(), Veil::of_spotless(source.text(), &[]));
            assert_eq!(veil.spans(), Veil::new(text, &[]).spans(), "{}: {text}", source.path());
        }
    }
    assert!(spotless > 300, "{spotless}");
}
