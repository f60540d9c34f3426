use std::{
    net::{TcpListener, UdpSocket},
    os::unix::fs::symlink,
};

use super::*;
use crate::host::stage::Stage;

const HEAD: &str = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";

fn line(address: &str, state: &str, inode: u32) -> String {
    format!(
        "   0: {address} 00000000:0000 {state} 00000000:00000000 00:00000000 00000000  1000        0 {inode} 1 0000000000000000 100 0 0 10 0\n"
    )
}

#[tokio::test]
async fn linux_tells_by_the_open_socket() {
    let tcp = [
        HEAD,
        // Somebody's connection from the same port is no holder.
        &line("0100007F:1EC6", "01", 10),
        &line("00000000:1EC7", "0A", 11),
    ]
    .concat();
    let tcp6 = [
        HEAD,
        &line("00000000000000000000000000000000:1EC6", "0A", 12),
    ]
    .concat();
    let udp = [HEAD, &line("00000000:1388", "07", 13)].concat();
    let stage = Stage::new(System::Linux, false)
        .file("proc/net/tcp", &tcp)
        .file("proc/net/tcp6", &tcp6)
        .file("proc/net/udp", &udp)
        .file("proc/self/comm", "nobody\n")
        .file("proc/7/fd/0", "")
        .file("proc/40/comm", "node\n")
        .file("proc/41/comm", "a-very-long-nam\n")
        .file("proc/sys/kernel/x", "");
    for (process, number, socket) in [("40", "3", 12), ("41", "9", 13)] {
        let folder = stage.path(&format!("proc/{process}/fd"));
        std::fs::create_dir_all(&folder).unwrap();
        symlink(format!("socket:[{socket}]"), folder.join(number)).unwrap();
    }
    symlink("/opt/a-very-long-name (deleted)", stage.path("proc/41/exe")).unwrap();
    let holder = |protocol, port| {
        let host = stage.host.clone();
        async move {
            look(&host, protocol, port)
                .await
                .map(|found| found.to_string())
        }
    };
    assert_eq!(holder(Protocol::Tcp, 7878).await.unwrap(), "node (40)");
    assert_eq!(
        holder(Protocol::Udp, 5000).await.unwrap(),
        "a-very-long-name (41)"
    );
    // Another person's program, and nobody's port.
    assert_eq!(holder(Protocol::Tcp, 7879).await, None);
    assert_eq!(holder(Protocol::Udp, 7878).await, None);
    assert_eq!(
        named(&stage.host, Key::NetworkTcpPort, 7878).await,
        "node (40)"
    );
    assert_eq!(
        named(&stage.host, Key::NetworkUdpPort, 7878).await,
        SOMEBODY
    );
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_port_of_this_very_process_is_found() {
    let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
    let udp = UdpSocket::bind("[::1]:0").unwrap();
    let host = Host::this(None);
    for (protocol, port) in [
        (Protocol::Tcp, tcp.local_addr().unwrap().port()),
        (Protocol::Udp, udp.local_addr().unwrap().port()),
    ] {
        let found = look(&host, protocol, port).await.unwrap();
        assert_eq!(found.process, std::process::id());
        let own = std::env::current_exe().unwrap();
        assert_eq!(found.program, own.file_name().unwrap().to_str().unwrap());
    }
}

#[tokio::test]
async fn other_systems_are_asked_through_their_tools() {
    let mac = Stage::new(System::Macos, false).tool("lsof", "printf 'p812\\ncControlCe\\nf9\\n'\n");
    let found = look(&mac.host, Protocol::Tcp, 5000).await.unwrap();
    assert_eq!(found.to_string(), "ControlCe (812)");
    assert_eq!(mac.calls(), ["lsof -nP -iTCP:5000 -Fpc -sTCP:LISTEN"]);

    let windows =
        Stage::new(System::Windows, false).tool("powershell.exe", "echo '4120 my tool'\n");
    let found = look(&windows.host, Protocol::Udp, 5000).await.unwrap();
    assert_eq!(found.to_string(), "my tool (4120)");
    let silent = Stage::new(System::Windows, false).tool("powershell.exe", "exit 0\n");
    assert_eq!(look(&silent.host, Protocol::Udp, 5000).await, None);
}
