//! One function for each call: translate, ask the node or the desktop,
//! translate back. What takes thought belongs to the node.

pub(crate) mod access;
pub(crate) mod backends;
pub(crate) mod chat;
pub(crate) mod desktop;
pub(crate) mod diagnostics;
pub(crate) mod joining;
pub(crate) mod machines;
pub(crate) mod models;
pub(crate) mod peers;
pub(crate) mod pulls;
pub(crate) mod settings;
pub(crate) mod status;
