//! The task: what is asked here and elsewhere, and what follows from it.

mod others;
mod own;
mod sharing;
mod written;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use infer::{
    KeepAlive, Reach,
    ollama::{self, Ollama},
    queue::{Asker, GrantId, Limits, Queue},
    watcher::{BackendId, WatcherHandle},
};
use tokio::{
    sync::{mpsc, watch},
    task::{AbortHandle, JoinSet},
    time::{sleep, sleep_until},
};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};
use wire::DeviceId;

use super::{
    Payer, Piece, Question, Tallies, Tally, View,
    asking::{Order, Told},
    class, offer, power,
    serving::{Report, Ticket, Within},
};
use crate::{
    Handle,
    backends::OLLAMA,
    config::Config,
    events::Happening,
    neighbours::{Known, Neighbours, Overheard},
    router::{Capability, RequestId, Router, Settings, model::ModelName, speed::Speeds},
    store::Occasion,
};

/// What changes together is told together.
const TOGETHER: Duration = Duration::from_millis(200);

/// What tasks tell and waits; beyond it they wait.
const REPORTS: usize = 256;

/// The network may come later than the node.
const LOOKS_UP_AGAIN: Duration = Duration::from_secs(30);

/// Orders to one task. The router gives few, and each ends what was before.
const ORDERS: usize = 32;

#[derive(Debug)]
pub(super) enum Wish {
    Ask(Box<Question>, mpsc::Sender<Piece>),
}

pub(super) struct Actor<'a> {
    node: Handle,
    watcher: WatcherHandle,
    publish: &'a watch::Sender<Arc<View>>,
    me: DeviceId,
    router: Router,
    queue: Queue<Payer, DeviceId>,
    speeds: Speeds,
    class: crate::router::speed::DeviceClass,
    /// Questions of this machine, and the slots they hold here.
    asked: BTreeMap<RequestId, Asked>,
    /// What ends the answers that are written for others.
    served: BTreeMap<Ticket, Served>,
    tallies: Tallies,
    /// Sessions that are up, by when they began.
    sessions: BTreeMap<DeviceId, SystemTime>,
    /// What each of them offers, and what it heard of us.
    offers: BTreeMap<DeviceId, Capability>,
    heard_of_us: BTreeMap<DeviceId, wire::msg::llm::Capability>,
    /// Runs on battery, as far as the system says.
    on_battery: bool,
    /// Until then the person here counts as busy with the models.
    busy_until: Option<Instant>,
    /// Machines that shared models a moment ago, and when that is told.
    leaving: BTreeMap<DeviceId, Instant>,
    /// What people may want to know.
    notices: Vec<(DeviceId, Occasion)>,
    /// When what changed is told.
    tell_at: Option<Instant>,
    has_llm: Option<bool>,
    /// Finds out where Ollama is.
    looking: Option<AbortHandle>,
    tasks: JoinSet<()>,
    reports: (mpsc::Sender<Report>, mpsc::Receiver<Report>),
    answers: (mpsc::Sender<Told>, mpsc::Receiver<Told>),
}

/// An answer that is written for another machine.
struct Served {
    stop: CancellationToken,
    /// Its permission was for this one use, and is gone already.
    once: bool,
    /// Known once the question was read.
    model: Option<ModelName>,
}

struct Asked {
    orders: mpsc::Sender<Order>,
    /// Where it is answered here, and by which model.
    slot: Option<(Ticket, ModelName)>,
    within: Within,
}

impl<'a> Actor<'a> {
    pub(super) fn new(
        node: Handle,
        watcher: WatcherHandle,
        publish: &'a watch::Sender<Arc<View>>,
    ) -> Self {
        let me = node.identity().device_id();
        let config = node.config();
        let here = Asker {
            person: Payer::Person(node.identity().person_id()),
            device: me,
        };
        let class = class::of_this_machine();
        let seed = me.as_bytes().iter().fold(0_u64, |seed, byte| {
            seed.wrapping_mul(31).wrapping_add(u64::from(*byte))
        });
        Self {
            router: Router::new(me, settings(&config), seed),
            queue: Queue::new(here, limits(&config)),
            speeds: Speeds::new(class),
            class,
            node,
            watcher,
            publish,
            me,
            asked: BTreeMap::new(),
            served: BTreeMap::new(),
            tallies: Tallies::new(),
            sessions: BTreeMap::new(),
            offers: BTreeMap::new(),
            heard_of_us: BTreeMap::new(),
            on_battery: false,
            busy_until: None,
            leaving: BTreeMap::new(),
            notices: Vec::new(),
            tell_at: None,
            has_llm: None,
            looking: None,
            tasks: JoinSet::new(),
            reports: mpsc::channel(REPORTS),
            answers: mpsc::channel(REPORTS),
        }
    }

    pub(super) async fn run(
        mut self,
        wishes: &mut mpsc::Receiver<Wish>,
        overheard: &mut mpsc::Receiver<Overheard>,
        end: CancellationToken,
    ) {
        let mut events = self.node.events(None);
        let mut seen = self.watcher.watch();
        let mut known = self.neighbours().watch();
        let mut rights = self.neighbours().trust().watch();
        let (told, mut power) = watch::channel(false);
        self.tasks.spawn(power::watch(told));
        self.look_for_ollama();
        self.share_as_set();
        self.sessions_changed(&known.borrow_and_update().clone());
        loop {
            self.carry_out();
            self.tell_people().await;
            let due = self.due();
            tokio::select! {
                () = end.cancelled() => break,
                Some(wish) = wishes.recv() => self.wished(wish),
                Some(heard) = overheard.recv() => self.heard(heard).await,
                Some(report) = self.reports.1.recv() => self.wrote(report),
                Some(told) = self.answers.1.recv() => self.told(told),
                Ok(()) = seen.changed() => self.changed(),
                Ok(()) = known.changed() => {
                    let known = known.borrow_and_update().clone();
                    self.sessions_changed(&known);
                }
                Ok(()) = power.changed() => {
                    self.on_battery = *power.borrow_and_update();
                    self.share_as_set();
                }
                Ok(()) = rights.changed() => self.rights_changed(),
                Some(event) = events.next() => match event.happening {
                    Happening::SettingChanged(key) => self.setting_changed(&key),
                    Happening::Resync => self.setting_changed("models.ollama_address"),
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
                () = sleep_until(due.into()) => self.time_passed().await,
                Some(_) = self.tasks.join_next() => {}
            }
        }
        self.tasks.shutdown().await;
    }

    fn neighbours(&self) -> &Neighbours {
        self.node.neighbours()
    }

    /// The next moment at which something is to be done by itself.
    fn due(&self) -> Instant {
        let queue = self.queue.poll_timeout();
        let leaving = self.leaving.values().min().copied();
        [
            self.router.poll_timeout(),
            queue,
            self.tell_at,
            leaving,
            self.busy_until,
        ]
        .into_iter()
        .flatten()
        .min()
        .unwrap_or_else(|| Instant::now() + Duration::from_secs(60))
    }

    async fn time_passed(&mut self) {
        let now = Instant::now();
        self.router.handle_timeout(now);
        self.queue.handle_timeout(now);
        if self.busy_until.is_some_and(|until| until <= now) {
            self.busy_until = None;
            self.share_as_set();
        }
        self.have_left(now);
        if self.tell_at.is_some_and(|at| at <= now) {
            self.tell_at = None;
            self.tell().await;
        }
    }

    fn setting_changed(&mut self, key: &str) {
        if key == "models.ollama_address" {
            self.look_for_ollama();
        }
        let config = self.node.config();
        let now = Instant::now();
        self.router.set_settings(settings(&config), now);
        self.queue.set_limits(limits(&config), now);
        self.share_as_set();
    }

    /// Finding out how far away it is may take a moment, and nobody waits for that.
    fn look_for_ollama(&mut self) {
        let config = self.node.config();
        let address = config.models.ollama_address.as_str();
        let (Ok(id), Ok(place)) = (BackendId::parse(OLLAMA), ollama::place(address)) else {
            warn!("the address of Ollama cannot be used");
            return;
        };
        let watcher = self.watcher.clone();
        let looking = self.tasks.spawn(async move {
            loop {
                let known = place.resolve().await;
                // While nobody knows the name, nobody goes farther than this network.
                let reach = known.unwrap_or(Reach::Lan);
                match Ollama::new(place.clone(), reach) {
                    Ok(ollama) => watcher.add(id.clone(), Arc::new(ollama), reach).await,
                    Err(error) => warn!(%error, "Ollama cannot be asked"),
                }
                if known.is_some() {
                    return;
                }
                sleep(LOOKS_UP_AGAIN).await;
            }
        });
        // What was named before is of no interest any more.
        if let Some(before) = self.looking.replace(looking) {
            before.abort();
        }
    }

    /// Something of this machine changed: people see it at once, others hear of it
    /// soon.
    fn changed(&mut self) {
        let now = Instant::now();
        self.tell_at.get_or_insert(now + TOGETHER);
        self.router.offers(self.me, self.own(), now);
        self.show();
    }

    fn show(&self) {
        let now = View {
            backends: self.watcher.seen(),
            own: Some(self.own()),
            offers: self.offers.clone(),
            line: self.queue.shown(Instant::now()),
            tallies: self.tallies.clone(),
            answering: self.answering(),
        };
        let is_new = self.publish.send_if_modified(|before| {
            let differs = !before.shows_the_same(&now);
            *before = Arc::new(now);
            differs
        });
        if is_new {
            self.node.publish(Happening::ModelsChanged);
        }
    }

    fn answering(&self) -> BTreeSet<ModelName> {
        let own = self.asked.values().filter_map(|asked| {
            let (_, model) = asked.slot.as_ref()?;
            Some(model)
        });
        let others = self.served.values();
        let others = others.filter_map(|served| served.model.as_ref());
        own.chain(others).cloned().collect()
    }

    fn tally(&mut self, device: DeviceId) -> &mut Tally {
        self.tallies.entry(device).or_default()
    }

    fn own(&self) -> Capability {
        let load = self.queue.load(Instant::now());
        let closed = self.closed();
        Capability {
            on_battery: closed.on_battery,
            owner_busy: closed.owner_busy,
            ..offer::own(&self.watcher.seen(), &self.speeds, self.class, load)
        }
    }

    /// How long a model stays in memory here after an answer.
    fn keep(&self) -> Option<KeepAlive> {
        let time = self.node.config().models.keep_loaded;
        (!time.is_zero()).then_some(KeepAlive::For(time))
    }

    fn here(&self) -> Asker<Payer, DeviceId> {
        Asker {
            person: Payer::Person(self.node.identity().person_id()),
            device: self.me,
        }
    }

    fn order(&self, request: RequestId, order: Order) {
        if let Some(asked) = self.asked.get(&request)
            && asked.orders.try_send(order).is_err()
        {
            debug!("a question that is over is told nothing");
        }
    }

    fn sessions_changed(&mut self, known: &Known) {
        let now = Instant::now();
        let up: BTreeMap<DeviceId, SystemTime> = known
            .iter()
            .filter_map(|(device, one)| Some((*device, one.presence.since()?)))
            .collect();
        if up == self.sessions {
            return;
        }
        let gone: Vec<DeviceId> = self.sessions.keys().copied().collect();
        for device in gone {
            if up.get(&device) == self.sessions.get(&device) {
                continue;
            }
            self.heard_of_us.remove(&device);
            if !up.contains_key(&device) {
                let before = self.offers.remove(&device);
                self.offer_changed(device, before.as_ref(), now);
                self.router.is_gone(device, now);
                self.queue.left_the_network(device, now);
            }
        }
        self.sessions = up;
        self.changed();
        // Whoever has just come wants to know at once.
        self.tell_at = Some(now);
    }
}

/// What opens a slot; nobody can guess it.
fn draw_grant() -> Option<GrantId> {
    match mesh::minting::grant() {
        Ok(grant) => Some(GrantId(grant.0)),
        Err(error) => {
            warn!(%error, "no grant could be drawn");
            None
        }
    }
}

fn settings(config: &Config) -> Settings {
    Settings {
        private: config.models.private,
        prefer_here: config.models.prefer_here,
        default_model: config
            .models
            .default
            .as_ref()
            .and_then(|name| name.as_str().parse().ok()),
    }
}

fn limits(config: &Config) -> Limits {
    let count = |number: std::num::NonZeroU32| usize::try_from(number.get()).unwrap_or(usize::MAX);
    let sharing = &config.sharing;
    Limits {
        slots: count(config.models.slots),
        remote_slots: count(sharing.slots),
        requests_per_minute: config.network.requests_per_minute.get(),
        ..Limits::default()
    }
}
