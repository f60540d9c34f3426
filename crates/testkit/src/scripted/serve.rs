use std::{
    net::SocketAddr,
    sync::mpsc,
    thread::{self, JoinHandle},
};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpListener, runtime, sync::oneshot};

use super::{routes, scene::Scene};

/// Serves in a thread of its own until it is told to end; what is open then
/// closes with the runtime.
pub(super) fn start(
    address: SocketAddr,
    scene: Scene,
    ended: oneshot::Receiver<()>,
) -> (SocketAddr, JoinHandle<()>) {
    let (bound, found) = mpsc::channel();
    let thread = thread::Builder::new()
        .name("scripted server".to_owned())
        .spawn(move || {
            let runtime = runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async {
                let listener = TcpListener::bind(address).await.expect("a free address");
                let address = listener.local_addr().expect("a bound address");
                bound.send(address).expect("somebody waits for the address");
                tokio::select! {
                    () = accept(listener, scene) => {}
                    _ = ended => {}
                }
            });
        })
        .expect("a thread");
    let address = found.recv().expect("the scripted server listens");
    (address, thread)
}

async fn accept(listener: TcpListener, scene: Scene) {
    loop {
        let Ok((connection, _)) = listener.accept().await else {
            continue;
        };
        // A token is sent when it is there.
        let _ = connection.set_nodelay(true);
        let scene = scene.clone();
        let service = service_fn(move |request| routes::answer(scene.clone(), request));
        let served = http1::Builder::new().serve_connection(TokioIo::new(connection), service);
        // Ends with the runtime. A client that goes away is none of its faults.
        tokio::spawn(async move { drop(served.await) });
    }
}
