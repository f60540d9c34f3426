//! The checks themselves. Each tells a short story and fails where the product
//! does not play its part.

use std::{
    io::{ErrorKind, Read},
    net::{Ipv4Addr, SocketAddr, TcpStream, UdpSocket},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};

use super::{
    Scenario, Verdict, answers,
    scene::{eventually, faketime, meet, parted, session, start},
};
use crate::lab::{Lan, Machine, Plan};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "no-route",
        about: "nodes meet without a way to anywhere else",
        plan: Plan::trusted(3),
        slow: false,
        run: no_route,
    },
    Scenario {
        name: "private",
        about: "with a way out, nothing leaves the local network",
        plan: Plan {
            default_route: true,
            ..Plan::trusted(3)
        },
        slow: false,
        run: private,
    },
    Scenario {
        name: "far-source",
        about: "who comes from a public address is not answered",
        plan: Plan::of(2),
        slow: false,
        run: far_source,
    },
    Scenario {
        name: "container",
        about: "a bridge of containers hears nothing",
        plan: Plan::trusted(2),
        slow: false,
        run: container,
    },
    Scenario {
        name: "dual-homed",
        about: "a machine on two networks meets both",
        plan: Plan {
            second: 1,
            dual_homed: true,
            ..Plan::trusted(1)
        },
        slow: false,
        run: dual_homed,
    },
    Scenario {
        name: "one-port",
        about: "two nodes on one machine share the port of announcements",
        plan: Plan::trusted(2),
        slow: false,
        run: one_port,
    },
    Scenario {
        name: "lossy",
        about: "nodes meet over a cable that loses a tenth",
        plan: Plan::trusted(2),
        slow: false,
        run: lossy,
    },
    Scenario {
        name: "address",
        about: "an address changes under a live session",
        plan: Plan::trusted(2),
        slow: false,
        run: address,
    },
    Scenario {
        name: "cable",
        about: "a cable is pulled out and plugged in again",
        plan: Plan::trusted(2),
        slow: false,
        run: cable,
    },
    Scenario {
        name: "killed",
        about: "the other side dies without a word and comes back",
        plan: Plan::trusted(2),
        slow: false,
        run: killed,
    },
    Scenario {
        name: "clock",
        about: "a clock is a year ahead, then right again",
        plan: Plan::trusted(2),
        slow: false,
        run: clock,
    },
    Scenario {
        name: "answer-killed",
        about: "who writes an answer dies, and another finishes it",
        plan: Plan::trusted(3),
        slow: false,
        run: answers::killed,
    },
    Scenario {
        name: "answer-stopped",
        about: "who writes an answer falls silent, and another finishes it",
        plan: Plan::trusted(3),
        slow: false,
        run: answers::stopped,
    },
    Scenario {
        name: "answer-cut",
        about: "the cable to who writes an answer is cut, and another finishes it",
        plan: Plan::trusted(3),
        slow: false,
        run: answers::cut,
    },
    Scenario {
        name: "answer-server",
        about: "the server of models of who answers ends, and another finishes it",
        plan: Plan::trusted(3),
        slow: false,
        run: answers::without_server,
    },
    Scenario {
        name: "stopped",
        about: "a node sleeps for a minute and wakes",
        plan: Plan::trusted(2),
        slow: true,
        run: stopped,
    },
];

fn no_route(machines: &[Machine<'_>]) -> Result<Verdict> {
    for machine in machines {
        ensure!(!machine.has_way_out()?, "this lab has a default route");
    }
    let nodes = start(machines)?;
    meet(&nodes.iter().map(|(node, _)| node).collect::<Vec<_>>())?;
    Ok(Verdict::Held)
}

fn private(machines: &[Machine<'_>]) -> Result<Verdict> {
    let mut nodes = start(machines)?;
    meet(&nodes.iter().map(|(node, _)| node).collect::<Vec<_>>())?;
    // A change of network and a goodbye are times to speak too.
    let [one, ..] = machines else {
        return wrong_plan();
    };
    one.ip(&[
        "link add more type veth peer name end",
        "address add 192.168.77.1/24 broadcast + dev more",
        "link set end up",
        "link set more up",
    ])?;
    let (_, running) = nodes.pop().context("a plan with machines")?;
    running.stop()?;
    for machine in machines {
        let sent = machine.sent_far()?;
        ensure!(
            sent == 0,
            "machine {} sent {sent} packets far away",
            machine.number()
        );
    }
    // And this is what it looks like when one does.
    let far = SocketAddr::from((Ipv4Addr::new(192, 0, 2, 1), 9));
    one.inside(|| UdpSocket::bind("0.0.0.0:0")?.send_to(b"far", far))??;
    ensure!(one.sent_far()? == 1, "the counter does not count");
    Ok(Verdict::Held)
}

fn far_source(machines: &[Machine<'_>]) -> Result<Verdict> {
    let [one, two] = machines else {
        return wrong_plan();
    };
    let _running = one.node()?.start()?;
    let place = SocketAddr::from((one.address(), 7878));
    let near = two.inside(|| is_kept(place))??;
    ensure!(near, "who comes from {} is turned away", two.address());
    one.ip(&["route add 203.0.113.0/24 dev eth0"])?;
    two.ip(&[
        "address add 203.0.113.2/24 dev eth0",
        &format!("route add {} dev eth0 src 203.0.113.2", one.address()),
    ])?;
    let far = two.inside(|| is_kept(place))??;
    ensure!(!far, "who comes from 203.0.113.2 is listened to");
    Ok(Verdict::Held)
}

/// Whether the other side waits for what a new connection has to say.
fn is_kept(place: SocketAddr) -> Result<bool> {
    const WHILE: Duration = Duration::from_secs(2);
    let mut stream = match TcpStream::connect(place) {
        Ok(stream) => stream,
        Err(error) if error.kind() == ErrorKind::ConnectionReset => return Ok(false),
        Err(error) => return Err(error).context("nobody listens"),
    };
    stream.set_read_timeout(Some(WHILE))?;
    match stream.read(&mut [0]) {
        Ok(0) => Ok(false),
        Ok(_) => bail!("it spoke first"),
        Err(error) if error.kind() == ErrorKind::ConnectionReset => Ok(false),
        Err(_) => Ok(true),
    }
}

fn container(machines: &[Machine<'_>]) -> Result<Verdict> {
    let [one, _] = machines else {
        return wrong_plan();
    };
    one.ip(&[
        "link add docker0 type bridge",
        "address add 172.17.0.1/16 broadcast + dev docker0",
        "link set docker0 up",
        // A bridge is only up with somebody on it.
        "link add veth7 type veth peer name within",
        "link set veth7 master docker0 up",
        "link set within up",
    ])?;
    one.watch_announcements("docker0")?;
    one.watch_announcements("eth0")?;
    let nodes = start(machines)?;
    meet(&nodes.iter().map(|(node, _)| node).collect::<Vec<_>>())?;
    ensure!(
        one.announced_by("eth0")? > 0,
        "nothing was announced at all"
    );
    let heard = one.announced_by("docker0")?;
    ensure!(heard == 0, "containers heard {heard} announcements");
    Ok(Verdict::Held)
}

fn dual_homed(machines: &[Machine<'_>]) -> Result<Verdict> {
    let [first, second, both] = machines else {
        return wrong_plan();
    };
    ensure!(
        (first.lans(), second.lans()) == (&[Lan::First], &[Lan::Second]),
        "the machines sit on the wrong networks"
    );
    let (first, second, both) = (first.node()?, second.node()?, both.node()?);
    let _running = [first.start()?, second.start()?, both.start()?];
    meet(&[&first, &both])?;
    meet(&[&second, &both])?;
    // It is no bridge between them.
    for (one, other) in [(&first, &second), (&second, &first)] {
        let met = one.peer(other)?.is_some_and(|peer| peer.has_session());
        ensure!(
            !met,
            "{} met {} on another network",
            one.name(),
            other.name()
        );
    }
    Ok(Verdict::Held)
}

fn one_port(machines: &[Machine<'_>]) -> Result<Verdict> {
    let [one, two] = machines else {
        return wrong_plan();
    };
    let nodes = [one.node()?, one.second_node()?, two.node()?];
    let _running = [nodes[0].start()?, nodes[1].start()?, nodes[2].start()?];
    meet(&nodes.iter().collect::<Vec<_>>())?;
    Ok(Verdict::Held)
}

fn lossy(machines: &[Machine<'_>]) -> Result<Verdict> {
    let [one, _] = machines else {
        return wrong_plan();
    };
    one.lose(Some("10%".parse()?))?;
    let nodes = start(machines)?;
    meet(&nodes.iter().map(|(node, _)| node).collect::<Vec<_>>())?;
    Ok(Verdict::Held)
}

fn address(machines: &[Machine<'_>]) -> Result<Verdict> {
    let [one, two] = machines else {
        return wrong_plan();
    };
    let (here, there) = (one.node()?, two.node()?);
    let _running = [here.start()?, there.start()?];
    meet(&[&here, &there])?;
    let new = Lan::First.crowd(0x0102);
    two.move_to(two.address(), new)?;
    let is_new = |address: &String| address.starts_with(&format!("{new}:"));
    eventually("a session over the new address", || {
        let peer = here.peer(&there)?;
        Ok(peer.filter(|peer| peer.has_session() && peer.session_address.iter().any(is_new)))
    })?;
    session(&there, &here)?;
    Ok(Verdict::Held)
}

fn cable(machines: &[Machine<'_>]) -> Result<Verdict> {
    let [one, two] = machines else {
        return wrong_plan();
    };
    let (here, there) = (one.node()?, two.node()?);
    let _running = [here.start()?, there.start()?];
    meet(&[&here, &there])?;
    two.cut()?;
    parted(&there, &here)?;
    two.heal()?;
    meet(&[&here, &there])?;
    Ok(Verdict::Held)
}

fn killed(machines: &[Machine<'_>]) -> Result<Verdict> {
    let [one, two] = machines else {
        return wrong_plan();
    };
    let (here, there) = (one.node()?, two.node()?);
    let _running = here.start()?;
    let dying = there.start()?;
    meet(&[&here, &there])?;
    dying.kill()?;
    parted(&here, &there)?;
    let _again = there.start()?;
    meet(&[&here, &there])?;
    Ok(Verdict::Held)
}

fn clock(machines: &[Machine<'_>]) -> Result<Verdict> {
    let Some(library) = faketime() else {
        return Ok(Verdict::Skipped("faketime is not installed"));
    };
    let [one, two] = machines else {
        return wrong_plan();
    };
    let (here, there) = (one.node()?, two.node()?);
    let _running = here.start()?;
    let mut serve = there.serve();
    serve
        .env("LD_PRELOAD", library)
        .env("FAKETIME", "+400d")
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    let ahead = there.start_with(serve)?;
    meet(&[&here, &there])?;
    let year = |since: Option<String>| since.map(|since| since.chars().take(4).collect::<String>());
    let (ours, theirs) = (session(&here, &there)?, session(&there, &here)?);
    ensure!(
        year(ours.session_since) != year(theirs.session_since),
        "the clock was not wrong"
    );
    ahead.stop()?;
    let _right_again = there.start()?;
    meet(&[&here, &there])?;
    Ok(Verdict::Held)
}

fn stopped(machines: &[Machine<'_>]) -> Result<Verdict> {
    const SLEEP: Duration = Duration::from_secs(60);
    let [one, two] = machines else {
        return wrong_plan();
    };
    let (here, there) = (one.node()?, two.node()?);
    let _running = here.start()?;
    let sleeper = there.start()?;
    meet(&[&here, &there])?;
    let asleep = Instant::now();
    sleeper.signal("STOP");
    parted(&here, &there)?;
    thread::sleep(SLEEP.saturating_sub(asleep.elapsed()));
    sleeper.signal("CONT");
    meet(&[&here, &there])?;
    Ok(Verdict::Held)
}

fn wrong_plan() -> Result<Verdict> {
    bail!("the lab has another number of machines than the check needs")
}
