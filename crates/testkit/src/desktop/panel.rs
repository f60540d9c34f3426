use std::{
    collections::HashMap,
    sync::{
        Mutex, PoisonError,
        mpsc::{Receiver, Sender, channel},
    },
};

use zbus::{
    blocking::{Connection, connection::Builder},
    interface,
    message::Header,
    zvariant::OwnedValue,
};

use super::{Bus, PATIENCE, TrayItem};

const NOTIFICATIONS: &str = "/org/freedesktop/Notifications";

/// The part of a desktop that shows tray icons and notifications, and remembers
/// what it was given.
#[derive(Debug)]
pub struct Panel {
    connection: Connection,
    items: Receiver<String>,
    notifications: Receiver<Notification>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    id: u32,
    pub title: String,
    pub body: String,
}

impl Panel {
    pub(super) fn start(bus: &Bus) -> Self {
        Self::on(bus.builder())
    }

    /// For a program that has a bus already.
    pub fn on_session_bus() -> Self {
        Self::on(Builder::session().expect("a session bus"))
    }

    fn on(bus: Builder<'_>) -> Self {
        let (on_item, items) = channel();
        let (on_notification, notifications) = channel();
        let watcher = Watcher {
            on_item: Mutex::new(on_item),
        };
        let notifier = Notifier {
            on_notification: Mutex::new(on_notification),
            latest: 0,
        };
        let connection = bus
            .serve_at("/StatusNotifierWatcher", watcher)
            .and_then(|builder| builder.serve_at(NOTIFICATIONS, notifier))
            .and_then(|builder| builder.name("org.kde.StatusNotifierWatcher"))
            .and_then(|builder| builder.name("org.freedesktop.Notifications"))
            .and_then(|builder| builder.build())
            .expect("a panel on the bus");
        Self {
            connection,
            items,
            notifications,
        }
    }

    /// Waits until a program asks for its icon to be shown.
    #[track_caller]
    pub fn wait_for_item(&self) -> TrayItem {
        let service = self.items.recv_timeout(PATIENCE).expect("a tray icon");
        TrayItem::new(self.connection.clone(), service)
    }

    /// Waits for the next notification.
    #[track_caller]
    pub fn wait_for_notification(&self) -> Notification {
        self.notifications
            .recv_timeout(PATIENCE)
            .expect("a notification")
    }

    /// A click on what it shows.
    #[track_caller]
    pub fn click(&self, notification: &Notification) {
        self.connection
            .emit_signal(
                None::<&str>,
                NOTIFICATIONS,
                "org.freedesktop.Notifications",
                "ActionInvoked",
                &(notification.id, "default"),
            )
            .expect("a bus that takes signals");
    }

    /// What came and was not asked for yet.
    pub fn notifications(&self) -> Vec<Notification> {
        self.notifications.try_iter().collect()
    }
}

#[derive(Debug)]
struct Watcher {
    on_item: Mutex<Sender<String>>,
}

#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    #[expect(
        clippy::needless_pass_by_value,
        reason = "the bus hands the header over as a value"
    )]
    fn register_status_notifier_item(&self, #[zbus(header)] header: Header<'_>, service: &str) {
        // Some give a path and mean themselves.
        let service = match header.sender() {
            Some(sender) if service.starts_with('/') => sender.to_string(),
            _ => service.to_owned(),
        };
        let on_item = self.on_item.lock().unwrap_or_else(PoisonError::into_inner);
        // A test that is at its end does not listen any more.
        let _ = on_item.send(service);
    }

    fn register_status_notifier_host(&self, _service: &str) {}

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        Vec::new()
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}

#[derive(Debug)]
struct Notifier {
    on_notification: Mutex<Sender<Notification>>,
    latest: u32,
}

#[interface(name = "org.freedesktop.Notifications")]
impl Notifier {
    #[expect(clippy::too_many_arguments, reason = "the protocol has that many")]
    fn notify(
        &mut self,
        _app_name: &str,
        _replaces: u32,
        _icon: &str,
        summary: &str,
        body: &str,
        _actions: Vec<&str>,
        _hints: HashMap<&str, OwnedValue>,
        _timeout: i32,
    ) -> u32 {
        self.latest += 1;
        let notification = Notification {
            id: self.latest,
            title: summary.to_owned(),
            body: body.to_owned(),
        };
        let on_notification = self
            .on_notification
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let _ = on_notification.send(notification);
        self.latest
    }

    fn close_notification(&self, _id: u32) {}

    fn get_capabilities(&self) -> Vec<&str> {
        vec!["body", "actions"]
    }

    fn get_server_information(&self) -> (&str, &str, &str, &str) {
        ("testkit", "Banyan", "1", "1.2")
    }
}
