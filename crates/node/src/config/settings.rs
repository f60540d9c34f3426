//! The table of all settings. A new setting is one entry here and nothing anywhere else;
//! `cargo xtask gen` then brings docs/configuration.md in step.

use std::collections::BTreeMap;
use std::fmt;
use std::num::{NonZeroU16, NonZeroU32};
use std::time::Duration;

use super::address::{HttpUrl, LoopbackAddress};
use super::choice::{Language, LogFormat, LogLevel, Theme};
use super::kind::Kind;
use super::layers::Layers;
use super::name::{InterfaceName, MachineName, ModelName};
use super::networks::AllowedNetwork;
use super::number::{ByteSize, Decimal, Percent, Port};
use super::origin::Origin;
use super::value::{RawValue, Value};

/// What is known about a setting before it has a value.
#[derive(Debug)]
pub struct Descriptor {
    pub section: &'static str,
    pub leaf: &'static str,
    pub kind: Kind,
    /// The flag of `banyan serve` that sets it.
    pub flag: Option<&'static str>,
    /// A change takes effect at the next start.
    pub needs_restart: bool,
    pub stage: Stage,
    pub description: &'static str,
    /// What the requirement documents say; empty where they say nothing.
    pub documented: &'static str,
    /// What happens when the limit is reached or the value does not fit.
    pub at_limit: &'static str,
    pub(super) default: fn() -> RawValue,
    pub(super) normalise: fn(&RawValue, Kind) -> Option<RawValue>,
}

/// Since when a setting is obeyed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    InForce,
    /// Read, checked and kept; obeyed by versions that have this part of Banyan.
    Until(&'static str),
}

macro_rules! settings {
    ($(
        $(#[doc = $section_doc:literal])+
        $section:ident: $Section:ident {
            $(
                #[doc = $description:literal]
                $leaf:ident: $Type:ty = $Key:ident {
                    kind: $kind:expr,
                    default: $default:expr,
                    $(flag: $flag:literal,)?
                    needs_restart: $needs_restart:literal,
                    stage: $stage:expr,
                    documented: $documented:literal,
                    at_limit: $at_limit:literal,
                }
            )+
        }
    )+) => {
        /// All settings at one moment, each within its limits, each knowing where it comes from.
        #[derive(Debug, Clone, PartialEq)]
        pub struct Config {
            $($(#[doc = $section_doc])+ pub $section: $Section,)+
            /// Of every setting that is not at its default.
            origins: BTreeMap<Key, Origin>,
        }

        $(
            $(#[doc = $section_doc])+
            #[derive(Debug, Clone, PartialEq)]
            pub struct $Section {
                $(#[doc = $description] pub $leaf: $Type,)+
            }
        )+

        /// The name of a setting.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Key {
            $($(#[doc = $description] $Key,)+)+
        }

        impl Key {
            /// In the order of the reference page.
            pub const ALL: &[Self] = &[$($(Self::$Key,)+)+];

            /// As it stands in the file and in every message, such as `network.udp_port`.
            pub const fn name(self) -> &'static str {
                match self {
                    $($(Self::$Key => concat!(stringify!($section), ".", stringify!($leaf)),)+)+
                }
            }

            pub const fn descriptor(self) -> &'static Descriptor {
                match self {
                    $($(Self::$Key => const { &Descriptor {
                        section: stringify!($section),
                        leaf: stringify!($leaf),
                        kind: $kind,
                        flag: settings!(@flag $($flag)?),
                        needs_restart: $needs_restart,
                        stage: $stage,
                        description: $description,
                        documented: $documented,
                        at_limit: $at_limit,
                        default: || <$Type as Value>::raw(&$default),
                        normalise: |raw, kind| {
                            <$Type as Value>::read(raw, kind).map(|value| value.raw())
                        },
                    } },)+)+
                }
            }

            pub(super) const SECTIONS: &[(&str, &str)] = &[
                $((stringify!($section), concat!($($section_doc),+)),)+
            ];
        }

        impl Config {
            /// Every wrong value in any layer becomes a problem of `layers`; what is returned
            /// then is of no use.
            pub(super) fn resolve(layers: &mut Layers<'_>) -> Self {
                Self {
                    $($section: $Section {
                        $($leaf: layers.pick(Key::$Key, $default),)+
                    },)+
                    origins: layers.take_origins(),
                }
            }

            /// Settings that need a restart as they were when the node started, the others new.
            pub(super) fn since_start(self, started: &Self) -> Self {
                let origins = Key::ALL
                    .iter()
                    .map(|key| {
                        let from = if key.descriptor().needs_restart { started } else { &self };
                        (*key, from.origin(*key).clone())
                    })
                    .filter(|(_, origin)| *origin != Origin::Default)
                    .collect();
                Self {
                    $($section: $Section {
                        $($leaf: if $needs_restart {
                            started.$section.$leaf.clone()
                        } else {
                            self.$section.$leaf
                        },)+
                    },)+
                    origins,
                }
            }

            pub fn value(&self, key: Key) -> RawValue {
                match key {
                    $($(Key::$Key => Value::raw(&self.$section.$leaf),)+)+
                }
            }
        }
    };

    (@flag) => { None };
    (@flag $flag:literal) => { Some($flag) };
}

impl Config {
    pub fn origin(&self, key: Key) -> &Origin {
        self.origins.get(&key).unwrap_or(&Origin::Default)
    }
}

/// All defaults.
impl Default for Config {
    fn default() -> Self {
        Self::resolve(&mut Layers::none())
    }
}

impl Key {
    /// The environment variable that sets it, such as `BANYAN_NETWORK_UDP_PORT`.
    pub fn variable(self) -> String {
        format!(
            "BANYAN_{}",
            self.name().replace('.', "_").to_ascii_uppercase()
        )
    }

    pub fn default_value(self) -> RawValue {
        (self.descriptor().default)()
    }

    /// `raw` in its one canonical form, if it is allowed.
    pub(super) fn normalise(self, raw: &RawValue) -> Option<RawValue> {
        let descriptor = self.descriptor();
        (descriptor.normalise)(raw, descriptor.kind)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

settings! {
    /// How others see this machine.
    machine: Machine {
        /// The name that other machines show for this one.
        name: MachineName = MachineName {
            kind: MachineName::KIND,
            default: MachineName::of_host(),
            flag: "--name",
            needs_restart: false,
            stage: Stage::InForce,
            documented: "the host name (or, anonymised, `NeuroMesh-` and a random number)",
            at_limit: "A longer or empty name is refused; nothing is cut. A host name that cannot be shown becomes \"This machine\".",
        }
        /// Tell machines that are not trusted a generic name instead of this one.
        hide_name: bool = MachineHideName {
            kind: Kind::Bool,
            default: false,
            needs_restart: false,
            stage: Stage::InForce,
            documented: "a generic name before trust, where the owner chose one",
            at_limit: "Strangers read \"Banyan\" and the first eight characters of the id. Whoever pairs sees the real name afterwards.",
        }
    }

    /// How Banyan looks and reads.
    ui: Ui {
        /// Light, dark, or as the system says.
        theme: Theme = UiTheme {
            kind: Theme::KIND,
            default: Theme::System,
            needs_restart: false,
            stage: Stage::InForce,
            documented: "",
            at_limit: "",
        }
        /// The language of the interface: English, Persian, or as the system says.
        language: Language = UiLanguage {
            kind: Language::KIND,
            default: Language::System,
            needs_restart: false,
            stage: Stage::InForce,
            documented: "Persian with right-to-left layout",
            at_limit: "A system language without a translation gets English.",
        }
        /// The size of text, in percent of the usual one.
        text_size: Percent = UiTextSize {
            kind: Kind::percent(90, 130),
            default: Percent::new(100),
            needs_restart: false,
            stage: Stage::InForce,
            documented: "",
            at_limit: "The layout is tested up to 130 percent; the zoom of the browser goes further.",
        }
        /// The welcome has been seen.
        welcomed: bool = UiWelcomed {
            kind: Kind::Bool,
            default: false,
            needs_restart: false,
            stage: Stage::InForce,
            documented: "a welcome screen for first-time users",
            at_limit: "",
        }
        /// The notice that closing the window leaves Banyan in the tray has been seen.
        tray_hint_shown: bool = UiTrayHintShown {
            kind: Kind::Bool,
            default: false,
            needs_restart: false,
            stage: Stage::InForce,
            documented: "",
            at_limit: "",
        }
    }

    /// The page for the browser and the calls behind it.
    http: Http {
        /// Serve the page and the calls over HTTP.
        enabled: bool = HttpEnabled {
            kind: Kind::Bool,
            default: true,
            needs_restart: true,
            stage: Stage::InForce,
            documented: "always on",
            at_limit: "",
        }
        /// Where the page is served; port 0 takes any free one.
        address: LoopbackAddress = HttpAddress {
            kind: Kind::Address,
            default: LoopbackAddress::v4(8080),
            flag: "--http",
            needs_restart: true,
            stage: Stage::InForce,
            documented: "port 8080 on every interface (`0.0.0.0:8080`)",
            at_limit: "Same port, but only this machine can reach it; other addresses are refused. When the default port is taken, the next free one is used and named; when a configured one is taken, that is an error.",
        }
    }

    /// Finding and talking to other machines.
    network: Network {
        /// The TCP port on which other machines connect.
        tcp_port: Port = NetworkTcpPort {
            kind: Kind::PORT,
            default: Port::new(const { NonZeroU16::new(7878).unwrap() }),
            flag: "--tcp",
            needs_restart: true,
            stage: Stage::InForce,
            documented: "7878",
            at_limit: "When the default port is taken, the next free one is used and announced; when a configured one is taken, that is an error.",
        }
        /// The UDP port on which machines announce themselves.
        udp_port: Port = NetworkUdpPort {
            kind: Kind::PORT,
            default: Port::new(const { NonZeroU16::new(5000).unwrap() }),
            flag: "--udp",
            needs_restart: true,
            stage: Stage::InForce,
            documented: "5000",
            at_limit: "Shared with other programs where they allow it. When the default port is taken, the next free one is used and named, though machines only find each other on the same port; when a configured one is taken, that is an error.",
        }
        /// The network interfaces to use; empty means all suitable ones.
        interfaces: Vec<InterfaceName> = NetworkInterfaces {
            kind: InterfaceName::KIND,
            default: Vec::new(),
            flag: "--interface",
            needs_restart: true,
            stage: Stage::InForce,
            documented: "every active IPv4 adapter",
            at_limit: "Empty leaves out loopback, point-to-point links and the bridges of containers and virtual machines. A named interface that does not exist is waited for.",
        }
        /// The time between two announcements, in seconds.
        announce_interval: Duration = NetworkAnnounceInterval {
            kind: Kind::seconds(5, 3600),
            default: Duration::from_secs(30),
            needs_restart: true,
            stage: Stage::InForce,
            documented: "every 30 s",
            at_limit: "Above 300 machines the interval grows with their number, so that announcements never fill the network. Starting, waking up and a change of network announce at once.",
        }
        /// How long a machine that is silent and not connected stays in the list, in seconds.
        peer_timeout: Duration = NetworkPeerTimeout {
            kind: Kind::seconds(10, 86_400),
            default: Duration::from_secs(60),
            needs_restart: true,
            stage: Stage::InForce,
            documented: "60 s",
            at_limit: "Never less than two and a half announcements. A connected machine does not time out this way: its connection alone counts, and a trusted one stays in the list as away.",
        }
        /// How long the answer to a message between machines may take, in seconds.
        message_timeout: Duration = NetworkMessageTimeout {
            kind: Kind::seconds(1, 600),
            default: Duration::from_secs(30),
            needs_restart: false,
            stage: Stage::Until("links between machines"),
            documented: "30 s",
            at_limit: "The request fails with a sentence that names the machine, and may be repeated. A running answer is not bound by it: a stream that is silent for 3 s continues elsewhere.",
        }
        /// The greatest number of machines in the list.
        max_peers: NonZeroU32 = NetworkMaxPeers {
            kind: Kind::count(1, 1000),
            default: const { NonZeroU32::new(1000).unwrap() },
            needs_restart: false,
            stage: Stage::InForce,
            documented: "1000 (recommended 10, practical 50)",
            at_limit: "A further unknown machine is not listed, and the list says that it is full. Trusted machines are always listed and reached first.",
        }
        /// Look for machines by mDNS too, where broadcasts do not get through.
        mdns: bool = NetworkMdns {
            kind: Kind::Bool,
            default: true,
            needs_restart: true,
            stage: Stage::InForce,
            documented: "",
            at_limit: "Off leaves the announcements over UDP, the addresses that worked before, and those given by hand.",
        }
        /// Networks beside the private ones whose machines are answered, such as that of a VPN.
        allowed_networks: Vec<AllowedNetwork> = NetworkAllowedNetworks {
            kind: AllowedNetwork::KIND,
            default: Vec::new(),
            needs_restart: true,
            stage: Stage::InForce,
            documented: "only private addresses",
            at_limit: "Every other public address is neither dialled nor answered.",
        }
        /// Let every machine of this network use the shared models, without pairing.
        open: bool = NetworkOpen {
            kind: Kind::Bool,
            default: false,
            needs_restart: false,
            stage: Stage::InForce,
            documented: "machines of the LAN are approved automatically",
            at_limit: "Gives the use of shared models and nothing else, and shows a banner for as long as it is on. A blocked machine stays blocked.",
        }
        /// How many requests another person's machine may make in a minute.
        requests_per_minute: NonZeroU32 = NetworkRequestsPerMinute {
            kind: Kind::count(1, 100_000),
            default: const { NonZeroU32::new(100).unwrap() },
            needs_restart: false,
            stage: Stage::InForce,
            documented: "100 in 60 s for each peer",
            at_limit: "Further requests are refused with the time to wait; the asking machine tries others meanwhile. Counted for each device, not for each address.",
        }
    }

    /// Conversations.
    chat: Chat {
        /// The time between two comparisons with another machine, in seconds.
        sync_interval: Duration = ChatSyncInterval {
            kind: Kind::seconds(5, 3600),
            default: Duration::from_secs(30),
            needs_restart: false,
            stage: Stage::Until("conversations"),
            documented: "every 30 s",
            at_limit: "A safety net only: a new message is sent to every connected member at once.",
        }
        /// The largest conversation file that can be imported, in bytes.
        max_import_bytes: ByteSize = ChatMaxImportBytes {
            kind: Kind::bytes(1024 * 1024, 1024 * 1024 * 1024),
            default: ByteSize::mebibytes(50),
            needs_restart: false,
            stage: Stage::Until("conversations"),
            documented: "50 MB for each message",
            at_limit: "The file is refused before it is read. Only imports from a file of this machine may be that large; what another machine sends is capped at 1 MiB a frame, and larger things travel as attachments.",
        }
        /// The greatest number of conversations.
        max_conversations: NonZeroU32 = ChatMaxConversations {
            kind: Kind::count(1, 1_000_000),
            default: const { NonZeroU32::new(10_000).unwrap() },
            needs_restart: false,
            stage: Stage::Until("conversations"),
            documented: "10,000",
            at_limit: "A new conversation is refused with the proposal to delete or export old ones. Nothing is deleted by itself, and those that come from my other machines are kept.",
        }
        /// The longest message that can be sent, in characters.
        max_message_chars: NonZeroU32 = ChatMaxMessageChars {
            kind: Kind::count(1000, 200_000),
            default: const { NonZeroU32::new(100_000).unwrap() },
            needs_restart: false,
            stage: Stage::InForce,
            documented: "10,000; the rest is cut off silently",
            at_limit: "The composer counts, and offers to attach the text as a file. Nothing is cut. 200,000 characters of any script fit the 1 MiB of a frame.",
        }
    }

    /// Language models.
    models: Models {
        /// Where Ollama is reached; OLLAMA_HOST is honoured as well.
        ollama_address: HttpUrl = ModelsOllamaAddress {
            kind: Kind::Url,
            default: HttpUrl::local_ollama(),
            needs_restart: false,
            stage: Stage::InForce,
            documented: "`http://127.0.0.1:11434`",
            at_limit: "When nothing answers there, this machine offers no models and says why; others are asked instead.",
        }
        /// The model of a new conversation; empty means the best one in reach.
        default: Option<ModelName> = ModelsDefault {
            kind: ModelName::KIND,
            default: None,
            needs_restart: false,
            stage: Stage::InForce,
            documented: "`llama2` or `phi3-fast`",
            at_limit: "A model that no machine in reach has is named in the answer's place, with those that are there.",
        }
        /// How freely models write; empty leaves it to the model.
        temperature: Option<Decimal> = ModelsTemperature {
            kind: Kind::Decimal { max_hundredths: 200 },
            default: None,
            needs_restart: false,
            stage: Stage::InForce,
            documented: "",
            at_limit: "A question that says so itself goes by its own.",
        }
        /// Among how many of the likeliest words models choose; 0 leaves it to the model.
        top_k: Option<NonZeroU32> = ModelsTopK {
            kind: Kind::count(0, 1000),
            default: None,
            needs_restart: false,
            stage: Stage::InForce,
            documented: "",
            at_limit: "A question that says so itself goes by its own.",
        }
        /// Which share of the likeliest words models choose among; empty leaves it to the model.
        top_p: Option<Decimal> = ModelsTopP {
            kind: Kind::Decimal { max_hundredths: 100 },
            default: None,
            needs_restart: false,
            stage: Stage::InForce,
            documented: "",
            at_limit: "A question that says so itself goes by its own.",
        }
        /// How many tokens question and answer may have together; 0 leaves it to the server.
        context: Option<NonZeroU32> = ModelsContext {
            kind: Kind::count(0, 1_048_576),
            default: None,
            needs_restart: false,
            stage: Stage::InForce,
            documented: "",
            at_limit: "More takes more memory, and a model in memory is loaded anew when it changes. What a model was made for is the most it gets.",
        }
        /// How long a model stays in this machine's memory after an answer, in seconds; 0 leaves it to the server.
        keep_loaded: Duration = ModelsKeepLoaded {
            kind: Kind::seconds(0, 604_800),
            default: Duration::ZERO,
            needs_restart: false,
            stage: Stage::InForce,
            documented: "",
            at_limit: "Obeyed by Ollama. Holds for questions of other machines too: theirs say nothing about the memory here.",
        }
        /// Ask this machine first whenever it can answer, and others where it cannot.
        prefer_here: bool = ModelsPreferHere {
            kind: Kind::Bool,
            default: false,
            needs_restart: false,
            stage: Stage::InForce,
            documented: "local first, then others",
            at_limit: "Off, the machine is asked that is done first.",
        }
        /// Never ask other machines.
        private: bool = ModelsPrivate {
            kind: Kind::Bool,
            default: false,
            needs_restart: false,
            stage: Stage::InForce,
            documented: "",
            at_limit: "What this machine cannot answer is not answered.",
        }
        /// How many questions this machine answers at the same time.
        slots: NonZeroU32 = ModelsSlots {
            kind: Kind::count(1, 64),
            default: const { NonZeroU32::new(2).unwrap() },
            needs_restart: false,
            stage: Stage::InForce,
            documented: "",
            at_limit: "Further questions wait in line, those of this machine's person first.",
        }
    }

    /// Which of this machine's models others may use.
    sharing: Sharing {
        /// Let other machines use the models of this one, as far as each is allowed to.
        on: bool = SharingOn {
            kind: Kind::Bool,
            default: false,
            needs_restart: false,
            stage: Stage::InForce,
            documented: "off",
            at_limit: "Off means nobody, your own machines included.",
        }
        /// How many questions of other machines are answered at the same time.
        slots: NonZeroU32 = SharingSlots {
            kind: Kind::count(1, 64),
            default: const { NonZeroU32::new(1).unwrap() },
            needs_restart: false,
            stage: Stage::InForce,
            documented: "1",
            at_limit: "Others wait in line, and each hears how long.",
        }
        /// The models that others may use; empty means all.
        models: Vec<ModelName> = SharingModels {
            kind: ModelName::LIST,
            default: Vec::new(),
            needs_restart: false,
            stage: Stage::InForce,
            documented: "",
            at_limit: "Others neither see nor use the rest. `llama3.2` and `llama3.2:latest` are one. A model that runs outside of this network is never shared.",
        }
        /// Answer others only while the person of this machine asks its models nothing.
        only_idle: bool = SharingOnlyIdle {
            kind: Kind::Bool,
            default: false,
            needs_restart: false,
            stage: Stage::InForce,
            documented: "",
            at_limit: "Others that wait are sent on, and what is being answered is finished.",
        }
        /// How long after their last answer the person of this machine counts as away, in seconds.
        idle_after: Duration = SharingIdleAfter {
            kind: Kind::seconds(1, 86_400),
            default: Duration::from_secs(300),
            needs_restart: false,
            stage: Stage::InForce,
            documented: "",
            at_limit: "Obeyed only together with `sharing.only_idle`.",
        }
        /// Answer others only while this machine does not run on its battery.
        only_plugged_in: bool = SharingOnlyPluggedIn {
            kind: Kind::Bool,
            default: false,
            needs_restart: false,
            stage: Stage::InForce,
            documented: "",
            at_limit: "Others that wait are sent on, and what is being answered is finished. A machine without a battery is always plugged in.",
        }
        /// How many questions of one device are answered at the same time, unless its permission says otherwise.
        per_device: NonZeroU32 = SharingPerDevice {
            kind: Kind::count(1, 64),
            default: const { NonZeroU32::new(4).unwrap() },
            needs_restart: false,
            stage: Stage::InForce,
            documented: "",
            at_limit: "Its further questions wait in line, and others go first.",
        }
        /// The longest answer for another machine, in tokens.
        most_tokens: NonZeroU32 = SharingMostTokens {
            kind: Kind::count(16, 1_000_000),
            default: const { NonZeroU32::new(8192).unwrap() },
            needs_restart: false,
            stage: Stage::InForce,
            documented: "",
            at_limit: "The answer ends there, and says that it reached its length.",
        }
        /// When sharing is switched off, end at once what is being answered for others.
        stop_at_once: bool = SharingStopAtOnce {
            kind: Kind::Bool,
            default: false,
            needs_restart: false,
            stage: Stage::InForce,
            documented: "",
            at_limit: "Off, what is being answered is finished first.",
        }
    }

    /// The log of this machine; it never leaves it.
    log: Log {
        /// The least urgent lines that are kept.
        level: LogLevel = LogLevel {
            kind: LogLevel::KIND,
            default: LogLevel::Info,
            needs_restart: false,
            stage: Stage::InForce,
            documented: "info, with details at debug",
            at_limit: "What people write, and the names of their machines, never stand above debug.",
        }
        /// How a line is written.
        format: LogFormat = LogFormat {
            kind: LogFormat::KIND,
            default: LogFormat::Human,
            needs_restart: false,
            stage: Stage::InForce,
            documented: "",
            at_limit: "",
        }
        /// How many log files are kept.
        keep_files: NonZeroU32 = LogKeepFiles {
            kind: Kind::count(1, 365),
            default: const { NonZeroU32::new(7).unwrap() },
            needs_restart: false,
            stage: Stage::InForce,
            documented: "",
            at_limit: "The oldest is deleted when a new one begins.",
        }
    }

    /// What the desktop shows.
    desktop: Desktop {
        /// Show notifications of the desktop.
        notifications: bool = DesktopNotifications {
            kind: Kind::Bool,
            default: true,
            needs_restart: false,
            stage: Stage::InForce,
            documented: "",
            at_limit: "",
        }
        /// Show a notification when a new machine is near or asks for pairing.
        notify_machines: bool = DesktopNotifyMachines {
            kind: Kind::Bool,
            default: true,
            needs_restart: false,
            stage: Stage::InForce,
            documented: "",
            at_limit: "At most one a day for each machine and reason.",
        }
        /// Tell when a machine begins to share models, or ceases to.
        notify_models: bool = DesktopNotifyModels {
            kind: Kind::Bool,
            default: true,
            needs_restart: false,
            stage: Stage::InForce,
            documented: "",
            at_limit: "At most one a day for each machine and each of both. Only the first is a notification of the desktop.",
        }
    }
}
