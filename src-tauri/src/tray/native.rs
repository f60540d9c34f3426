//! Shows a [`Tray`] on this desktop and tells the controller what was chosen,
//! and whether anything shows the icon at all.

#[cfg(target_os = "linux")]
#[path = "native/status_notifier.rs"]
mod platform;

#[cfg(not(target_os = "linux"))]
#[path = "native/tauri_tray.rs"]
mod platform;

pub(crate) use platform::run;
