//! The task: what happens on the network, and what follows from it.

mod asking;
mod happened;
mod joined;
mod wished;

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, SystemTime},
};

use mesh::{
    Mesh, MeshHandle,
    hub::{Event, Rate},
};
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::JoinSet,
    time::{Instant, MissedTickBehavior, interval_at},
};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};
use wire::{DeviceId, frame::Frame};

use super::{
    Known, Overheard,
    carrier::Carrier,
    neighbour::{Met, assemble},
    opening::{Open, name_for_strangers, rates},
};
use crate::{
    Handle,
    events::Happening,
    store::{Occasion, Tables},
    supervise::TaskResult,
    trust::{Introduction, Policy, Standing, TrustError},
};
pub(super) use wished::Wish;

/// Grants and graces end to the minute, which is how they are shown.
const TIDY_EVERY: Duration = Duration::from_secs(60);

/// One of each group of settings that are obeyed together.
const OBEYED: [&str; 2] = ["machine.name", "network.open"];

/// What was said and waits; beyond it the speaker waits.
const FRAMES: usize = 64;

pub(super) struct Actor<'a> {
    node: Handle,
    carrier: Carrier,
    mesh: MeshHandle,
    running: Mesh,
    events: mpsc::Receiver<Event>,
    tables: watch::Receiver<Arc<Tables>>,
    known: &'a watch::Sender<Known>,
    /// What the network says of each machine.
    met: BTreeMap<DeviceId, Met>,
    /// One for each session: takes what the other says until it ends.
    sessions: JoinSet<()>,
    /// What was said in all sessions.
    frames: mpsc::Receiver<(DeviceId, Frame)>,
    into_frames: mpsc::Sender<(DeviceId, Frame)>,
    overheard: mpsc::Sender<Overheard>,
    /// How much each machine may say, as the mesh goes by it.
    rates: BTreeMap<DeviceId, Rate>,
    /// Of whose present state everybody was told.
    requests: asking::Requests,
}

impl<'a> Actor<'a> {
    pub(super) fn new(
        node: Handle,
        carrier: Carrier,
        known: &'a watch::Sender<Known>,
        overheard: mpsc::Sender<Overheard>,
        opened: Open,
    ) -> Self {
        let mesh = opened.mesh.handle();
        let (into_frames, frames) = mpsc::channel(FRAMES);
        let requests = asking::all(carrier.trust.view().tables());
        Self {
            requests,
            node,
            tables: carrier.trust.watch(),
            carrier,
            mesh,
            running: opened.mesh,
            events: opened.events,
            known,
            met: BTreeMap::new(),
            sessions: JoinSet::new(),
            frames,
            into_frames,
            overheard,
            rates: BTreeMap::new(),
        }
    }

    pub(super) async fn run(
        mut self,
        wishes: &mut mpsc::Receiver<Wish>,
        end: CancellationToken,
    ) -> TaskResult {
        let mut settings = self.node.events(None);
        let mut tidy = interval_at(Instant::now() + TIDY_EVERY, TIDY_EVERY);
        tidy.set_missed_tick_behavior(MissedTickBehavior::Delay);
        self.in_step().await;
        self.end_pairings_of_before().await;
        self.look_at_all();
        let duties = self.carrier.trust.duties();
        self.carrier.carry_out(duties).await;
        let outcome = loop {
            tokio::select! {
                () = end.cancelled() => break Ok(()),
                event = self.events.recv() => match event {
                    Some(event) => self.happened(event).await,
                    None => break Err("the mesh ended by itself".into()),
                },
                Some(wish) = wishes.recv() => self.wished(wish).await,
                Ok(()) = self.tables.changed() => {
                    self.tell_rates().await;
                    self.look_at_all();
                    self.requests_changed().await;
                }
                Some(event) = settings.next() => match event.happening {
                    Happening::SettingChanged(key) => self.setting_changed(&key).await,
                    // Which ones changed is lost, and obeying all again does no harm.
                    Happening::Resync => for key in OBEYED {
                        self.setting_changed(key).await;
                    },
                    Happening::NodeState(_)
                    | Happening::MachineChanged
                    | Happening::NoticesChanged
                    | Happening::NeighbourChanged(_)
                    | Happening::NeighbourGone(_)
                    | Happening::MachineNoticed(..)
                    | Happening::AccessChanged
                    | Happening::ModelsChanged
                    | Happening::DownloadChanged(_) => {}
                },
                _ = tidy.tick() => self.tidy().await,
                Some((device, frame)) = self.frames.recv() => self.said(device, &frame).await,
                Some(_) = self.sessions.join_next() => {}
            }
        };
        self.running.stop().await;
        outcome
    }

    /// A pairing lives no longer than its connection, and none is open yet.
    async fn end_pairings_of_before(&self) {
        let view = self.carrier.trust.view();
        let rows = view.tables().all_known().map(|row| row.peer.device);
        for device in rows.filter(|device| view.standing(*device) == Standing::Pending) {
            let ended = self.carrier.trust.pairing_ended(device).await;
            logged("the end of a pairing is not noted", ended);
        }
    }

    async fn tidy(&mut self) {
        match self.carrier.trust.tidy().await {
            Ok(effects) => {
                self.carrier.carry_out(effects).await;
            }
            Err(error) => warn!(%error, "what has ended could not be cleared away"),
        }
        // What failed is tried again.
        self.in_step().await;
        let duties = self.carrier.trust.duties();
        self.carrier.carry_out(duties).await;
        if let Err(error) = self.carrier.keys.wipe_ended().await {
            warn!(%error, "a key that has ended is not wiped");
        }
        self.carrier.keys_changed().await;
        let now = SystemTime::now();
        for met in self.met.values_mut() {
            met.pairing.take_if(|pairing| pairing.is_stale(now));
        }
        // What ends by time alone changes no table.
        self.look_at_all();
    }

    /// What is decided goes by the person that this machine is of now.
    async fn in_step(&self) {
        let stepped = self.carrier.persons.in_step().await;
        let effects = self.carrier.follow_up(stepped).await;
        self.carrier.carry_out(effects).await;
    }

    async fn setting_changed(&mut self, key: &str) {
        let config = self.node.config();
        let told = match key {
            "machine.name" | "machine.hide_name" => {
                let name = config.machine.name.as_str().to_owned();
                let for_strangers = name_for_strangers(&config, self.mesh.device_id());
                self.mesh.set_name(name, for_strangers).await
            }
            "network.open"
            | "network.max_peers"
            | "network.requests_per_minute"
            | "sharing.per_device" => {
                match self.carrier.trust.set_policy(policy(&config)).await {
                    Ok(effects) => {
                        self.carrier.carry_out(effects).await;
                    }
                    Err(error) => warn!(%error, "a setting about trust was not carried out"),
                }
                if config.network.open {
                    self.let_everybody_in().await;
                }
                Ok(())
            }
            _ => Ok(()),
        };
        if let Err(stopped) = told {
            info!(%stopped, "nobody is told of a setting");
        }
    }

    async fn tell_rates(&mut self) {
        let rates = rates(&self.carrier.trust.view());
        if rates == self.rates {
            return;
        }
        self.rates.clone_from(&rates);
        if let Err(stopped) = self.mesh.set_rates(rates).await {
            info!(%stopped, "rates are gone by from the next start");
        }
    }

    fn look_at_all(&mut self) {
        let view = self.carrier.trust.view();
        let rows = view.tables().all_known().map(|row| row.peer.device);
        let shown = self.known.borrow();
        let mut devices: Vec<_> = rows
            .chain(self.met.keys().copied())
            .chain(shown.keys().copied())
            .collect();
        drop(shown);
        devices.sort_unstable();
        devices.dedup();
        for device in devices {
            self.look_at(device);
        }
    }

    /// Puts together what is known of a machine, and tells if it is new.
    fn look_at(&mut self, device: DeviceId) {
        if self.met.get(&device).is_some_and(Met::is_over) {
            self.met.remove(&device);
        }
        let view = self.carrier.trust.view();
        let now = assemble(&view, device, self.met.get(&device));
        let changed = self.known.send_if_modified(|known| {
            let before = known.get(&device);
            match now {
                Some(now) if before.is_none_or(|before| **before != now) => {
                    known.insert(device, Arc::new(now));
                    true
                }
                Some(_) => false,
                None => known.remove(&device).is_some(),
            }
        });
        if changed {
            let is_there = self.known.borrow().contains_key(&device);
            self.node.publish(if is_there {
                Happening::NeighbourChanged(device)
            } else {
                Happening::NeighbourGone(device)
            });
        }
    }

    fn met(&mut self, device: DeviceId) -> &mut Met {
        self.met.entry(device).or_default()
    }

    /// Tells the person once about a machine, where they want to be told.
    async fn notice(&self, device: DeviceId, occasion: Occasion) {
        match self.carrier.trust.notify_once(device, occasion).await {
            Ok(true) => self
                .node
                .publish(Happening::MachineNoticed(device, occasion.into())),
            Ok(false) => {}
            Err(error) => warn!(%error, "whether a notification was shown is not known"),
        }
    }

    fn introduction(&self, device: DeviceId) -> Introduction {
        let card = self.met.get(&device).and_then(|met| met.card.as_ref());
        Introduction {
            name: card.map_or_else(|| device.short(), |card| card.name.clone()),
            form: card.map_or(wire::msg::session::Form::Unknown, |card| card.form),
            instance: card.map_or(0, |card| card.instance),
            person: None,
        }
    }
}

/// What the settings say about trust.
pub(crate) fn policy(config: &crate::config::Config) -> Policy {
    Policy {
        open: config.network.open,
        most_devices: usize::try_from(config.network.max_peers.get()).unwrap_or(usize::MAX),
        requests_per_minute: config.network.requests_per_minute.get(),
        concurrency: config.sharing.per_device.get(),
    }
}

fn logged(what: &'static str, result: Result<(), TrustError>) {
    if let Err(error) = result {
        warn!(%error, "{what}");
    }
}

/// Tells whoever waits that what they wished was taken in.
fn taken_in(told: oneshot::Sender<()>) {
    // Nobody is obliged to wait.
    let _ = told.send(());
}
