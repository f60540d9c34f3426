//! Counters at a machine's door: what it sends to places it has no business
//! with. Nothing is held back, so the proof is that the number stays 0.

use anyhow::{Context, Result};
use serde_json::Value;

use super::network::Network;
use crate::process::{self, command};

const TABLE: &str = "inet banyan_guard";

/// Private, link-local and loopback addresses, and the groups that no router
/// passes on.
const NEAR_V4: &str = "10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 169.254.0.0/16, 127.0.0.0/8, \
                       224.0.0.0/24";
const NEAR_V6: &str = "fe80::/10, fc00::/7, ::1, ff01::/16, ff02::/16";

/// Announcements of ours, and of mDNS.
const ANNOUNCEMENTS: &str = "udp dport { 5000, 5353 }";

impl Network<'_> {
    /// Counts what leaves for anything but the local network.
    pub(super) fn guard(&self, machine: &str) -> Result<()> {
        self.rules(
            machine,
            &format!(
                "table {TABLE} {{\ncounter far {{\n}}\nchain leaving {{\n\
                 type filter hook output priority 0\n\
                 ip daddr != {{ {NEAR_V4} }} counter name far\n\
                 ip6 daddr != {{ {NEAR_V6} }} counter name far\n}}\n}}\n"
            ),
        )
    }

    /// Counts the announcements that leave by one interface.
    pub(super) fn guard_interface(&self, machine: &str, interface: &str) -> Result<()> {
        self.rules(
            machine,
            &format!(
                "add counter {TABLE} by_{interface}\n\
                 add rule {TABLE} leaving oifname \"{interface}\" {ANNOUNCEMENTS} \
                 counter name by_{interface}\n"
            ),
        )
    }

    pub(super) fn counted(&self, machine: &str, counter: &str) -> Result<u64> {
        let mut nft = command(self.tree(), "ip");
        nft.args(["netns", "exec", machine, "nft", "--json", "list", "counter"]);
        let said = process::capture(nft.args(TABLE.split(' ')).arg(counter))?;
        let list: Value =
            serde_json::from_str(&said).context("nft answered something unreadable")?;
        packets(&list).with_context(|| format!("nft does not show the counter {counter}"))
    }
}

fn packets(list: &Value) -> Option<u64> {
    let entries = list.get("nftables")?.as_array()?;
    entries
        .iter()
        .find_map(|entry| entry.pointer("/counter/packets")?.as_u64())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_counter_is_read() {
        let list = json!({"nftables": [
            {"metainfo": {"json_schema_version": 1}},
            {"counter": {"family": "inet", "name": "far", "packets": 3, "bytes": 96}},
        ]});
        assert_eq!(packets(&list), Some(3));
        assert_eq!(packets(&json!({"nftables": []})), None);
    }
}
