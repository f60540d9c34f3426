//! A QR code in the terminal: two rows of it in each line of text.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Color, Style};

use crate::terminal::paint;

/// What a camera needs around the code.
const QUIET: usize = 2;

/// Dark on light whatever the colours of the terminal are.
const INK: Style = Style::new()
    .fg_color(Some(Color::Ansi(AnsiColor::Black)))
    .bg_color(Some(Color::Ansi(AnsiColor::BrightWhite)));

/// `rows` has 1 for a dark module.
pub(super) fn text(rows: &[String]) -> String {
    let side = rows.len();
    let is_dark = |x: usize, y: usize| {
        let row = y.checked_sub(QUIET).and_then(|y| rows.get(y));
        let module = x.checked_sub(QUIET).and_then(|x| row?.as_bytes().get(x));
        module == Some(&b'1')
    };
    let mut out = String::new();
    for y in (0..side + 2 * QUIET).step_by(2) {
        let line: String = (0..side + 2 * QUIET)
            .map(|x| match (is_dark(x, y), is_dark(x, y + 1)) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            })
            .collect();
        let _ = writeln!(out, "{}", paint(INK, line));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_module_is_half_a_character() {
        let rows = ["101", "010", "111"].map(str::to_owned);
        let drawn = anstream::adapter::strip_str(&text(&rows)).to_string();
        assert_eq!(drawn, "       \n  ▀▄▀  \n  ▀▀▀  \n       \n");
    }
}
