//! The icon in the tray: what it shows is computed in [`model`], and [`native`]
//! hands that to the desktop.

pub(crate) mod model;
pub(crate) mod native;
