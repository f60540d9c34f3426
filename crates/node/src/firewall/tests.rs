use std::fs;

use super::*;
use crate::host::stage::Stage;

const PORTS: Ports = Ports {
    tcp: 7878,
    udp: 5000,
};

/// As the packages install them.
const PROFILE: &str = include_str!("../../../../packaging/linux/ufw-banyan");
const SERVICE: &str = include_str!("../../../../packaging/linux/firewalld-banyan.xml");

const UFW_ON: &str = "# comment\nENABLED=yes\nLOGLEVEL=low\n";
const UFW_ALLOW: &str = "sudo ufw allow 7878/tcp && sudo ufw allow 5000/udp";
const UFW_RULES: &str = "*filter\n### RULES ###\n\n\
    ### tuple ### allow tcp 7878 0.0.0.0/0 any 0.0.0.0/0 in\n\
    -A ufw-user-input -p tcp --dport 7878 -j ACCEPT\n\
    ### tuple ### allow any 4000:6000 0.0.0.0/0 any 192.168.1.0/24 in_eth0\n";

#[tokio::test]
async fn without_a_known_firewall_there_is_nothing_to_open_and_nothing_is_promised() {
    let stage = Stage::new(System::Linux, false).file("etc/ufw/ufw.conf", "ENABLED=no\n");
    let nothing_to_do = Firewall {
        kind: FirewallKind::None,
        open: None,
        command: String::new(),
        can_open: false,
    };
    assert_eq!(look(&stage.host, PORTS).await, nothing_to_do);
    assert_eq!(open(&stage.host, PORTS).await, Ok(nothing_to_do));
}

#[tokio::test]
async fn ufw_is_seen_without_rights_but_not_through() {
    let stage = Stage::new(System::Linux, false).file("etc/ufw/ufw.conf", UFW_ON);
    let found = look(&stage.host, PORTS).await;
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
    let stage = Stage::new(System::Linux, true).file("etc/ufw/ufw.conf", UFW_ON);
    let stage = stage.file("etc/ufw/user.rules", UFW_RULES);
    let found = look(&stage.host, PORTS).await;
    assert_eq!((found.open, found.command.as_str()), (Some(true), ""));
    for closed in [
        UFW_RULES.replace("allow tcp", "deny tcp"),
        UFW_RULES.replace("0.0.0.0/0 in\n", "0.0.0.0/0 out\n"),
        UFW_RULES.replace("4000:6000", "5001:6000"),
    ] {
        let stage = Stage::new(System::Linux, true).file("etc/ufw/ufw.conf", UFW_ON);
        let stage = stage.file("etc/ufw/user.rules", &closed);
        let found = look(&stage.host, PORTS).await;
        assert_eq!(
            (found.open, found.command.as_str()),
            (Some(false), UFW_ALLOW),
            "{closed}"
        );
    }
    let lenient = Stage::new(System::Linux, false)
        .file("etc/ufw/ufw.conf", UFW_ON)
        .file("etc/default/ufw", "DEFAULT_INPUT_POLICY=\"ACCEPT\"\n");
    assert_eq!(look(&lenient.host, PORTS).await.open, Some(true));
}

#[tokio::test]
async fn a_profile_of_the_package_is_used_where_it_names_our_ports() {
    let stage = Stage::new(System::Linux, true)
        .file("etc/ufw/ufw.conf", UFW_ON)
        .file("etc/ufw/applications.d/banyan", PROFILE);
    let command = look(&stage.host, PORTS).await.command;
    assert_eq!(command, "sudo ufw allow Banyan");
    let moved = look(&stage.host, Ports { tcp: 7879, ..PORTS })
        .await
        .command;
    assert_eq!(moved, "sudo ufw allow 7879/tcp && sudo ufw allow 5000/udp");

    let stage = Stage::new(System::Linux, true)
        .file("usr/lib/firewalld/services/banyan.xml", SERVICE)
        .tool("firewall-cmd", "case $1 in --query*) echo no;; esac\n");
    let command = look(&stage.host, PORTS).await.command;
    assert_eq!(
        command,
        "sudo firewall-cmd --permanent --add-service=banyan && sudo firewall-cmd --reload"
    );
    let moved = look(&stage.host, Ports { udp: 5001, ..PORTS })
        .await
        .command;
    assert!(
        moved.contains("--add-port=7878/tcp --add-port=5001/udp"),
        "{moved}"
    );
}

#[tokio::test]
async fn a_service_that_is_on_opens_its_own_ports_only() {
    let stage = Stage::new(System::Linux, false)
        .file("usr/lib/firewalld/services/banyan.xml", SERVICE)
        .tool(
            "firewall-cmd",
            "case $1 in --query-service=banyan) echo yes;; --query-port=*) echo no;; esac\n",
        );
    assert_eq!(look(&stage.host, PORTS).await.open, Some(true));
    let moved = Ports { tcp: 7879, ..PORTS };
    assert_eq!(look(&stage.host, moved).await.open, Some(false));
}

#[tokio::test]
async fn ufw_is_opened_behind_one_question() {
    let stage = Stage::new(System::Linux, false)
        .file("etc/ufw/ufw.conf", UFW_ON)
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
        .file("etc/ufw/ufw.conf", UFW_ON)
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
            .file("etc/ufw/ufw.conf", UFW_ON)
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
        let stage = Stage::new(System::Linux, false)
            .file("usr/lib/firewalld/services/banyan.xml", SERVICE)
            .tool("firewall-cmd", &answers(port, service));
        let found = look(&stage.host, PORTS).await;
        assert_eq!(
            (found.kind, found.open),
            (FirewallKind::Firewalld, open),
            "{port} {service}"
        );
        assert_eq!(found.command.is_empty(), open == Some(true));
    }
    let stopped = Stage::new(System::Linux, false).tool("firewall-cmd", "exit 252\n");
    assert_eq!(look(&stopped.host, PORTS).await.kind, FirewallKind::None);
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
    let found = look(&stage.host, PORTS).await;
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
    assert_eq!(look(&off.host, PORTS).await.kind, FirewallKind::None);
}

#[tokio::test]
async fn windows_is_judged_by_codes_and_numbers() {
    let closed = Stage::new(System::Windows, false)
        .tool("powershell.exe", "echo 3\n")
        .tool("netsh.exe", "echo 'Keine Regeln stimmen überein'; exit 1\n");
    let found = look(&closed.host, PORTS).await;
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
    assert_eq!(look(&open.host, PORTS).await.open, Some(true));
    let off = Stage::new(System::Windows, false).tool("powershell.exe", "echo 0\n");
    assert_eq!(look(&off.host, PORTS).await.kind, FirewallKind::None);
}
