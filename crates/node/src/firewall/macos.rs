use super::{CONSENT_LIMIT, Firewall, FirewallKind, LOOK_LIMIT};
use crate::host::{Host, Ran, RunError};

const TOOL: &str = "socketfilterfw";

/// The application firewall decides by program; ports do not matter to it.
pub(super) async fn look(host: &Host) -> Firewall {
    let Ok(state) = host.run(TOOL, &["--getglobalstate"], LOOK_LIMIT).await else {
        return Firewall::without_advice(FirewallKind::Unknown);
    };
    if state.stdout.contains("State = 0") {
        return Firewall::without_advice(FirewallKind::None);
    }
    let program = host.program().to_string_lossy();
    let asked = host
        .run(TOOL, &["--getappblocked", &program], LOOK_LIMIT)
        .await;
    let open = match asked {
        Ok(said) if said.stdout.contains("permitted") => Some(true),
        Ok(said) if said.stdout.contains("blocked") => Some(false),
        Ok(_) | Err(_) => None,
    };
    let command = match open {
        Some(true) => String::new(),
        Some(false) | None => format!("sudo {}", command(host)),
    };
    let can_open = !command.is_empty() && host.find("osascript").is_some();
    Firewall {
        kind: FirewallKind::Macos,
        open,
        command,
        can_open,
    }
}

/// The system itself asks for the password.
pub(super) async fn open(host: &Host) -> Result<Ran, RunError> {
    let script = format!(
        "do shell script {} with administrator privileges",
        in_applescript(&command(host))
    );
    host.run("osascript", &["-e", &script], CONSENT_LIMIT).await
}

fn command(host: &Host) -> String {
    let tool = host.find(TOOL).unwrap_or_else(|| TOOL.into());
    let tool = in_shell(&tool.to_string_lossy());
    let program = in_shell(&host.program().to_string_lossy());
    format!("{tool} --add {program} --unblockapp {program}")
}

/// Quoted for the shell where needed: a program may lie anywhere.
fn in_shell(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    if text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn in_applescript(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', r"\\").replace('"', "\\\""))
}
