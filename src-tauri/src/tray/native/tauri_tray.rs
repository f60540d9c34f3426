//! The tray of Windows and macOS, where there always is one.

use tauri::{
    AppHandle, Wry,
    image::Image,
    include_image,
    menu::{CheckMenuItem, Menu, MenuItem, PredefinedMenuItem},
    tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent},
};
use tokio::sync::{mpsc, watch};
use tracing::{error, warn};

use crate::{
    controller::Input,
    tray::model::{Action, Icon, Item, Tray},
};

const PLAIN: Image<'_> = include_image!("./icons/tray-48.png");
const ATTENTION: Image<'_> = include_image!("./icons/tray-attention-48.png");

/// Shows what `updates` holds until its sender is gone.
pub(crate) async fn run(
    app: AppHandle,
    mut updates: watch::Receiver<Tray>,
    inbox: mpsc::UnboundedSender<Input>,
) {
    let tray = updates.borrow_and_update().clone();
    let icon = match build(&app, &tray, &inbox) {
        Ok(icon) => icon,
        Err(error) => {
            warn!(%error, "no tray");
            let _ = inbox.send(Input::TrayShown(false));
            return;
        }
    };
    let _ = inbox.send(Input::TrayShown(true));
    while updates.changed().await.is_ok() {
        let tray = updates.borrow_and_update().clone();
        if let Err(error) = update(&app, &icon, &tray) {
            error!(%error, "the tray could not be updated");
        }
    }
}

fn build(
    app: &AppHandle,
    tray: &Tray,
    inbox: &mpsc::UnboundedSender<Input>,
) -> tauri::Result<TrayIcon> {
    let chosen = inbox.clone();
    let clicked = inbox.clone();
    TrayIconBuilder::with_id("banyan")
        .icon(image(tray.icon))
        // macOS draws it in the colour of its menu bar.
        .icon_as_template(tray.icon == Icon::Plain)
        .tooltip(&tray.tooltip)
        .menu(&menu(app, tray)?)
        // On Windows a click opens and the other button has the menu.
        .show_menu_on_left_click(cfg!(target_os = "macos"))
        .on_menu_event(move |_, event| {
            if let Some(action) = action_of(event.id().as_ref()) {
                let _ = chosen.send(Input::Chosen(action));
            }
        })
        .on_tray_icon_event(move |_, event| {
            if let TrayIconEvent::Click {
                button: MouseButton::Left,
                button_state: MouseButtonState::Up,
                ..
            } = event
                && !cfg!(target_os = "macos")
            {
                let _ = clicked.send(Input::Chosen(Action::Open));
            }
        })
        .build(app)
}

fn update(app: &AppHandle, icon: &TrayIcon, tray: &Tray) -> tauri::Result<()> {
    icon.set_icon(Some(image(tray.icon)))?;
    icon.set_icon_as_template(tray.icon == Icon::Plain)?;
    icon.set_tooltip(Some(&tray.tooltip))?;
    icon.set_menu(Some(menu(app, tray)?))
}

fn menu(app: &AppHandle, tray: &Tray) -> tauri::Result<Menu<Wry>> {
    let menu = Menu::new(app)?;
    for item in &tray.menu {
        match item {
            Item::Status(text) => {
                menu.append(&MenuItem::new(app, literal(text), false, None::<&str>)?)?;
            }
            Item::Separator => menu.append(&PredefinedMenuItem::separator(app)?)?,
            Item::Action {
                action,
                label,
                checked: Some(checked),
            } => {
                let id = id_of(*action);
                menu.append(&CheckMenuItem::with_id(
                    app,
                    id,
                    literal(label),
                    true,
                    *checked,
                    None::<&str>,
                )?)?;
            }
            Item::Action {
                action,
                label,
                checked: None,
            } => {
                let id = id_of(*action);
                menu.append(&MenuItem::with_id(
                    app,
                    id,
                    literal(label),
                    true,
                    None::<&str>,
                )?)?;
            }
        }
    }
    Ok(menu)
}

/// A single ampersand marks an access key.
fn literal(label: &str) -> String {
    label.replace('&', "&&")
}

fn image(icon: Icon) -> Image<'static> {
    match icon {
        Icon::Plain => PLAIN,
        Icon::Attention => ATTENTION,
    }
}

fn id_of(action: Action) -> &'static str {
    match action {
        Action::Open => "open",
        Action::Settings => "settings",
        Action::Share => "share",
        Action::Quit => "quit",
    }
}

fn action_of(id: &str) -> Option<Action> {
    [Action::Open, Action::Settings, Action::Share, Action::Quit]
        .into_iter()
        .find(|action| id_of(*action) == id)
}
