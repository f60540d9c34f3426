use std::path::{Path, PathBuf};

use anstyle::Style;
use api::{
    ApiError,
    dto::{Setting, SettingChange, SettingKey, SettingKind, SettingSource, SettingValue, Unit},
};
use serde_json::json;

use crate::{
    answer::Answer,
    cli::ConfigAction,
    figures, node_client,
    settings::{self, Settings},
    terminal::{ACCENT, BOLD, CAUTION, FAINT, Table, paint},
};

pub(crate) async fn run(
    data: Option<PathBuf>,
    action: Option<ConfigAction>,
) -> Result<Answer, ApiError> {
    let folder = node_client::folder(data)?;
    match action.unwrap_or(ConfigAction::List) {
        ConfigAction::Path => Ok(path(&folder)),
        ConfigAction::List => Ok(list(&Settings::of(&folder).await?)),
        ConfigAction::Get { key } => Ok(value(Settings::of(&folder).await?.get(&key)?)),
        ConfigAction::Set { key, value } => {
            // The node reads text as it reads a flag, whatever kind of value is meant.
            let change = SettingChange {
                key,
                value: SettingValue::Text(value),
            };
            Ok(changed(&Settings::of(&folder).await?.set(change).await?))
        }
        ConfigAction::Reset { key } => Ok(changed(
            &Settings::of(&folder)
                .await?
                .reset(SettingKey { key })
                .await?,
        )),
    }
}

fn path(folder: &Path) -> Answer {
    let file = settings::file(folder).display().to_string();
    Answer::new(format!("{file}\n"), &json!({ "path": file }))
}

fn list(settings: &Settings) -> Answer {
    Answer::new(list_text(settings.list()), &settings.list())
}

fn value(setting: &Setting) -> Answer {
    Answer::new(format!("{}\n", value_text(&setting.value)), setting)
}

fn changed(setting: &Setting) -> Answer {
    Answer::new(changed_text(setting), setting)
}

fn list_text(settings: &[Setting]) -> String {
    let mut table = Table::default();
    let mut section = None;
    for setting in settings {
        let of = setting.key.split('.').next();
        if section.is_some() && section != of {
            table.gap();
        }
        section = of;
        let chosen = setting.source != SettingSource::Default;
        table.row([
            (ACCENT, setting.key.clone()),
            (
                if chosen { BOLD } else { Style::new() },
                value_with_unit(setting),
            ),
            (FAINT, source_text(setting)),
        ]);
    }
    table.text("")
}

fn value_with_unit(setting: &Setting) -> String {
    match (&setting.value, &setting.kind) {
        (SettingValue::Number(number), SettingKind::Number { unit, .. }) => match unit {
            Unit::Count | Unit::Port => number.to_string(),
            Unit::Seconds => format!("{number} s"),
            Unit::Bytes => figures::bytes(*number),
            Unit::Percent => format!("{number} %"),
        },
        (value, _) => match value_text(value) {
            empty if empty.is_empty() => "–".to_owned(),
            text => text,
        },
    }
}

fn source_text(setting: &Setting) -> String {
    let source = match setting.source {
        SettingSource::Default => String::new(),
        SettingSource::File => "file".to_owned(),
        SettingSource::Environment | SettingSource::Flag => setting.origin.clone(),
    };
    let waiting = setting.waiting.then(|| "at the next start".to_owned());
    let idle = (!setting.in_force).then(|| "not used by this version".to_owned());
    let notes = [
        Some(source).filter(|source| !source.is_empty()),
        waiting,
        idle,
    ];
    notes.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn changed_text(setting: &Setting) -> String {
    let note = if setting.waiting {
        format!("  {}", paint(CAUTION, "takes effect at the next start"))
    } else {
        String::new()
    };
    format!(
        "{} = {}{note}\n",
        paint(ACCENT, &setting.key),
        value_text(&setting.value)
    )
}

fn value_text(value: &SettingValue) -> String {
    match value {
        SettingValue::Bool(value) => value.to_string(),
        SettingValue::Number(value) => value.to_string(),
        SettingValue::Text(value) => value.clone(),
        SettingValue::List(values) => values.join(", "),
    }
}
