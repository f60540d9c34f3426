//! Pages that follow from this crate are in step with it. `cargo xtask gen` writes them again.

use std::fs;
use std::path::Path;

/// Set to `write` by `cargo xtask gen`.
const GENERATE: &str = "BANYAN_GENERATE";

#[test]
fn the_reference_of_all_settings_is_in_step() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/configuration.md");
    // A checkout on Windows may have its line ends.
    let committed = fs::read_to_string(&page).unwrap().replace("\r\n", "\n");
    let renewed = with_part(&committed, "settings", &node::config::reference()).unwrap();
    let renewed = with_part(&renewed, "constants", &node::config::constants()).unwrap();

    if std::env::var_os(GENERATE).is_some_and(|value| value == "write") {
        if renewed != committed {
            fs::write(&page, renewed).unwrap();
        }
    } else {
        assert!(
            renewed == committed,
            "docs/configuration.md is behind the table of settings: run `cargo xtask gen`"
        );
    }
}

/// `page` with `text` between the markers of that name, if it has both.
fn with_part(page: &str, name: &str, text: &str) -> Option<String> {
    let begin = format!("<!-- generated: {name} -->\n");
    let end = format!("<!-- end: {name} -->");
    let (before, from) = page.split_once(&begin)?;
    let (_, after) = from.split_once(&end)?;
    Some(format!("{before}{begin}\n{text}\n{end}{after}"))
}
