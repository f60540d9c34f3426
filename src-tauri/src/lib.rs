//! Banyan in a window.
//!
//! Layer 5: a shell around a node of its own process. [`host`] keeps that node
//! and the gateway, [`controller`] decides what the desktop does, [`desktop`]
//! does it, and [`commands`] hand the page's calls on to the api.
//!
//! ```text
//!  page ──commands──▶ api ──▶ node        host: starts, stops, watches
//!   ▲                  ▲                     │
//!   └──events──────────┘                     ▼ Input
//!  window, tray, second start ──Input──▶ controller ──Effects──▶ desktop
//! ```
//!
//! Never: a decision in a command, a way around the api.

mod backend;
mod clock;
mod commands;
mod controller;
mod desktop;
mod display;
mod events;
mod flags;
mod host;
mod language;
mod notify;
mod preferences;
mod profile;
mod signals;
mod streams;
mod tray;
mod trouble;
mod window;
mod words;

use std::{process::ExitCode, sync::Arc};

use clap::Parser as _;
use node::{Options, config::Key};
use tauri::{App, AppHandle, Manager as _, RunEvent, UriSchemeContext, Wry, async_runtime, http};
use tokio::sync::{mpsc, watch};
use tokio_util::task::TaskTracker;
use tracing::error;

use crate::{
    backend::{Backend, Behind},
    clock::PaintClock,
    controller::{Controller, Input},
    desktop::{PageDesktop, TauriDesktop},
    events::Subscriptions,
    flags::Flags,
    host::Host,
    tray::model::{Condition, Tray},
    window::Windows,
};

/// What commands and the parts of the window share.
#[derive(Debug)]
pub(crate) struct Shell {
    backend: Backend,
    subscriptions: Subscriptions,
    clock: PaintClock,
    /// What the window is meant to show.
    view: watch::Receiver<Option<controller::View>>,
}

/// Runs the application until it is quit.
pub fn run() -> ExitCode {
    let clock = PaintClock::start();
    let flags = Flags::parse();
    let language = language::of_the_system();
    if let Err(missing) = display::find() {
        return display::say(&missing, language);
    }
    match start(clock, &flags) {
        Ok(app) => {
            app.run(on_event);
            ExitCode::SUCCESS
        }
        Err(reason) => {
            error!(%reason, "the application did not start");
            display::say_failure(reason.as_ref(), language)
        }
    }
}

fn start(clock: PaintClock, flags: &Flags) -> Result<App, Box<dyn std::error::Error>> {
    let directives = std::env::var("RUST_LOG").ok();
    let journal = node::logging::init(directives.as_deref())?;
    let options = Options {
        data: flags.data.clone(),
        flags: settings_of(flags),
        ..Options::of_process(journal, env!("CARGO_PKG_VERSION"), env!("BANYAN_COMMIT"))
    };
    let mut context = tauri::generate_context!();
    let identifier = profile::identifier(&context.config().identifier, &options);
    context.config_mut().identifier = identifier;

    let (inbox, inputs) = mpsc::unbounded_channel();
    let (second_start, page_process) = (inbox.clone(), inbox.clone());
    let parts = Parts {
        clock,
        options,
        inbox,
        inputs,
        hidden: flags.hidden,
    };
    let autostart = tauri_plugin_autostart::Builder::new().args(args_at_login(flags));
    let builder = tauri::Builder::default()
        // First, so that a second start ends before it touched anything.
        .plugin(tauri_plugin_single_instance::init(move |_, _, _| {
            let _ = second_start.send(Input::SecondStart);
        }))
        .plugin(autostart.build())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_notification::init())
        .plugin(
            tauri_plugin_opener::Builder::new()
                .open_js_links_on_click(false)
                .build(),
        )
        .plugin(window::remembered())
        .register_uri_scheme_protocol(trouble::SCHEME, trouble_page)
        .invoke_handler(tauri::generate_handler![
            commands::call,
            commands::stream,
            commands::subscribe,
            commands::unsubscribe,
            commands::painted,
        ])
        .setup(move |app| {
            parts.assemble(app.handle());
            Ok(())
        });
    Ok(on_page_process_end(builder, page_process).build(context)?)
}

/// What the application is put together from once Tauri is up.
struct Parts {
    clock: PaintClock,
    options: Options,
    inbox: mpsc::UnboundedSender<Input>,
    inputs: mpsc::UnboundedReceiver<Input>,
    hidden: bool,
}

impl Parts {
    fn assemble(self, app: &AppHandle) {
        let Self {
            clock,
            options,
            inbox,
            inputs,
            hidden,
        } = self;
        let tasks = TaskTracker::new();
        let preferences = preferences::at_start(&options);
        let (behind, seen) = watch::channel(Behind::Starting);
        let backend = Backend::new(seen);
        let (view, shown) = watch::channel(None);
        app.manage(Shell {
            backend: backend.clone(),
            subscriptions: Subscriptions::new(backend.clone(), tasks.clone()),
            clock,
            view: shown,
        });

        let runtime = async_runtime::handle();
        let runtime = runtime.inner();
        let (orders, to_host) = mpsc::unbounded_channel();
        let desktop = Arc::new(PageDesktop::new(inbox.clone()));
        let host = Host {
            options,
            desktop,
            behind,
            inbox: inbox.clone(),
        };
        tasks.spawn_on(host.run(to_host), runtime);

        let (tray, tray_updates) =
            watch::channel(Tray::of(&Condition::Starting, preferences.language));
        tasks.spawn_on(
            tray::native::run(app.clone(), tray_updates, inbox.clone()),
            runtime,
        );
        tasks.spawn_on(signals::watch(inbox.clone()), runtime);

        let clicked = inbox.clone();
        notify::on_click(app, move |page| {
            let _ = clicked.send(Input::NotificationClicked(page));
        });
        let effects = TauriDesktop {
            app: app.clone(),
            windows: Windows::new(app.clone(), inbox.clone(), view),
            tray,
            backend,
            orders,
            inbox,
            tasks: tasks.clone(),
        };
        let controller = Controller::new(effects, preferences).run(hidden, inputs);
        tasks.spawn_on(controller, runtime);
    }
}

/// Only the controller ends the application; that no window is open is no reason.
fn on_event(_: &AppHandle, event: RunEvent) {
    if let RunEvent::ExitRequested {
        code: None, api, ..
    } = event
    {
        api.prevent_exit();
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "Tauri hands arguments over as values"
)]
fn trouble_page(
    context: UriSchemeContext<'_, Wry>,
    _: http::Request<Vec<u8>>,
) -> http::Response<Vec<u8>> {
    let shell = context.app_handle().state::<Shell>();
    let view = shell.view.borrow();
    window::trouble_page(view.as_ref())
}

#[cfg(target_os = "macos")]
fn on_page_process_end(
    builder: tauri::Builder<Wry>,
    inbox: mpsc::UnboundedSender<Input>,
) -> tauri::Builder<Wry> {
    builder.on_web_content_process_terminate(move |_| {
        let _ = inbox.send(Input::PageCrashed);
    })
}

#[cfg(not(target_os = "macos"))]
fn on_page_process_end(
    builder: tauri::Builder<Wry>,
    _: mpsc::UnboundedSender<Input>,
) -> tauri::Builder<Wry> {
    builder
}

fn settings_of(flags: &Flags) -> Vec<(Key, String)> {
    [
        (Key::MachineName, &flags.name),
        (Key::HttpAddress, &flags.http),
        (Key::NetworkTcpPort, &flags.tcp),
        (Key::NetworkUdpPort, &flags.udp),
    ]
    .into_iter()
    .filter_map(|(key, value)| Some((key, value.clone()?)))
    .collect()
}

/// At login the application starts in the tray, on the same folder.
fn args_at_login(flags: &Flags) -> Vec<String> {
    let mut args = vec!["--hidden".to_owned()];
    if let Some(folder) = &flags.data {
        args.extend(["--data".to_owned(), folder.display().to_string()]);
    }
    args
}
