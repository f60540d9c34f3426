use api::{
    ApiError, Code,
    calls::ListPeers,
    dto::{Event, Happening, NodeState, PairingOutcome, PairingStep, Peer, PeerState},
};
use gateway::client::{Client, Events};

/// A machine and how its pairing goes, as the node tells it.
#[derive(Debug)]
pub(super) struct Watched {
    pub(super) client: Client,
    pub(super) peer: Peer,
    pub(super) events: Events<Event>,
}

/// How far a pairing is, for somebody who waits for the code and for the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stage {
    CodeComes,
    Compare(String),
    Confirmed,
    Over(PairingOutcome),
}

impl Watched {
    pub(super) fn stage(&self) -> Stage {
        let Some(pairing) = &self.peer.pairing else {
            // Somebody has read how it ended and put that away.
            return Stage::Over(if self.peer.state == PeerState::Trusted {
                PairingOutcome::Paired
            } else {
                PairingOutcome::Cancelled
            });
        };
        match (pairing.step, &pairing.code, pairing.outcome) {
            (PairingStep::Compare, Some(code), _) => Stage::Compare(code.clone()),
            (PairingStep::Confirmed, ..) => Stage::Confirmed,
            (PairingStep::Ended, _, outcome) => {
                Stage::Over(outcome.unwrap_or(PairingOutcome::Broken))
            }
            (PairingStep::Waiting | PairingStep::Requested | PairingStep::Opened, ..)
            | (PairingStep::Compare, None, _) => Stage::CodeComes,
        }
    }

    /// Waits until the pairing is over.
    pub(super) async fn outcome(&mut self) -> Result<PairingOutcome, ApiError> {
        loop {
            if let Stage::Over(outcome) = self.stage() {
                return Ok(outcome);
            }
            self.change().await?;
        }
    }

    /// How it ended, where it has.
    pub(super) async fn ended(&mut self) -> Result<Option<PairingOutcome>, ApiError> {
        self.look_again().await?;
        Ok(match self.stage() {
            Stage::Over(outcome) => Some(outcome),
            Stage::CodeComes | Stage::Compare(_) | Stage::Confirmed => None,
        })
    }

    /// Waits until something about the machine is new. Events may have waited
    /// on their way while a call was answered, so they only say when to look.
    pub(super) async fn change(&mut self) -> Result<(), ApiError> {
        loop {
            let Some(event) = self.events.next().await else {
                return Err(ApiError::new(Code::Stopping, []));
            };
            match event?.happening {
                Happening::PeerChanged { peer } if peer.id == self.peer.id => break,
                Happening::PeerGone { id } if id == self.peer.id => break,
                Happening::Resync => break,
                Happening::NodeState {
                    state: NodeState::Stopping,
                } => return Err(ApiError::new(Code::Stopping, [])),
                Happening::NodeState { .. }
                | Happening::MachineChanged { .. }
                | Happening::SettingChanged { .. }
                | Happening::NoticesChanged { .. }
                | Happening::ModelsChanged
                | Happening::PullChanged { .. }
                | Happening::PullGone { .. }
                | Happening::PeerChanged { .. }
                | Happening::PeerGone { .. }
                | Happening::PeerNoticed { .. }
                | Happening::AccessChanged => {}
            }
        }
        self.look_again().await
    }

    async fn look_again(&mut self) -> Result<(), ApiError> {
        let peers = self.client.call::<ListPeers>(()).await?;
        match peers.into_iter().find(|peer| peer.id == self.peer.id) {
            Some(peer) => self.peer = peer,
            None => self.peer.pairing = None,
        }
        Ok(())
    }
}
