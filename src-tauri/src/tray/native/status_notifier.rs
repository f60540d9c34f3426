//! A StatusNotifierItem on the session bus, spoken without a C library: a
//! desktop without a bus, without the library or without a tray is an answer
//! here and never the end of the program.

use std::sync::atomic::{AtomicBool, Ordering};

use ksni::{
    MenuItem, OfflineReason, Status, TextDirection, ToolTip, TrayMethods as _,
    menu::{CheckmarkItem, StandardItem},
};
use tauri::{AppHandle, image::Image, include_image};
use tokio::sync::{mpsc, watch};
use tracing::{debug, info};

use crate::{
    controller::Input,
    tray::model::{Action, Icon, Item, Tray},
};

const PLAIN: [Image<'_>; 2] = [
    include_image!("./icons/tray-24.png"),
    include_image!("./icons/tray-48.png"),
];
const ATTENTION: [Image<'_>; 2] = [
    include_image!("./icons/tray-attention-24.png"),
    include_image!("./icons/tray-attention-48.png"),
];

/// Shows what `updates` holds until its sender is gone.
pub(crate) async fn run(
    _: AppHandle,
    mut updates: watch::Receiver<Tray>,
    inbox: mpsc::UnboundedSender<Input>,
) {
    let tray = updates.borrow_and_update().clone();
    let item = StatusNotifier {
        tray,
        inbox: inbox.clone(),
        shown: AtomicBool::new(true),
    };
    // A panel that starts after us, or again, finds the icon all the same.
    let handle = match item.assume_sni_available(true).spawn().await {
        Ok(handle) => handle,
        Err(error) => {
            info!(%error, "no tray");
            let _ = inbox.send(Input::TrayShown(false));
            return;
        }
    };
    let shown = handle
        .update(|item| item.shown.load(Ordering::Relaxed))
        .await;
    let _ = inbox.send(Input::TrayShown(shown.unwrap_or(false)));
    while updates.changed().await.is_ok() {
        let tray = updates.borrow_and_update().clone();
        handle.update(|item| item.tray = tray).await;
    }
    handle.shutdown().await;
}

#[derive(Debug)]
struct StatusNotifier {
    tray: Tray,
    inbox: mpsc::UnboundedSender<Input>,
    shown: AtomicBool,
}

impl StatusNotifier {
    fn tell(&self, input: Input) {
        // The controller is gone only when the process is about to be.
        let _ = self.inbox.send(input);
    }

    fn now_shown(&self, shown: bool) {
        if self.shown.swap(shown, Ordering::Relaxed) != shown {
            self.tell(Input::TrayShown(shown));
        }
    }
}

impl ksni::Tray for StatusNotifier {
    fn id(&self) -> String {
        "dev.banyan.desktop".to_owned()
    }

    fn title(&self) -> String {
        "Banyan".to_owned()
    }

    fn status(&self) -> Status {
        match self.tray.icon {
            Icon::Plain => Status::Active,
            Icon::Attention => Status::NeedsAttention,
        }
    }

    fn icon_pixmap(&self) -> Vec<ksni::Icon> {
        PLAIN.iter().map(pixmap).collect()
    }

    fn attention_icon_pixmap(&self) -> Vec<ksni::Icon> {
        ATTENTION.iter().map(pixmap).collect()
    }

    fn tool_tip(&self) -> ToolTip {
        ToolTip {
            title: self.tray.tooltip.clone(),
            ..ToolTip::default()
        }
    }

    fn text_direction(&self) -> TextDirection {
        if self.tray.right_to_left {
            TextDirection::RightToLeft
        } else {
            TextDirection::LeftToRight
        }
    }

    fn activate(&mut self, _: i32, _: i32) {
        self.tell(Input::Chosen(Action::Open));
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        self.tray.menu.iter().map(menu_item).collect()
    }

    fn watcher_online(&self) {
        self.now_shown(true);
    }

    fn watcher_offline(&self, reason: OfflineReason) -> bool {
        debug!(?reason, "nothing shows the tray icon");
        self.now_shown(false);
        true
    }
}

fn menu_item(item: &Item) -> MenuItem<StatusNotifier> {
    match item {
        Item::Status(text) => StandardItem {
            label: literal(text),
            enabled: false,
            ..StandardItem::default()
        }
        .into(),
        Item::Separator => MenuItem::Separator,
        Item::Action {
            action,
            label,
            checked: Some(checked),
        } => {
            let action = *action;
            CheckmarkItem {
                label: literal(label),
                checked: *checked,
                activate: Box::new(move |item: &mut StatusNotifier| {
                    item.tell(Input::Chosen(action));
                }),
                ..CheckmarkItem::default()
            }
            .into()
        }
        Item::Action {
            action,
            label,
            checked: None,
        } => {
            let action = *action;
            StandardItem {
                label: literal(label),
                activate: Box::new(move |item: &mut StatusNotifier| {
                    item.tell(Input::Chosen(action));
                }),
                ..StandardItem::default()
            }
            .into()
        }
    }
}

/// A single underscore marks an access key in a menu of the bus.
fn literal(label: &str) -> String {
    label.replace('_', "__")
}

/// The bus wants alpha first, in network order.
fn pixmap(image: &Image<'_>) -> ksni::Icon {
    let mut data = image.rgba().to_vec();
    for pixel in data.chunks_exact_mut(4) {
        pixel.rotate_right(1);
    }
    ksni::Icon {
        width: i32::try_from(image.width()).unwrap_or_default(),
        height: i32::try_from(image.height()).unwrap_or_default(),
        data,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_are_turned_from_rgba_to_argb() {
        let icon = pixmap(&Image::new(&[1, 2, 3, 255, 5, 6, 7, 0], 2, 1));
        assert_eq!(icon.data, [255, 1, 2, 3, 0, 5, 6, 7]);
        assert_eq!((icon.width, icon.height), (2, 1));
    }

    #[test]
    fn a_name_with_an_underscore_is_shown_as_it_is() {
        assert_eq!(literal("Banyan on my_box"), "Banyan on my__box");
    }
}
