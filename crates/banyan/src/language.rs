use std::env;

use api::sentences::Language;

/// As every program of the terminal finds it out.
pub(crate) fn of_the_terminal() -> Language {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .filter_map(|name| env::var(name).ok())
        .find(|locale| !locale.is_empty());
    Language::of_locale(locale.as_deref().unwrap_or_default())
}
