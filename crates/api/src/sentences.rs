//! What a person reads when a code crosses the edge. One catalogue in two
//! languages serves the command line, the tray, notifications and the page.
//!
//! A code maps to three short texts; `{name}` stands for a parameter. A parameter
//! that begins with `#` is a word of the catalogue, such as a usual reason.
//! Whatever a catalogue lacks is told by its code rather than hidden.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

use crate::ApiError;

/// What happened, what it means, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    pub title: String,
    pub text: String,
    /// Empty where there is nothing to do.
    pub fix: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    English,
    Persian,
}

impl Language {
    pub const ALL: [Language; 2] = [Language::English, Language::Persian];

    /// The language of a locale such as `fa_IR.UTF-8`; English where we have none.
    pub fn of_locale(locale: &str) -> Self {
        if locale.starts_with("fa") {
            Language::Persian
        } else {
            Language::English
        }
    }

    fn catalogue(self) -> &'static Catalogue {
        match self {
            Language::English => &ENGLISH,
            Language::Persian => &PERSIAN,
        }
    }
}

impl ApiError {
    pub fn sentence(&self, language: Language) -> Sentence {
        sentence(self.code.name(), &self.params, language)
    }
}

/// The sentence of an error, a notice or a finding.
pub fn sentence(code: &str, params: &BTreeMap<String, String>, language: Language) -> Sentence {
    let catalogue = language.catalogue();
    let Some(template) = catalogue.get(code) else {
        return Sentence {
            title: code.to_owned(),
            text: format!("{params:?}"),
            fix: String::new(),
        };
    };
    let value = |name: &str| {
        let value = params.get(name)?;
        let word = catalogue.get(value).filter(|_| value.starts_with('#'));
        Some(word.map_or(value.as_str(), |word| &word.title))
    };
    Sentence {
        title: fill(&template.title, value),
        text: fill(&template.text, value),
        fix: fill(&template.fix, value),
    }
}

/// The catalogue of one language as TypeScript: the page fetches only the one
/// that it speaks.
pub fn typescript(language: Language) -> String {
    let catalogue = match language {
        Language::English => EN,
        Language::Persian => FA,
    };
    format!(
        "// Generated from crates/api/sentences by `cargo xtask gen`. Do not edit.\n\
         import type {{ Sentence }} from \"./sentence\";\n\n\
         export const sentences: Record<string, Sentence> = {};\n",
        catalogue.trim_end()
    )
}

type Catalogue = BTreeMap<String, Template>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Template {
    title: String,
    text: String,
    fix: String,
}

const EN: &str = include_str!("../sentences/en.json");
const FA: &str = include_str!("../sentences/fa.json");

static ENGLISH: LazyLock<Catalogue> = LazyLock::new(|| parse(EN));
static PERSIAN: LazyLock<Catalogue> = LazyLock::new(|| parse(FA));

fn parse(text: &str) -> Catalogue {
    // The files are part of the program and a test reads both.
    serde_json::from_str(text).unwrap_or_default()
}

/// One pass, so that a value with braces in it is shown and never expanded.
fn fill<'a>(template: &str, value: impl Fn(&str) -> Option<&'a str>) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let parameter = after
            .split_once('}')
            .and_then(|(name, tail)| Some((value(name)?, tail)));
        match parameter {
            Some((value, tail)) => {
                filled.push_str(value);
                rest = tail;
            }
            None => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::Code;

    #[test]
    fn every_code_has_a_sentence_in_every_language() {
        for language in Language::ALL {
            for code in Code::ALL {
                assert!(
                    language.catalogue().contains_key(code.name()),
                    "{language:?} has no sentence for {}",
                    code.name()
                );
            }
        }
    }

    #[test]
    fn everything_a_node_tells_has_a_sentence_in_every_language() {
        for (code, _) in told_by_a_node() {
            for language in Language::ALL {
                assert!(
                    language.catalogue().contains_key(code),
                    "{language:?} has no sentence for {code}"
                );
            }
        }
    }

    #[test]
    fn sentences_use_only_parameters_that_are_there() {
        let errors = Code::ALL.iter().map(|code| (code.name(), code.params()));
        for (code, params) in errors.chain(told_by_a_node()) {
            let known: BTreeSet<_> = params.iter().map(ToString::to_string).collect();
            for language in Language::ALL {
                let used = placeholders(&language.catalogue()[code]);
                let unknown: Vec<_> = used.difference(&known).collect();
                assert!(unknown.is_empty(), "{language:?} {code}: {unknown:?}");
            }
        }
    }

    #[test]
    fn both_languages_say_the_same_things() {
        let (english, persian) = (Language::English.catalogue(), Language::Persian.catalogue());
        assert_eq!(
            english.keys().collect::<Vec<_>>(),
            persian.keys().collect::<Vec<_>>()
        );
        for (code, template) in english {
            assert_eq!(
                placeholders(template),
                placeholders(&persian[code]),
                "{code}"
            );
        }
    }

    #[test]
    fn a_value_with_braces_is_shown_as_it_is() {
        let params = BTreeMap::from([
            ("key".to_owned(), "{near}".to_owned()),
            ("near".to_owned(), "x".to_owned()),
        ]);
        let value = |name: &str| params.get(name).map(String::as_str);
        assert_eq!(
            fill("a {key} b {near} c {other} {", value),
            "a {near} b x c {other} {"
        );
    }

    #[test]
    fn words_are_said_in_the_language_of_the_sentence() {
        let of = |program: &str, language| {
            let params = BTreeMap::from([("program".to_owned(), program.to_owned())]);
            sentence("port_taken", &params, language).text
        };
        let english = of("#another_program", Language::English);
        assert!(english.starts_with("Another program uses it"), "{english}");
        let persian = of("#another_program", Language::Persian);
        assert!(persian.contains("برنامهٔ دیگری"), "{persian}");
        for (program, shown) in [
            ("httpd (7)", "httpd (7) uses it"),
            ("#no_such", "#no_such uses it"),
        ] {
            let english = of(program, Language::English);
            assert!(english.starts_with(shown), "{english}");
        }
    }

    #[test]
    fn every_usual_reason_is_a_word_in_every_language() {
        let mut words = BTreeSet::new();
        for number in 1..140 {
            let reason = node::reason(&std::io::Error::from_raw_os_error(number));
            words.extend(reason.starts_with('#').then_some(reason));
        }
        assert!(words.len() > 4, "{words:?}");
        for language in Language::ALL {
            for word in &words {
                assert!(
                    language.catalogue().contains_key(word),
                    "{language:?} {word}"
                );
            }
        }
    }

    #[test]
    fn why_a_machine_hung_up_is_said_in_words() {
        for language in Language::ALL {
            let words = language.catalogue().keys();
            let byes: Vec<_> = words.filter_map(|key| key.strip_prefix("#bye_")).collect();
            assert!(byes.contains(&"unknown"), "{byes:?}");
            for bye in byes {
                let reason = serde_json::from_value(bye.into()).unwrap();
                let error = ApiError::from(&node::Failure::TurnedAway(reason));
                assert_eq!(error.params["reason"], format!("#bye_{bye}"));
                let text = error.sentence(language).text;
                assert!(!text.contains("#bye_"), "{text}");
            }
        }
    }

    #[test]
    fn an_unknown_code_is_told_rather_than_hidden() {
        assert_eq!(
            sentence("no_such", &BTreeMap::new(), Language::English).title,
            "no_such"
        );
    }

    fn told_by_a_node() -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
        use node::finding::{Finding, Notice, Obstacle};
        [Notice::ALL, Finding::ALL, Obstacle::ALL]
            .into_iter()
            .flatten()
            .copied()
    }

    fn placeholders(template: &Template) -> BTreeSet<String> {
        [&template.title, &template.text, &template.fix]
            .into_iter()
            .flat_map(|text| text.split('{').skip(1))
            .filter_map(|part| part.split_once('}'))
            .map(|(name, _)| name.to_owned())
            .collect()
    }
}
