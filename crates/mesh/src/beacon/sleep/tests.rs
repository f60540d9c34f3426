//! A bus of its own, on which somebody plays systemd-logind.

use std::{io::PipeReader, net::UdpSocket};

use testkit::desktop::Bus;
use tokio::{net::unix::pipe, sync::mpsc, time::timeout};
use zbus::{Connection, connection::Builder, fdo, interface, object_server::SignalEmitter};

use super::*;
use crate::beacon::{
    Beacon, Heard, UdpBeacon,
    tests::{PATIENCE, free_port, interface, options},
};

#[tokio::test]
async fn the_system_waits_until_goodbye_is_said() {
    let Some(mut machine) = Machine::start().await else {
        return;
    };
    let mut watch = SleepWatch::on_bus(Some(machine.bus.address().to_owned()));
    let mut lock = machine.locked().await;

    machine.prepare_for_sleep(true).await;
    assert_eq!(within(watch.next()).await, Sleep::Near);
    assert!(lock.is_held());
    watch.let_go();
    lock.is_let_go().await;

    machine.prepare_for_sleep(false).await;
    assert_eq!(within(watch.next()).await, Sleep::Over);
    // The next sleep waits too.
    let mut lock = machine.locked().await;
    assert!(lock.is_held());
    machine.prepare_for_sleep(true).await;
    assert_eq!(within(watch.next()).await, Sleep::Near);
    drop(watch);
    lock.is_let_go().await;
}

#[tokio::test]
async fn a_wake_that_was_noticed_is_not_told_again() {
    let Some(mut machine) = Machine::start().await else {
        return;
    };
    let mut watch = SleepWatch::on_bus(Some(machine.bus.address().to_owned()));
    machine.locked().await;
    machine.prepare_for_sleep(true).await;
    assert_eq!(within(watch.next()).await, Sleep::Near);
    watch.woke();
    machine.prepare_for_sleep(false).await;
    machine.prepare_for_sleep(true).await;
    assert_eq!(within(watch.next()).await, Sleep::Near);
}

#[tokio::test]
async fn the_beacon_lets_go_when_it_is_asked_again() {
    let Some(mut machine) = Machine::start().await else {
        return;
    };
    let sleep = SleepWatch::on_bus(Some(machine.bus.address().to_owned()));
    let options = options(free_port(), vec![interface(1)]);
    let mut beacon = UdpBeacon::with(options, None, sleep).unwrap();
    let mut lock = machine.locked().await;

    machine.prepare_for_sleep(true).await;
    assert_eq!(within(beacon.heard()).await, Heard::WillSleep);
    assert!(lock.is_held());
    tokio::select! {
        () = lock.is_let_go() => {}
        heard = beacon.heard() => panic!("{heard:?}"),
    }
    machine.prepare_for_sleep(false).await;
    assert_eq!(within(beacon.heard()).await, Heard::Woke);
}

#[tokio::test]
async fn without_a_bus_the_beacon_works_all_the_same() {
    let sleep = SleepWatch::on_bus(Some("unix:path=/nonexistent".to_owned()));
    let port = free_port();
    let mut beacon = UdpBeacon::with(options(port, vec![interface(1)]), None, sleep).unwrap();
    let somebody = UdpSocket::bind(("127.0.7.2", 0)).unwrap();
    somebody.send_to(b"hello", ("127.0.7.1", port)).unwrap();
    assert!(matches!(
        within(beacon.heard()).await,
        Heard::Packet { bytes, .. } if bytes == b"hello"
    ));
}

struct Machine {
    bus: Bus,
    logind: Connection,
    locks: mpsc::UnboundedReceiver<PipeReader>,
}

impl Machine {
    /// Nothing, after saying why, where there is no bus to be had.
    async fn start() -> Option<Self> {
        if std::process::Command::new("dbus-daemon")
            .arg("--version")
            .output()
            .is_err()
        {
            testkit::skip("this test needs `dbus-daemon` (Debian package dbus-daemon)");
            return None;
        }
        let bus = Bus::start();
        let (asked, locks) = mpsc::unbounded_channel();
        let logind = Builder::address(bus.address())
            .unwrap()
            .serve_at("/org/freedesktop/login1", Logind { asked })
            .unwrap()
            .name("org.freedesktop.login1")
            .unwrap()
            .build()
            .await
            .unwrap();
        Some(Self { bus, logind, locks })
    }

    async fn prepare_for_sleep(&self, start: bool) {
        let emitter = SignalEmitter::new(&self.logind, "/org/freedesktop/login1").unwrap();
        Logind::prepare_for_sleep(&emitter, start).await.unwrap();
    }

    /// Waits until somebody asks that a sleep waits.
    async fn locked(&mut self) -> Held {
        let lock = within(self.locks.recv()).await.unwrap();
        Held(pipe::Receiver::from_owned_fd(lock.into()).unwrap())
    }
}

struct Logind {
    asked: mpsc::UnboundedSender<PipeReader>,
}

#[interface(name = "org.freedesktop.login1.Manager")]
impl Logind {
    fn inhibit(&self, what: &str, who: &str, why: &str, mode: &str) -> fdo::Result<OwnedFd> {
        assert_eq!((what, who, mode), ("sleep", "Banyan", "delay"));
        assert!(!why.is_empty());
        let (ours, theirs) = std::io::pipe().unwrap();
        self.asked.send(ours).unwrap();
        Ok(std::os::fd::OwnedFd::from(theirs).into())
    }

    #[zbus(signal)]
    async fn prepare_for_sleep(emitter: &SignalEmitter<'_>, start: bool) -> zbus::Result<()>;
}

/// The other end of a lock.
struct Held(pipe::Receiver);

impl Held {
    fn is_held(&mut self) -> bool {
        let read = self.0.try_read(&mut [0]);
        read.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock)
    }

    async fn is_let_go(&mut self) {
        within(async {
            while self.is_held() {
                self.0.readable().await.unwrap();
            }
        })
        .await;
    }
}

async fn within<T>(work: impl Future<Output = T>) -> T {
    timeout(PATIENCE, work).await.unwrap()
}
