//! A desktop for one test: a screen, a session bus, a panel that shows tray
//! icons and notifications, and the real application on all of it.
//!
//! Each part is an ordinary program or protocol of a Linux desktop. The panel
//! is written here, because a test wants to hear what reached it; what it
//! speaks is what panels speak. Nothing of the real session is seen.

mod application;
mod bus;
mod child;
mod panel;
mod screen;
mod tray;
mod webdriver;

pub use application::{Application, Outcome, binary as application_binary};
pub use bus::Bus;
pub use panel::{Notification, Panel};
pub use screen::Screen;
pub use tray::{MenuEntry, TrayItem};
pub use webdriver::{Page, WebDriver};

use std::{
    process::Command,
    thread,
    time::{Duration, Instant},
};

use crate::{Home, free_tcp_port, free_udp_port};

/// Generous: a web view on a busy machine with two cores needs seconds.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two looks at something that cannot be waited for.
const PAUSE: Duration = Duration::from_millis(20);

/// A screen, perhaps a bus, and a home.
#[derive(Debug)]
pub struct Desktop {
    pub screen: Screen,
    pub bus: Option<Bus>,
    pub home: Home,
}

impl Desktop {
    /// With a session bus on which nothing runs yet.
    pub fn new() -> Self {
        Self {
            bus: Some(Bus::start()),
            ..Self::without_bus()
        }
    }

    pub fn without_bus() -> Self {
        Self {
            screen: Screen::start(),
            bus: None,
            home: Home::new(),
        }
    }

    /// A panel that shows icons and notifications, from now on.
    pub fn panel(&self) -> Panel {
        Panel::start(self.bus.as_ref().expect("a panel needs a session bus"))
    }

    /// The application on this desktop, on its home's data folder and on free
    /// ports, not started.
    pub fn application(&self) -> Command {
        let mut command = Command::new(application_binary());
        self.furnish(&mut command);
        command.args(self.arguments());
        command
    }

    /// What the application is started with.
    pub fn arguments(&self) -> Vec<String> {
        let data = self.home.data().display().to_string();
        let (tcp, udp) = (free_tcp_port().to_string(), free_udp_port().to_string());
        let arguments = [
            "--data",
            &data,
            "--http",
            "127.0.0.1:0",
            "--tcp",
            &tcp,
            "--udp",
            &udp,
        ];
        arguments.map(str::to_owned).into()
    }

    /// Writes the configuration file, as a person would before the start.
    pub fn configure(&self, configuration: &str) {
        private_folder(self.home.data());
        std::fs::write(self.home.data().join("config.toml"), configuration)
            .expect("a configuration file");
    }

    /// The environment of a program on this desktop.
    pub fn furnish(&self, command: &mut Command) {
        let runtime = self.home.path().join("run");
        private_folder(&runtime);
        command
            .env_clear()
            .env("HOME", self.home.path())
            .env("XDG_RUNTIME_DIR", runtime)
            .env("DISPLAY", self.screen.name())
            .env("LANG", "C.UTF-8")
            // It meets nobody by chance.
            .env("BANYAN_NETWORK_INTERFACES", "lo")
            .env("BANYAN_NETWORK_MDNS", "false")
            // There is no accessibility bus to look for.
            .env("NO_AT_BRIDGE", "1")
            // Without a graphics card, drawing into shared memory is the quicker way.
            .env("WEBKIT_DISABLE_DMABUF_RENDERER", "1");
        for kept in ["PATH", "LLVM_PROFILE_FILE"] {
            if let Some(value) = std::env::var_os(kept) {
                command.env(kept, value);
            }
        }
        if let Some(bus) = &self.bus {
            command.env("DBUS_SESSION_BUS_ADDRESS", bus.address());
        } else {
            // Otherwise a bus is looked for in the runtime folder and started.
            command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
        }
    }
}

impl Default for Desktop {
    fn default() -> Self {
        Self::new()
    }
}

/// Waits until `look` finds something.
#[track_caller]
pub fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        thread::sleep(PAUSE);
    }
}

fn private_folder(folder: &std::path::Path) {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .expect("a folder for sockets");
}
