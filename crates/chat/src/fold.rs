//! Text as search sees it: what people write in several ways becomes one.
//!
//! Letters are lowered; Arabic letters become the Persian ones of the same sound
//! (ي and ى are ی, ك is ک, ة and ۀ are ه); vowel signs, the long stroke and
//! zero-width characters go; digits of every script in use here become ASCII.
//! Scripts written without spaces are cut into single characters. Accents on
//! Latin letters are taken off by the index itself.
//!
//! The index was filled by this function, and an entry is found again only by the
//! same words: whoever changes it raises [`FOLD`], and files fill theirs anew.

/// Which folding filled an index.
pub(crate) const FOLD: u32 = 1;

/// Words of letters and digits, each apart from the next by one space.
pub(crate) fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if is_silent(letter) {
            continue;
        }
        let letter = same(letter);
        if !letter.is_alphanumeric() {
            gap(&mut out);
        } else if stands_alone(letter) {
            gap(&mut out);
            out.push(letter);
            gap(&mut out);
        } else {
            out.extend(letter.to_lowercase());
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// A query of the index that finds all these words, the last as a beginning.
/// Whatever the words are, they are words: the index's own language is not spoken.
pub(crate) fn query(words: &str) -> Option<String> {
    // A word of a script without spaces is its characters in a row.
    let mut parts: Vec<String> = words
        .split_whitespace()
        .map(folded)
        .filter(|word| !word.is_empty())
        .map(|word| format!("\"{word}\""))
        .collect();
    let last = parts.last_mut()?;
    if !words.ends_with(char::is_whitespace) {
        last.push('*');
    }
    Some(parts.join(" "))
}

fn gap(out: &mut String) {
    if !out.is_empty() && !out.ends_with(' ') {
        out.push(' ');
    }
}

fn is_silent(letter: char) -> bool {
    matches!(letter,
        // Vowel signs and other marks of Arabic script, and the stroke that only stretches.
        '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{640}'
        | '\u{6d6}'..='\u{6dc}' | '\u{6df}'..='\u{6e4}' | '\u{6e7}' | '\u{6e8}' | '\u{6ea}'..='\u{6ed}'
        // Hamza alone: in Persian it is left out as often as written.
        | '\u{621}'
        // Accents that stand behind their letter.
        | '\u{300}'..='\u{36f}'
        // Of no width, soft hyphen, marks of direction, byte order.
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{ad}' | '\u{feff}')
}

fn same(letter: char) -> char {
    match letter {
        '\u{64a}' | '\u{649}' | '\u{626}' | '\u{6d2}' => '\u{6cc}',
        '\u{643}' => '\u{6a9}',
        '\u{629}' | '\u{6c0}' | '\u{6d5}' | '\u{6be}' => '\u{647}',
        '\u{623}' | '\u{625}' | '\u{622}' | '\u{671}' => '\u{627}',
        '\u{624}' => '\u{648}',
        '\u{660}'..='\u{669}' => digit(letter, '\u{660}'),
        '\u{6f0}'..='\u{6f9}' => digit(letter, '\u{6f0}'),
        '\u{966}'..='\u{96f}' => digit(letter, '\u{966}'),
        '\u{ff10}'..='\u{ff19}' => digit(letter, '\u{ff10}'),
        // Wide Latin letters.
        '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}' => {
            char::from_u32(u32::from(letter) - 0xfee0).unwrap_or(letter)
        }
        letter => letter,
    }
}

fn digit(letter: char, zero: char) -> char {
    let value = u32::from(letter) - u32::from(zero);
    char::from_digit(value, 10).unwrap_or(letter)
}

/// Han, Hiragana, Katakana, Thai, Lao, Khmer, Burmese: nobody puts spaces there.
fn stands_alone(letter: char) -> bool {
    matches!(letter,
        '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}'
        | '\u{e01}'..='\u{e2e}' | '\u{e40}'..='\u{e44}' | '\u{e81}'..='\u{eae}'
        | '\u{1000}'..='\u{102a}' | '\u{1780}'..='\u{17b3}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_word_become_one() {
        for (one, other) in [
            ("كتاب", "کتاب"),
            ("علي", "علی"),
            ("می‌روم", "میروم"),
            ("مُحَمَّد", "محمد"),
            ("ســـلام", "سلام"),
            ("آب", "اب"),
            ("خانۀ", "خانه"),
            ("۱۴۰۳", "1403"),
            ("١٤٠٣", "1403"),
            ("STRASSE", "strasse"),
            ("cafe\u{301}", "cafe"),
            ("Ｂａｎｙａｎ７", "banyan7"),
        ] {
            assert_eq!(folded(one), folded(other), "{one} {other}");
        }
    }

    #[test]
    fn marks_part_words_and_nothing_else_is_left() {
        assert_eq!(folded("  a-b, (c)\n«d»  "), "a b c d");
        assert_eq!(folded("日本語 text"), "日 本 語 text");
        assert_eq!(folded("?!"), "");
    }

    #[test]
    fn a_query_is_words_whatever_they_are() {
        assert_eq!(query("a OR b").unwrap(), "\"a\" \"or\" \"b\"*");
        assert_eq!(
            query("\"x\" NEAR(y) text:z*").unwrap(),
            "\"x\" \"near y\" \"text z\"*"
        );
        assert_eq!(query("done ").unwrap(), "\"done\"");
        assert_eq!(query(" -- ^ "), None);
    }
}
