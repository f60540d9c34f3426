//! What a connection's task and the hub say to each other.
//!
//! A task asks the hub what to say (it alone knows whom this machine trusts),
//! reports what happened, and obeys. Its last word is always
//! [`Report::Ended`].

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use wire::{
    DeviceId, Invitation, MeshKey,
    frame::Frame,
    machine::{links::Connection, pairing::Code, session::Down},
    msg::{
        pair::{Nonce, Relation},
        session::{ByeReason, Hello},
    },
};

use super::{
    event::Failure,
    meter::Meter,
    pairing::Settled,
    vouching::{Begun, Claim, NotBegun},
};
use crate::framed::Framed;

/// A task's side.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) connection: Connection,
    pub(super) reports: mpsc::Sender<Report>,
    pub(super) orders: mpsc::Receiver<Order>,
}

#[derive(Debug)]
pub(super) enum Report {
    /// The other side is proven; with its greeting where it speaks first.
    Proven {
        connection: Connection,
        device: DeviceId,
        address: SocketAddr,
        local: IpAddr,
        hello: Option<Hello>,
        answer: oneshot::Sender<Verdict>,
    },
    Met {
        connection: Connection,
        hello: Hello,
    },
    Up {
        connection: Connection,
        version: u16,
        outbox: mpsc::Sender<Frame>,
        inbox: mpsc::Receiver<Frame>,
    },
    /// Something was heard after a doubt.
    Alive(Connection),
    RoundTrip(Connection, Duration),
    PairingRequested(Connection),
    PairingCode(Connection, Code),
    Claimed(Connection, Claim),
    /// The claim was granted.
    Admitted(Connection),
    Stream(Connection, Framed),
    Ended(Connection, Ending),
}

/// What the hub says to a proven device.
#[derive(Debug)]
pub(super) enum Verdict {
    /// Greet, and let the greetings decide.
    Greet(Hello, Meter),
    /// Greet, and hand the stream up; with its place, where it takes one of the
    /// other's.
    Stream(Hello, Option<OwnedSemaphorePermit>),
    Pair {
        hello: Hello,
        nonce: Nonce,
        /// The person here has asked for it as well.
        opened: bool,
    },
    Vouch {
        hello: Hello,
        /// Newest first.
        keys: Arc<[MeshKey]>,
    },
    Redeem {
        hello: Hello,
        invitation: Invitation,
    },
    /// Let it show its invitation.
    Invite(Hello),
    Refuse(ByeReason),
    /// Not even a word.
    Drop(Failure),
}

#[derive(Debug)]
pub(super) enum Order {
    Probe(Duration),
    Close(ByeReason),
    OpenPairing,
    Confirm { same: bool, relation: Relation },
    CancelPairing,
}

#[derive(Debug)]
pub(super) enum Ending {
    /// It never came to anything.
    Failed(Failure),
    Session(Down),
    Pairing(Settled),
    /// Of vouching, or of an invitation.
    Trust(Result<Begun, NotBegun>),
    /// A stream was handed up; it belongs to others now.
    HandedUp,
}

impl Desk {
    pub(super) async fn report(&self, report: Report) {
        // The hub listens until all tasks are gone.
        let _ = self.reports.send(report).await;
    }

    /// What to say to this device.
    pub(super) async fn ask(
        &self,
        device: DeviceId,
        (local, address): (IpAddr, SocketAddr),
        hello: Option<Hello>,
    ) -> Verdict {
        let (answer, answered) = oneshot::channel();
        self.report(Report::Proven {
            connection: self.connection,
            device,
            address,
            local,
            hello,
            answer,
        })
        .await;
        answered
            .await
            .unwrap_or_else(|_| Verdict::Drop(Failure::Broken("the mesh ends".to_owned())))
    }

    pub(super) async fn order(&mut self) -> Order {
        match self.orders.recv().await {
            Some(order) => order,
            // The hub forgot this connection; it will be cancelled.
            None => std::future::pending().await,
        }
    }
}
