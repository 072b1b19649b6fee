//! Collects the texts and lists of the table of rules in one text and one list; `src/packed.rs` says why.

use std::collections::HashMap;

#[derive(Default)]
pub(crate) struct Packed {
    texts: String,
    places: HashMap<String, (usize, usize)>,
    /// The lists one after the other, as Rust text, and where each list of items begins.
    items: Vec<String>,
    lists: HashMap<Vec<String>, usize>,
}

impl Packed {
    /// `Text::new(…)`.
    pub(crate) fn text(&mut self, text: &str) -> String {
        let (at, len) = *self.places.entry(text.to_owned()).or_insert_with(|| {
            self.texts.push_str(text);
            (self.texts.len() - text.len(), text.len())
        });
        format!("Text::new({at}, {len})")
    }

    /// `List::new(…)`.
    pub(crate) fn list(&mut self, items: &[&str]) -> String {
        let items: Vec<String> = items.iter().map(|item| self.text(item)).collect();
        let len = items.len();
        let all = &mut self.items;
        let at = *self.lists.entry(items).or_insert_with_key(|items| {
            all.extend(items.iter().cloned());
            all.len() - len
        });
        format!("List::new({at}, {len})")
    }

    /// The two statics for `src/packed.rs`.
    pub(crate) fn statics(&self) -> String {
        format!(
            "pub(super) static TEXTS: &str = {:?};\npub(super) static LISTS: [Text; {}] = [{}];\n",
            self.texts,
            self.items.len(),
            self.items.join(", ")
        )
    }
}
