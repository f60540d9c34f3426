//! Whole meshes: in memory under a clock that jumps, and over real sockets on
//! loopback.

#![expect(
    clippy::wildcard_enum_match_arm,
    clippy::needless_pass_by_value,
    reason = "a test picks one event out of many, and takes it"
)]

mod ahead;
mod hostile;
mod inviting;
mod memory;
mod pairing;
mod real;
mod shares;
mod sleep;
mod vouching;
mod witnesses;

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    sync::Arc,
    time::Duration,
};

use tokio::{sync::mpsc, task::JoinSet, time::timeout};
use wire::{
    DeviceId,
    frame::{Frame, Marker},
    machine::presence,
    msg::session::Form,
};

use super::{ClaimRefusal, Event, Ground, Mesh, MeshHandle, MeshOptions, Rate, SessionInfo};
use crate::{
    Identity, KeyringChoice, beacon::Beacon, neighbourhood::Neighbourhood, transport::PeerTransport,
};

/// By whatever clock the test has: more than any wait that is right.
const PATIENCE: Duration = Duration::from_secs(120);

/// Who a test machine is, before it runs.
struct Who {
    identity: Arc<Identity>,
    _folder: tempfile::TempDir,
}

impl Who {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let identity = Identity::open(folder.path(), KeyringChoice::FileOnly).unwrap();
        Self {
            identity: Arc::new(identity),
            _folder: folder,
        }
    }

    fn id(&self) -> DeviceId {
        self.identity.device_id()
    }

    fn options(
        &self,
        name: &str,
        transport: Arc<dyn PeerTransport>,
        beacon: Box<dyn Beacon>,
    ) -> MeshOptions {
        MeshOptions {
            identity: self.identity.clone(),
            transport,
            beacon,
            presence: presence::Config {
                interval: Duration::from_secs(30),
                timeout: Duration::from_secs(60),
            },
            instance: 1,
            name: name.to_owned(),
            name_for_strangers: format!("a machine ({name})"),
            form: Form::Desktop,
            has_llm: false,
            trusted: BTreeMap::new(),
            blocked: BTreeSet::new(),
            mesh_keys: Vec::new(),
            vouched: BTreeMap::new(),
            neighbourhood: Neighbourhood::default(),
            rate: Rate::default(),
            rates: BTreeMap::new(),
            seed: 7,
        }
    }
}

/// A running one, and what it told.
struct Node {
    mesh: Mesh,
    handle: MeshHandle,
    events: mpsc::Receiver<Event>,
    id: DeviceId,
    /// Stands for the rules above.
    _rules: JoinSet<()>,
}

impl Node {
    fn start(options: MeshOptions) -> Self {
        let id = options.identity.device_id();
        let (mesh, events) = Mesh::start(options);
        Self {
            handle: mesh.handle(),
            mesh,
            events,
            id,
            _rules: JoinSet::new(),
        }
    }

    /// One whose rules decide about whoever shows a mesh key.
    fn start_deciding(
        options: MeshOptions,
        mut rules: impl FnMut(DeviceId) -> Result<(), ClaimRefusal> + Send + 'static,
    ) -> Self {
        let mut node = Self::start(options);
        let (onward, events) = mpsc::channel(256);
        let mut told = std::mem::replace(&mut node.events, events);
        node._rules.spawn(async move {
            while let Some(event) = told.recv().await {
                match event {
                    Event::TrustClaimed {
                        device,
                        ground: Ground::MeshKey(_),
                        answer,
                        ..
                    } => {
                        let _ = answer.send(rules(device));
                    }
                    event => {
                        let _ = onward.send(event).await;
                    }
                }
            }
        });
        node
    }

    /// Waits for the first event that is what is looked for.
    async fn until<T>(&mut self, mut find: impl FnMut(Event) -> Option<T>) -> T {
        timeout(PATIENCE, async {
            loop {
                if let Some(found) = find(self.events.recv().await.unwrap()) {
                    return found;
                }
            }
        })
        .await
        .expect("what was waited for never came")
    }

    async fn up(&mut self, device: DeviceId) -> (SessionInfo, mpsc::Receiver<Frame>) {
        self.until(|event| match event {
            Event::Up { session, inbox } if session.device == device => Some((session, inbox)),
            _ => None,
        })
        .await
    }

    async fn down(&mut self, device: DeviceId) -> wire::machine::session::Down {
        self.until(|event| match event {
            Event::Down { device: from, why } if from == device => Some(why),
            _ => None,
        })
        .await
    }

    /// What happened so far, without waiting.
    fn told(&mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.events.try_recv().ok()).collect()
    }
}

/// Waits until a question has the right answer.
async fn eventually<T>(mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    timeout(PATIENCE, async {
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .expect("it never became so")
}

/// Whether a frame from one reaches the other.
async fn speaks(from: &Node, to: DeviceId, inbox: &mut mpsc::Receiver<Frame>, word: &str) {
    let frame = Frame::new(Marker::Draft, word.as_bytes().to_vec());
    from.handle.send(to, frame.clone()).await.unwrap();
    let heard = timeout(PATIENCE, inbox.recv()).await.unwrap();
    assert_eq!(heard, Some(frame));
}

fn trusting(devices: &[(DeviceId, &[SocketAddr])]) -> BTreeMap<DeviceId, Vec<SocketAddr>> {
    devices
        .iter()
        .map(|(device, addresses)| (*device, addresses.to_vec()))
        .collect()
}
