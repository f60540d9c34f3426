//! The headless node as a process.

mod support;

use std::{fs, io::Read as _, net::TcpStream};

use serde_json::Value;
use testkit::{Daemon, Home, TakenPort};

#[test]
fn it_says_when_it_is_ready_and_where() {
    let home = Home::new();
    let daemon = home.serve();
    let ready = daemon.ready();
    assert_eq!(ready["name"], "test machine");
    assert_eq!(ready["page"], format!("http://{}/app/", daemon.address()));
    assert_eq!(ready["data_folder"], home.data().display().to_string());
    assert_eq!(ready["id"].as_str().unwrap().len(), 8);
    TcpStream::connect(daemon.address()).unwrap();
}

#[test]
fn people_get_a_block_without_the_way_in_where_a_log_might_keep_it() {
    let home = Home::new();
    let mut command = home.command(["serve", "--no-keyring", "--http", "127.0.0.1:0"]);
    let mut child = command
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    let mut stdout = child.stdout.take().unwrap();
    let mut piece = [0; 1024];
    while !said.contains("Data") {
        let length = stdout.read(&mut piece).unwrap();
        assert_ne!(length, 0, "it ended: {said}");
        said.push_str(std::str::from_utf8(&piece[..length]).unwrap());
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(said.contains("Banyan is ready"), "{said}");
    assert!(said.contains("/app/"), "{said}");
    assert!(!said.contains("#code="), "{said}");
    assert!(
        !said.contains('\u{1b}'),
        "no colour where no terminal is: {said}"
    );
}

#[test]
fn a_second_node_on_the_same_folder_is_refused() {
    let home = Home::new();
    let first = home.serve();
    let second = Daemon::try_start(home.serve_command()).unwrap_err();
    assert_eq!(second.status.code(), Some(1));
    let error: Value = serde_json::from_str(&second.stdout).unwrap();
    assert_eq!(error["error"]["code"], "data_locked");
    assert!(
        error["error"]["text"]
            .as_str()
            .unwrap()
            .contains(home.data().to_str().unwrap())
    );
    // The first one noticed nothing.
    let status = home.run(["status", "--json"]).expect_code(0).json();
    assert_eq!(status["http"]["address"], first.address());
}

#[test]
fn a_configured_port_that_is_taken_is_an_error() {
    let home = Home::new();
    let taken = TakenPort::new();
    let address = format!("127.0.0.1:{}", taken.number());
    let by_flag = home
        .run(["serve", "--no-keyring", "--http", &address])
        .expect_code(1);
    assert!(
        by_flag
            .stderr
            .contains(&format!("Port {} is taken", taken.number())),
        "{by_flag:?}"
    );
    assert!(by_flag.stderr.contains("--http"), "{by_flag:?}");

    fs::write(
        home.data().join("config.toml"),
        format!("[http]\naddress = \"{address}\"\n"),
    )
    .unwrap();
    let by_file = home.run(["serve", "--no-keyring"]).expect_code(1);
    assert!(
        by_file.stderr.contains("config.toml, line 2"),
        "{by_file:?}"
    );
    // What it had taken by then was given back.
    home.serve();
}

#[test]
fn the_default_port_moves_on_and_says_so() {
    let home = Home::new();
    // Where somebody else holds it already, it is just as taken.
    let _taken = TakenPort::at(8080);
    let daemon = Daemon::start(home.command(["--json", "serve", "--no-keyring"]));
    let port: u16 = daemon
        .address()
        .rsplit_once(':')
        .unwrap()
        .1
        .parse()
        .unwrap();
    assert!((8081..=8100).contains(&port), "{port}");
    let notices = daemon.ready()["notices"].as_array().unwrap();
    let moved = notices
        .iter()
        .find(|notice| notice["code"] == "port_moved")
        .unwrap();
    assert_eq!(moved["params"]["wanted"], "8080");
    assert_eq!(moved["params"]["got"], port.to_string());
    let status = home.run(["status"]).expect_code(0);
    assert!(status.stdout.contains("Port 8080 was taken"), "{status:?}");
}

#[test]
fn a_link_opens_the_page_of_this_node() {
    let home = Home::new();
    let daemon = home.serve();
    let link = home.run(["link"]).expect_code(0).stdout;
    let start = format!("http://{}/app/#code=", daemon.address());
    assert!(
        link.starts_with(&start) && link.trim_end().len() > start.len(),
        "{link}"
    );
    let json = home.run(["link", "--json"]).expect_code(0).json();
    assert_ne!(json["link"], link.trim_end(), "each link is a new one");
}

#[test]
fn without_http_there_is_a_node_and_no_page() {
    let home = Home::new();
    let mut command = home.serve_command();
    command.env("BANYAN_HTTP_ENABLED", "false");
    let daemon = Daemon::start(command);
    assert_eq!(daemon.ready()["address"], Value::Null);
    assert!(!home.data().join("node.json").exists());
}

#[cfg(unix)]
#[expect(clippy::expect_used, reason = "only tests come here")]
mod on_unix {
    use std::{io::Write as _, path::Path};

    use rustix::process::Signal;

    use super::*;

    #[test]
    fn told_to_stop_it_stops_in_order() {
        for signal in [Signal::TERM, Signal::INT, Signal::HUP] {
            let home = Home::new();
            let daemon = home.serve();
            assert!(home.data().join("node.json").exists());
            daemon.signal(signal);
            let ended = daemon.wait();
            assert_eq!(ended.status.code(), Some(0), "{signal:?} {ended:#?}");
            assert_eq!(ended.stdout.lines().count(), 1, "one document: {ended:#?}");
            let order: Vec<_> = ["ready", "stopping", "stopped"]
                .iter()
                .map(|word| {
                    ended
                        .stderr
                        .find(word)
                        .unwrap_or_else(|| panic!("{ended:#?}"))
                })
                .collect();
            assert!(order.is_sorted(), "{ended:#?}");
            assert!(!home.data().join("node.json").exists());
            home.run(["status"]).expect_code(4);
        }
    }

    #[test]
    fn told_twice_it_waits_for_nobody() {
        let home = Home::new();
        let daemon = home.serve();
        let card = home.data().join("node.json");
        let token = owner_token(&card);
        // A request whose body never comes holds up a stop for a while.
        let mut stream = TcpStream::connect(daemon.address()).unwrap();
        write!(
            stream,
            "POST /rpc/status HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\n\
             Content-Length: 5\r\n\r\n",
            daemon.address()
        )
        .unwrap();
        // Connections are taken in order, so the request has been read when this is answered.
        home.run(["status"]).expect_code(0);
        daemon.signal(Signal::TERM);
        support::wait_until("the stop begins", || !card.exists());
        // Signals that come together are one request, so this asks until it is heard.
        support::wait_until("it hears a second request", || {
            daemon.signal(Signal::TERM);
            daemon.stderr().contains("second time")
        });
        let ended = daemon.wait();
        assert_eq!(ended.status.code(), Some(1), "{ended:#?}");
    }

    #[test]
    fn two_signals_at_once_are_one_request() {
        let home = Home::new();
        let daemon = home.serve();
        daemon.signal(Signal::TERM);
        daemon.signal(Signal::HUP);
        let ended = daemon.wait();
        assert!(ended.status.success(), "{ended:#?}");
        assert!(ended.stderr.contains("stopped"), "{ended:#?}");
    }

    #[test]
    fn after_a_power_cut_it_starts_again() {
        let home = Home::new();
        let first = home.serve();
        let id = first.ready()["id"].clone();
        first.kill();
        // The card of the dead is still there and deceives nobody.
        assert!(home.data().join("node.json").exists());
        home.run(["status"]).expect_code(4);
        let second = home.serve();
        assert_eq!(second.ready()["id"], id);
        home.run(["status"]).expect_code(0);
    }

    #[test]
    fn its_files_are_readable_by_their_owner_only() {
        use std::os::unix::fs::PermissionsExt as _;

        let home = Home::new();
        let daemon = home.serve();
        home.run(["config", "set", "ui.theme", "dark"])
            .expect_code(0);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(home.data()), 0o700);
        let mut waiting = vec![home.data().to_owned()];
        while let Some(folder) = waiting.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    assert_eq!(mode(&path), 0o700, "{}", path.display());
                    waiting.push(path);
                } else {
                    assert_eq!(mode(&path), 0o600, "{}", path.display());
                }
            }
        }
        daemon.stop();
    }

    #[test]
    fn no_secret_is_in_the_log() {
        let home = Home::new();
        let mut command = home.serve_command();
        command.env("RUST_LOG", "trace");
        let daemon = Daemon::start(command);
        let link = home.run(["link"]).expect_code(0).stdout;
        let code = link.trim_end().rsplit_once('=').unwrap().1.to_owned();
        let token = owner_token(&home.data().join("node.json"));
        let ended = daemon.stop();
        assert!(!ended.stderr.contains(&code) && !ended.stderr.contains(&token));
    }

    fn owner_token(card: &Path) -> String {
        let card = fs::read(card).expect("the card of a running node");
        let card: Value = serde_json::from_slice(&card).expect("JSON on the card");
        card.get("token")
            .and_then(Value::as_str)
            .expect("a token on the card")
            .to_owned()
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_service_manager_is_told() {
    use std::os::unix::net::UnixDatagram;

    let home = Home::new();
    let socket = home.path().join("notify");
    let manager = UnixDatagram::bind(&socket).unwrap();
    manager.set_read_timeout(Some(support::PATIENCE)).unwrap();
    let hear = || {
        let mut heard = [0; 64];
        let length = manager.recv(&mut heard).unwrap();
        String::from_utf8_lossy(&heard[..length]).into_owned()
    };
    let mut command = home.serve_command();
    command.env("NOTIFY_SOCKET", &socket);
    let daemon = Daemon::start(command);
    assert_eq!(hear(), "READY=1");
    daemon.stop();
    assert_eq!(hear(), "STOPPING=1");
}
