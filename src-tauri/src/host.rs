//! Keeps the node of this process: starts it with the gateway in front, tells
//! the controller how it does, and stops both in order, gateway first.
//!
//! Where another process holds the data folder, a link to its page is asked
//! for instead.
//!
//! Invariant: after [`Order::Stop`] nothing of the node is left, and
//! [`Input::NodeStopped`] is said in bounded time.

#[cfg(test)]
mod tests;

use std::{path::Path, sync::Arc, time::Duration};

use api::{Api, ApiError, Code, Desktop};
use gateway::{Gateway, client::Client};
use node::{
    Handle, Node, Options, StartError,
    events::{self, Events, Happening},
    finding::Level,
    folder::FolderError,
};
use tokio::{
    sync::{mpsc, watch},
    time::timeout,
};
use tracing::{error, info};

use crate::{
    backend::Behind,
    controller::{Input, NodeView, Noticed, Occasion},
    preferences,
};

/// The node and the gateway bound their own stops; this is for what they did
/// not foresee. Sessions of the desktop wait about that long at logout.
const STOP_TIME: Duration = Duration::from_secs(10);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Start,
    Stop,
}

#[derive(Debug)]
pub(crate) struct Host {
    pub(crate) options: Options,
    pub(crate) desktop: Arc<dyn Desktop>,
    pub(crate) behind: watch::Sender<Behind>,
    pub(crate) inbox: mpsc::UnboundedSender<Input>,
}

struct Running {
    node: Node,
    gateway: Option<Gateway>,
    events: Events,
    /// What was told of it at last.
    told: NodeView,
}

enum Wake {
    Order(Option<Order>),
    Happened(Happening),
    Failed(String),
    StopRequested,
}

impl Host {
    /// Carries out orders until nobody can give any; what still runs then is
    /// stopped.
    pub(crate) async fn run(self, mut orders: mpsc::UnboundedReceiver<Order>) {
        let mut running = None;
        loop {
            let wake = tokio::select! {
                order = orders.recv() => Wake::Order(order),
                wake = next_of(&mut running) => wake,
            };
            match wake {
                Wake::Order(Some(Order::Start)) => {
                    if running.is_none() {
                        running = self.start().await;
                    }
                }
                Wake::Order(Some(Order::Stop)) => {
                    self.stop(running.take()).await;
                    self.tell(Input::NodeStopped);
                }
                Wake::Order(None) => return self.stop(running.take()).await,
                Wake::Happened(happening) => {
                    if let Some(running) = &mut running {
                        self.happened(running, &happening);
                    }
                }
                Wake::Failed(reason) => {
                    self.behind.send_replace(Behind::Starting);
                    self.stop(running.take()).await;
                    self.tell(Input::NodeCrashed { reason });
                }
                Wake::StopRequested => self.tell(Input::Quit),
            }
        }
    }

    async fn start(&self) -> Option<Running> {
        self.behind.send_replace(Behind::Starting);
        match self.try_start().await {
            Ok(running) => Some(running),
            Err(Refusal::Service(link)) => {
                let moved = ApiError::new(Code::NoNode, [("folder", self.folder())]);
                self.behind.send_replace(Behind::Nothing(moved));
                self.tell(Input::NodeIsService { link });
                None
            }
            Err(Refusal::Error(reason)) => {
                self.behind.send_replace(Behind::Nothing(reason.clone()));
                self.tell(Input::NodeDidNotStart(reason));
                None
            }
        }
    }

    async fn try_start(&self) -> Result<Running, Refusal> {
        let node = match Node::start(self.options.clone()).await {
            Ok(node) => node,
            Err(StartError::Folder(FolderError::Locked { folder })) => {
                return Err(link_of_service(&folder).await);
            }
            Err(error) => return Err(Refusal::Error(error.into())),
        };
        let handle = node.handle();
        let events = handle.events(None);
        let gateway = match Gateway::serve(Api::new(handle.clone())).await {
            Ok(gateway) => gateway,
            Err(reason) => {
                node.stop().await;
                return Err(Refusal::Error(reason));
            }
        };
        info!("ready");
        let links = gateway.as_ref().map(Gateway::links);
        let api = Api::with_desktop(handle.clone(), Arc::clone(&self.desktop));
        self.behind.send_replace(Behind::Running { api, links });
        let told = view(&handle);
        self.tell(Input::NodeRuns(told.clone()));
        Ok(Running {
            node,
            gateway,
            events,
            told,
        })
    }

    /// Most of what happens on a network changes nothing that is shown here.
    fn happened(&self, running: &mut Running, happening: &Happening) {
        let handle = running.node.handle();
        if let Happening::MachineNoticed(device, noticed) = happening
            && let Some(machine) = handle.neighbours().get(*device)
            && let Some(occasion) = occasion(*noticed)
        {
            self.tell(Input::MachineNoticed(Noticed {
                id: device.to_string(),
                name: machine.name.clone().unwrap_or_else(|| device.short()),
                occasion,
            }));
        }
        let view = view(&handle);
        if running.told != view {
            running.told = view.clone();
            self.tell(Input::NodeRuns(view));
        }
    }

    async fn stop(&self, running: Option<Running>) {
        let Some(Running {
            node,
            gateway,
            events: _,
            told: _,
        }) = running
        else {
            return;
        };
        let stopping = async {
            if let Some(gateway) = gateway {
                gateway.stop().await;
            }
            node.stop().await;
        };
        if timeout(STOP_TIME, stopping).await.is_err() {
            error!("the node did not stop in time");
        }
    }

    fn tell(&self, input: Input) {
        // Without a controller the application is at its end.
        let _ = self.inbox.send(input);
    }

    fn folder(&self) -> String {
        self.options
            .data_folder()
            .map(|folder| folder.display().to_string())
            .unwrap_or_default()
    }
}

/// Why there is no node in this process.
enum Refusal {
    Service(String),
    Error(ApiError),
}

async fn next_of(running: &mut Option<Running>) -> Wake {
    let Some(Running { node, events, .. }) = running else {
        return std::future::pending().await;
    };
    tokio::select! {
        given_up = node.failed() => Wake::Failed(given_up.to_string()),
        () = node.stop_requested() => Wake::StopRequested,
        Some(event) = events.next() => Wake::Happened(event.happening),
    }
}

async fn link_of_service(folder: &Path) -> Refusal {
    let link = async { Client::from_folder(folder)?.link().await };
    match link.await {
        Ok(link) => Refusal::Service(link),
        Err(error) => {
            info!(%error, "another process holds the data folder and cannot be reached");
            let folder = folder.display().to_string();
            Refusal::Error(ApiError::new(Code::DataLocked, [("folder", folder)]))
        }
    }
}

/// What is worth a notification of the desktop.
fn occasion(noticed: events::Noticed) -> Option<Occasion> {
    match noticed {
        events::Noticed::Nearby => Some(Occasion::Nearby),
        events::Noticed::PairingRequest => Some(Occasion::PairingRequest),
        events::Noticed::AccessRequest => Some(Occasion::AccessRequest),
        events::Noticed::AccessAnswer => Some(Occasion::AccessAnswer),
        events::Noticed::Models => Some(Occasion::Models),
        // Nothing is to be done about it; who asks hears it soon enough.
        events::Noticed::ModelsGone => None,
    }
}

/// What the shell shows of a running node.
fn view(handle: &Handle) -> NodeView {
    let config = handle.config();
    NodeView {
        machine: handle.machine().name,
        connected: handle.neighbours().connected(),
        in_trouble: handle
            .notices()
            .iter()
            .any(|notice| notice.level() == Level::Problem),
        sharing: config.sharing.on,
        preferences: preferences::of(&config),
    }
}
