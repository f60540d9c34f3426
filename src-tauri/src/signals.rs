//! Signals that ask the process to end: it does so in order.

use tokio::sync::mpsc;
use tracing::{info, warn};

use crate::controller::Input;

/// Asks the controller to quit at the first signal; ends with the controller.
pub(crate) async fn watch(inbox: mpsc::UnboundedSender<Input>) {
    tokio::select! {
        signal = next() => match signal {
            Ok(signal) => {
                info!(signal, "asked to end");
                let _ = inbox.send(Input::Quit);
            }
            Err(error) => warn!(%error, "signals are not heard"),
        },
        () = inbox.closed() => {}
    }
}

#[cfg(unix)]
async fn next() -> std::io::Result<&'static str> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    Ok(tokio::select! {
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
        _ = hang_up.recv() => "SIGHUP",
    })
}

#[cfg(not(unix))]
async fn next() -> std::io::Result<&'static str> {
    tokio::signal::ctrl_c().await?;
    Ok("Ctrl+C")
}
