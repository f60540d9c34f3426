use futures_util::{Stream, stream};
use node::{events::Noticed, models::ServerModel};

use crate::{
    Api,
    dto::{Event, Happening, PeerOccasion},
};

impl Api {
    /// What happens from now on, or after the event numbered `after`. The
    /// stream ends when the node has stopped.
    pub fn events(&self, after: Option<u64>) -> impl Stream<Item = Event> + Send + 'static {
        let events = self.node.events(after);
        stream::unfold((self.clone(), events), |(api, mut events)| async move {
            loop {
                let event = events.next().await?;
                if let Some(happening) = api.told(event.happening) {
                    return Some((
                        Event {
                            seq: event.seq,
                            happening,
                        },
                        (api, events),
                    ));
                }
            }
        })
    }

    /// Events of the node only name what changed; its present state is added
    /// here, so that a listener need not ask.
    fn told(&self, happening: node::events::Happening) -> Option<Happening> {
        use node::events::Happening as Inner;
        Some(match happening {
            Inner::Resync => Happening::Resync,
            Inner::NodeState(state) => Happening::NodeState {
                state: state.into(),
            },
            Inner::MachineChanged => Happening::MachineChanged {
                machine: self.node.machine().into(),
            },
            Inner::SettingChanged(key) => {
                let settings = self.node.settings();
                let view = settings
                    .into_iter()
                    .find(|view| view.key.to_string() == key)?;
                Happening::SettingChanged {
                    setting: view.into(),
                }
            }
            Inner::NeighbourChanged(device) => Happening::PeerChanged {
                // Gone since then: that has an event of its own.
                peer: Box::new((&*self.node.neighbours().get(device)?).into()),
            },
            Inner::NeighbourGone(device) => Happening::PeerGone {
                id: device.to_string(),
            },
            Inner::MachineNoticed(device, noticed) => Happening::PeerNoticed {
                peer: Box::new((&*self.node.neighbours().get(device)?).into()),
                occasion: match noticed {
                    Noticed::Nearby => PeerOccasion::Nearby,
                    Noticed::PairingRequest => PeerOccasion::PairingRequest,
                    Noticed::AccessRequest => PeerOccasion::AccessRequest,
                    Noticed::AccessAnswer => PeerOccasion::AccessAnswer,
                    Noticed::Models => PeerOccasion::Models,
                    Noticed::ModelsGone => PeerOccasion::ModelsGone,
                },
            },
            Inner::ModelsChanged => Happening::ModelsChanged,
            Inner::AccessChanged => Happening::AccessChanged,
            Inner::DownloadChanged(id) => {
                let model = ServerModel::parse(&id).ok()?;
                match self.node.downloads().get(&model) {
                    Some(download) => Happening::PullChanged {
                        pull: Box::new((&download).into()),
                    },
                    None => Happening::PullGone { id },
                }
            }
            Inner::NoticesChanged => Happening::NoticesChanged {
                notices: self.node.notices().iter().map(Into::into).collect(),
            },
        })
    }
}
