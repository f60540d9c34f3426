//! The real application on a real desktop: a screen, a session bus, a panel.
//! Needs Xvfb, dbus-daemon and WebKitWebDriver, and the application with its
//! page inside (see `testkit::desktop::application_binary`).
#![cfg(target_os = "linux")]
#![allow(
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests are tests too"
)]

use std::{
    fs,
    process::{Command, Stdio},
    sync::{Mutex, MutexGuard, PoisonError},
};

use rustix::process::Signal;
use serde_json::{Value, json};
use testkit::{
    Daemon, Home,
    desktop::{Application, Desktop, Page, application_binary, eventually},
    free_tcp_port,
};

const PAINTED: &str = "window painted";
/// The first screen is not the welcome.
const WELCOMED: &str = "[ui]\nwelcomed = true\nlanguage = \"en\"\n";

#[test]
fn the_page_is_drawn_and_its_calls_reach_the_node() {
    let _alone = alone();
    let desktop = welcomed();
    let panel = desktop.panel();
    let page = Page::open(&desktop);
    let tray = panel.wait_for_item();
    let name = machine_name(&page);
    tray.wait_for_status(&format!("Banyan on {name}"));

    page.run("location.hash = '#/machines'", &json!([]));
    page.wait_for_text(&name);
    page.click("[aria-label='Rename this machine'], [aria-label^='Rename']");
    page.fill("form input", "weeping willow");
    page.click("form button[type=submit]");
    page.wait_for_text("weeping willow");
    tray.wait_for_status("Banyan on weeping willow");
    assert_eq!(machine_name(&page), "weeping willow");
    let written = fs::read_to_string(desktop.home.data().join("config.toml")).unwrap();
    assert!(written.contains("weeping willow"), "{written}");
    picture(&page, "desktop-machines.png");
}

#[test]
fn a_dark_window_never_flashes() {
    let _alone = alone();
    let desktop = Desktop::without_bus();
    desktop.configure("[ui]\nwelcomed = true\ntheme = \"dark\"\n");
    let application = Application::start(desktop.application());
    let mut colours = Vec::new();
    while !application.log().contains(PAINTED) {
        let colour = desktop.screen.colour_at(600, 400);
        if colours.last() != Some(&colour) {
            colours.push(colour);
        }
    }
    // Black is the empty screen, then comes the canvas.
    assert!(colours.contains(&[0x0a, 0x0c, 0x15]), "{colours:x?}");
    assert!(
        colours.iter().flatten().all(|&part| part < 0x40),
        "{colours:x?}"
    );
}

#[test]
fn events_reach_the_page() {
    let _alone = alone();
    let desktop = welcomed();
    let page = Page::open(&desktop);
    page.run("location.hash = '#/machines'", &json!([]));
    page.wait_for_text(&machine_name(&page));
    // Not the page's doing, so only an event can tell it.
    call(
        &page,
        "machines.rename",
        &json!({ "name": "told by an event" }),
    );
    page.wait_for_text("told by an event");
}

#[test]
fn the_page_has_its_own_commands_and_no_others() {
    let _alone = alone();
    let desktop = welcomed();
    let page = Page::open(&desktop);
    page.wait_for_text("Banyan");
    for command in [
        "plugin:opener|open_url",
        "plugin:dialog|open",
        "plugin:autostart|enable",
        "plugin:notification|notify",
        "plugin:window|destroy",
        "plugin:event|listen",
    ] {
        let answer = page.run(INVOKE, &json!([command, {}]));
        let refusal = answer["refused"].as_str().unwrap_or_default().to_owned();
        assert!(refusal.contains("not allowed"), "{command}: {answer}");
    }
    let foreign = "const script = document.createElement('script');
        script.textContent = 'window.foreign = true';
        document.head.append(script);
        return window.foreign ?? false;";
    assert_eq!(
        page.run(foreign, &json!([])),
        json!(false),
        "an inline script ran"
    );
    let refused = call(&page, "no.such.call", &Value::Null);
    assert_eq!(refused["refused"]["code"], "unknown_call");
}

#[test]
fn no_screen_breaks_the_content_policy() {
    let _alone = alone();
    let desktop = welcomed();
    let page = Page::open(&desktop);
    page.wait_for_text("Machines");
    page.run(
        "window.broken = [];
         document.addEventListener('securitypolicyviolation', (violation) =>
             window.broken.push(violation.violatedDirective + ' ' + violation.blockedURI));",
        &json!([]),
    );
    for (hash, text) in [
        ("#/machines", "Device id"),
        ("#/settings", "Language"),
        ("#/diagnostics", "Copy report"),
        ("#/chat", "Chat"),
    ] {
        page.run("location.hash = arguments[0]", &json!([hash]));
        page.wait_for_text(text);
    }
    assert_eq!(page.run("return window.broken", &json!([])), json!([]));
}

#[test]
fn the_desktop_does_what_the_page_asks() {
    let _alone = alone();
    let desktop = welcomed();
    let panel = desktop.panel();
    let page = Page::open(&desktop);
    panel.wait_for_item();

    call(&page, "desktop.try_notification", &Value::Null);
    assert_eq!(panel.wait_for_notification().title, "Notifications arrive");

    assert_eq!(state(&page), json!({ "tray": true, "autostart": false }));
    let autostart = desktop.home.path().join(".config/autostart/Banyan.desktop");
    assert!(!autostart.exists(), "nobody asked for a start at login");
    call(&page, "desktop.autostart", &json!({ "on": true }));
    let entry = fs::read_to_string(&autostart).unwrap();
    assert!(entry.contains("--hidden"), "{entry}");
    assert_eq!(state(&page), json!({ "tray": true, "autostart": true }));
    call(&page, "desktop.autostart", &json!({ "on": false }));
    assert!(!autostart.exists());
}

#[test]
fn closing_leaves_it_in_the_tray_which_is_told_once() {
    let _alone = alone();
    let desktop = welcomed();
    let panel = desktop.panel();
    let application = Application::start(desktop.application());
    let tray = panel.wait_for_item();
    application.wait_for(PAINTED);
    assert!(!tray.icon_sizes().is_empty());
    assert_eq!(tray.title(), "Banyan");
    assert_eq!(tray.status(), "Active");
    let name = tray.labels().first().unwrap().clone();
    assert!(name.starts_with("Banyan on "), "{name}");
    assert_eq!(
        tray.labels()[1..],
        [
            "",
            "Open Banyan",
            "Share my models",
            "Settings",
            "Quit Banyan"
        ]
    );
    assert!(!tray.menu()[0].enabled, "a line to read");

    desktop.screen.close_window();
    let hint = panel.wait_for_notification();
    assert_eq!(hint.title, "Banyan goes on in the tray");
    assert_eq!(
        hint.body,
        "Closing the window keeps this machine in the network. \
         Open or quit it from its tray icon."
    );
    desktop.screen.wait_for_no_window();
    eventually("the end of the page's process", || {
        (!application.has_page()).then_some(())
    });

    tray.choose("Open Banyan");
    desktop.screen.wait_for_window();
    desktop.screen.close_window();
    desktop.screen.wait_for_no_window();
    tray.click();
    desktop.screen.wait_for_window();
    assert_eq!(panel.notifications(), []);
    desktop.screen.close_window();
    desktop.screen.wait_for_no_window();
    panel.click(&hint);
    desktop.screen.wait_for_window();

    tray.choose("Quit Banyan");
    let outcome = application.wait();
    assert_eq!(outcome.status.code(), Some(0), "{}", outcome.log);
    assert!(!desktop.home.data().join("node.json").exists());
    let order = ["quitting", "stopping", "stopped"];
    let places: Vec<_> = order.iter().map(|word| outcome.log.find(word)).collect();
    assert!(
        places.iter().all(Option::is_some) && places.is_sorted(),
        "{}",
        outcome.log
    );
}

#[test]
fn the_tray_leads_to_the_settings() {
    let _alone = alone();
    let desktop = welcomed();
    let panel = desktop.panel();
    let page = Page::open(&desktop);
    let tray = panel.wait_for_item();
    page.wait_for_text("Banyan");
    tray.wait_for_status(&format!("Banyan on {}", machine_name(&page)));
    tray.choose("Settings");
    eventually("the settings", || {
        page.address().ends_with("#/settings").then_some(())
    });
}

#[test]
fn the_switch_in_the_tray_shares_models_and_follows_the_command_line() {
    const SWITCH: &str = "Share my models";
    let _alone = alone();
    let desktop = welcomed();
    let panel = desktop.panel();
    let page = Page::open(&desktop);
    let tray = panel.wait_for_item();
    page.wait_for_text("Banyan");
    tray.wait_for_switch(SWITCH, false);
    tray.choose(SWITCH);
    tray.wait_for_switch(SWITCH, true);
    let status = ["share", "status", "--json"];
    let shared = desktop.home.run(status).expect_code(0).json();
    assert_eq!(shared["sharing"], true);
    desktop.home.run(["share", "off"]).expect_code(0);
    tray.wait_for_switch(SWITCH, false);
}

#[test]
fn machines_nearby_are_told_and_lead_to_the_machines_screen() {
    let _alone = alone();
    let desktop = welcomed();
    let panel = desktop.panel();
    let page = Page::open(&desktop);
    let tray = panel.wait_for_item();
    page.wait_for_text("Banyan");
    let name = machine_name(&page);
    tray.wait_for_status(&format!("Banyan on {name}"));

    let udp = call(&page, "status", &Value::Null)["answer"]["ports"]["udp"].to_string();
    let bert = Home::new();
    let arguments = [
        "--json",
        "serve",
        "--no-keyring",
        "--name",
        "bert",
        "--interface",
        "lo",
    ];
    let mut command = bert.command(arguments);
    command.args([
        "--http",
        "127.0.0.1:0",
        "--tcp",
        &free_tcp_port().to_string(),
    ]);
    command.args(["--udp", &udp]);
    let daemon = Daemon::start(command);
    let nearby = panel.wait_for_notification();
    assert_eq!(nearby.title, "bert is nearby");
    panel.click(&nearby);
    let short = daemon.ready()["id"].as_str().unwrap().to_owned();
    eventually("the machine's own place", || {
        let (_, id) = page
            .address()
            .split_once("#/machines/")
            .map(|(at, id)| (at.to_owned(), id.to_owned()))?;
        id.replace('-', "").starts_with(&short).then_some(())
    });

    desktop.screen.close_window();
    assert_eq!(
        panel.wait_for_notification().title,
        "Banyan goes on in the tray"
    );
    desktop.screen.wait_for_no_window();
    let here = desktop.home.run(["status", "--json"]).expect_code(0).json();
    let here = here["machine"]["short_id"].as_str().unwrap().to_owned();
    let asking = bert
        .command(["pair", &here, "--json"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let request = panel.wait_for_notification();
    assert_eq!(request.title, "bert asks for pairing");
    panel.click(&request);
    desktop.screen.wait_for_window();

    let code = desktop
        .home
        .run(["accept", "bert", "--json"])
        .expect_code(0)
        .json();
    let code = code["code"].as_str().unwrap();
    assert!(asking.wait_with_output().unwrap().status.success());
    let confirming = bert
        .command(["pair", &here, "--code", code])
        .spawn()
        .unwrap();
    desktop
        .home
        .run(["accept", "bert", "--code", code])
        .expect_code(0);
    assert!(confirming.wait_with_output().unwrap().status.success());
    tray.wait_for_status(&format!("Banyan on {name}, 1 machine connected"));
    assert_eq!(panel.notifications(), [], "nothing is told twice");
    tray.choose("Quit Banyan");
}

#[test]
fn a_second_start_brings_the_window_and_ends() {
    let _alone = alone();
    let desktop = welcomed();
    let panel = desktop.panel();
    let first = Application::start(desktop.application());
    panel.wait_for_item();
    first.wait_for(PAINTED);
    desktop.screen.close_window();
    desktop.screen.wait_for_no_window();

    let second = Application::start(desktop.application()).wait();
    assert_eq!(second.status.code(), Some(0), "{}", second.log);
    desktop.screen.wait_for_window();
    first.signal(Signal::TERM);
    assert_eq!(first.wait().status.code(), Some(0));
}

#[test]
fn another_data_folder_is_another_application() {
    let _alone = alone();
    let desktop = welcomed();
    let panel = desktop.panel();
    let first = Application::start(desktop.application());
    panel.wait_for_item();
    let mut other = Command::new(application_binary());
    desktop.furnish(&mut other);
    other
        .args(["--http", "127.0.0.1:0", "--data"])
        .arg(desktop.home.path().join("دادهٔ دیگر"));
    let second = Application::start(other);
    panel.wait_for_item();
    second.wait_for(PAINTED);
    for application in [first, second] {
        application.signal(Signal::TERM);
        assert_eq!(application.wait().status.code(), Some(0));
    }
}

#[test]
fn a_signal_quits_in_order_and_the_window_keeps_its_size() {
    let _alone = alone();
    let desktop = welcomed();
    let _panel = desktop.panel();
    let application = Application::start(desktop.application());
    application.wait_for(PAINTED);
    desktop.screen.resize_window(900, 640);
    eventually("the new size", || {
        (desktop.screen.window_size() == (900, 640)).then_some(())
    });
    application.signal(Signal::TERM);
    let outcome = application.wait();
    assert_eq!(outcome.status.code(), Some(0), "{}", outcome.log);
    assert!(outcome.log.contains("stopped"), "{}", outcome.log);
    assert!(!desktop.home.data().join("node.json").exists());

    let again = Application::start(desktop.application());
    again.wait_for(PAINTED);
    assert_eq!(desktop.screen.window_size(), (900, 640));
    again.signal(Signal::INT);
    assert_eq!(again.wait().status.code(), Some(0));
}

#[test]
fn started_hidden_it_waits_in_the_tray() {
    let _alone = alone();
    let desktop = welcomed();
    let panel = desktop.panel();
    let mut command = desktop.application();
    command.arg("--hidden");
    let application = Application::start(command);
    let tray = panel.wait_for_item();
    application.wait_for("ready");
    assert!(!desktop.screen.has_window() && !application.has_page());
    tray.choose("Open Banyan");
    application.wait_for(PAINTED);
    tray.choose("Quit Banyan");
    assert_eq!(application.wait().status.code(), Some(0));
}

#[test]
fn a_panel_that_comes_late_gets_the_icon() {
    let _alone = alone();
    let desktop = welcomed();
    let application = Application::start(desktop.application());
    application.wait_for("tray icon shown=false");
    let panel = desktop.panel();
    panel.wait_for_item();
    application.wait_for("tray icon shown=true");
    application.wait_for(PAINTED);
    desktop.screen.close_window();
    assert_eq!(
        panel.wait_for_notification().title,
        "Banyan goes on in the tray"
    );
}

#[test]
fn without_a_panel_closing_quits() {
    let _alone = alone();
    closing_quits(&welcomed());
}

#[test]
fn without_a_session_bus_it_opens_and_closing_quits() {
    let _alone = alone();
    let desktop = Desktop::without_bus();
    desktop.configure(WELCOMED);
    closing_quits(&desktop);
}

#[test]
fn without_a_screen_it_says_what_to_do() {
    let _alone = alone();
    let desktop = Desktop::without_bus();
    let mut command = desktop.application();
    command.env_remove("DISPLAY");
    let outcome = Application::start(command).wait();
    assert_eq!(outcome.status.code(), Some(1));
    assert!(
        outcome
            .log
            .contains("There is no display to open a window on"),
        "{}",
        outcome.log
    );
    assert!(outcome.log.contains("banyan serve"), "{}", outcome.log);
    assert!(!outcome.log.contains("panicked"), "{}", outcome.log);
}

#[test]
fn where_a_service_runs_the_window_shows_its_page_without_commands() {
    let _alone = alone();
    let desktop = welcomed();
    let panel = desktop.panel();
    let daemon = desktop.home.serve();
    let page = Page::open(&desktop);
    let tray = panel.wait_for_item();
    let origin = format!("http://{}/", daemon.address());
    eventually("the page of the service", || {
        page.address().starts_with(&origin).then_some(())
    });
    // The page first spends the code in its address.
    page.wait_for_text("Machines");
    page.run("location.hash = '#/machines'", &json!([]));
    page.wait_for_text("test machine");
    let answer = call(&page, "status", &Value::Null);
    assert!(
        answer["refused"]
            .as_str()
            .unwrap_or_default()
            .contains("not allowed"),
        "{answer}"
    );
    tray.wait_for_status("Banyan runs as a service");
    assert_eq!(tray.labels()[2..], ["Open Banyan", "Quit Banyan"]);

    tray.choose("Quit Banyan");
    page.wait_for_end();
    assert_eq!(
        daemon.stop().status.code(),
        Some(0),
        "the service goes on without the window"
    );
}

#[test]
fn a_service_that_does_not_answer_is_told_with_a_way_out() {
    let _alone = alone();
    let desktop = welcomed();
    let daemon = desktop.home.serve();
    fs::remove_file(desktop.home.data().join("node.json")).unwrap();
    let page = Page::open(&desktop);
    page.wait_for_text("Another Banyan is using this data folder");
    picture(&page, "desktop-trouble.png");
    daemon.stop();
    page.click("#again");
    page.wait_for_text(&eventually("the page", || {
        page.address()
            .starts_with("tauri://")
            .then(|| machine_name(&page))
    }));
}

#[test]
fn a_broken_configuration_is_told_and_can_be_mended() {
    let _alone = alone();
    let desktop = Desktop::new();
    desktop.configure("[ui\nwelcomed = true\n");
    let page = Page::open(&desktop);
    page.wait_for_text("The configuration has a mistake");
    page.wait_for_text("config.toml, line 1");
    desktop.configure(WELCOMED);
    page.click("#again");
    eventually("the page of the application", || {
        page.address().starts_with("tauri://").then_some(())
    });
    page.wait_for_text("Machines");
}

#[test]
fn quitting_from_trouble_ends_the_application() {
    let _alone = alone();
    let desktop = Desktop::new();
    let panel = desktop.panel();
    desktop.configure("broken");
    let application = Application::start(desktop.application());
    let tray = panel.wait_for_item();
    tray.wait_for_status("The configuration has a mistake");
    eventually("attention", || {
        (tray.status() == "NeedsAttention").then_some(())
    });
    desktop.screen.wait_for_window();
    desktop.screen.close_window();
    let outcome = application.wait();
    assert_eq!(outcome.status.code(), Some(0), "{}", outcome.log);
    let kept = fs::read_to_string(desktop.home.data().join("config.toml")).unwrap();
    assert_eq!(kept, "broken", "nothing is lost");
}

#[test]
fn a_page_that_fails_is_opened_again() {
    let _alone = alone();
    let desktop = welcomed();
    let panel = desktop.panel();
    let application = Application::start(desktop.application());
    panel.wait_for_item();
    application.wait_for(PAINTED);
    application.crash_page();
    assert_eq!(
        panel.wait_for_notification().title,
        "The window was opened again"
    );
    application.wait_for_times(2, PAINTED);
    application.crash_page();
    application.wait_for("times=2");
    desktop.screen.wait_for_window();
    application.signal(Signal::TERM);
    assert_eq!(application.wait().status.code(), Some(0));
}

/// One screen at a time, also where all tests share a process.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn welcomed() -> Desktop {
    let desktop = Desktop::new();
    desktop.configure(WELCOMED);
    desktop
}

fn closing_quits(desktop: &Desktop) {
    let application = Application::start(desktop.application());
    application.wait_for("tray icon shown=false");
    application.wait_for(PAINTED);
    desktop.screen.close_window();
    let outcome = application.wait();
    assert_eq!(outcome.status.code(), Some(0), "{}", outcome.log);
    assert!(!outcome.log.contains("panicked"), "{}", outcome.log);
    assert!(!desktop.home.data().join("node.json").exists());
}

/// A command of the shell, or why it was refused.
const INVOKE: &str = "return window.__TAURI_INTERNALS__.invoke(arguments[0], arguments[1])
    .then((answer) => ({ answer }), (refused) => ({ refused }));";

fn call(page: &Page, name: &str, params: &Value) -> Value {
    page.run(INVOKE, &json!(["call", { "name": name, "params": params }]))
}

fn state(page: &Page) -> Value {
    call(page, "desktop.state", &Value::Null)["answer"].clone()
}

fn machine_name(page: &Page) -> String {
    let status = call(page, "status", &Value::Null);
    status["answer"]["machine"]["name"]
        .as_str()
        .unwrap_or_else(|| panic!("{status}"))
        .to_owned()
}

/// Kept for whoever wants to look, where a folder for pictures is named.
fn picture(page: &Page, name: &str) {
    if let Some(folder) = std::env::var_os("BANYAN_TEST_PICTURES") {
        page.screenshot(&std::path::Path::new(&folder).join(name));
    }
}
