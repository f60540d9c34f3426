use std::fmt::Debug;

use async_trait::async_trait;

use crate::{
    ApiError,
    dto::{DesktopState, Place},
};

/// The desktop around a window, so far as a page may ask something of it. The
/// shell implements it; a browser has none.
#[async_trait]
pub trait Desktop: Debug + Send + Sync {
    async fn state(&self) -> Result<DesktopState, ApiError>;
    async fn set_autostart(&self, on: bool) -> Result<DesktopState, ApiError>;
    async fn open(&self, place: Place) -> Result<(), ApiError>;
    async fn pick_folder(&self, title: String) -> Result<Option<String>, ApiError>;
    /// Writes `text` where the person chooses.
    async fn save_text(
        &self,
        title: String,
        file_name: String,
        text: String,
    ) -> Result<Option<String>, ApiError>;
    async fn try_notification(&self) -> Result<(), ApiError>;
}
