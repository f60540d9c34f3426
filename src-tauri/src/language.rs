//! The language of everything that the shell itself says.

use api::sentences::Language;
use node::config;

/// As the settings say, or else the system.
pub(crate) fn chosen(language: config::Language) -> Language {
    match language {
        config::Language::System => of_the_system(),
        config::Language::English => Language::English,
        config::Language::Persian => Language::Persian,
    }
}

pub(crate) fn of_the_system() -> Language {
    Language::of_locale(sys_locale::get_locale().as_deref().unwrap_or_default())
}
