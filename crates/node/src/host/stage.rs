//! A machine for tests: its tools are scripts, its files lie in a folder.

use std::{fs, os::unix::fs::PermissionsExt as _, path::PathBuf};

use super::{Host, System};

/// Notes how its tools were called.
pub(crate) struct Stage {
    place: tempfile::TempDir,
    pub(crate) host: Host,
}

impl Stage {
    pub(crate) fn new(system: System, administrator: bool) -> Self {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir(place.path().join("bin")).unwrap();
        let host = Host::played(system, place.path(), administrator);
        Self { place, host }
    }

    pub(crate) fn tool(self, name: &str, script: &str) -> Self {
        let file = self.path("bin").join(name);
        let calls = self.path("calls");
        let head = format!(
            "#!/bin/sh\nprintf '%s\\n' \"{name} $*\" >> '{}'\n",
            calls.display()
        );
        fs::write(&file, head + script).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o700)).unwrap();
        self
    }

    pub(crate) fn file(self, name: &str, text: &str) -> Self {
        let file = self.path(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
        self
    }

    pub(crate) fn calls(&self) -> Vec<String> {
        let text = fs::read_to_string(self.path("calls")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }
}
