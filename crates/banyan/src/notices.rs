use anstyle::Style;
use api::{
    dto::{Level, Notice},
    sentences::sentence,
};

use crate::{
    language,
    terminal::{self, ACCENT, BAD, CAUTION, paint},
};

pub(crate) fn notice_text(notice: &Notice, indent: &str) -> String {
    let (style, mark) = match notice.level {
        Level::Info => (ACCENT, "i"),
        Level::Warning => (CAUTION, "!"),
        Level::Problem => (BAD, "✗"),
    };
    marked_text(notice, style, mark, indent)
}

/// What a code means, behind a mark.
pub(crate) fn marked_text(notice: &Notice, style: Style, mark: &str, indent: &str) -> String {
    let sentence = sentence(&notice.code, &notice.params, language::of_the_terminal());
    let title = format!("{indent}{} {}", paint(style, mark), sentence.title);
    terminal::paragraphs(
        &title,
        &format!("{indent}  "),
        &sentence.text,
        &sentence.fix,
    )
}
