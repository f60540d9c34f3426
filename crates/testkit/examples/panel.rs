//! A panel for a session bus that has none, so that an application can hide in a
//! tray while it is measured. Says so in one line, and shows what it is given
//! until it is ended.
#![cfg(target_os = "linux")]
#![expect(clippy::print_stdout, reason = "the line that says it is there")]

fn main() {
    let panel = testkit::desktop::Panel::on_session_bus();
    println!("a panel is there");
    loop {
        std::thread::park();
        drop(panel.notifications());
    }
}
