//! What the person prefers, so far as the shell goes by it.
//!
//! The window opens before the node runs, and has to have the right colour
//! then; so the configuration is read once by itself. Where that fails the node
//! says why in a moment.

use node::{
    Options,
    config::{self, Config, Store},
};

use crate::{
    controller::{Preferences, Theme},
    language,
};

pub(crate) fn at_start(options: &Options) -> Preferences {
    let config = options.data_folder().ok().and_then(|folder| {
        let file = folder.join("config.toml");
        let store = Store::open(file, options.environment.clone(), options.flags.clone());
        Some(store.ok()?.config())
    });
    config.map_or_else(unknown, |config| of(&config))
}

pub(crate) fn of(config: &Config) -> Preferences {
    Preferences {
        theme: match config.ui.theme {
            config::Theme::System => Theme::System,
            config::Theme::Light => Theme::Light,
            config::Theme::Dark => Theme::Dark,
        },
        language: language::chosen(config.ui.language),
        notifications: config.desktop.notifications,
        machine_notifications: config.desktop.notify_machines,
        tray_hint_shown: config.ui.tray_hint_shown,
    }
}

fn unknown() -> Preferences {
    Preferences {
        theme: Theme::System,
        language: language::of_the_system(),
        notifications: true,
        machine_notifications: true,
        tray_hint_shown: false,
    }
}

#[cfg(test)]
mod tests {
    use api::sentences::Language;
    use node::journal::Journal;

    use super::*;

    fn with_configuration(text: &str) -> Preferences {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("config.toml"), text).unwrap();
        at_start(&Options {
            data: Some(folder.path().to_owned()),
            environment: Vec::new(),
            ..Options::of_process(Journal::new(None), "0", "unknown")
        })
    }

    #[test]
    fn the_window_has_the_persons_theme_before_the_node_runs() {
        let preferences = with_configuration("[ui]\ntheme = \"dark\"\nlanguage = \"fa\"\n");
        assert_eq!(preferences.theme, Theme::Dark);
        assert_eq!(preferences.language, Language::Persian);
    }

    #[test]
    fn a_broken_configuration_is_no_reason_not_to_open() {
        assert_eq!(with_configuration("[ui\n"), unknown());
    }
}
