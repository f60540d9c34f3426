//! What is generated from this crate is committed; it must not differ from what
//! the crate says now. `BANYAN_GENERATE=write` (that is `cargo xtask gen`) writes it.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says where it stopped"
)]

use std::{env, fs, path::PathBuf};

use api::{
    dto::{Setting, SettingValue},
    sentences::Language,
};
use node::config::Store;

#[test]
fn typescript_bindings() {
    check("ui/src/backend/api.gen.ts", &api::typescript::bindings());
}

#[test]
fn typescript_sentences() {
    for (language, file) in [
        (Language::English, "sentences-en.gen.ts"),
        (Language::Persian, "sentences-fa.gen.ts"),
    ] {
        let path = format!("ui/src/i18n/{file}");
        check(&path, &api::sentences::typescript(language));
    }
}

#[test]
fn settings_of_the_fake_backend() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path().join("config.toml"), [], []).unwrap();
    let mut settings: Vec<Setting> = store.views().into_iter().map(Into::into).collect();
    // By default a machine is called by its host name, which differs everywhere.
    let name = settings
        .iter_mut()
        .find(|setting| setting.key == "machine.name")
        .unwrap();
    name.value = SettingValue::Text("studio".to_owned());
    name.default = name.value.clone();
    check(
        "ui/src/backend/fake/settings.gen.ts",
        &api::typescript::settings(&settings).unwrap(),
    );
}

fn check(path: &str, expected: &str) {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(path);
    if env::var("BANYAN_GENERATE").is_ok_and(|value| value == "write") {
        fs::write(&file, expected).unwrap();
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        committed == expected,
        "{path} is out of step: run `cargo xtask gen`"
    );
}
