//! The one window: how it opens, what it may show, and where links lead.
//!
//! It may show the bundle's page, the page of the service whose link it was
//! given, and the shell's own page for trouble. Everything else opens in the
//! person's browser. Only the bundle's page is given commands (see
//! `capabilities/page.json`).

mod navigation;

use tauri::{
    AppHandle, Manager as _, Theme as SystemTheme, Url, WebviewUrl, WebviewWindow,
    WebviewWindowBuilder, WindowEvent, Wry,
    plugin::TauriPlugin,
    webview::{Color, NewWindowResponse, PageLoadEvent},
};
use tauri_plugin_opener::OpenerExt as _;
use tauri_plugin_window_state::{AppHandleExt as _, StateFlags, WindowExt as _};
use tokio::sync::{mpsc, watch};
use tracing::{debug, error, warn};

use self::navigation::{Origins, Verdict};
use crate::{
    Shell,
    controller::{AppPage, Input, Theme, View},
    trouble,
};

/// What the window is remembered by, and the beginning of its label.
const NAME: &str = "main";

/// Places, sizes and maximising; whether the window is visible is decided anew.
const REMEMBERED: StateFlags = StateFlags::SIZE
    .union(StateFlags::POSITION)
    .union(StateFlags::MAXIMIZED);

const SIZE: (f64, f64) = (1180.0, 780.0);
/// The narrowest the page is made for.
const SMALLEST: (f64, f64) = (360.0, 480.0);

/// The page's canvas in both themes, so that nothing flashes before it is drawn.
const LIGHT_CANVAS: Color = Color(0xf0, 0xf2, 0xf8, 0xff);
const DARK_CANVAS: Color = Color(0x0a, 0x0c, 0x15, 0xff);

/// Tells when the page put something on the screen for the first time.
const PAINTED: &str = include_str!("window/painted.js");

/// Opens and closes the window, and remembers what it is meant to show.
///
/// A window that was told to end is still known to the toolkit for a while, so
/// each gets a label of its own.
#[derive(Debug)]
pub(crate) struct Windows {
    app: AppHandle,
    inbox: mpsc::UnboundedSender<Input>,
    view: watch::Sender<Option<View>>,
    window: Option<WebviewWindow>,
    opened: u32,
}

/// All windows share one memory of place and size.
///
/// It is locked while the window is asked where it is, which only the main
/// thread can answer, and that thread takes the same lock when the window moves.
/// So it is restored and saved there and nowhere else.
pub(crate) fn remembered() -> TauriPlugin<Wry> {
    tauri_plugin_window_state::Builder::new()
        .with_state_flags(REMEMBERED)
        .map_label(|label| if label.starts_with(NAME) { NAME } else { label })
        .skip_initial_state(NAME)
        .build()
}

impl Windows {
    pub(crate) fn new(
        app: AppHandle,
        inbox: mpsc::UnboundedSender<Input>,
        view: watch::Sender<Option<View>>,
    ) -> Self {
        Self {
            app,
            inbox,
            view,
            window: None,
            opened: 0,
        }
    }

    /// Opens the window on `view`, or turns an open one to it, and raises it.
    pub(crate) fn show(&mut self, view: &View, theme: Theme) -> tauri::Result<()> {
        let before = self.view.send_replace(Some(view.clone()));
        let Some(window) = &self.window else {
            self.window = Some(self.open(view, theme)?);
            return Ok(());
        };
        let turned = match (before, view) {
            // The page stays as it is and only goes elsewhere in itself.
            (Some(View::App(_)), View::App(page)) => {
                window.eval(format!("location.hash = {:?}", hash(page)))
            }
            _ => window.navigate(address(&self.app, view)?),
        };
        raise(window);
        turned
    }

    pub(crate) fn raise(&self) {
        if let Some(window) = &self.window {
            raise(window);
        }
    }

    /// Ends the window and with it the process of the page.
    pub(crate) fn close(&mut self) {
        self.view.send_replace(None);
        self.app.state::<Shell>().subscriptions.close_all();
        let Some(window) = self.window.take() else {
            return;
        };
        on_main_thread(&self.app, move || {
            if let Err(error) = window.app_handle().save_window_state(REMEMBERED) {
                warn!(%error, "the place of the window was not saved");
            }
            if let Err(error) = window.destroy() {
                warn!(%error, "the window could not be closed");
            }
        });
    }

    pub(crate) fn apply_theme(&self, theme: Theme) {
        if let Some(window) = &self.window {
            let window = window.clone();
            on_main_thread(&self.app, move || dress(&window, theme));
        }
    }

    fn open(&mut self, view: &View, theme: Theme) -> tauri::Result<WebviewWindow> {
        self.app.state::<Shell>().clock.opening();
        let address = address(&self.app, view)?;
        let url = match view {
            View::App(_) => WebviewUrl::CustomProtocol(address),
            View::Service { .. } | View::Trouble(_) => WebviewUrl::External(address),
        };
        let origins = self.origins()?;
        let (to_answer, to_browser) = (self.inbox.clone(), self.app.clone());
        let new_windows = self.app.clone();
        self.opened += 1;
        let label = format!("{NAME}-{}", self.opened);
        let window = WebviewWindowBuilder::new(&self.app, label, url)
            .title("Banyan")
            .inner_size(SIZE.0, SIZE.1)
            .min_inner_size(SMALLEST.0, SMALLEST.1)
            .visible(false)
            .theme(system_theme(theme))
            .initialization_script(PAINTED)
            .on_navigation(move |url| match origins.judge(url) {
                Verdict::Here => true,
                Verdict::Answer(answer) => {
                    let _ = to_answer.send(Input::Answered(answer));
                    false
                }
                Verdict::Browser => {
                    open_in_browser(&to_browser, url);
                    false
                }
                Verdict::Nowhere => false,
            })
            .on_new_window(move |url, _| {
                if navigation::is_for_browser(&url) {
                    open_in_browser(&new_windows, &url);
                }
                NewWindowResponse::Deny
            })
            .on_page_load(|window, payload| {
                if payload.event() == PageLoadEvent::Started {
                    // What the page before it listened to is of no use any more.
                    window.state::<Shell>().subscriptions.close_all();
                }
            })
            .build()?;
        let closed = self.inbox.clone();
        window.on_window_event(move |event| {
            if let WindowEvent::CloseRequested { api, .. } = event {
                api.prevent_close();
                let _ = closed.send(Input::WindowClosed);
            }
        });
        watch_page_process(&window, self.inbox.clone())?;
        let opened = window.clone();
        on_main_thread(&self.app, move || {
            if let Err(error) = opened.restore_state(REMEMBERED) {
                warn!(%error, "the window opens where the system puts it");
            }
            dress(&opened, theme);
            raise(&opened);
        });
        Ok(window)
    }

    fn origins(&self) -> tauri::Result<Origins> {
        Ok(Origins {
            app: app_address(&self.app)?,
            view: self.view.subscribe(),
        })
    }
}

/// The page for trouble, as it is meant to be now.
pub(crate) fn trouble_page(view: Option<&View>) -> tauri::http::Response<Vec<u8>> {
    match view {
        Some(View::Trouble(trouble)) => trouble::response(trouble),
        _ => tauri::http::Response::new(Vec::new()),
    }
}

/// What the window shows is at this address.
fn address(app: &AppHandle, view: &View) -> tauri::Result<Url> {
    Ok(match view {
        View::App(page) => {
            let mut address = app_address(app)?;
            address.set_fragment(hash(page).strip_prefix('#'));
            address
        }
        View::Service { link } => parse(link)?,
        View::Trouble(_) => parse(trouble::address())?,
    })
}

fn app_address(app: &AppHandle) -> tauri::Result<Url> {
    match &app.config().build.dev_url {
        Some(address) if tauri::is_dev() => Ok(address.clone()),
        _ if cfg!(windows) => parse("http://tauri.localhost/"),
        _ => parse("tauri://localhost/"),
    }
}

fn parse(address: &str) -> tauri::Result<Url> {
    Url::parse(address).map_err(tauri::Error::InvalidUrl)
}

/// Where in itself the page goes.
fn hash(page: &AppPage) -> String {
    match page {
        AppPage::Start => String::new(),
        AppPage::Settings => "#/settings".to_owned(),
        AppPage::Machines => "#/machines".to_owned(),
        AppPage::Machine(id) => format!("#/machines/{id}"),
    }
}

fn on_main_thread(app: &AppHandle, task: impl FnOnce() + Send + 'static) {
    if let Err(error) = app.run_on_main_thread(task) {
        error!(%error, "the main thread is gone");
    }
}

fn raise(window: &WebviewWindow) {
    let raised = window
        .unminimize()
        .and_then(|()| window.show())
        .and_then(|()| window.set_focus());
    if let Err(error) = raised {
        warn!(%error, "the window could not be raised");
    }
}

/// Theme and canvas; the page itself follows the theme by its media query.
fn dress(window: &WebviewWindow, theme: Theme) {
    let dressed = window.set_theme(system_theme(theme)).and_then(|()| {
        let dark = match theme {
            Theme::Light => false,
            Theme::Dark => true,
            Theme::System => window.theme()? == SystemTheme::Dark,
        };
        window.set_background_color(Some(if dark { DARK_CANVAS } else { LIGHT_CANVAS }))
    });
    if let Err(error) = dressed {
        debug!(%error, "the window keeps its colours");
    }
}

fn system_theme(theme: Theme) -> Option<SystemTheme> {
    match theme {
        Theme::System => None,
        Theme::Light => Some(SystemTheme::Light),
        Theme::Dark => Some(SystemTheme::Dark),
    }
}

fn open_in_browser(app: &AppHandle, url: &Url) {
    if let Err(error) = app.opener().open_url(url.as_str(), None::<&str>) {
        warn!(%error, "no browser opened a link");
    }
}

/// The process of the page ends with a crash or for lack of memory.
#[cfg(target_os = "linux")]
fn watch_page_process(
    window: &WebviewWindow,
    inbox: mpsc::UnboundedSender<Input>,
) -> tauri::Result<()> {
    use webkit2gtk::{WebProcessTerminationReason, WebViewExt as _};

    window.with_webview(move |webview| {
        webview
            .inner()
            .connect_web_process_terminated(move |_, reason| {
                // Ending it ourselves is no crash.
                if reason != WebProcessTerminationReason::TerminatedByApi {
                    let _ = inbox.send(Input::PageCrashed);
                }
            });
    })
}

/// macOS tells the application ([`page_process_ended`]); Windows loads the page
/// anew by itself.
#[cfg(not(target_os = "linux"))]
fn watch_page_process(_: &WebviewWindow, _: mpsc::UnboundedSender<Input>) -> tauri::Result<()> {
    Ok(())
}
