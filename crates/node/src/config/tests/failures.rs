//! Disks and folders that do not do their part.

use std::fs;

use super::super::{ChangeError, ConfigError};
use super::{Folder, text};

/// Names the folder of the configuration to the process that may not write.
#[cfg(target_os = "linux")]
const FOLDER_VARIABLE: &str = "CONFIG_TEST_FULL_DISK";

/// What that process says when it was refused, so that a test that ran nothing cannot pass.
#[cfg(target_os = "linux")]
const REFUSED: &str = "the change was refused";

#[test]
fn a_folder_in_its_place_is_an_error() {
    let folder = Folder::new();
    fs::create_dir(folder.file()).unwrap();
    let error = folder.open().unwrap_err();
    assert!(matches!(error, ConfigError::Unreadable { .. }));
    assert_eq!(
        folder.sentence(&error),
        "config.toml cannot be read: it is a folder"
    );
}

#[test]
fn a_huge_file_is_not_read() {
    let folder = Folder::with(vec![b'#'; 1024 * 1024 + 1]);
    assert_eq!(
        folder.sentence(&folder.open().unwrap_err()),
        "config.toml cannot be read: it is larger than 1 MiB"
    );
}

#[cfg(unix)]
#[test]
fn a_device_in_its_place_is_not_read_for_ever() {
    let error = super::super::Store::open("/dev/zero", [], []).unwrap_err();
    assert_eq!(
        error.to_string(),
        "/dev/zero cannot be read: it is not a regular file"
    );
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_is_an_error() {
    use std::os::unix::fs::PermissionsExt;

    let folder = Folder::with("[ui]\n");
    fs::set_permissions(folder.file(), fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(folder.file()).is_ok() {
        // The superuser reads everything.
        return;
    }
    assert_eq!(
        folder.sentence(&folder.open().unwrap_err()),
        "config.toml cannot be read: permission is denied"
    );
}

#[test]
fn a_folder_that_went_away_is_an_error_and_the_old_values_count() {
    let folder = Folder::new();
    let mut store = folder.open().unwrap();
    let before = store.config();
    fs::remove_dir(folder.folder.path()).unwrap();
    let error = store.set("ui.theme", &text("dark")).unwrap_err();
    assert!(matches!(error, ChangeError::Unwritable { .. }));
    assert_eq!(
        folder.sentence(&error),
        "config.toml cannot be written: its folder does not exist"
    );
    assert_eq!(store.config(), before);
    assert_eq!(store.view(super::super::Key::UiTheme).value, text("system"));
}

/// A limit on the size of files fails a write as a full disk does, and needs no disk. It holds for
/// a whole process, so this test starts itself again in one.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_and_the_old_file_is_untouched() {
    if let Some(folder) = std::env::var_os(FOLDER_VARIABLE) {
        return with_no_room_on_the_disk(folder.as_ref());
    }
    let old = "# precious\n[ui]\ntheme = \"light\"\n";
    let folder = Folder::with(old);
    let this_test = std::thread::current().name().unwrap().to_owned();
    let output = std::process::Command::new("sh")
        .arg("-c")
        .arg("trap '' XFSZ; ulimit -f 0; exec \"$0\" --exact \"$1\" --nocapture --test-threads=1")
        .arg(std::env::current_exe().unwrap())
        .arg(this_test)
        .env(FOLDER_VARIABLE, folder.folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}"
    );
    assert!(said.contains(REFUSED), "{said}");
    assert_eq!(folder.contents(), old);
    assert_eq!(
        folder.listing(),
        ["config.toml"],
        "nothing half-written stays behind"
    );
}

#[cfg(target_os = "linux")]
fn with_no_room_on_the_disk(folder: &std::path::Path) {
    let mut store = super::super::Store::open(folder.join("config.toml"), [], []).unwrap();
    let before = store.config();
    let error = store.set("ui.theme", &text("dark")).unwrap_err();
    assert!(matches!(error, ChangeError::Unwritable { .. }), "{error}");
    assert_eq!(store.config(), before);
    println!("{REFUSED}");
}
