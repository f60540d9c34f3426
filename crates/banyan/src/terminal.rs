//! Writing to the terminal: colour where it is wanted, sentences in its width,
//! columns that line up.

use std::{
    fmt::{Display, Write as _},
    io::{self, Write},
};

use anstyle::{AnsiColor, Style};
use terminal_size::{Width, terminal_size};

pub(crate) const BOLD: Style = Style::new().bold();
pub(crate) const FAINT: Style = Style::new().dimmed();
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
pub(crate) const CAUTION: Style = AnsiColor::Yellow.on_default();
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
pub(crate) const ACCENT: Style = AnsiColor::Cyan.on_default();

/// Longer lines are hard to read even where they fit.
const WIDEST: usize = 96;

/// Styles are removed where nobody would see them: no terminal, or NO_COLOR.
pub(crate) fn print(text: impl AsRef<str>) {
    write(&mut anstream::stdout().lock(), text.as_ref());
}

pub(crate) fn print_error(text: &str) {
    write(&mut anstream::stderr().lock(), text);
}

pub(crate) fn paint(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}

/// A title, what it means, and what to do about it.
pub(crate) fn paragraphs(title: &str, indent: &str, text: &str, fix: &str) -> String {
    let mut out = format!("{title}\n");
    if !text.is_empty() {
        let _ = writeln!(out, "{}", wrap(text, indent, indent));
    }
    if !fix.is_empty() {
        let arrow = format!("{indent}{} ", paint(ACCENT, "→"));
        let _ = writeln!(out, "{}", wrap(fix, &arrow, &format!("{indent}  ")));
    }
    out
}

/// Rows with their columns lined up; the last is as wide as it likes.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Vec<Vec<(Style, String)>>,
}

impl Table {
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = (Style, String)>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// An empty line.
    pub(crate) fn gap(&mut self) {
        self.rows.push(Vec::new());
    }

    pub(crate) fn text(&self, indent: &str) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or_default();
        let widths: Vec<usize> = (0..columns)
            .map(|at| {
                self.rows
                    .iter()
                    .filter_map(|row| row.get(at))
                    .map(width)
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        let mut out = String::new();
        for row in &self.rows {
            let filled = row
                .iter()
                .rposition(|(_, text)| !text.is_empty())
                .map_or(0, |at| at + 1);
            for (at, cell) in row.iter().take(filled).enumerate() {
                out.push_str(if at == 0 { indent } else { "   " });
                out.push_str(&paint(cell.0, &cell.1));
                if at + 1 < filled {
                    let missing = widths.get(at).map_or(0, |widest| widest - width(cell));
                    out.extend(std::iter::repeat_n(' ', missing));
                }
            }
            out.push('\n');
        }
        out
    }
}

fn width((_, text): &(Style, String)) -> usize {
    textwrap::core::display_width(text)
}

fn wrap(text: &str, first: &str, following: &str) -> String {
    // What is piped elsewhere keeps its lines whole.
    let columns = terminal_size().map_or(usize::MAX, |(Width(columns), _)| usize::from(columns));
    let columns = if columns == usize::MAX {
        columns
    } else {
        columns.min(WIDEST)
    };
    let options = textwrap::Options::new(columns)
        .initial_indent(first)
        .subsequent_indent(following);
    textwrap::fill(text, options.break_words(false))
}

fn write(to: &mut impl Write, text: &str) {
    match to.write_all(text.as_bytes()).and_then(|()| to.flush()) {
        Ok(()) => {}
        // The reader has seen enough, as with `| head`.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
        Err(error) => tracing::debug!(%error, "the terminal takes no text"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_whatever_the_script() {
        let mut table = Table::default();
        table.row([(BOLD, "نام".to_owned()), (FAINT, "x".to_owned())]);
        table.gap();
        table.row([(BOLD, "漢字漢字".to_owned()), (FAINT, "y".to_owned())]);
        table.row([(BOLD, "a".to_owned()), (FAINT, String::new())]);
        let text = anstream::adapter::strip_str(&table.text("  ")).to_string();
        assert_eq!(text, "  نام        x\n\n  漢字漢字   y\n  a\n");
    }
}
