//! Rules set with nftables, and with iptables where it writes them as such.
//!
//! They are for root's eyes only; everybody else sees the file that is loaded
//! at the start of the system, where there is one.

mod fate;
mod ruleset;

use super::{Firewall, FirewallKind, LOOK_LIMIT, Ports};
use crate::host::Host;
use fate::Fate;
use ruleset::{Chain, Ruleset};

const FILE: &str = "etc/nftables.conf";

/// Links that make systemd load the file.
const ENABLED: [&str; 2] = [
    "etc/systemd/system/sysinit.target.wants/nftables.service",
    "etc/systemd/system/multi-user.target.wants/nftables.service",
];

/// None where the rules cannot be seen.
pub(super) async fn look(host: &Host, ports: Ports) -> Option<Firewall> {
    let rules = Ruleset::read(&text(host).await?);
    let fates = |chain: &Chain| {
        let tcp = Fate::of(&rules, chain, "tcp", ports.tcp);
        let udp = Fate::of(&rules, chain, "udp", ports.udp);
        (tcp, udp)
    };
    let shut: Vec<_> = rules
        .entrances()
        .map(|chain| (chain, fates(chain)))
        .filter(|(_, (tcp, udp))| tcp.may_be_dropped() || udp.may_be_dropped())
        .collect();
    if shut.is_empty() {
        return (!rules.is_partial()).then(|| Firewall::without_advice(FirewallKind::None));
    }
    let surely = shut
        .iter()
        .any(|(_, (tcp, udp))| tcp.is_dropped() || udp.is_dropped());
    let commands: Vec<_> = shut
        .iter()
        .flat_map(|(chain, fates)| commands(chain, *fates, ports))
        .collect();
    Some(Firewall {
        kind: FirewallKind::Nftables,
        open: surely.then_some(false),
        command: commands.join(" && "),
        // It would be gone with the next start of the system.
        can_open: false,
    })
}

async fn text(host: &Host) -> Option<String> {
    if host.administrator() {
        let listed = host.run("nft", &["list", "ruleset"], LOOK_LIMIT).await;
        return listed
            .ok()
            .filter(|ran| ran.code == 0)
            .map(|ran| ran.stdout);
    }
    let enabled = ENABLED
        .iter()
        .any(|link| host.place(link).symlink_metadata().is_ok());
    enabled.then(|| host.text(FILE)).flatten()
}

/// Before whatever the chain holds, for the ports that it may close.
fn commands(chain: &Chain, (tcp, udp): (Fate, Fate), ports: Ports) -> impl Iterator<Item = String> {
    let Chain {
        family,
        table,
        name,
        ..
    } = chain;
    let of_iptables = (family.as_str(), table.as_str(), name.as_str()) == ("ip", "filter", "INPUT");
    [(tcp, "tcp", ports.tcp), (udp, "udp", ports.udp)]
        .into_iter()
        .filter(|(fate, ..)| fate.may_be_dropped())
        .map(move |(_, protocol, port)| {
            if of_iptables {
                format!("sudo iptables -I INPUT -p {protocol} --dport {port} -j ACCEPT")
            } else {
                format!(
                    "sudo nft insert rule {family} {table} {name} {protocol} dport {port} accept"
                )
            }
        })
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
