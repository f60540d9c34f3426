use std::{fs, process::Command};

use tempfile::TempDir;
use zbus::blocking::{Connection, connection::Builder};

use super::child::Helper;

/// Knows no service files, so nothing is started on it that a test did not start.
const CONFIGURATION: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// A bus of its own.
#[derive(Debug)]
pub struct Bus {
    address: String,
    _daemon: Helper,
    _folder: TempDir,
}

impl Bus {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let configuration = folder.path().join("session.conf");
        fs::write(&configuration, CONFIGURATION).expect("a file in it");
        let (daemon, address) = Helper::start_with_line(
            Command::new("dbus-daemon")
                .arg("--config-file")
                .arg(&configuration)
                .args(["--nofork", "--nopidfile", "--print-address=1"]),
        );
        Self {
            address,
            _daemon: daemon,
            _folder: folder,
        }
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    pub fn connect(&self) -> Connection {
        self.builder().build().expect("a connection to the bus")
    }

    pub(super) fn builder(&self) -> Builder<'_> {
        Builder::address(self.address.as_str()).expect("the address of the bus")
    }
}
