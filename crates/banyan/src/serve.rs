//! `banyan serve`: a node without a window.
//!
//! The start: logging, node, gateway; then the ready line, and the service
//! manager is told. The stop, on a signal or when a part of the node failed for
//! good: the gateway first, so that nobody asks a node on its way out, then the
//! node. A second signal does not wait for either.

mod ready;
mod service_manager;

use std::{
    env,
    path::PathBuf,
    process::{self, ExitCode},
};

use api::{Api, ApiError, Code};
use gateway::Gateway;
use node::{KeyringChoice, Node, Options, config::Key};
use tokio::runtime;

use crate::{
    answer::Answer,
    cli::{COMMIT, PACKAGE_VERSION, ServeOptions},
    signals::Signals,
    terminal,
};

pub(crate) fn run(
    data: Option<PathBuf>,
    options: &ServeOptions,
    json: bool,
) -> Result<Answer, ApiError> {
    let options = node_options(data, options)?;
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| internal(&error))?;
    let outcome = runtime.block_on(serve(options, json));
    // A thread that waits for the keyring's prompt may wait for ever.
    runtime.shutdown_background();
    outcome.map(Answer::nothing)
}

async fn serve(options: Options, json: bool) -> Result<ExitCode, ApiError> {
    let mut signals = Signals::listen().map_err(|error| internal(&error))?;
    let node = tokio::select! {
        started = Node::start(options) => started?,
        () = signals.next() => return Ok(ExitCode::SUCCESS),
    };
    let handle = node.handle();
    let gateway = match Gateway::serve(Api::new(handle.clone())).await {
        Ok(gateway) => gateway,
        Err(error) => {
            node.stop().await;
            return Err(error);
        }
    };
    tracing::info!("ready");
    terminal::print(ready::text(&handle, gateway.as_ref(), json));
    service_manager::tell("READY=1");

    let exit = tokio::select! {
        () = signals.next() => ExitCode::SUCCESS,
        () = node.stop_requested() => ExitCode::SUCCESS,
        failed = node.failed() => {
            tracing::error!(task = failed.task, "a part of the node failed for good");
            ExitCode::FAILURE
        }
    };
    service_manager::tell("STOPPING=1");
    tokio::select! {
        () = stop(node, gateway) => Ok(exit),
        () = signals.next_of_its_own() => {
            tracing::warn!("told to stop a second time; stopping without waiting");
            process::exit(1)
        }
    }
}

async fn stop(node: Node, gateway: Option<Gateway>) {
    if let Some(gateway) = gateway {
        gateway.stop().await;
    }
    node.stop().await;
}

fn node_options(data: Option<PathBuf>, options: &ServeOptions) -> Result<Options, ApiError> {
    let directives = env::var("RUST_LOG").ok();
    let journal = node::logging::init(directives.as_deref()).map_err(|error| internal(&error))?;
    let interfaces = Some(options.interface.join(",")).filter(|names| !names.is_empty());
    let flags = [
        (Key::MachineName, &options.name),
        (Key::HttpAddress, &options.http),
        (Key::NetworkTcpPort, &options.tcp),
        (Key::NetworkUdpPort, &options.udp),
        (Key::NetworkInterfaces, &interfaces),
    ];
    Ok(Options {
        data,
        flags: flags
            .into_iter()
            .filter_map(|(key, value)| Some((key, value.clone()?)))
            .collect(),
        mesh_key_file: options.mesh_key_file.clone(),
        keyring: if options.no_keyring {
            KeyringChoice::FileOnly
        } else {
            KeyringChoice::System
        },
        ..Options::of_process(journal, PACKAGE_VERSION, COMMIT)
    })
}

fn internal(error: &impl ToString) -> ApiError {
    ApiError::new(Code::Internal, [("reason", error.to_string())])
}
