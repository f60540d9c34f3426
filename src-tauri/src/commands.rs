//! What the page may ask of this process. Everything is handed on.
#![expect(
    clippy::needless_pass_by_value,
    reason = "Tauri hands arguments over as values"
)]

use api::{ApiError, dto::Event};
use serde_json::Value;
use tauri::{State, ipc::Channel};

use crate::{Shell, events::SubscriptionId, streams::Part};

/// A call of the api, by name.
#[tauri::command]
pub(crate) async fn call(
    name: String,
    params: Value,
    shell: State<'_, Shell>,
) -> Result<Value, ApiError> {
    shell.backend.api().await?.call(&name, params).await
}

/// A call that is answered piece by piece; `unsubscribe` leaves it.
#[tauri::command]
pub(crate) async fn stream(
    name: String,
    params: Value,
    channel: Channel<Vec<Part>>,
    shell: State<'_, Shell>,
) -> Result<SubscriptionId, ApiError> {
    let pieces = shell.backend.api().await?.stream(&name, params).await?;
    Ok(shell.subscriptions.stream(pieces, channel))
}

/// Sends events to `channel`, in batches and in order, from after the event
/// numbered `after` on.
#[tauri::command]
pub(crate) fn subscribe(
    after: Option<u64>,
    channel: Channel<Vec<Event>>,
    shell: State<'_, Shell>,
) -> SubscriptionId {
    shell.subscriptions.open(after, channel)
}

#[tauri::command]
pub(crate) fn unsubscribe(id: SubscriptionId, shell: State<'_, Shell>) {
    shell.subscriptions.close(id);
}

/// The page was drawn for the first time.
#[tauri::command]
pub(crate) fn painted(shell: State<'_, Shell>) {
    shell.clock.painted();
}
