use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use super::*;

const PORTS: Ports = Ports {
    tcp: 7878,
    udp: 5000,
};

/// A machine whose tools are scripts and note how they were called.
struct Stage {
    place: tempfile::TempDir,
    host: Host,
}

impl Stage {
    fn new(system: System, administrator: bool) -> Self {
        let place = tempfile::tempdir().unwrap();
        for folder in ["bin", "etc/ufw", "etc/default"] {
            fs::create_dir_all(place.path().join(folder)).unwrap();
        }
        let host = Host::played(system, place.path(), administrator);
        Self { place, host }
    }

    fn tool(self, name: &str, script: &str) -> Self {
        let file = self.path("bin").join(name);
        let calls = self.path("calls");
        let head = format!(
            "#!/bin/sh\nprintf '%s\\n' \"{name} $*\" >> '{}'\n",
            calls.display()
        );
        fs::write(&file, head + script).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o700)).unwrap();
        self
    }

    fn file(self, name: &str, text: &str) -> Self {
        fs::write(self.path("etc").join(name), text).unwrap();
        self
    }

    fn calls(&self) -> Vec<String> {
        let text = fs::read_to_string(self.path("calls")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    async fn look(&self) -> Firewall {
        look(&self.host, PORTS).await
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        Path::join(self.place.path(), name)
    }
}

const UFW_ON: &str = "# comment\nENABLED=yes\nLOGLEVEL=low\n";
const UFW_ALLOW: &str = "sudo ufw allow 7878/tcp && sudo ufw allow 5000/udp";
const UFW_RULES: &str = "*filter\n### RULES ###\n\n\
    ### tuple ### allow tcp 7878 0.0.0.0/0 any 0.0.0.0/0 in\n\
    -A ufw-user-input -p tcp --dport 7878 -j ACCEPT\n\
    ### tuple ### allow any 4000:6000 0.0.0.0/0 any 192.168.1.0/24 in_eth0\n";

#[tokio::test]
async fn without_a_known_firewall_there_is_nothing_to_open_and_nothing_is_promised() {
    let stage = Stage::new(System::Linux, false).file("ufw/ufw.conf", "ENABLED=no\n");
    let nothing_to_do = Firewall {
        kind: FirewallKind::None,
        open: None,
        command: String::new(),
        can_open: false,
    };
    assert_eq!(stage.look().await, nothing_to_do);
    assert_eq!(open(&stage.host, PORTS).await, Ok(nothing_to_do));
}

#[tokio::test]
async fn ufw_is_seen_without_rights_but_not_through() {
    let stage = Stage::new(System::Linux, false).file("ufw/ufw.conf", UFW_ON);
    let found = stage.look().await;
    assert_eq!(
        (found.kind, found.open, found.can_open),
        (FirewallKind::Ufw, None, false)
    );
    assert_eq!(found.command, UFW_ALLOW);
    let refused = open(&stage.host, PORTS).await.unwrap_err();
    assert_eq!(
        refused,
        Unchanged {
            refusal: Refusal::CannotAsk,
            command: UFW_ALLOW.to_owned()
        }
    );
}

#[tokio::test]
async fn ufw_rules_count_where_they_can_be_read() {
    let stage = Stage::new(System::Linux, true).file("ufw/ufw.conf", UFW_ON);
    let stage = stage.file("ufw/user.rules", UFW_RULES);
    let found = stage.look().await;
    assert_eq!((found.open, found.command.as_str()), (Some(true), ""));
    for closed in [
        UFW_RULES.replace("allow tcp", "deny tcp"),
        UFW_RULES.replace("0.0.0.0/0 in\n", "0.0.0.0/0 out\n"),
        UFW_RULES.replace("4000:6000", "5001:6000"),
    ] {
        let stage = Stage::new(System::Linux, true).file("ufw/ufw.conf", UFW_ON);
        let found = stage.file("ufw/user.rules", &closed).look().await;
        assert_eq!(
            (found.open, found.command.as_str()),
            (Some(false), UFW_ALLOW),
            "{closed}"
        );
    }
    let lenient = Stage::new(System::Linux, false)
        .file("ufw/ufw.conf", UFW_ON)
        .file("default/ufw", "DEFAULT_INPUT_POLICY=\"ACCEPT\"\n");
    assert_eq!(lenient.look().await.open, Some(true));
}

#[tokio::test]
async fn ufw_is_opened_behind_one_question() {
    let stage = Stage::new(System::Linux, false)
        .file("ufw/ufw.conf", UFW_ON)
        .tool("pkexec", "exit 0\n");
    let opened = open(&stage.host, PORTS).await.unwrap();
    assert_eq!(opened.open, Some(true));
    assert_eq!(
        stage.calls(),
        ["pkexec sh -c ufw allow 7878/tcp && ufw allow 5000/udp"]
    );
}

#[tokio::test]
async fn what_we_opened_is_remembered_and_asked_for_once_at_a_time() {
    let stage = Stage::new(System::Linux, false)
        .file("ufw/ufw.conf", UFW_ON)
        .tool("pkexec", "read -r _ < \"${0%/bin/*}/answer\"\n");
    let made = std::process::Command::new("mkfifo")
        .arg(stage.path("answer"))
        .status();
    assert!(made.unwrap().success());
    let guard = Guard::new(stage.host.clone());
    assert_eq!(guard.look(PORTS).await.open, None);
    let person = async {
        while stage.calls().is_empty() {
            tokio::task::yield_now().await;
        }
        let second = guard.open(PORTS).await.unwrap_err();
        assert_eq!(second.refusal, Refusal::AlreadyAsking);
        assert_eq!(second.command, UFW_ALLOW);
        let answer = stage.path("answer");
        tokio::task::spawn_blocking(move || fs::write(answer, "yes\n"))
            .await
            .unwrap()
            .unwrap();
    };
    let (opened, ()) = tokio::join!(guard.open(PORTS), person);
    assert_eq!(opened.unwrap().open, Some(true));
    assert_eq!(guard.look(PORTS).await, Firewall::opened(FirewallKind::Ufw));
    assert_eq!(guard.look(Ports { tcp: 1, ..PORTS }).await.open, None);
}

#[tokio::test]
async fn a_refusal_says_why_and_what_to_type() {
    for (script, refusal) in [
        (
            "echo 'Error executing command as another user' >&2; exit 126",
            Refusal::NotPermitted,
        ),
        (
            "echo 'ERROR: problem running ufw-init' >&2; exit 1",
            Refusal::Failed("ERROR: problem running ufw-init".to_owned()),
        ),
        (
            "exit 3",
            Refusal::Failed("the tool ended with code 3".to_owned()),
        ),
    ] {
        let stage = Stage::new(System::Linux, false)
            .file("ufw/ufw.conf", UFW_ON)
            .tool("pkexec", script);
        let unchanged = open(&stage.host, PORTS).await.unwrap_err();
        assert_eq!(
            unchanged,
            Unchanged {
                refusal,
                command: UFW_ALLOW.to_owned()
            }
        );
    }
}

#[tokio::test]
async fn firewalld_is_asked_for_ports_and_service() {
    let answers = |port: &str, service: &str| {
        format!(
            "case $1 in --state) exit 0;; --query-port=*) echo {port};; \
             --query-service=banyan) echo {service};; esac\n"
        )
    };
    for (port, service, open) in [
        ("yes", "no", Some(true)),
        ("no", "yes", Some(true)),
        ("no", "no", Some(false)),
        ("", "", None),
    ] {
        let stage = Stage::new(System::Linux, false).tool("firewall-cmd", &answers(port, service));
        let found = stage.look().await;
        assert_eq!(
            (found.kind, found.open),
            (FirewallKind::Firewalld, open),
            "{port} {service}"
        );
        assert_eq!(found.command.is_empty(), open == Some(true));
    }
    let stopped = Stage::new(System::Linux, false).tool("firewall-cmd", "exit 252\n");
    assert_eq!(stopped.look().await.kind, FirewallKind::None);
}

#[tokio::test]
async fn an_administrator_is_not_asked() {
    let stage = Stage::new(System::Linux, true)
        .tool("firewall-cmd", "case $1 in --query*) echo no;; esac\n")
        .tool("sh", "exit 0\n");
    let opened = open(&stage.host, PORTS).await.unwrap();
    assert_eq!(
        opened.open,
        Some(false),
        "the firewall's own word counts where it can be asked"
    );
    let script = "sh -c firewall-cmd --permanent --add-port=7878/tcp --add-port=5000/udp \
                  && firewall-cmd --reload";
    assert!(
        stage.calls().contains(&script.to_owned()),
        "{:?}",
        stage.calls()
    );
}

#[tokio::test]
async fn macos_decides_by_program_and_asks_itself() {
    let stage = Stage::new(System::Macos, false)
        .tool(
            "socketfilterfw",
            "case $1 in --getglobalstate) echo 'Firewall is enabled. (State = 1)';; \
             *) echo 'Incoming connection to the application is blocked.';; esac\n",
        )
        .tool(
            "osascript",
            "echo 'execution error: User canceled. (-128)' >&2; exit 1\n",
        );
    let found = stage.look().await;
    assert_eq!(
        (found.kind, found.open, found.can_open),
        (FirewallKind::Macos, Some(false), true)
    );
    let unchanged = open(&stage.host, PORTS).await.unwrap_err();
    assert_eq!(unchanged.refusal, Refusal::NotPermitted);
    let asked = stage.calls().pop().unwrap();
    assert!(asked.contains(r#"Banyan'\\''s \"app\"'"#), "{asked}");
    let off = Stage::new(System::Macos, false).tool(
        "socketfilterfw",
        "echo 'Firewall is disabled. (State = 0)'\n",
    );
    assert_eq!(off.look().await.kind, FirewallKind::None);
}

#[tokio::test]
async fn windows_is_judged_by_codes_and_numbers() {
    let closed = Stage::new(System::Windows, false)
        .tool("powershell.exe", "echo 3\n")
        .tool("netsh.exe", "echo 'Keine Regeln stimmen überein'; exit 1\n");
    let found = closed.look().await;
    assert_eq!(
        (found.kind, found.open, found.can_open),
        (FirewallKind::Windows, Some(false), true)
    );
    assert!(
        found.command.contains("protocol=UDP localport=5000"),
        "{found:?}"
    );

    let declined = Stage::new(System::Windows, false)
        .tool(
            "powershell.exe",
            "case $4 in *RunAs*) exit 126;; *) echo 3;; esac\n",
        )
        .tool("netsh.exe", "exit 1\n");
    let unchanged = open(&declined.host, PORTS).await.unwrap_err();
    assert_eq!(unchanged.refusal, Refusal::NotPermitted);

    let open = Stage::new(System::Windows, false)
        .tool("powershell.exe", "echo 3\n")
        .tool("netsh.exe", "exit 0\n");
    assert_eq!(open.look().await.open, Some(true));
    let off = Stage::new(System::Windows, false).tool("powershell.exe", "echo 0\n");
    assert_eq!(off.look().await.kind, FirewallKind::None);
}
