//! Sentences of the one catalogue, for what the shell itself says.

use std::collections::BTreeMap;

use api::{
    ApiError,
    sentences::{Language, Sentence, sentence},
};

pub(crate) fn of<const N: usize>(
    code: &str,
    params: [(&str, &str); N],
    language: Language,
) -> Sentence {
    let params = params.map(|(name, value)| (name.to_owned(), value.to_owned()));
    sentence(code, &isolated(params, language), language)
}

pub(crate) fn of_error(error: &ApiError, language: Language) -> Sentence {
    let params = error.params.clone();
    sentence(error.code.name(), &isolated(params, language), language)
}

/// With the digits of the language.
pub(crate) fn number(number: usize, language: Language) -> String {
    let digit = |latin: char| match language {
        Language::English => latin,
        Language::Persian => latin
            .to_digit(10)
            .and_then(|digit| char::from_u32(u32::from('۰') + digit))
            .unwrap_or(latin),
    };
    number.to_string().chars().map(digit).collect()
}

/// A path or a name keeps its own direction inside a sentence that runs from
/// right to left.
fn isolated(
    params: impl IntoIterator<Item = (String, String)>,
    language: Language,
) -> BTreeMap<String, String> {
    let isolate = |value: String| match language {
        Language::English => value,
        Language::Persian => format!("\u{2068}{value}\u{2069}"),
    };
    params
        .into_iter()
        .map(|(name, value)| (name, isolate(value)))
        .collect()
}

#[cfg(test)]
mod tests {
    use api::Code;

    use super::*;

    #[test]
    fn numbers_are_written_as_the_language_writes_them() {
        assert_eq!(number(120, Language::English), "120");
        assert_eq!(number(120, Language::Persian), "۱۲۰");
    }

    #[test]
    fn a_name_keeps_its_direction_in_persian() {
        let title = |language| of("tray_running", [("name", "atlas")], language).title;
        assert_eq!(title(Language::English), "Banyan on atlas");
        assert_eq!(title(Language::Persian), "Banyan روی \u{2068}atlas\u{2069}");
        let error = ApiError::new(Code::DiskFull, [("folder", "/data".to_owned())]);
        let text = of_error(&error, Language::Persian).text;
        assert!(text.contains("\u{2068}/data\u{2069}"), "{text}");
    }
}
