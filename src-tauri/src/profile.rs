//! What sets one application of this program apart from another.
//!
//! Two nodes on two data folders may run side by side, each with a window,
//! a tray icon, a place to remember its window and a second start of its own.
//! So whoever names a data folder other than the usual one gets an identifier
//! of its own, from which the system derives all of these.

use std::{ffi::OsStr, path::Path};

use node::Options;

/// The identifier of the application on the data folder that `options` name.
pub(crate) fn identifier(usual: &str, options: &Options) -> String {
    match (options.data_folder().ok(), &options.system_place) {
        (Some(folder), usual_place) if usual_place.as_ref() != Some(&folder) => {
            format!("{usual}.p{:016x}", fingerprint(&folder))
        }
        _ => usual.to_owned(),
    }
}

/// FNV-1a: the same in every run and version, which the standard hasher is not.
fn fingerprint(folder: &Path) -> u64 {
    let bytes: &OsStr = folder.as_os_str();
    bytes
        .as_encoded_bytes()
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        })
}

#[cfg(test)]
mod tests {
    use node::journal::Journal;

    use super::*;

    fn identifier_on(data: Option<&str>) -> String {
        let options = Options {
            data: data.map(Into::into),
            system_place: Some("/home/a/.local/share/banyan".into()),
            environment: Vec::new(),
            ..Options::of_process(Journal::new(None), "0", "unknown")
        };
        identifier("dev.banyan.desktop", &options)
    }

    #[test]
    fn the_usual_folder_has_the_usual_identifier() {
        assert_eq!(identifier_on(None), "dev.banyan.desktop");
        assert_eq!(
            identifier_on(Some("/home/a/.local/share/banyan")),
            "dev.banyan.desktop"
        );
    }

    #[test]
    fn another_folder_has_its_own_and_keeps_it() {
        let one = identifier_on(Some("/data/سرو"));
        assert_eq!(one, identifier_on(Some("/data/سرو")));
        assert_ne!(one, identifier_on(Some("/data/other")));
        // A name on the session bus: its parts begin with a letter.
        let suffix = one.strip_prefix("dev.banyan.desktop.p").unwrap();
        assert_eq!(suffix.len(), 16);
        assert!(suffix.bytes().all(|byte| byte.is_ascii_hexdigit()));
    }
}
