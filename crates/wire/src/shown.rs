//! Names that others gave, as people will see them.
//!
//! A name stands beside a code that is compared and beside a button that trusts.
//! So it must not turn the direction of what stands around it, and two names
//! that look alike must not differ in what nobody sees.

/// Whether everything in a name can be seen, or belongs to how it is written.
pub fn is_showable(name: &str) -> bool {
    let letters: Vec<char> = name.chars().collect();
    let seen = |letter: &char| !letter.is_whitespace() && !is_joint(*letter);
    letters.iter().any(seen)
        && (0..letters.len()).all(|place| {
            let letter = letters.get(place).copied().unwrap_or_default();
            let before = place.checked_sub(1).and_then(|place| letters.get(place));
            let after = letters.get(place + 1);
            match letter {
                '\u{200C}' | '\u{200D}' => before.is_some_and(joins) && after.is_some_and(joins),
                '\u{FE0F}' => before.is_some_and(|before| is_picture(*before)),
                letter => !is_hidden(letter),
            }
        })
}

/// Persian and the scripts of India are written with joiners, and so are
/// pictures that are made of several.
fn joins(letter: &char) -> bool {
    matches!(letter, '\u{0620}'..='\u{0DFF}' | '\u{FE0F}') || is_picture(*letter)
}

fn is_picture(letter: char) -> bool {
    !letter.is_ascii()
        && !letter.is_alphanumeric()
        && !letter.is_whitespace()
        && !is_hidden(letter)
        && !is_joint(letter)
}

fn is_joint(letter: char) -> bool {
    matches!(letter, '\u{200C}' | '\u{200D}' | '\u{FE0F}')
}

/// Control characters, line ends, marks of direction, and letters without width.
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{00AD}'
                | '\u{034F}'
                | '\u{061C}'
                | '\u{115F}'
                | '\u{1160}'
                | '\u{17B4}'
                | '\u{17B5}'
                | '\u{180B}'..='\u{180F}'
                | '\u{200B}'
                | '\u{200E}'
                | '\u{200F}'
                | '\u{2028}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}'
                | '\u{2800}'
                | '\u{3164}'
                | '\u{FE00}'..='\u{FE0E}'
                | '\u{FEFF}'
                | '\u{FFA0}'
                | '\u{FFF9}'..='\u{FFFB}'
                | '\u{E0000}'..='\u{E0FFF}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_every_script_are_shown() {
        for name in [
            "atlas",
            "Küche 2",
            "کتاب\u{200c}خانه",
            "क्\u{200d}ष",
            "居間のPC",
            "\u{1f5a5}\u{fe0f} Studio",
            "\u{1f3f3}\u{fe0f}\u{200d}\u{1f308}",
            "\u{1f469}\u{200d}\u{1f4bb}",
            "llama3.2:3b",
        ] {
            assert!(is_showable(name), "{name:?}");
        }
    }

    #[test]
    fn what_nobody_sees_and_what_turns_the_line_is_refused() {
        for hidden in [
            '\u{7}',
            '\n',
            '\u{ad}',
            '\u{34f}',
            '\u{61c}',
            '\u{180e}',
            '\u{200b}',
            '\u{200c}',
            '\u{200d}',
            '\u{200e}',
            '\u{200f}',
            '\u{2028}',
            '\u{202a}',
            '\u{202e}',
            '\u{2060}',
            '\u{2066}',
            '\u{2069}',
            '\u{3164}',
            '\u{fe00}',
            '\u{fe0f}',
            '\u{feff}',
            '\u{e0041}',
        ] {
            for name in [
                format!("at{hidden}las"),
                format!("{hidden}atlas"),
                format!("atlas{hidden}"),
                format!("{hidden}"),
            ] {
                assert!(!is_showable(&name), "{name:?}");
            }
        }
        assert!(!is_showable(""));
        assert!(!is_showable(" \u{a0} "));
        assert!(!is_showable("анна\u{200c}б"), "looks like one without");
    }
}
