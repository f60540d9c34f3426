use super::{CONSENT_LIMIT, Firewall, FirewallKind, LOOK_LIMIT, Ports};
use crate::host::{Host, Ran, RunError};

/// The installer gives its rules the same name.
const RULE: &str = "Banyan";

/// Exit codes and numbers only: what these tools print is translated.
pub(super) async fn look(host: &Host, ports: Ports) -> Firewall {
    let profiles_on = "@(Get-NetFirewallProfile | Where-Object { $_.Enabled -eq 'True' }).Count";
    if let Ok(profiles) = host.powershell(profiles_on, LOOK_LIMIT).await
        && profiles.stdout.trim() == "0"
    {
        return Firewall::without_advice(FirewallKind::None);
    }
    let name = format!("name={RULE}");
    let query = ["advfirewall", "firewall", "show", "rule", &name];
    let open = host
        .run("netsh", &query, LOOK_LIMIT)
        .await
        .ok()
        .map(|ran| ran.code == 0);
    let command = match open {
        Some(true) => String::new(),
        Some(false) | None => commands(ports).join(" & "),
    };
    let can_open = !command.is_empty() && host.find("powershell").is_some();
    Firewall {
        kind: FirewallKind::Windows,
        open,
        command,
        can_open,
    }
}

/// Both rules behind one question of User Account Control; a person who
/// declines it makes `Start-Process` fail.
pub(super) async fn open(host: &Host, ports: Ports) -> Result<Ran, RunError> {
    let script = format!(
        "try {{ $p = Start-Process -FilePath cmd -Verb RunAs -WindowStyle Hidden -Wait -PassThru \
         -ErrorAction Stop -ArgumentList '/c {}'; exit $p.ExitCode }} catch {{ exit 126 }}",
        commands(ports).join(" && ")
    );
    host.powershell(&script, CONSENT_LIMIT).await
}

fn commands(ports: Ports) -> [String; 2] {
    let rule = |protocol: &str, port: u16| {
        format!(
            "netsh advfirewall firewall add rule name={RULE} dir=in action=allow \
             protocol={protocol} localport={port} profile=private,domain"
        )
    };
    [rule("TCP", ports.tcp), rule("UDP", ports.udp)]
}
