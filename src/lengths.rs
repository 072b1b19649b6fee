//! Of which lengths the words of a list are, by their first letter. Whoever asks of every word of a text whether it is in
//! the list knows so without a comparison that most are not.

#[derive(Clone, Copy)]
pub(crate) struct Lengths([u64; 128]);

impl Lengths {
    pub(crate) const fn of(lists: &[&[&str]]) -> Self {
        let (mut all, mut list) = (Self([0; 128]), 0);
        while list < lists.len() {
            let mut at = 0;
            while at < lists[list].len() {
                all = all.with(lists[list][at]);
                at += 1;
            }
            list += 1;
        }
        all
    }

    /// With a word more, of less than 63 bytes and with ASCII at its beginning.
    #[must_use]
    pub(crate) const fn with(mut self, word: &str) -> Self {
        self.0[word.as_bytes()[0].to_ascii_lowercase() as usize] |= 1 << word.len();
        self
    }

    /// With all words that begin with this one.
    #[must_use]
    pub(crate) const fn with_longer(mut self, word: &str) -> Self {
        self.0[word.as_bytes()[0].to_ascii_lowercase() as usize] |= u64::MAX << word.len();
        self
    }

    /// Whether the word may be one of these, in whatever case.
    pub(crate) fn may_have(&self, word: impl AsRef<[u8]>) -> bool {
        let word = word.as_ref();
        let first = word.first().map_or(0, u8::to_ascii_lowercase);
        let lengths = self.0.get(usize::from(first)).copied().unwrap_or_default();
        lengths >> word.len().min(63) & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::Lengths;

    #[test]
    fn words_of_the_list_pass_and_most_others_do_not() {
        let list = Lengths::of(&[&["gpgcheck"], &["trusted"]]);
        assert!(["gpgcheck", "GPGCheck", "trusted", "twisted"].into_iter().all(|word| list.may_have(word)));
        assert!(!["", "gpg", "checks", "trust", "ä"].into_iter().any(|word| list.may_have(word)));
        assert!(!list.may_have("t".repeat(71)));
        let longer = list.with_longer("tls");
        assert!(["tls", "tlsverify"].into_iter().all(|word| longer.may_have(word)));
        assert!(longer.may_have("t".repeat(71)) && !longer.may_have("tl"));
    }
}
