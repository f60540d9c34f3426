//! What systemd-logind says over the bus.

use tokio::sync::mpsc;
use zbus::{
    Connection, Proxy, connection::Builder, export::ordered_stream::OrderedStreamExt as _,
    proxy::CacheProperties,
};

use super::{Lock, News};

/// Tells every sleep and every wake, for as long as somebody listens.
pub(super) async fn listen(address: Option<String>, tells: mpsc::Sender<News>) -> zbus::Result<()> {
    let builder = match &address {
        Some(address) => Builder::address(address.as_str())?,
        None => Builder::system()?,
    };
    // Otherwise the library starts a thread for it that outlives us.
    let connection = builder.internal_executor(false).build().await?;
    tokio::select! {
        () = drive(&connection) => Ok(()),
        result = follow(&connection, tells) => result,
    }
}

async fn drive(connection: &Connection) {
    loop {
        connection.executor().tick().await;
    }
}

async fn follow(connection: &Connection, tells: mpsc::Sender<News>) -> zbus::Result<()> {
    let logind: Proxy<'_> = zbus::proxy::Builder::new(connection)
        .destination("org.freedesktop.login1")?
        .path("/org/freedesktop/login1")?
        .interface("org.freedesktop.login1.Manager")?
        .cache_properties(CacheProperties::No)
        .build()
        .await?;
    let mut signals = logind.receive_signal("PrepareForSleep").await?;
    let mut lock = inhibited(&logind).await;
    while let Some(signal) = signals.next().await {
        let news = if signal.body().deserialize::<bool>()? {
            News::WillSleep(lock.take())
        } else {
            lock = inhibited(&logind).await;
            News::Awake
        };
        if tells.send(news).await.is_err() {
            break;
        }
    }
    Ok(())
}

/// Asks that a sleep waits for us. Without it there is a moment all the same.
async fn inhibited(logind: &Proxy<'_>) -> Option<Lock> {
    let why = (
        "sleep",
        "Banyan",
        "Says goodbye to the machines near",
        "delay",
    );
    match logind.call("Inhibit", &why).await {
        Ok(lock) => Some(lock),
        Err(error) => {
            tracing::debug!(%error, "a sleep will not wait for the goodbye");
            None
        }
    }
}
