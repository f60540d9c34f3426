//! What a node has to tell a person, as codes with parameters. The sentences
//! are made at the edge, in the person's language; a parameter that begins with
//! `#` is a word that is looked up there as well.

use std::collections::BTreeMap;

/// The parameters of a sentence by name.
pub type Params = BTreeMap<String, String>;

/// How much something matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Info,
    Warning,
    Problem,
}

macro_rules! findings {
    ($(#[doc = $list_doc:literal])+ $list:ident {
        $($(#[doc = $doc:literal])+ $case:ident { $($param:ident: $kind:ty),* } = $code:literal, $level:ident;)+
    }) => {
        $(#[doc = $list_doc])+
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $list {
            $($(#[doc = $doc])+ $case { $($param: $kind),* },)+
        }

        impl $list {
            /// Every code with the parameters its sentence may use.
            pub const ALL: &[(&str, &[&str])] = &[$(($code, &[$(stringify!($param)),*])),+];

            pub fn code(&self) -> &'static str {
                match self { $(Self::$case { .. } => $code,)+ }
            }

            pub fn level(&self) -> Level {
                match self { $(Self::$case { .. } => Level::$level,)+ }
            }

            pub fn params(&self) -> Params {
                match self {
                    $(Self::$case { $($param),* } => {
                        [$((stringify!($param).to_owned(), $param.to_string())),*].into()
                    })+
                }
            }
        }
    };
}

findings! {
    /// Something a person should know for as long as it lasts.
    Notice {
        /// No usable network interface is up.
        NoNetwork {} = "no_network", Warning;
        /// Interfaces are chosen by the configuration that this machine lacks.
        InterfacesMissing { interfaces: String } = "interfaces_missing", Warning;
        /// Only IPv6 is there; discovery by broadcast needs IPv4.
        Ipv6Only {} = "ipv6_only", Info;
        /// The clock was never set.
        ClockWrong { year: i64 } = "clock_wrong", Warning;
        /// A default port was taken and the next free one is used.
        PortMoved { key: String, wanted: u16, got: u16, program: String } = "port_moved", Warning;
        /// The configuration file holds a key that nobody reads.
        UnknownSetting { key: String, file: String, near: String } = "unknown_setting", Warning;
        /// A variable looks like one of ours and is none.
        UnknownVariable { variable: String, near: String } = "unknown_variable", Warning;
        /// A variable of another program holds nothing usable.
        IgnoredVariable { variable: String, value: String, allowed: String } = "ignored_variable", Warning;
        /// There is no keyring, so the secret key lies in a file.
        KeyInFile { reason: String } = "key_in_file", Info;
        /// Log files cannot be written; the latest lines are in memory only.
        LogFolderUnwritable { folder: String, reason: String } = "log_folder_unwritable", Warning;
        /// The record of machines was damaged; it lies aside, and a new one began.
        MachinesSetAside { file: String } = "machines_set_aside", Problem;
        /// A file that Banyan wrote made no sense; it lies aside, and an empty one began.
        FileSetAside { file: String } = "file_set_aside", Warning;
        /// The mesh key that was handed over at the start has been replaced.
        MeshKeyReplaced { origin: String } = "mesh_key_replaced", Warning;
        /// A part of the node failed and was started again.
        TaskRestarted { task: String } = "task_restarted", Warning;
        /// A part of the node failed again and again and stays off.
        TaskFailed { task: String } = "task_failed", Problem;
    }
}

findings! {
    /// What an examination found.
    Finding {
        /// The data folder can be written and belongs to its owner only.
        DataFolderGood { folder: String } = "data_folder_good", Info;
        /// The data folder cannot be written any more.
        DataFolderUnwritable { folder: String, reason: String } = "data_folder_unwritable", Problem;
        /// Others than its owner may look into the data folder.
        DataFolderExposed { folder: String } = "data_folder_exposed", Warning;
        /// There is room on the disk.
        DiskSpaceGood { free: String } = "disk_space_good", Info;
        /// The disk is nearly full.
        DiskSpaceLow { free: String } = "disk_space_low", Warning;
        /// How much room there is cannot be told.
        DiskSpaceUnknown { reason: String } = "disk_space_unknown", Warning;
        /// The configuration is read and understood.
        ConfigurationGood { file: String } = "configuration_good", Info;
        /// The file on disk can no longer be read as it is.
        ConfigurationBroken { file: String, reason: String } = "configuration_broken", Problem;
        /// The file holds keys nobody reads.
        ConfigurationUnknownKeys { file: String, keys: String } = "configuration_unknown_keys", Warning;
        /// The secret key lies in the system's keyring.
        IdentityInKeyring {} = "identity_in_keyring", Info;
        /// The secret key lies in a file that only its owner may read.
        IdentityInFile { file: String } = "identity_in_file", Info;
        /// At least one interface fits, with these addresses.
        NetworkGood { addresses: String } = "network_good", Info;
        /// No usable interface is up.
        NetworkAbsent {} = "network_absent", Problem;
        /// Interfaces are chosen by the configuration and none of them is up.
        NetworkChosenAbsent { interfaces: String } = "network_chosen_absent", Problem;
        /// Only IPv6 is there.
        NetworkIpv6Only {} = "network_ipv6_only", Info;
        /// The interfaces cannot be listed.
        NetworkUnknown { reason: String } = "network_unknown", Warning;
        /// The ports that others know are used.
        PortsGood { tcp: u16, udp: u16 } = "ports_good", Info;
        /// Links are accepted on another port, which is announced.
        TcpPortMoved { wanted: u16, got: u16, program: String } = "tcp_port_moved", Info;
        /// Announcements use a port on which nobody else listens.
        UdpPortMoved { wanted: u16, got: u16, program: String } = "udp_port_moved", Problem;
        /// The part of the node that finds and reaches others does not run.
        MeshOff {} = "mesh_off", Problem;
        /// Announcements go out and others are heard.
        AnnouncementsGood { sent: u64, heard: u64 } = "announcements_good", Info;
        /// The first ones were just sent.
        AnnouncementsStarting {} = "announcements_starting", Info;
        /// Nothing was heard of other machines.
        NobodyHeard { sent: u64, port: u16 } = "nobody_heard", Warning;
        /// Machines are connected, and still no announcement arrives.
        AnnouncementsBlocked { connected: usize, port: u16 } = "announcements_blocked", Warning;
        /// macOS was not told that Banyan may use the local network.
        SendingDenied { interfaces: String } = "sending_denied", Problem;
        /// A rule of this machine forbids it.
        SendingForbidden { interfaces: String, port: u16 } = "sending_forbidden", Problem;
        /// The system knows no way to the network of the interface.
        SendingWithoutWay { interfaces: String } = "sending_without_way", Warning;
        /// Announcements cannot be sent for another reason.
        SendingFailed { interfaces: String, reason: String } = "sending_failed", Warning;
        /// Another program has the port of mDNS for itself.
        MdnsPortTaken { interfaces: String } = "mdns_port_taken", Info;
        /// There are machines, and no attempt to reach one failed.
        MachinesGood { connected: usize, nearby: usize } = "machines_good", Info;
        /// Machines are heard and give no answer.
        MachinesUnreached { machines: String } = "machines_unreached", Problem;
        /// Machines are heard, and nobody listens where they say.
        MachinesRefused { machines: String } = "machines_refused", Warning;
        /// Other machines answer where these were heard.
        MachinesMistaken { machines: String } = "machines_mistaken", Warning;
        /// No version is spoken by both.
        MachinesOtherVersion { machines: String } = "machines_other_version", Warning;
        /// They are trusted here and do not trust this machine.
        MachinesTurnedAway { machines: String } = "machines_turned_away", Warning;
        /// They answer, and the connection breaks.
        MachinesBroken { machines: String, reason: String } = "machines_broken", Warning;
        /// Others have connected to this machine.
        IncomingGood {} = "incoming_good", Info;
        /// Others hear this machine, and none has ever connected to it.
        IncomingNobody { answered: usize, port: u16 } = "incoming_nobody", Warning;
        /// Machines near announce a mesh key that is not held here.
        OtherMeshKey { count: usize, machines: String } = "other_mesh_key", Warning;
        /// The same, where no mesh key is held at all.
        MeshKeyLacking { count: usize, machines: String } = "mesh_key_lacking", Info;
        /// They announce a mesh key of ours and say that they do not hold it.
        VouchNoKey { machines: String } = "vouch_no_key", Warning;
        /// Who shows the mesh key was not proven.
        VouchWrongProof { machines: String } = "vouch_wrong_proof", Warning;
        /// Clocks of others differ from this one's.
        ClocksDiffer { machines: String, most: String } = "clocks_differ", Info;
        /// The page is served here.
        HttpGood { address: String } = "http_good", Info;
        /// The page is switched off.
        HttpOff {} = "http_off", Info;
        /// The page should be served and is not.
        HttpAbsent { address: String } = "http_absent", Problem;
        /// Something else answers or nothing does where the page should be.
        HttpUnreachable { address: String, reason: String } = "http_unreachable", Problem;
        /// The clock shows a possible time.
        ClockGood { now: String } = "clock_good", Info;
        /// The clock was never set.
        ClockNeverSet { year: i64 } = "clock_never_set", Problem;
        /// Nothing keeps others out.
        FirewallAbsent {} = "firewall_absent", Info;
        /// No firewall that is known to us is on; there may be rules that only
        /// the administrator sees.
        FirewallNone {} = "firewall_none", Info;
        /// The firewall lets Banyan's ports in.
        FirewallOpen { firewall: String } = "firewall_open", Info;
        /// The firewall keeps Banyan's ports closed.
        FirewallClosed { firewall: String } = "firewall_closed", Warning;
        /// A firewall is on, and whether it lets Banyan in cannot be asked.
        FirewallUnclear { firewall: String } = "firewall_unclear", Warning;
        /// A server of models answers.
        BackendGood { name: String, address: String, version: String, models: usize } = "backend_good", Info;
        /// The same, of one that does not tell its version.
        BackendGoodUnversioned { name: String, address: String, models: usize } = "backend_good_unversioned", Info;
        /// A server of models beyond the local network answers.
        BackendFar { name: String, address: String, models: usize } = "backend_far", Info;
        /// Ollama runs, and has no model.
        OllamaWithoutModels { name: String, address: String, version: String } = "ollama_without_models", Warning;
        /// Another server runs, and has no model.
        BackendWithoutModels { name: String, address: String } = "backend_without_models", Warning;
        /// Ollama does not run here, and somebody else answers.
        OllamaAway { address: String } = "ollama_away", Info;
        /// Ollama is not installed, and nobody else answers.
        OllamaMissing {} = "ollama_missing", Warning;
        /// Ollama is installed, and does not run.
        OllamaStopped { address: String } = "ollama_stopped", Warning;
        /// Ollama does not answer at the place that was set.
        OllamaElsewhere { address: String, reason: String } = "ollama_elsewhere", Warning;
        /// A server that was added by hand does not answer.
        BackendDown { name: String, address: String, reason: String } = "backend_down", Warning;
        /// It listens, and does not answer in time.
        BackendSilent { name: String, address: String } = "backend_silent", Warning;
        /// It wants a key, or another one.
        BackendLocked { name: String, address: String, reason: String } = "backend_locked", Warning;
        /// It answers nonsense.
        BackendBroken { name: String, address: String, reason: String } = "backend_broken", Warning;
        /// It was asked just now for the first time.
        BackendNotLookedAt { name: String, address: String } = "backend_not_looked_at", Info;
        /// Rules set by hand keep Banyan's ports closed.
        NftablesClosed {} = "nftables_closed", Warning;
        /// There are rules, and what they mean for Banyan depends on more.
        NftablesUnclear {} = "nftables_unclear", Warning;
    }
}

findings! {
    /// Why nothing can answer a question now.
    Obstacle {
        /// Ollama does not answer.
        OllamaAbsent { address: String } = "ollama_absent", Info;
        /// Something answers there, but not as Ollama does.
        OllamaBroken { address: String, reason: String } = "ollama_broken", Warning;
        /// Ollama runs, and has no model to answer with.
        OllamaEmpty { address: String, version: String } = "ollama_empty", Warning;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_are_told_apart() {
        let codes: Vec<_> = [Notice::ALL, Finding::ALL, Obstacle::ALL].concat();
        let distinct: BTreeSet<_> = codes.iter().map(|(code, _)| code).collect();
        assert_eq!(distinct.len(), codes.len());
    }

    #[test]
    fn parameters_carry_their_names() {
        let moved = Notice::PortMoved {
            key: "http.address".to_owned(),
            wanted: 8080,
            got: 8081,
            program: "httpd (7)".to_owned(),
        };
        assert_eq!(moved.code(), "port_moved");
        assert_eq!(moved.level(), Level::Warning);
        assert_eq!(
            moved.params().into_iter().collect::<Vec<_>>(),
            [
                ("got", "8081"),
                ("key", "http.address"),
                ("program", "httpd (7)"),
                ("wanted", "8080")
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
    }
}
