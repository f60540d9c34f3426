use super::*;
use crate::host::{System, stage::Stage};

const PORTS: Ports = Ports {
    tcp: 7878,
    udp: 5000,
};

/// As a distribution ships it, with two ports let in.
const WORKSTATION: &str = r#"#!/usr/sbin/nft -f
flush ruleset
table inet filter {
	set friends { type ipv4_addr; elements = { 10.0.0.1, 10.0.0.2 }; }
	chain input {
		type filter hook input priority filter; policy drop;
		ct state invalid drop comment "early drop of invalid connections"
		ct state {established, related} accept
		iif lo accept # loopback
		meta l4proto { icmp, ipv6-icmp } accept
		tcp dport { 22, 8000-9000 } accept
		OUR RULES
		pkttype host limit rate 5/second counter packets 3 bytes 180 reject with icmpx type admin-prohibited
		counter
	}
	chain forward { type filter hook forward priority filter; policy drop; }
}
"#;

fn listed(rules: &str) -> String {
    WORKSTATION.replace("OUR RULES", rules)
}

async fn seen_by_root(ruleset: &str) -> Option<Firewall> {
    let stage = Stage::new(System::Linux, true)
        .file("ruleset", ruleset)
        .tool("nft", "cat \"${0%/bin/*}/ruleset\"\n");
    look(&stage.host, PORTS).await
}

#[tokio::test]
async fn a_strict_ruleset_keeps_out_what_it_does_not_name() {
    let found = seen_by_root(&listed("")).await.unwrap();
    assert_eq!(
        (found.kind, found.open),
        (FirewallKind::Nftables, Some(false))
    );
    assert_eq!(
        found.command,
        "sudo nft insert rule inet filter input tcp dport 7878 accept && \
         sudo nft insert rule inet filter input udp dport 5000 accept"
    );
    assert!(!found.can_open);
    let one_is_missing = seen_by_root(&listed("tcp dport 7878 accept"))
        .await
        .unwrap();
    assert_eq!(one_is_missing.open, Some(false));
    assert_eq!(
        one_is_missing.command,
        "sudo nft insert rule inet filter input udp dport 5000 accept"
    );
}

#[tokio::test]
async fn what_is_named_is_let_in_however_it_is_written() {
    for rules in [
        "tcp dport 7878 accept\nudp dport 5000 accept",
        "tcp dport { 80, 7000-7999 } counter packets 0 bytes 0 accept; udp dport {5000} accept",
        "ct state new th dport {5000,7878} log prefix \"banyan \" level info accept",
        "meta l4proto {tcp,udp} th dport != 1-4000 accept",
        "tcp dport 1-65535 accept\nmeta l4proto udp accept",
    ] {
        let found = seen_by_root(&listed(rules)).await.unwrap();
        assert_eq!(
            (found.kind, found.open),
            (FirewallKind::None, Some(true)),
            "{rules}"
        );
        assert_eq!(found.command, "", "{rules}");
    }
}

#[tokio::test]
async fn nobody_guesses_about_rules_that_depend_on_more() {
    for rules in [
        "ip saddr 192.168.0.0/16 accept",
        "ip saddr @friends tcp dport 7878 accept\nudp dport 5000 accept",
        "iifname \"eth0\" jump elsewhere",
        "tcp dport vmap { 22 : accept, 7878 : accept }\nudp dport 5000 accept",
    ] {
        let found = seen_by_root(&listed(rules)).await.unwrap();
        assert_eq!(
            (found.kind, found.open),
            (FirewallKind::Nftables, None),
            "{rules}"
        );
        assert!(found.command.contains("7878"), "{rules}");
    }
}

#[tokio::test]
async fn chains_are_followed() {
    let chains = |services: &str| {
        format!(
            "table inet filter {{\n chain services {{ {services} }}\n chain input {{\n  \
             type filter hook input priority 0; policy accept;\n  \
             ct state vmap {{ established : accept, related : accept, invalid : drop }}\n  \
             jump services\n  tcp dport 1-1023 accept\n  goto closed\n }}\n \
             chain closed {{ udp dport 53 accept; drop }}\n}}\n"
        )
    };
    for (services, open) in [
        ("tcp dport 7878 accept; udp dport 5000 accept", Some(true)),
        ("", Some(false)),
        ("return; accept", Some(false)),
        ("jump services", None),
    ] {
        let found = seen_by_root(&chains(services)).await.unwrap();
        assert_eq!(found.open, open, "{services}");
    }
}

#[tokio::test]
async fn every_entrance_must_let_in() {
    let two = "table ip filter {\n chain INPUT { type filter hook input priority filter; \
               policy drop; tcp dport 22 accept }\n}\n\
               table inet mine { chain in { type filter hook input priority 10; policy accept; } }\n\
               table ip6 other { chain in { type filter hook input priority 0; policy drop; } }\n";
    let found = seen_by_root(two).await.unwrap();
    assert_eq!(found.open, Some(false));
    assert_eq!(
        found.command,
        "sudo iptables -I INPUT -p tcp --dport 7878 -j ACCEPT && \
         sudo iptables -I INPUT -p udp --dport 5000 -j ACCEPT"
    );
    let containers = "table ip nat { chain PREROUTING { type nat hook prerouting priority dstnat; } }\n\
                      table ip filter { chain FORWARD { type filter hook forward priority filter; \
                      policy drop; } }\n";
    let found = seen_by_root(containers).await.unwrap();
    assert_eq!((found.kind, found.open), (FirewallKind::None, Some(true)));
}

#[tokio::test]
async fn without_rights_the_file_counts_if_it_is_loaded() {
    let written = Stage::new(System::Linux, false)
        .file("etc/nftables.conf", &listed(""))
        .tool("nft", "echo 'Operation not permitted' >&2; exit 1\n");
    assert_eq!(look(&written.host, PORTS).await, None);
    let loaded = written.file(ENABLED[0], "");
    let found = look(&loaded.host, PORTS).await.unwrap();
    assert_eq!(
        (found.kind, found.open),
        (FirewallKind::Nftables, Some(false))
    );
    let elsewhere = loaded.file("etc/nftables.conf", "include \"/etc/nftables.d/*.nft\"\n");
    assert_eq!(look(&elsewhere.host, PORTS).await, None);
}

#[test]
fn half_a_ruleset_does_no_harm() {
    let whole = listed("tcp dport 7878 accept comment \"a } brace; and {\"");
    for part in (0..whole.len()).filter_map(|end| whole.get(..end)) {
        let rules = Ruleset::read(part);
        let fates = rules
            .entrances()
            .map(|chain| Fate::of(&rules, chain, "tcp", 7878));
        assert!(fates.count() <= 1, "{part}");
    }
}
