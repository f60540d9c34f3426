//! The one list of calls and events that every user interface uses.
//!
//! The window reaches it through commands, the browser and the command line
//! through the gateway; all of them name a call and hand over JSON, and
//! [`Api::call`] does the rest. What crosses is written down in [`dto`], what
//! can go wrong in [`Code`]. The TypeScript that the interface is compiled
//! against is generated from here by [`typescript`].
//!
//! Never: HTTP, Tauri, a sentence built by string formatting in a handler.

pub mod calls;
mod desktop;
pub mod dto;
mod error;
mod events;
mod handlers;
mod page;
pub mod sentences;
pub mod typescript;

use std::sync::Arc;

pub use calls::Call;
pub use desktop::Desktop;
pub use error::{ApiError, Code};
pub use node::{plain, reason, reason_unread};
pub use page::PageWanted;

/// A node, as user interfaces see it.
#[derive(Debug, Clone)]
pub struct Api {
    node: node::Handle,
    desktop: Option<Arc<dyn Desktop>>,
}

impl Api {
    /// For browsers, the command line and other programs.
    pub fn new(node: node::Handle) -> Self {
        Self {
            node,
            desktop: None,
        }
    }

    /// For the window, which has a desktop around it.
    pub fn with_desktop(node: node::Handle, desktop: Arc<dyn Desktop>) -> Self {
        Self {
            node,
            desktop: Some(desktop),
        }
    }

    /// What a machine is called here.
    pub(crate) fn name_of(&self, device: node::DeviceId) -> String {
        if device == self.node.identity().device_id() {
            return self.node.machine().name;
        }
        let known = self.node.neighbours().get(device);
        let name = known.and_then(|known| known.name.clone());
        name.unwrap_or_else(|| device.short())
    }
}
