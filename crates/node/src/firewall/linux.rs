use super::{CONSENT_LIMIT, Firewall, FirewallKind, LOOK_LIMIT, Ports, nftables};
use crate::host::{Host, Ran, RunError};

/// What the packages install, so that a person types a name instead of numbers.
const UFW_PROFILE: &str = "etc/ufw/applications.d/banyan";
const FIREWALLD_SERVICE: &str = "usr/lib/firewalld/services/banyan.xml";

pub(super) async fn look(host: &Host, ports: Ports) -> Firewall {
    if firewalld_runs(host).await {
        let open = firewalld_open(host, ports).await;
        return found(
            host,
            FirewallKind::Firewalld,
            open,
            &firewalld_commands(host, ports),
        );
    }
    if ufw_is_on(host) {
        return found(
            host,
            FirewallKind::Ufw,
            ufw_open(host, ports),
            &ufw_commands(host, ports),
        );
    }
    nftables::look(host, ports).await.unwrap_or(Firewall {
        open: None,
        ..Firewall::without_advice(FirewallKind::None)
    })
}

/// By the profile of the package where it names these very ports.
pub(super) fn ufw_commands(host: &Host, ports: Ports) -> Vec<String> {
    let Ports { tcp, udp } = ports;
    let profile = host.text(UFW_PROFILE).unwrap_or_default();
    if setting(&profile, "ports") == Some(&format!("{tcp}/tcp|{udp}/udp")) {
        return vec!["ufw allow Banyan".to_owned()];
    }
    vec![
        format!("ufw allow {tcp}/tcp"),
        format!("ufw allow {udp}/udp"),
    ]
}

/// The permanent rules, then made the running ones.
pub(super) fn firewalld_commands(host: &Host, ports: Ports) -> Vec<String> {
    let Ports { tcp, udp } = ports;
    let add = if service_names(host, ports) {
        "--add-service=banyan".to_owned()
    } else {
        format!("--add-port={tcp}/tcp --add-port={udp}/udp")
    };
    vec![
        format!("firewall-cmd --permanent {add}"),
        "firewall-cmd --reload".to_owned(),
    ]
}

/// Whether the service of the package is about these very ports.
fn service_names(host: &Host, ports: Ports) -> bool {
    let service = host.text(FIREWALLD_SERVICE).unwrap_or_default();
    let names = |protocol: &str, port: u16| {
        service.contains(&format!("protocol=\"{protocol}\" port=\"{port}\""))
    };
    names("tcp", ports.tcp) && names("udp", ports.udp)
}

/// Runs `commands` with rights, asking once for all of them. They hold nothing
/// but our own words and numbers, so a shell may read them.
pub(super) async fn with_consent(host: &Host, commands: &[String]) -> Result<Ran, RunError> {
    let script = commands.join(" && ");
    if host.administrator() {
        host.run("sh", &["-c", &script], CONSENT_LIMIT).await
    } else {
        host.run("pkexec", &["sh", "-c", &script], CONSENT_LIMIT)
            .await
    }
}

fn found(host: &Host, kind: FirewallKind, open: Option<bool>, commands: &[String]) -> Firewall {
    let command = match open {
        Some(true) => String::new(),
        Some(false) | None => {
            let typed: Vec<_> = commands
                .iter()
                .map(|command| format!("sudo {command}"))
                .collect();
            typed.join(" && ")
        }
    };
    let can_open = !command.is_empty() && (host.administrator() || host.find("pkexec").is_some());
    Firewall {
        kind,
        open,
        command,
        can_open,
    }
}

/// Readable by everyone, unlike `ufw status`.
fn ufw_is_on(host: &Host) -> bool {
    let text = host.text("etc/ufw/ufw.conf").unwrap_or_default();
    setting(&text, "ENABLED").is_some_and(|value| value.eq_ignore_ascii_case("yes"))
}

/// The rules are for root's eyes only; without them nothing is known, unless
/// everything is let in anyway.
fn ufw_open(host: &Host, ports: Ports) -> Option<bool> {
    let defaults = host.text("etc/default/ufw").unwrap_or_default();
    if setting(&defaults, "DEFAULT_INPUT_POLICY").is_some_and(|policy| policy == "ACCEPT") {
        return Some(true);
    }
    let rules = host.text("etc/ufw/user.rules")?;
    let lets_in = |protocol: &str, port: u16| {
        rules
            .lines()
            .any(|line| ufw_rule_lets_in(line, protocol, port))
    };
    Some(lets_in("tcp", ports.tcp) && lets_in("udp", ports.udp))
}

/// Rules are noted as `### tuple ### allow tcp 7878 0.0.0.0/0 any 0.0.0.0/0 in`.
fn ufw_rule_lets_in(line: &str, protocol: &str, port: u16) -> bool {
    let Some(rule) = line.strip_prefix("### tuple ### ") else {
        return false;
    };
    let mut words = rule.split_whitespace();
    let (action, of, ports) = (words.next(), words.next(), words.next().unwrap_or_default());
    let port_fits = ports == "any" || ports.split(',').any(|part| port_within(part, port));
    matches!(action, Some("allow" | "limit"))
        && of.is_some_and(|of| of == protocol || of == "any")
        && port_fits
        && rule
            .split_whitespace()
            .next_back()
            .is_some_and(|way| way.starts_with("in"))
}

/// `7878` or a range such as `7000:8000`.
fn port_within(part: &str, port: u16) -> bool {
    let (first, last) = part.split_once(':').unwrap_or((part, part));
    let bound = |text: &str| text.parse::<u16>().ok();
    bound(first)
        .zip(bound(last))
        .is_some_and(|(first, last)| (first..=last).contains(&port))
}

async fn firewalld_runs(host: &Host) -> bool {
    matches!(host.run("firewall-cmd", &["--state"], LOOK_LIMIT).await, Ok(ran) if ran.code == 0)
}

/// Either our service's rules or the bare ports.
async fn firewalld_open(host: &Host, ports: Ports) -> Option<bool> {
    if service_names(host, ports)
        && firewalld_says(host, "--query-service=banyan").await == Some(true)
    {
        return Some(true);
    }
    let tcp = firewalld_says(host, &format!("--query-port={}/tcp", ports.tcp)).await?;
    let udp = firewalld_says(host, &format!("--query-port={}/udp", ports.udp)).await?;
    Some(tcp && udp)
}

async fn firewalld_says(host: &Host, query: &str) -> Option<bool> {
    let ran = host.run("firewall-cmd", &[query], LOOK_LIMIT).await.ok()?;
    match ran.stdout.trim() {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

/// The value of `NAME=value` or `NAME="value"` in a file for shells.
fn setting<'text>(text: &'text str, name: &str) -> Option<&'text str> {
    let mut values = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix(name)?.strip_prefix('='));
    values
        .next_back()
        .map(|value| value.trim().trim_matches('"'))
}
