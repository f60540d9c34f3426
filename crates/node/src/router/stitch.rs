//! An answer whose machine died goes on elsewhere: what is kept of it, and how
//! the rest is joined to it.
//!
//! What is kept ends with a whole word, because a model that is shown half a
//! word writes nonsense. The other model may say the last words once more; the
//! [`Seam`] holds its first words back until it is clear how many of them are
//! there already, and lets the rest through.

/// An overlap that is longer is no accident of joining: the model repeats itself,
/// and that is its answer.
const LONGEST_OVERLAP: usize = 200;

/// Shorter ones happen by chance: the last letter of a word is the first of many.
const SHORTEST_OVERLAP: usize = 4;

/// What is kept: everything up to the last whole word, with the space after it.
/// Where there is no end of a word, nothing is.
pub fn whole_words(text: &str) -> &str {
    let end = text
        .char_indices()
        .rev()
        .find(|(_, letter)| ends_a_word(*letter))
        .map_or(0, |(start, letter)| start + letter.len_utf8());
    text.get(..end).unwrap_or_default()
}

/// Joins what comes to what is kept.
#[derive(Debug)]
pub struct Seam {
    kept: String,
    /// What came and could be an overlap still.
    held_back: String,
    open: bool,
}

impl Seam {
    pub fn new(kept: &str) -> Self {
        let start = kept
            .char_indices()
            .rev()
            .map(|(start, _)| start)
            .take(LONGEST_OVERLAP)
            .last();
        Self {
            kept: kept
                .get(start.unwrap_or_default()..)
                .unwrap_or_default()
                .to_owned(),
            held_back: String::new(),
            open: true,
        }
    }

    /// What can be shown of it now.
    pub fn push(&mut self, text: &str) -> String {
        if !self.open {
            return text.to_owned();
        }
        self.held_back.push_str(text);
        if self.may_become_longer() {
            return String::new();
        }
        self.close()
    }

    /// Nothing more comes.
    pub fn end(&mut self) -> String {
        if self.open {
            self.close()
        } else {
            String::new()
        }
    }

    /// Whether all of what came is the beginning of an overlap, or a whole one
    /// of which nobody knows yet whether it ends with a word.
    fn may_become_longer(&self) -> bool {
        let held = self.held_back.trim_start();
        held.is_empty() || starts(&self.kept).any(|rest| rest.starts_with(held))
    }

    fn close(&mut self) -> String {
        self.open = false;
        let came = std::mem::take(&mut self.held_back);
        let trimmed = came.trim_start();
        let overlap = starts(&self.kept)
            .map(|rest| (rest, rest.trim_end()))
            .filter(|(_, words)| words.chars().count() >= SHORTEST_OVERLAP)
            .find_map(|(rest, words)| {
                let after = trimmed.strip_prefix(words)?;
                // In the middle of a word nothing overlaps.
                let whole = after
                    .chars()
                    .next()
                    .is_none_or(|next| !next.is_alphanumeric());
                let spaced = rest.len() > words.len();
                whole.then(|| if spaced { after.trim_start() } else { after })
            });
        match overlap {
            Some(rest) => rest.to_owned(),
            // Two spaces in a row came from joining.
            None if self.kept.ends_with(char::is_whitespace) => {
                came.trim_start_matches(' ').to_owned()
            }
            None => came,
        }
    }
}

/// The ends of a text that begin with a word, the longest first.
fn starts(text: &str) -> impl Iterator<Item = &str> {
    let mut before = ' ';
    text.char_indices().filter_map(move |(start, letter)| {
        let begins = !before.is_alphanumeric() && !letter.is_whitespace();
        before = letter;
        begins.then(|| text.get(start..)).flatten()
    })
}

/// Scripts without spaces have words of a letter each, as far as it matters here.
fn ends_a_word(letter: char) -> bool {
    let is_ideograph = matches!(letter, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}');
    letter.is_whitespace() || is_ideograph || (!letter.is_alphanumeric() && !joins(letter))
}

/// Marks in the middle of words and numbers, and the joiners of Persian.
fn joins(letter: char) -> bool {
    matches!(
        letter,
        '\'' | '\u{2019}' | '-' | '_' | '.' | ',' | '\u{200c}' | '\u{200d}'
    ) || ('\u{300}'..='\u{36f}').contains(&letter)
        || ('\u{64b}'..='\u{65f}').contains(&letter)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn joined(kept: &str, pieces: &[&str]) -> String {
        let mut seam = Seam::new(kept);
        let mut text = kept.to_owned();
        for piece in pieces {
            text.push_str(&seam.push(piece));
        }
        text.push_str(&seam.end());
        text
    }

    #[test]
    fn half_a_word_is_dropped() {
        for (text, kept) in [
            ("The sky is bl", "The sky is "),
            ("The sky is ", "The sky is "),
            ("The sky!", "The sky!"),
            ("It costs 3.1", "It costs "),
            ("It does", "It "),
            ("It doesn't", "It "),
            ("Well", ""),
            ("", ""),
            ("آسمان آبی", "آسمان "),
            ("می\u{200c}رو", ""),
            ("空は青", "空は青"),
            ("line\n", "line\n"),
        ] {
            assert_eq!(whole_words(text), kept, "{text:?}");
        }
    }

    #[test]
    fn what_is_said_twice_is_shown_once() {
        let whole = "The sky is blue today.";
        for kept in ["The sky is ", "The sky is blue "] {
            for pieces in [
                &["sky is blue today."][..],
                &["The sky is", " blue today."],
                &["The", " sky", " is", " blue", " today."],
                &[" sky is blue today."],
            ] {
                assert_eq!(joined(kept, pieces), whole, "{kept:?} {pieces:?}");
            }
        }
    }

    #[test]
    fn what_only_looks_like_it_stays() {
        assert_eq!(joined("I saw the ", &["theory."]), "I saw the theory.");
        assert_eq!(joined("It was a ", &["a."]), "It was a a.");
        assert_eq!(joined("very ", &["nice"]), "very nice");
        assert_eq!(joined("one\n", &["  two"]), "one\ntwo");
        assert_eq!(joined("", &["Hello"]), "Hello");
    }

    #[test]
    fn nothing_is_held_back_longer_than_needed() {
        let mut seam = Seam::new("The sky is ");
        assert_eq!(seam.push("sky"), "");
        assert_eq!(seam.push(" was"), "sky was");
        assert_eq!(seam.push(" is"), " is");
    }

    proptest! {
        /// However the rest is cut into pieces, and at whatever character the
        /// first machine died.
        #[test]
        fn the_pieces_make_no_difference(
            kept in "[a-c ]{0,30}",
            rest in "[a-c ]{0,30}",
            cut in prop::collection::vec(1..4usize, 0..20),
        ) {
            let whole = joined(&kept, &[&rest]);
            let mut pieces = Vec::new();
            let mut left = rest.as_str();
            for length in cut {
                let (piece, after) = left.split_at(length.min(left.len()));
                pieces.push(piece);
                left = after;
            }
            pieces.push(left);
            prop_assert_eq!(joined(&kept, &pieces), whole);
        }

        #[test]
        fn any_text_is_kept_up_to_a_word(text in any::<String>()) {
            let kept = whole_words(&text);
            prop_assert!(text.starts_with(kept));
            prop_assert_eq!(whole_words(kept), kept);
        }
    }
}
