//! Machines of loopback that find each other and pair.

use std::sync::Arc;

use node::{
    Handle, Node,
    config::Key,
    neighbours::{Neighbour, Outcome, Step},
    store::Relation,
};
use wire::MeshKey;

use crate::place::{Place, until};

const LOOPBACK: &str = if cfg!(target_os = "macos") {
    "lo0"
} else {
    "lo"
};

pub(crate) struct Machine {
    pub(crate) node: Node,
    pub(crate) place: Place,
}

impl Machine {
    pub(crate) async fn start(name: &str, udp: u16) -> Self {
        Self::start_at(Place::new().flag(Key::MachineName, name), udp).await
    }

    pub(crate) async fn start_at(place: Place, udp: u16) -> Self {
        let place = place
            .flag(Key::NetworkUdpPort, &udp.to_string())
            .flag(Key::NetworkTcpPort, &testkit::free_tcp_port().to_string())
            .flag(Key::NetworkInterfaces, LOOPBACK);
        let node = place.start().await;
        Self { node, place }
    }

    /// With a mesh key that it was given by a file.
    pub(crate) async fn with_key(name: &str, udp: u16, key: &MeshKey) -> Self {
        let mut place = Place::new().flag(Key::MachineName, name);
        let file = place.home().join("key");
        std::fs::write(&file, key.text().as_bytes()).unwrap();
        place.mesh_key_file = Some(file);
        Self::start_at(place, udp).await
    }

    pub(crate) async fn again(self) -> Self {
        self.node.stop().await;
        let node = self.place.start().await;
        Self {
            node,
            place: self.place,
        }
    }

    pub(crate) fn handle(&self) -> Handle {
        self.node.handle()
    }

    /// What it knows of the other, once that is as it should be.
    pub(crate) async fn sees(
        &self,
        other: &Self,
        fits: impl Fn(&Neighbour) -> bool,
    ) -> Arc<Neighbour> {
        let device = other.handle().identity().device_id();
        let found = |handle: &Handle| handle.neighbours().get(device).filter(|one| fits(one));
        until(&self.handle(), |handle| found(handle).is_some()).await;
        found(&self.handle()).unwrap()
    }

    pub(crate) fn step(fits: impl Fn(&Step) -> bool) -> impl Fn(&Neighbour) -> bool {
        move |one| {
            one.pairing
                .as_ref()
                .is_some_and(|pairing| fits(&pairing.step))
        }
    }
}

pub(crate) async fn two() -> (Machine, Machine) {
    let udp = testkit::free_udp_port();
    (
        Machine::start("anna", udp).await,
        Machine::start("bert", udp).await,
    )
}

/// Both people do what they should.
pub(crate) async fn pair(anna: &Machine, bert: &Machine, relation: Relation) {
    let bert_id = anna.sees(bert, |one| one.name.is_some()).await.device;
    anna.handle().neighbours().pair(bert_id).await.unwrap();
    let asked = Machine::step(|step| *step == Step::Requested);
    let anna_id = bert.sees(anna, asked).await.device;
    bert.handle().neighbours().open(anna_id).await.unwrap();
    let shown = |one: &Neighbour| one.pairing.as_ref().is_some_and(|it| it.code().is_some());
    let here = anna.sees(bert, shown).await;
    let there = bert.sees(anna, shown).await;
    let code = |one: &Neighbour| one.pairing.as_ref().unwrap().code();
    assert_eq!(code(&here), code(&there));
    anna.handle()
        .neighbours()
        .confirm(bert_id, true, relation)
        .await
        .unwrap();
    bert.handle()
        .neighbours()
        .confirm(anna_id, true, relation)
        .await
        .unwrap();
    for (machine, other) in [(anna, bert), (bert, anna)] {
        let paired = Machine::step(|step| *step == Step::Ended(Outcome::Paired));
        machine.sees(other, paired).await;
        machine.sees(other, |one| one.presence.is_connected()).await;
    }
}
