//! A screen and a session bus of their own for a program that opens windows.
//! Both end when this value goes away.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result};

use crate::{process::command, tree::Tree};

pub(crate) struct Screen {
    display: String,
    bus: String,
    children: Vec<Child>,
}

impl Screen {
    pub(crate) fn open(tree: &Tree) -> Result<Self> {
        let mut screen = Self {
            display: String::new(),
            bus: String::new(),
            children: Vec::new(),
        };
        // The server chooses a free number and tells it once it accepts windows.
        let number = screen.start(
            command(tree, "Xvfb")
                .args(["-displayfd", "1", "-screen", "0", "1280x800x24"])
                .args(["-nolisten", "tcp"]),
        )?;
        screen.display = format!(":{number}");
        screen.bus = screen.start(command(tree, "dbus-daemon").args([
            "--session",
            "--nofork",
            "--print-address",
        ]))?;
        Ok(screen)
    }

    /// Runs a panel on the bus of this screen, so that tray icons are shown.
    pub(crate) fn furnish(&mut self, panel: &mut Command) -> Result<()> {
        self.start(panel.env("DBUS_SESSION_BUS_ADDRESS", &self.bus))?;
        Ok(())
    }

    /// Lets the command open its windows here, and nowhere else.
    pub(crate) fn show(&self, command: &mut Command) {
        command
            .env("DISPLAY", &self.display)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .env("GDK_BACKEND", "x11")
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("XAUTHORITY");
    }

    /// Starts a server and waits for the line it writes when it is ready.
    fn start(&mut self, command: &mut Command) -> Result<String> {
        let name = command.get_program().to_string_lossy().into_owned();
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| {
                format!("{name} cannot be started; `cargo xtask setup` installs it")
            })?;
        let out = child.stdout.take();
        self.children.push(child);
        let mut line = String::new();
        BufReader::new(out.with_context(|| format!("{name} has no output"))?)
            .read_line(&mut line)?;
        let line = line.trim();
        (!line.is_empty())
            .then(|| line.to_owned())
            .with_context(|| format!("{name} ended before it was ready"))
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        for child in self.children.iter_mut().rev() {
            // It may have ended by itself; either way it is gone after this.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
