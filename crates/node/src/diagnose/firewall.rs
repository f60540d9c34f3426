//! Whether the firewall of this machine lets others in.

use super::{Check, CheckId};
use crate::{
    finding::Finding,
    firewall::{Firewall, FirewallKind},
};

pub(super) fn examine(found: &Firewall) -> Check {
    Check::new(CheckId::Firewall, finding(found)).with_command(&found.command)
}

fn finding(found: &Firewall) -> Finding {
    let firewall = found.kind.to_string();
    match (found.kind, found.open) {
        (FirewallKind::None, Some(_)) => Finding::FirewallAbsent {},
        (FirewallKind::None, None) => Finding::FirewallNone {},
        (_, Some(true)) => Finding::FirewallOpen { firewall },
        (FirewallKind::Nftables, Some(false)) => Finding::NftablesClosed {},
        (FirewallKind::Nftables, None) => Finding::NftablesUnclear {},
        (_, Some(false)) => Finding::FirewallClosed { firewall },
        (_, None) => Finding::FirewallUnclear { firewall },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn firewalls_are_told_apart() {
        let firewall = |kind, open| Firewall {
            kind,
            open,
            command: "sudo make a hole".to_owned(),
            can_open: false,
        };
        let code = |kind, open| examine(&firewall(kind, open)).finding.code();
        assert_eq!(code(FirewallKind::None, Some(true)), "firewall_absent");
        assert_eq!(code(FirewallKind::None, None), "firewall_none");
        assert_eq!(code(FirewallKind::Ufw, Some(true)), "firewall_open");
        assert_eq!(code(FirewallKind::Ufw, Some(false)), "firewall_closed");
        assert_eq!(code(FirewallKind::Nftables, Some(false)), "nftables_closed");
        assert_eq!(code(FirewallKind::Nftables, None), "nftables_unclear");
        assert_eq!(code(FirewallKind::Unknown, None), "firewall_unclear");
        let closed = examine(&firewall(FirewallKind::Ufw, Some(false)));
        assert_eq!(closed.command.as_deref(), Some("sudo make a hole"));
    }
}
