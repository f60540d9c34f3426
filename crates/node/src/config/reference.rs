use super::kind::{Kind, Unit};
use super::settings::{Descriptor, Key, Stage};
use super::value::RawValue;

/// The tables of all settings for docs/configuration.md.
pub fn reference() -> String {
    let mut page = String::new();
    for (section, purpose) in Key::SECTIONS {
        section_table(&mut page, section, purpose);
    }
    page.trim_end().to_owned() + "\n"
}

/// The table of documented constants that are settings here, for docs/configuration.md.
pub fn constants() -> String {
    let mut page =
        String::from("| Setting | Documented | Here | At the limit |\n| --- | --- | --- | --- |\n");
    for key in Key::ALL {
        let descriptor = key.descriptor();
        if !descriptor.documented.is_empty() {
            let default = default_cell(*key);
            row(
                &mut page,
                &[
                    &code(key.name()),
                    descriptor.documented,
                    &default,
                    descriptor.at_limit,
                ],
            );
        }
    }
    page
}

fn section_table(page: &mut String, section: &str, purpose: &str) {
    page.push_str(&format!("### `[{section}]`\n\n{}\n\n", purpose.trim()));
    page.push_str("| Setting | Meaning | Allowed | Default | Set by | Takes effect |\n");
    page.push_str("| --- | --- | --- | --- | --- | --- |\n");
    for key in Key::ALL
        .iter()
        .filter(|key| key.descriptor().section == section)
    {
        let descriptor = key.descriptor();
        let flag = descriptor
            .flag
            .map(|flag| format!(", `{flag}`"))
            .unwrap_or_default();
        row(
            page,
            &[
                &code(descriptor.leaf),
                descriptor.description.trim(),
                &descriptor.kind.to_string(),
                &default_cell(*key),
                &format!("{}{flag}", code(&key.variable())),
                &effect(descriptor),
            ],
        );
    }
    page.push('\n');
}

fn effect(descriptor: &Descriptor) -> String {
    let when = if descriptor.needs_restart {
        "at the next start"
    } else {
        "at once"
    };
    match descriptor.stage {
        Stage::InForce => when.to_owned(),
        Stage::Until(part) => format!("{when}, in versions with {part}"),
    }
}

fn default_cell(key: Key) -> String {
    // The page must read the same wherever it is generated.
    if key == Key::MachineName {
        return "the host name".to_owned();
    }
    let value = key.default_value();
    match (&value, key.descriptor().kind) {
        (
            RawValue::Number(bytes),
            Kind::Number {
                unit: Unit::Bytes, ..
            },
        ) => {
            format!("`{bytes}` ({} MiB)", bytes / (1024 * 1024))
        }
        _ => code(&value.to_string()),
    }
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

fn row(page: &mut String, cells: &[&str]) {
    page.push_str(&format!("| {} |\n", cells.join(" | ")));
}
