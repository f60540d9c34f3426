use std::collections::HashMap;

use zbus::{
    blocking::{Connection, Proxy},
    zvariant::{OwnedObjectPath, OwnedValue, Value},
};

use super::eventually;

/// A tray icon, as a panel sees it.
#[derive(Debug)]
pub struct TrayItem {
    connection: Connection,
    service: String,
}

/// An entry of its menu; a line between others has no label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MenuEntry {
    pub id: i32,
    pub label: String,
    pub enabled: bool,
    /// Of a switch, whether it is on.
    pub checked: Option<bool>,
}

/// An entry on the bus: number, properties, entries below.
type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

impl TrayItem {
    pub(super) fn new(connection: Connection, service: String) -> Self {
        Self {
            connection,
            service,
        }
    }

    /// "Active" or "NeedsAttention".
    pub fn status(&self) -> String {
        self.property("Status")
    }

    pub fn title(&self) -> String {
        self.property("Title")
    }

    /// Width and height of each of its icons.
    pub fn icon_sizes(&self) -> Vec<(i32, i32)> {
        let icons: Vec<(i32, i32, Vec<u8>)> = self.property("IconPixmap");
        icons
            .into_iter()
            .map(|(width, height, _)| (width, height))
            .collect()
    }

    pub fn menu(&self) -> Vec<MenuEntry> {
        let properties: Vec<&str> = Vec::new();
        let (_, (_, _, entries)): (u32, Layout) = self
            .menu_proxy()
            .call("GetLayout", &(0_i32, -1_i32, properties))
            .expect("the layout of the menu");
        entries.into_iter().map(entry).collect()
    }

    pub fn labels(&self) -> Vec<String> {
        self.menu().into_iter().map(|entry| entry.label).collect()
    }

    /// Waits until its menu begins with this line.
    #[track_caller]
    pub fn wait_for_status(&self, status: &str) {
        eventually(status, || {
            (self.labels().first().map(String::as_str) == Some(status)).then_some(())
        });
    }

    /// A click on the entry with that label.
    #[track_caller]
    pub fn choose(&self, label: &str) {
        let entry = self.menu().into_iter().find(|entry| entry.label == label);
        let entry = entry.unwrap_or_else(|| panic!("no {label} in {:?}", self.labels()));
        self.menu_proxy()
            .call_method("Event", &(entry.id, "clicked", Value::from(0), 0_u32))
            .expect("a menu that takes clicks");
    }

    /// Waits until the switch with that label is on, or off.
    #[track_caller]
    pub fn wait_for_switch(&self, label: &str, on: bool) {
        eventually(label, || {
            let entry = self.menu().into_iter().find(|entry| entry.label == label);
            (entry?.checked == Some(on)).then_some(())
        });
    }

    /// A click on the icon itself.
    #[track_caller]
    pub fn click(&self) {
        self.item_proxy()
            .call_method("Activate", &(0_i32, 0_i32))
            .expect("an icon that takes clicks");
    }

    fn property<T>(&self, name: &str) -> T
    where
        T: TryFrom<OwnedValue>,
        T::Error: Into<zbus::Error>,
    {
        self.item_proxy()
            .get_property(name)
            .unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn item_proxy(&self) -> Proxy<'_> {
        self.proxy("/StatusNotifierItem", "org.kde.StatusNotifierItem")
    }

    fn menu_proxy(&self) -> Proxy<'_> {
        let path: OwnedObjectPath = self.property("Menu");
        self.proxy(path.as_str(), "com.canonical.dbusmenu")
    }

    fn proxy(&self, path: &str, interface: &'static str) -> Proxy<'_> {
        zbus::blocking::proxy::Builder::new(&self.connection)
            .destination(self.service.clone())
            .and_then(|builder| builder.path(path.to_owned()))
            .and_then(|builder| builder.interface(interface))
            .map(|builder| builder.cache_properties(zbus::proxy::CacheProperties::No))
            .and_then(|builder| builder.build())
            .expect("a tray icon on the bus")
    }
}

fn entry(value: OwnedValue) -> MenuEntry {
    let (id, mut properties, _) = Layout::try_from(value).expect("an entry of a menu");
    let label = properties
        .remove("label")
        .and_then(|label| String::try_from(label).ok());
    let enabled = properties
        .remove("enabled")
        .and_then(|enabled| bool::try_from(enabled).ok());
    let is_switch = properties.contains_key("toggle-type");
    let state = properties
        .remove("toggle-state")
        .and_then(|state| i32::try_from(state).ok());
    // What is not said is the default of the protocol.
    MenuEntry {
        id,
        label: label.unwrap_or_default(),
        enabled: enabled.unwrap_or(true),
        checked: is_switch.then_some(state == Some(1)),
    }
}
