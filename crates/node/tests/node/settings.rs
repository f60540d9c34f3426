use node::{
    SettingError,
    config::{ChangeError, Key, RawValue},
    events::Happening,
    finding::Notice,
};

use crate::place::{Place, rest};

fn text(value: &str) -> RawValue {
    RawValue::Text(value.to_owned())
}

#[tokio::test]
async fn a_change_is_written_told_and_kept() {
    let place = Place::new();
    let node = place.start().await;
    let handle = node.handle();
    let mut events = handle.events(None);
    let view = handle.set_setting("ui.theme", text("dark")).await.unwrap();
    assert_eq!(view.value, text("dark"));
    assert_eq!(handle.config().ui.theme.name(), "dark");
    assert!(
        std::fs::read_to_string(place.config_file())
            .unwrap()
            .contains("dark")
    );
    handle.rename("مَلِک's laptop").await.unwrap();
    assert_eq!(handle.machine().name, "مَلِک's laptop");
    handle.reset_setting("ui.theme").await.unwrap();
    assert_eq!(handle.config().ui.theme.name(), "system");
    node.stop().await;

    let told: Vec<_> = rest(&mut events).await;
    let changed = |key: &str| Happening::SettingChanged(key.to_owned());
    let expected = [
        changed("ui.theme"),
        changed("machine.name"),
        Happening::MachineChanged,
        changed("ui.theme"),
    ];
    let about_settings: Vec<_> = told
        .into_iter()
        .filter(|h| matches!(h, Happening::SettingChanged(_) | Happening::MachineChanged))
        .collect();
    assert_eq!(about_settings, expected);

    let again = place.start().await;
    assert_eq!(again.handle().machine().name, "مَلِک's laptop");
    again.stop().await;
}

#[tokio::test]
async fn what_a_flag_sets_cannot_be_changed() {
    let place = Place::new().flag(Key::MachineName, "by flag");
    let node = place.start().await;
    let handle = node.handle();
    assert_eq!(handle.machine().name, "by flag");
    let refused = handle.rename("other").await;
    assert!(
        matches!(
            refused,
            Err(SettingError::Refused(ChangeError::ReadOnly { .. }))
        ),
        "{refused:?}"
    );
    assert!(!place.config_file().exists());
    node.stop().await;
}

#[tokio::test]
async fn unknown_keys_are_noticed_and_kept() {
    let place = Place::new().config("[ui]\nthme = \"dark\"\n");
    let node = place.start().await;
    let handle = node.handle();
    let notices = handle.notices();
    let unknown = notices
        .iter()
        .find(|notice| notice.code() == "unknown_setting");
    let Some(Notice::UnknownSetting { key, near, .. }) = unknown else {
        panic!("{notices:?}")
    };
    assert_eq!((key.as_str(), near.as_str()), ("ui.thme", "ui.theme"));
    handle
        .set_setting("ui.text_size", text("110"))
        .await
        .unwrap();
    assert!(
        std::fs::read_to_string(place.config_file())
            .unwrap()
            .contains("thme")
    );
    node.stop().await;
}

#[tokio::test]
async fn settings_of_the_log_act_at_once() {
    let place = Place::new();
    let _listening = place.listen();
    let node = place.start().await;
    let handle = node.handle();
    let say = || tracing::debug!(target: "node", "a detail");
    let said = || {
        handle
            .log(tracing::Level::DEBUG, 100)
            .iter()
            .any(|l| l.message == "a detail")
    };
    say();
    assert!(!said());
    handle
        .set_setting("log.level", text("debug"))
        .await
        .unwrap();
    say();
    assert!(said());
    node.stop().await;
}
