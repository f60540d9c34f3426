//! The sockets, and what the mesh is started with.

use std::{
    collections::BTreeMap,
    io,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use mesh::{
    Identity, Mesh, MeshOptions,
    beacon::{BeaconOptions, InterfaceSource, UdpBeacon},
    hub::{Event, Rate},
    neighbourhood::Neighbourhood,
    tls::{Tls, TlsError},
    transport::{Listen, TcpTransport},
};
use tokio::sync::mpsc;
use wire::{DeviceId, MeshKey, MeshKeyId, machine::presence, msg::session::Form};

use crate::{
    config::{Config, Key, Network, Source},
    network,
    store::Origin,
    trust::{Standing, View},
};

/// Enough to step over a handful of other programs.
const PORTS_TRIED: u16 = 20;

/// A machine that is only heard may miss two announcements.
const SILENT_ANNOUNCEMENTS: f64 = 2.5;

/// Why the mesh cannot run.
#[derive(Debug, thiserror::Error)]
pub enum MeshError {
    #[error("port {port} of {} is taken", key.name())]
    PortTaken { key: Key, port: u16 },
    #[error("the port {port} of {} cannot be used: {source}", key.name())]
    PortUnusable {
        key: Key,
        port: u16,
        source: io::Error,
    },
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// What the mesh is opened with, now and after a failure.
#[derive(Debug, Clone)]
pub(crate) struct Opening {
    pub(crate) identity: Arc<Identity>,
    /// Which start of this machine it is.
    pub(crate) instance: u64,
    pub(crate) form: Form,
}

/// A mesh that was just started.
#[derive(Debug)]
pub(crate) struct Open {
    pub(super) mesh: Mesh,
    pub(super) events: mpsc::Receiver<Event>,
    /// Where a default port was taken: the setting, and the port that is used.
    pub(crate) moved: Vec<(Key, u16)>,
}

impl Opening {
    /// Takes the ports and starts. Call it inside the runtime.
    pub(crate) fn open(
        &self,
        config: &Config,
        view: &View,
        mesh_keys: Vec<MeshKey>,
    ) -> Result<Open, MeshError> {
        let mut moved = Vec::new();
        let tls = Tls::new(&self.identity)?;
        let tcp = Wanted::of(config, Key::NetworkTcpPort, config.network.tcp_port.get());
        let (transport, port) =
            tcp.take(|port| TcpTransport::bind(tls.clone(), &Listen::Everywhere { port }))?;
        moved.extend((port != tcp.port).then_some((tcp.key, port)));
        let udp = Wanted::of(config, Key::NetworkUdpPort, config.network.udp_port.get());
        let (beacon, port) = udp.take(|port| {
            let beacon = UdpBeacon::start(BeaconOptions {
                port,
                interfaces: interfaces(&config.network),
                neighbourhood: neighbourhood(&config.network),
                mdns: config.network.mdns,
                watch_sleep: true,
            })?;
            Ok(beacon)
        })?;
        moved.extend((port != udp.port).then_some((udp.key, port)));
        let (mesh, events) = Mesh::start(MeshOptions {
            identity: Arc::clone(&self.identity),
            transport: Arc::new(transport),
            beacon: Box::new(beacon),
            presence: timing(&config.network),
            instance: self.instance,
            name: config.machine.name.as_str().to_owned(),
            name_for_strangers: name_for_strangers(config, self.identity.device_id()),
            form: self.form,
            has_llm: false,
            trusted: view
                .all_trusted()
                .map(|(known, _)| (known.peer.device, literal_addresses(known)))
                .collect(),
            blocked: view
                .tables()
                .all_known()
                .filter(|known| view.standing_of(known) == Standing::Blocked)
                .map(|known| known.peer.device)
                .collect(),
            mesh_keys,
            vouched: view
                .all_trusted()
                .filter_map(|(known, trusted)| match trusted.origin {
                    Origin::MeshKey(id) => {
                        Some((known.peer.device, MeshKeyId::from_bytes(*id.as_bytes())))
                    }
                    Origin::Pairing | Origin::Invitation(_) | Origin::OpenPolicy => None,
                })
                .collect(),
            neighbourhood: neighbourhood(&config.network),
            rate: Rate::default(),
            rates: rates(view),
            seed: seed(),
        });
        Ok(Open {
            mesh,
            events,
            moved,
        })
    }
}

/// How much each trusted machine may say.
pub(super) fn rates(view: &View) -> BTreeMap<DeviceId, Rate> {
    view.all_trusted()
        .map(|(known, _)| {
            let per_minute = view.quota(known.peer.device).messages_per_minute;
            (known.peer.device, Rate { per_minute })
        })
        .collect()
}

/// A port that a setting names.
struct Wanted {
    key: Key,
    port: u16,
    /// Nobody chose it, so it may give way to the next that is free.
    may_move: bool,
}

impl Wanted {
    fn of(config: &Config, key: Key, port: u16) -> Self {
        let may_move = config.origin(key).source() == Source::Default;
        Self {
            key,
            port,
            may_move,
        }
    }

    fn take<T>(&self, mut bind: impl FnMut(u16) -> io::Result<T>) -> Result<(T, u16), MeshError> {
        let more = if self.may_move { PORTS_TRIED } else { 0 };
        for port in self.port..=self.port.saturating_add(more) {
            match bind(port) {
                Ok(bound) => return Ok((bound, port)),
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
                Err(source) => {
                    return Err(MeshError::PortUnusable {
                        key: self.key,
                        port,
                        source,
                    });
                }
            }
        }
        Err(MeshError::PortTaken {
            key: self.key,
            port: self.port,
        })
    }
}

/// The port that machines listen on unless they say otherwise.
pub(super) fn usual_port() -> u16 {
    Config::default().network.tcp_port.get()
}

/// What those hear who are not trusted.
pub(super) fn name_for_strangers(config: &Config, device: DeviceId) -> String {
    if config.machine.hide_name {
        format!("Banyan {}", device.short())
    } else {
        config.machine.name.as_str().to_owned()
    }
}

pub(super) fn neighbourhood(network: &Network) -> Neighbourhood {
    Neighbourhood {
        also: network
            .allowed_networks
            .iter()
            .map(|one| one.get())
            .collect(),
    }
}

/// What kind of machine this is, as far as the system tells.
pub(crate) fn own_form() -> Form {
    if !cfg!(target_os = "linux") {
        return Form::Unknown;
    }
    let chassis = std::fs::read_to_string("/sys/class/dmi/id/chassis_type");
    // The numbers of the SMBIOS specification, table "System Enclosure or Chassis Types".
    match chassis.unwrap_or_default().trim() {
        "3" | "4" | "5" | "6" | "7" | "13" | "15" | "16" | "24" | "35" | "36" => Form::Desktop,
        "8" | "9" | "10" | "11" | "14" | "30" | "31" | "32" => Form::Laptop,
        "17" | "23" | "28" | "29" => Form::Server,
        _ => Form::Unknown,
    }
}

fn timing(network: &Network) -> presence::Config {
    let interval = network.announce_interval;
    let least: Duration = interval.mul_f64(SILENT_ANNOUNCEMENTS);
    presence::Config {
        interval,
        timeout: network.peer_timeout.max(least),
    }
}

fn interfaces(network: &Network) -> InterfaceSource {
    let chosen: Vec<String> = network
        .interfaces
        .iter()
        .map(|name| name.as_str().to_owned())
        .collect();
    Arc::new(move || {
        let chosen: Vec<_> = chosen.iter().map(String::as_str).collect();
        network::interfaces(&chosen)
    })
}

/// Names are looked up later, by the task: that may take a while.
fn literal_addresses(known: &crate::store::Known) -> Vec<SocketAddr> {
    known
        .addresses
        .iter()
        .filter_map(|remembered| {
            let ip = remembered.address.host().parse().ok()?;
            Some(SocketAddr::new(ip, remembered.address.port()))
        })
        .collect()
}

/// Only spreads packets over time, so nobody gains from guessing it.
fn seed() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    u64::from(since.unwrap_or_default().subsec_nanos()) ^ u64::from(std::process::id()) << 32
}
