//! The real desktop: what the controller causes, done by Tauri and its plugins.

mod page;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use api::{
    ApiError, Code,
    dto::{Place, SettingChange, SettingValue, Status},
    sentences::Sentence,
};
use serde_json::Value;
use tauri::{AppHandle, async_runtime};
use tauri_plugin_autostart::ManagerExt as _;
use tauri_plugin_dialog::{DialogExt as _, FilePath};
use tauri_plugin_opener::OpenerExt as _;
use tokio::sync::{mpsc, watch};
use tokio_util::task::TaskTracker;
use tracing::{error, warn};

pub(crate) use self::page::PageDesktop;
use crate::{
    backend::Backend,
    controller::{AppPage, Effects, FolderQuestion, Input, Reply, TextToSave, Theme, View},
    host::Order,
    notify,
    tray::model::Tray,
    window::Windows,
};

/// Panels that start together with us take a few seconds on a slow machine.
const TRAY_WAIT: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(crate) struct TauriDesktop {
    pub(crate) app: AppHandle,
    pub(crate) windows: Windows,
    pub(crate) tray: watch::Sender<Tray>,
    pub(crate) backend: Backend,
    pub(crate) orders: mpsc::UnboundedSender<Order>,
    pub(crate) inbox: mpsc::UnboundedSender<Input>,
    pub(crate) tasks: TaskTracker,
}

impl TauriDesktop {
    fn order(&self, order: Order) {
        if self.orders.send(order).is_err() {
            error!(?order, "nobody keeps the node");
        }
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn_on(task, async_runtime::handle().inner());
    }
}

impl Effects for TauriDesktop {
    fn show(&mut self, view: &View, theme: Theme) {
        if let Err(error) = self.windows.show(view, theme) {
            error!(%error, "the window could not be opened");
        }
    }

    fn raise(&mut self) {
        self.windows.raise();
    }

    fn close_window(&mut self) {
        self.windows.close();
    }

    fn apply_theme(&mut self, theme: Theme) {
        self.windows.apply_theme(theme);
    }

    fn set_tray(&mut self, tray: Tray) {
        self.tray.send_if_modified(|shown| {
            let changed = *shown != tray;
            *shown = tray;
            changed
        });
    }

    fn wait_for_tray(&mut self) {
        let inbox = self.inbox.clone();
        self.spawn(async move {
            // Ends early when the controller has left.
            tokio::select! {
                () = tokio::time::sleep(TRAY_WAIT) => {
                    let _ = inbox.send(Input::TrayWaitOver);
                }
                () = inbox.closed() => {}
            }
        });
    }

    fn notify(&mut self, words: &Sentence, page: &AppPage) -> Result<(), ApiError> {
        notify::show(&self.app, words, page)
    }

    fn remember_tray_hint(&mut self) {
        let backend = self.backend.clone();
        self.spawn(async move {
            if let Err(error) = set(&backend, "ui.tray_hint_shown", true).await {
                warn!(
                    code = error.code.name(),
                    "that the tray was explained is not remembered"
                );
            }
        });
    }

    fn start_node(&mut self) {
        self.order(Order::Start);
    }

    fn stop_node(&mut self) {
        self.order(Order::Stop);
    }

    fn set_sharing(&mut self, on: bool) {
        let backend = self.backend.clone();
        self.spawn(async move {
            if let Err(error) = set(&backend, "sharing.on", on).await {
                warn!(code = error.code.name(), "sharing was not switched");
            }
        });
    }

    fn autostart(&mut self) -> Result<bool, ApiError> {
        self.app
            .autolaunch()
            .is_enabled()
            .map_err(|error| failed(&error))
    }

    fn set_autostart(&mut self, on: bool) -> Result<(), ApiError> {
        let autostart = self.app.autolaunch();
        let set = if on {
            autostart.enable()
        } else {
            autostart.disable()
        };
        set.map_err(|error| failed(&error))
    }

    fn open(&mut self, place: Place, reply: Reply<()>) {
        let (app, backend) = (self.app.clone(), self.backend.clone());
        self.spawn(async move {
            let opened = open_place(&app, &backend, place).await;
            let _ = reply.send(opened);
        });
    }

    fn pick_folder(&mut self, question: FolderQuestion, reply: Reply<Option<String>>) {
        self.app
            .dialog()
            .file()
            .set_title(question.title)
            .pick_folder(move |chosen| {
                let _ = reply.send(
                    chosen
                        .map(into_path)
                        .transpose()
                        .map(|path| path.as_deref().map(shown)),
                );
            });
    }

    fn save_text(&mut self, what: TextToSave, reply: Reply<Option<String>>) {
        let TextToSave {
            title,
            file_name,
            text,
        } = what;
        let dialog = self
            .app
            .dialog()
            .file()
            .set_title(title)
            .set_file_name(file_name);
        dialog.save_file(move |chosen| {
            let saved = chosen.map(into_path).transpose().and_then(|path| {
                let Some(path) = path else { return Ok(None) };
                std::fs::write(&path, text).map_err(|error| failed(&error))?;
                Ok(Some(shown(&path)))
            });
            let _ = reply.send(saved);
        });
    }

    fn leave(&mut self) {
        self.app.exit(0);
    }
}

async fn set(backend: &Backend, key: &str, value: bool) -> Result<(), ApiError> {
    let change = SettingChange {
        key: key.to_owned(),
        value: SettingValue::Bool(value),
    };
    let change = serde_json::to_value(change).map_err(|error| failed(&error))?;
    backend.api().await?.call("settings.set", change).await?;
    Ok(())
}

async fn open_place(app: &AppHandle, backend: &Backend, place: Place) -> Result<(), ApiError> {
    if place == Place::Page {
        let link = backend.page_link()?;
        return app
            .opener()
            .open_url(link, None::<&str>)
            .map_err(|error| failed(&error));
    }
    let status = backend.api().await?.call("status", Value::Null).await?;
    let status: Status = serde_json::from_value(status).map_err(|error| failed(&error))?;
    let path = match place {
        Place::DataFolder => status.data_folder,
        Place::LogFolder => status.log_folder,
        Place::ConfigFile | Place::Page => status.config_file,
    };
    app.opener()
        .open_path(path, None::<&str>)
        .map_err(|error| failed(&error))
}

fn into_path(chosen: FilePath) -> Result<PathBuf, ApiError> {
    chosen.into_path().map_err(|error| failed(&error))
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn failed(error: &impl std::error::Error) -> ApiError {
    ApiError::new(Code::DesktopFailed, [("reason", error.to_string())])
}
