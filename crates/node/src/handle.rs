use std::{
    io,
    net::SocketAddr,
    path::PathBuf,
    sync::Arc,
    time::{Duration, SystemTime},
};

use mesh::{Identity, KeyPlace};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::Level;

use crate::{
    NodeState,
    backends::Backends,
    config::{Config, Key, RawValue, View},
    diagnose::{self, Diagnosis},
    downloads::Downloads,
    events::{EventLog, Events, Happening},
    finding::Notice,
    firewall::{Firewall, Guard, Ports, Unchanged},
    folder::Folder,
    health::{Meter, Resources},
    host::Host,
    journal::{Journal, Line},
    models::Models,
    neighbours::Neighbours,
    network::{self, Interface, Reach},
    node::Options,
    notices::Notices,
    port_holder,
    readiness::{self, Readiness},
    report,
    settings::{SettingError, Settings, Sources},
};

/// A node, for everybody who asks something of it. Clones are the same node;
/// they may outlive it and then learn that it stopped.
#[derive(Debug, Clone)]
pub struct Handle {
    shared: Arc<Shared>,
}

/// A machine with its identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// The device id in full: base32 in groups of four.
    pub id: String,
    /// The first eight characters of the id.
    pub short_id: String,
    /// The public key in hexadecimal.
    pub key: String,
    pub name: String,
    /// The short id of the person who owns it.
    pub person: String,
    pub os: &'static str,
    pub arch: &'static str,
    pub key_place: KeyPlace,
}

/// Where the page and the calls are served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listening {
    pub address: SocketAddr,
    /// The address of the page.
    pub page: String,
}

/// What the node is.
impl Handle {
    pub fn version(&self) -> &str {
        &self.shared.version
    }

    pub fn commit(&self) -> &str {
        &self.shared.commit
    }

    pub fn state(&self) -> NodeState {
        *self.shared.state.borrow()
    }

    pub fn started_at(&self) -> SystemTime {
        self.shared.started_at
    }

    pub fn uptime(&self) -> Duration {
        self.shared.meter.uptime()
    }

    pub fn folder(&self) -> &Folder {
        &self.shared.folder
    }

    /// The other machines.
    pub fn neighbours(&self) -> &Neighbours {
        &self.shared.neighbours
    }

    /// What can be asked, here and elsewhere.
    pub fn models(&self) -> &Models {
        &self.shared.models
    }

    /// The servers of models that this machine asks.
    pub fn backends(&self) -> &Backends {
        &self.shared.backends
    }

    /// The models that they download.
    pub fn downloads(&self) -> &Downloads {
        &self.shared.downloads
    }

    pub fn identity(&self) -> &Identity {
        &self.shared.identity
    }

    /// This machine.
    pub fn machine(&self) -> Machine {
        let identity = &self.shared.identity;
        let id = identity.device_id();
        Machine {
            id: id.to_string(),
            short_id: id.short(),
            key: id.hex(),
            name: self.config().machine.name.as_str().to_owned(),
            person: identity.person_id().short(),
            os: std::env::consts::OS,
            arch: std::env::consts::ARCH,
            key_place: identity.place().clone(),
        }
    }

    /// What the node uses and what the machine has.
    pub async fn resources(&self) -> io::Result<Resources> {
        let shared = Arc::clone(&self.shared);
        let measure = move || shared.meter.measure(shared.folder.root());
        tokio::task::spawn_blocking(measure)
            .await
            .map_err(io::Error::other)
    }

    /// Counts a call that was answered, for the error rate.
    pub fn record_call(&self, good: bool) {
        self.shared.meter.record_call(good);
    }

    /// Asks whoever started the node to stop it.
    pub fn request_stop(&self) {
        self.shared.stop_requested.cancel();
    }
}

/// Settings.
impl Handle {
    /// What the node goes by.
    pub fn config(&self) -> Arc<Config> {
        Arc::clone(&self.shared.settings.snapshot().config)
    }

    pub fn settings(&self) -> Vec<View> {
        self.shared.settings.snapshot().views.clone()
    }

    /// Writes one setting to the file.
    pub async fn set_setting(&self, key: &str, value: RawValue) -> Result<View, SettingError> {
        self.shared.settings.set(key.to_owned(), value).await
    }

    /// Takes one setting out of the file.
    pub async fn reset_setting(&self, key: &str) -> Result<View, SettingError> {
        self.shared.settings.reset(key.to_owned()).await
    }

    /// Gives this machine another name.
    pub async fn rename(&self, name: &str) -> Result<Machine, SettingError> {
        self.set_setting("machine.name", RawValue::Text(name.to_owned()))
            .await?;
        Ok(self.machine())
    }

    /// The ports of the mesh, as configured.
    pub fn ports(&self) -> Ports {
        let network = &self.config().network;
        Ports {
            tcp: network.tcp_port.get(),
            udp: network.udp_port.get(),
        }
    }
}

/// The surroundings.
impl Handle {
    /// The network interfaces, those the mesh uses first. Also raises or clears
    /// the notices about the network.
    pub async fn interfaces(&self) -> io::Result<Vec<Interface>> {
        let chosen = self.chosen_interfaces();
        let named = chosen.clone();
        let look = move || {
            let named: Vec<_> = named.iter().map(String::as_str).collect();
            network::interfaces(&named)
        };
        let interfaces = tokio::task::spawn_blocking(look)
            .await
            .map_err(io::Error::other)??;
        let Shared {
            notices, events, ..
        } = &*self.shared;
        let reach = network::reach(&interfaces);
        notices.settle(Notice::NoNetwork {}, reach == Reach::Nothing, events);
        notices.settle(Notice::Ipv6Only {}, reach == Reach::Ipv6Only, events);
        let missing = network::missing(&interfaces, &chosen);
        let missing = (!missing.is_empty()).then(|| Notice::InterfacesMissing {
            interfaces: missing.join(", "),
        });
        let is_about_them = |notice: &Notice| matches!(notice, Notice::InterfacesMissing { .. });
        notices.replace(is_about_them, missing.into_iter().collect(), events);
        Ok(interfaces)
    }

    /// The ports of the mesh that are used; those of the configuration while it
    /// does not run.
    pub async fn ports_in_use(&self) -> Ports {
        let configured = self.ports();
        let report = self.neighbours().report().await.ok();
        let announced = report.map(|report| report.beacon.port);
        Ports {
            tcp: self.neighbours().port().unwrap_or(configured.tcp),
            udp: announced
                .filter(|port| *port != 0)
                .unwrap_or(configured.udp),
        }
    }

    /// Which program holds the port that a setting is about, for a sentence.
    pub async fn port_holder(&self, key: Key, port: u16) -> String {
        port_holder::named(&self.shared.host, key, port).await
    }

    /// A default port was taken, and another is used.
    pub async fn note_moved_port(&self, key: Key, wanted: u16, got: u16) {
        self.raise(Notice::PortMoved {
            key: key.name().to_owned(),
            wanted,
            got,
            program: self.port_holder(key, wanted).await,
        });
    }

    pub async fn firewall(&self) -> Firewall {
        self.shared.firewall.look(self.ports_in_use().await).await
    }

    /// Opens the firewall for the ports of the mesh; the system asks the person.
    pub async fn open_firewall(&self) -> Result<Firewall, Unchanged> {
        self.shared.firewall.open(self.ports_in_use().await).await
    }

    /// Whether something could answer a question now.
    pub async fn readiness(&self) -> Readiness {
        if self.models().view().can_chat() {
            return Readiness::ready();
        }
        readiness::look(self.config().models.ollama_address.as_str()).await
    }

    /// Where the page and the calls are served, if they are.
    pub fn http(&self) -> Option<Listening> {
        self.shared.http.borrow().clone()
    }

    /// Told by whoever serves them.
    pub fn set_http(&self, listening: Option<Listening>) {
        self.shared.http.send_replace(listening);
    }
}

/// What a person should know.
impl Handle {
    /// The most important first.
    pub fn notices(&self) -> Vec<Notice> {
        self.shared.notices.list()
    }

    pub fn raise(&self, notice: Notice) {
        self.shared.notices.raise(notice, &self.shared.events);
    }

    pub fn clear(&self, notice: &Notice) {
        self.shared.notices.clear(notice, &self.shared.events);
    }

    /// What happens from now on, or after the event with that number.
    pub fn events(&self, after: Option<u64>) -> Events {
        self.shared.events.subscribe(after)
    }

    /// The latest lines of the log of at least this level, oldest first.
    pub fn log(&self, level: Level, limit: usize) -> Vec<Line> {
        self.shared.journal.recent(level, limit)
    }

    /// Errors in the log within the last hour.
    pub fn logged_errors_last_hour(&self) -> u64 {
        self.shared.journal.errors_last_hour()
    }

    pub async fn diagnose(&self) -> Diagnosis {
        diagnose::examine(self).await
    }

    /// A report to hand to somebody who helps: no content, no secrets.
    pub async fn report(&self) -> String {
        report::write(self).await
    }
}

/// For the node itself.
impl Handle {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    pub(crate) fn publish(&self, happening: Happening) {
        self.shared.events.publish(happening);
    }

    pub(crate) fn sources(&self) -> &Sources {
        &self.shared.sources
    }

    pub(crate) fn home(&self) -> Option<&PathBuf> {
        self.shared.home.as_ref()
    }

    pub(crate) fn chosen_interfaces(&self) -> Vec<String> {
        let config = self.config();
        config
            .network
            .interfaces
            .iter()
            .map(|name| name.as_str().to_owned())
            .collect()
    }

    pub(crate) fn enter(&self, state: NodeState) {
        self.shared.state.send_replace(state);
        self.shared.events.publish(Happening::NodeState(state));
    }
}

/// What all handles of a node share. Each part has its own rules for change.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) version: String,
    pub(crate) commit: String,
    pub(crate) started_at: SystemTime,
    pub(crate) home: Option<PathBuf>,
    pub(crate) folder: Folder,
    pub(crate) identity: Arc<Identity>,
    pub(crate) journal: Journal,
    pub(crate) settings: Settings,
    pub(crate) sources: Sources,
    pub(crate) neighbours: Neighbours,
    pub(crate) models: Models,
    pub(crate) backends: Backends,
    pub(crate) downloads: Downloads,
    pub(crate) state: watch::Sender<NodeState>,
    pub(crate) events: EventLog,
    pub(crate) notices: Notices,
    pub(crate) meter: Meter,
    pub(crate) http: watch::Sender<Option<Listening>>,
    pub(crate) host: Host,
    pub(crate) firewall: Guard,
    pub(crate) stop_requested: CancellationToken,
}

/// What a node knows of itself and others.
#[derive(Debug)]
pub(crate) struct Knowing {
    pub(crate) identity: Arc<Identity>,
    pub(crate) settings: Settings,
    pub(crate) sources: Sources,
    pub(crate) neighbours: Neighbours,
    pub(crate) models: Models,
    pub(crate) backends: Backends,
    pub(crate) downloads: Downloads,
}

impl Shared {
    pub(crate) fn new(options: &Options, folder: Folder, knowing: Knowing) -> Self {
        let Knowing {
            identity,
            settings,
            sources,
            neighbours,
            models,
            backends,
            downloads,
        } = knowing;
        let now = SystemTime::now();
        let host = Host::this(options.variable("PATH").cloned());
        let home = options
            .variable("HOME")
            .or_else(|| options.variable("USERPROFILE"));
        Self {
            version: options.version.clone(),
            commit: options.commit.clone(),
            started_at: now,
            home: home.map(PathBuf::from),
            folder,
            identity,
            journal: options.journal.clone(),
            settings,
            sources,
            neighbours,
            models,
            backends,
            downloads,
            state: watch::Sender::new(NodeState::Starting),
            events: EventLog::new(now),
            notices: Notices::new(),
            meter: Meter::new(),
            http: watch::Sender::new(None),
            firewall: Guard::new(host.clone()),
            host,
            stop_requested: CancellationToken::new(),
        }
    }
}
