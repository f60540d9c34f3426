//! A start that cannot succeed says why and loses nothing.

use std::fs;

use node::{StartError, config::Key, folder::FolderError};

use crate::place::{Place, until};

#[tokio::test]
async fn a_file_in_place_of_the_folder() {
    let place = Place::new();
    fs::write(place.data(), "precious").unwrap();
    let refused = place.try_start().await;
    assert!(
        matches!(
            refused,
            Err(StartError::Folder(FolderError::Unwritable { .. }))
        ),
        "{refused:?}"
    );
    assert_eq!(fs::read_to_string(place.data()).unwrap(), "precious");
}

#[tokio::test]
async fn no_home() {
    let place = Place::new();
    let mut options = place.options();
    options.data = None;
    let refused = node::Node::start(options).await;
    assert!(
        matches!(refused, Err(StartError::Folder(FolderError::NoHome))),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_broken_configuration_stays_as_it_is() {
    for broken in ["[ui\ntheme = 1", "[network]\nudp_port = 99999\n"] {
        let place = Place::new().config(broken);
        let refused = place.try_start().await;
        assert!(matches!(refused, Err(StartError::Config(_))), "{refused:?}");
        assert_eq!(fs::read_to_string(place.config_file()).unwrap(), broken);
        fs::remove_file(place.config_file()).unwrap();
        place.start().await.stop().await;
    }
}

#[tokio::test]
async fn a_damaged_identity_is_never_replaced() {
    let place = Place::new();
    place.start().await.stop().await;
    let key = place.data().join("identity.key");
    fs::write(&key, "damaged").unwrap();
    let refused = place.try_start().await;
    assert!(
        matches!(refused, Err(StartError::Identity(_))),
        "{refused:?}"
    );
    assert_eq!(fs::read_to_string(&key).unwrap(), "damaged");
}

#[tokio::test]
async fn log_files_that_cannot_be_written_are_noticed() {
    let place = Place::new();
    let _listening = place.listen();
    fs::create_dir(place.data()).unwrap();
    fs::write(place.data().join("logs"), "in the way").unwrap();
    let node = place.start().await;
    until(&node.handle(), |node| has(node, "log_folder_unwritable")).await;
    assert!(!node.handle().log(tracing::Level::INFO, 10).is_empty());
    node.stop().await;
}

#[tokio::test]
async fn no_network_is_noticed() {
    let place = Place::new().flag(Key::NetworkInterfaces, "missing0");
    let node = place.start().await;
    until(&node.handle(), |node| has(node, "no_network")).await;
    node.stop().await;
}

fn has(node: &node::Handle, code: &str) -> bool {
    node.notices().iter().any(|notice| notice.code() == code)
}

#[cfg(target_os = "linux")]
mod disks {
    use std::process::{Command, Stdio};

    use super::*;

    #[tokio::test]
    async fn a_full_disk() {
        let place = Place::new();
        let Some(_disk) = Disk::mount(&place, "size=256k") else {
            return;
        };
        fs::write(place.data().join("filler"), vec![0; 1 << 20]).unwrap_err();
        let refused = place.try_start().await;
        let Err(StartError::Folder(FolderError::DiskFull { folder })) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(folder, place.data());
        fs::remove_file(place.data().join("filler")).unwrap();
        place.start().await.stop().await;
    }

    #[tokio::test]
    async fn a_disk_that_fills_up_later_loses_no_setting() {
        let place = Place::new();
        let Some(_disk) = Disk::mount(&place, "size=256k") else {
            return;
        };
        let node = place.start().await;
        let handle = node.handle();
        handle.rename("before").await.unwrap();
        let written = fs::read_to_string(place.config_file()).unwrap();
        fs::write(place.data().join("filler"), vec![0; 1 << 20]).unwrap_err();
        assert!(handle.rename("after").await.is_err());
        assert_eq!(fs::read_to_string(place.config_file()).unwrap(), written);
        assert_eq!(handle.machine().name, "before");
        fs::remove_file(place.data().join("filler")).unwrap();
        handle.rename("after").await.unwrap();
        node.stop().await;
    }

    #[tokio::test]
    async fn a_read_only_disk() {
        let place = Place::new();
        let Some(_disk) = Disk::mount(&place, "ro") else {
            return;
        };
        let refused = place.try_start().await;
        assert!(
            matches!(
                refused,
                Err(StartError::Folder(FolderError::Unwritable { .. }))
            ),
            "{refused:?}"
        );
    }

    /// A disk of its own under the data folder.
    struct Disk(std::path::PathBuf);

    impl Disk {
        fn mount(place: &Place, options: &str) -> Option<Self> {
            fs::create_dir(place.data()).unwrap();
            let mounted = Command::new("mount")
                .args(["-t", "tmpfs", "-o", options, "tmpfs"])
                .arg(place.data())
                .stderr(Stdio::null())
                .status();
            if !mounted.is_ok_and(|status| status.success()) {
                testkit::skip("this test must be allowed to mount a small file system");
                return None;
            }
            Some(Self(place.data()))
        }
    }

    impl Drop for Disk {
        fn drop(&mut self) {
            let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
        }
    }
}
