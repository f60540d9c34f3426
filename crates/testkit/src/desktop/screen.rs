use std::process::Command;

use x11rb::{
    connection::Connection as _,
    protocol::xproto::{
        AtomEnum, ClientMessageEvent, ConfigureWindowAux, ConnectionExt as _, EventMask,
        ImageFormat, MapState, Window,
    },
    rust_connection::RustConnection,
    wrapper::ConnectionExt as _,
};

use super::{child::Helper, eventually};

/// A screen that exists in memory only, without a window manager.
#[derive(Debug)]
pub struct Screen {
    name: String,
    _server: Helper,
}

impl Screen {
    pub(super) fn start() -> Self {
        // It chooses a free number and says so once it can be used.
        let (server, number) = Helper::start_with_line(
            Command::new("Xvfb")
                .args(["-displayfd", "1", "-screen", "0", "1280x800x24"])
                .args(["-nolisten", "tcp", "-noreset"]),
        );
        Self {
            name: format!(":{number}"),
            _server: server,
        }
    }

    /// As in `DISPLAY`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Waits until the application's window is on the screen.
    #[track_caller]
    pub fn wait_for_window(&self) {
        eventually("a window on the screen", || self.window().map(drop));
    }

    /// Waits until no window of the application is on the screen.
    #[track_caller]
    pub fn wait_for_no_window(&self) {
        eventually("no window on the screen", || {
            self.window().is_none().then_some(())
        });
    }

    pub fn has_window(&self) -> bool {
        self.window().is_some()
    }

    /// What the button in the title bar does.
    #[track_caller]
    pub fn close_window(&self) {
        let window = self.window().expect("a window to close");
        let connection = self.connect();
        let protocols = atom(&connection, "WM_PROTOCOLS");
        let delete = atom(&connection, "WM_DELETE_WINDOW");
        let message = ClientMessageEvent::new(32, window, protocols, [delete, 0, 0, 0, 0]);
        connection
            .send_event(false, window, EventMask::NO_EVENT, message)
            .expect("a request to the screen");
        connection.sync().expect("an answer of the screen");
    }

    /// Width and height of the application's window.
    #[track_caller]
    pub fn window_size(&self) -> (u16, u16) {
        let window = self.window().expect("a window to measure");
        let size = self
            .connect()
            .get_geometry(window)
            .expect("a request to the screen")
            .reply();
        let size = size.expect("the size of the window");
        (size.width, size.height)
    }

    /// Red, green and blue at a place on the screen.
    #[track_caller]
    pub fn colour_at(&self, x: i16, y: i16) -> [u8; 3] {
        let connection = self.connect();
        let root = connection.setup().roots.first().map(|screen| screen.root);
        let pixel = connection
            .get_image(
                ImageFormat::Z_PIXMAP,
                root.expect("a screen"),
                x,
                y,
                1,
                1,
                u32::MAX,
            )
            .expect("a request to the screen")
            .reply()
            .expect("a picture of one point");
        match pixel.data[..] {
            [blue, green, red, ..] => [red, green, blue],
            ref other => panic!("no colour: {other:?}"),
        }
    }

    /// As a person does at its corner.
    #[track_caller]
    pub fn resize_window(&self, width: u16, height: u16) {
        let window = self.window().expect("a window to resize");
        let size = ConfigureWindowAux::new()
            .width(u32::from(width))
            .height(u32::from(height));
        let connection = self.connect();
        connection
            .configure_window(window, &size)
            .expect("a request to the screen");
        connection.sync().expect("an answer of the screen");
    }

    fn window(&self) -> Option<Window> {
        let connection = self.connect();
        let root = connection.setup().roots.first()?.root;
        windows_below(&connection, root)
            .into_iter()
            .find(|&window| {
                is_visible(&connection, window) && title(&connection, window) == "Banyan"
            })
    }

    fn connect(&self) -> RustConnection {
        let (connection, _) = RustConnection::connect(Some(&self.name)).expect("a running screen");
        connection
    }
}

fn windows_below(connection: &RustConnection, window: Window) -> Vec<Window> {
    let tree = connection
        .query_tree(window)
        .ok()
        .and_then(|cookie| cookie.reply().ok());
    let children = tree.map(|tree| tree.children).unwrap_or_default();
    let below: Vec<_> = children
        .iter()
        .flat_map(|&child| windows_below(connection, child))
        .collect();
    children.into_iter().chain(below).collect()
}

/// Windows come and go while one looks, so an error is a no.
fn is_visible(connection: &RustConnection, window: Window) -> bool {
    connection
        .get_window_attributes(window)
        .ok()
        .and_then(|cookie| cookie.reply().ok())
        .is_some_and(|attributes| attributes.map_state == MapState::VIEWABLE)
}

fn title(connection: &RustConnection, window: Window) -> String {
    connection
        .get_property(false, window, AtomEnum::WM_NAME, AtomEnum::ANY, 0, 256)
        .ok()
        .and_then(|cookie| cookie.reply().ok())
        .map(|property| String::from_utf8_lossy(&property.value).into_owned())
        .unwrap_or_default()
}

fn atom(connection: &RustConnection, name: &str) -> u32 {
    connection
        .intern_atom(false, name.as_bytes())
        .expect("a request to the screen")
        .reply()
        .expect("an atom")
        .atom
}
