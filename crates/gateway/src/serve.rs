//! Takes connections and bounds what each may cost: the size and time of a
//! request's head, the number of connections, the time left when stopping.

use std::{pin::pin, time::Duration};

use axum::{Router, body::Body, http::Request};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    task::{JoinError, JoinSet},
    time::timeout,
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::Limits;

/// For all header lines together; a browser sends two or three kilobytes.
const HEAD_BYTES: usize = 32 * 1024;
const HEADER_LINES: usize = 64;
/// Accepting fails when the process has too many files open; it gets better
/// only after others have closed theirs.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

pub(crate) async fn run(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    stop: CancellationToken,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            Some(ended) = connections.join_next() => report(ended),
            accepted = accept(&listener), if connections.len() < limits.connections => {
                if let Some(stream) = accepted {
                    connections.spawn(serve(stream, router.clone(), limits.head_time, stop.clone()));
                }
            }
        }
    }
    drop(listener);
    let finished = timeout(limits.drain_time, async {
        while let Some(ended) = connections.join_next().await {
            report(ended);
        }
    });
    if finished.await.is_err() {
        tracing::warn!(
            connections = connections.len(),
            "connections are closed unfinished"
        );
        connections.shutdown().await;
    }
}

async fn accept(listener: &TcpListener) -> Option<TcpStream> {
    let accepted = listener.accept().await.and_then(|(stream, _)| {
        // Small answers should not wait for more to send.
        stream.set_nodelay(true)?;
        Ok(stream)
    });
    match accepted {
        Ok(stream) => Some(stream),
        Err(error) => {
            tracing::warn!(%error, "a connection could not be accepted");
            tokio::time::sleep(ACCEPT_PAUSE).await;
            None
        }
    }
}

async fn serve(stream: TcpStream, router: Router, head_time: Duration, stop: CancellationToken) {
    let service = service_fn(move |request: Request<Incoming>| {
        router.clone().oneshot(request.map(Body::new))
    });
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(head_time)
            .max_buf_size(HEAD_BYTES)
            .max_headers(HEADER_LINES)
            .serve_connection(TokioIo::new(stream), service)
    );
    let outcome = tokio::select! {
        outcome = connection.as_mut() => outcome,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = outcome {
        tracing::debug!(%error, "a connection ended early");
    }
}

fn report(ended: Result<(), JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "serving a connection failed");
    }
}
