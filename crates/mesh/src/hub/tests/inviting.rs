//! Invitations, redeemed where they were made. The test stands for the layer
//! above the issuer: it keeps the invitation and decides.

use std::{collections::VecDeque, time::Duration};

use tokio::time::timeout;
use wire::{
    DeviceId, Invitation, InvitationId, MeshKind, PersonId,
    frame::{Frame, Marker},
    msg::{
        pair::{PairMessage, Proof, Relation},
        session::{Bye, ByeReason, Form, Hello, Purpose, encode, parse},
    },
    ticket::InvitationSecret,
    version::SPOKEN,
};

use super::{
    Node, PATIENCE, Who,
    memory::{address, ip, run, settled},
    vouching::vouched,
};
use crate::{
    framed::Framed,
    hub::{ClaimRefusal, Event, Failure, Ground, RedeemError},
    transport::{PeerTransport, memory::MemoryNetwork},
};

#[tokio::test(start_paused = true)]
async fn an_invitation_lets_one_machine_in_once() {
    let network = MemoryNetwork::new();
    let (one, two, three) = (Who::new(), Who::new(), Who::new());
    let mut issuer = run(&network, &one, 1, &[]);
    let mut guest = run(&network, &two, 2, &[]);
    let second = run(&network, &three, 3, &[]);
    let invitation = invitation(MeshKind::Team, 1);
    let mut made = Made::of(&invitation);

    let redeemed = made.redeem(&mut issuer, &guest, &invitation).await;
    assert_eq!(redeemed, Ok(()));
    assert_eq!(made.used_by, Some((two.id(), two.identity.person_id())));
    let of_guest = made.until(&mut issuer, vouched).await;
    let of_issuer = guest.until(vouched).await;
    for (vouched, other, issued_here) in [(of_guest, &two, true), (of_issuer, &one, false)] {
        assert_eq!(vouched.device, other.id());
        assert_eq!(vouched.relation, Relation::Other);
        assert_eq!(vouched.person, other.identity.person_id());
        let id = invitation.id();
        assert_eq!(vouched.ground, Ground::Invitation { id, issued_here });
    }
    settled(&mut issuer, &mut guest).await;

    let refused = made.redeem(&mut issuer, &second, &invitation).await;
    assert_eq!(refused, Err(RedeemError::Refused(ClaimRefusal::Used)));
    assert!(second.handle.sessions().is_empty());
    // The first may show it again: the answer could have been lost.
    let again = made.redeem(&mut issuer, &guest, &invitation).await;
    assert_eq!(again, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn invited_as_mine_they_end_with_one_person() {
    let network = MemoryNetwork::new();
    for (here, there) in [(1, 2), (2, 1)] {
        let who = [Who::new(), Who::new()];
        let oldest = who
            .iter()
            .map(|who| (who.identity.person_since(), who.identity.person_id()))
            .min()
            .unwrap();
        // Once the issuer's person is the older, once the guest's.
        let mut issuer = run(&network, &who[here - 1], 1, &[]);
        let guest = run(&network, &who[there - 1], 2, &[]);
        let invitation = invitation(MeshKind::Mine, 1);
        let mut made = Made::of(&invitation);
        assert_eq!(made.redeem(&mut issuer, &guest, &invitation).await, Ok(()));
        assert_eq!(
            made.used_by,
            Some((guest.id, oldest.1)),
            "told before it was so"
        );
        for who in who {
            assert_eq!(who.identity.person_id(), oldest.1);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn each_refusal_is_told_and_trusts_nobody() {
    let network = MemoryNetwork::new();
    let (one, two) = (Who::new(), Who::new());
    let mut issuer = run(&network, &one, 1, &[]);
    let mut guest = run(&network, &two, 2, &[]);
    let invitation = invitation(MeshKind::Mine, 1);
    for refusal in [
        ClaimRefusal::Unknown,
        ClaimRefusal::Expired,
        ClaimRefusal::Used,
        ClaimRefusal::NotWelcome,
    ] {
        let mut made = Made::of(&invitation);
        made.refuses = Some(refusal);
        let refused = made.redeem(&mut issuer, &guest, &invitation).await;
        assert_eq!(refused, Err(RedeemError::Refused(refusal)));
    }
    let mut as_team = Made::of(&invitation);
    as_team.kind = MeshKind::Team;
    let refused = as_team.redeem(&mut issuer, &guest, &invitation).await;
    assert_eq!(refused, Err(RedeemError::Refused(ClaimRefusal::OtherKind)));

    tokio::time::sleep(Duration::from_secs(120)).await;
    let told = as_team.told.into_iter().filter_map(vouched);
    assert_eq!(told.count(), 0);
    for node in [&mut issuer, &mut guest] {
        assert!(
            !node
                .told()
                .into_iter()
                .any(|event| vouched(event).is_some())
        );
        assert!(node.handle.sessions().is_empty());
    }
    assert_ne!(one.identity.person_id(), two.identity.person_id());
}

#[tokio::test(start_paused = true)]
async fn of_two_that_come_at_once_one_is_let_in() {
    let network = MemoryNetwork::new();
    network.set_delay(Duration::from_millis(3));
    let (one, two, three) = (Who::new(), Who::new(), Who::new());
    let mut issuer = run(&network, &one, 1, &[]);
    let (first, second) = (run(&network, &two, 2, &[]), run(&network, &three, 3, &[]));
    let invitation = invitation(MeshKind::Mine, 1);
    let mut made = Made::of(&invitation);
    let both = async {
        tokio::join!(
            redeem(&first, one.id(), &invitation),
            redeem(&second, one.id(), &invitation)
        )
    };
    let (here, there) = made.while_issuing(&mut issuer, both).await;
    assert_eq!(
        [&here, &there]
            .into_iter()
            .filter(|end| end.is_ok())
            .count(),
        1
    );
    let refused = Err(RedeemError::Refused(ClaimRefusal::Used));
    assert!(here == refused || there == refused, "{here:?} {there:?}");
    // Only the one that was let in was given the person's key.
    let persons = [&two, &three].map(|who| who.identity.person_id());
    let same = persons
        .iter()
        .filter(|person| **person == one.identity.person_id());
    assert_eq!(same.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_breaks_after_it_was_taken_is_made_good_by_showing_it_again() {
    let network = MemoryNetwork::new();
    let (one, two) = (Who::new(), Who::new());
    let mut issuer = run(&network, &one, 1, &[]);
    let guest = run(&network, &two, 2, &[]);
    let invitation = invitation(MeshKind::Team, 1);
    let mut made = Made::of(&invitation);
    made.before_answer = Some(Box::new({
        let network = network.clone();
        // The guest goes in the very moment in which it is let in.
        move || network.kill(ip(2))
    }));
    let broken = made.redeem(&mut issuer, &guest, &invitation).await;
    assert!(
        matches!(broken, Err(RedeemError::NotReached(_))),
        "{broken:?}"
    );
    assert!(made.used_by.is_some());
    // It is trusted, so a session with it is wanted.
    made.until(&mut issuer, |event| match event {
        Event::NotReached { device, .. } if device == two.id() => Some(()),
        _ => None,
    })
    .await;

    drop(guest);
    let mut guest = run(&network, &two, 2, &[]);
    let other = Who::new();
    let thief = run(&network, &other, 3, &[]);
    let refused = made.redeem(&mut issuer, &thief, &invitation).await;
    assert_eq!(refused, Err(RedeemError::Refused(ClaimRefusal::Used)));
    assert_eq!(made.redeem(&mut issuer, &guest, &invitation).await, Ok(()));
    settled(&mut issuer, &mut guest).await;
}

#[tokio::test(start_paused = true)]
async fn the_secret_is_shown_to_its_issuer_only() {
    let network = MemoryNetwork::new();
    let (one, two, other) = (Who::new(), Who::new(), Who::new());
    let guest = run(&network, &two, 2, &[]);
    // Somebody else lives where the ticket says.
    let mut there = run(&network, &other, 1, &[]);
    let invitation = invitation(MeshKind::Team, 1);
    let redeemed = redeem(&guest, one.id(), &invitation).await;
    let not_it = Failure::OtherDevice(other.id());
    assert_eq!(redeemed, Err(RedeemError::NotReached(not_it)));
    assert!(!there.told().into_iter().any(|event| is_shown(&event)));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_redeemed_says_why_at_once() {
    let network = MemoryNetwork::new();
    let (one, two) = (Who::new(), Who::new());
    let guest = run(&network, &two, 2, &[]);
    let handle = &guest.handle;
    let invitation = || invitation(MeshKind::Team, 1);
    let own = handle
        .redeem(two.id(), vec![address(2)], invitation())
        .await;
    assert_eq!(own, Err(RedeemError::NotReached(Failure::Ourselves)));
    let nowhere = handle.redeem(one.id(), vec![], invitation()).await;
    assert_eq!(nowhere, Err(RedeemError::NotReached(Failure::NoAddress)));
    let far = vec!["8.8.8.8:7878".parse().unwrap()];
    let far = handle.redeem(one.id(), far, invitation()).await;
    assert_eq!(far, Err(RedeemError::NotReached(Failure::Far)));
    handle.block(one.id()).await.unwrap();
    let blocked = handle
        .redeem(one.id(), vec![address(1)], invitation())
        .await;
    assert_eq!(blocked, Err(RedeemError::Blocked));
    handle.unblock(one.id()).await.unwrap();

    // Two at a time, of one machine that does not answer.
    network.cut(ip(1), ip(2));
    let _issuer = run(&network, &one, 1, &[]);
    let (first, second) = tokio::join!(
        handle.redeem(one.id(), vec![address(1)], invitation()),
        handle.redeem(one.id(), vec![address(1)], invitation()),
    );
    assert_eq!(first, Err(RedeemError::NotReached(Failure::NoAnswer)));
    assert_eq!(second, Err(RedeemError::UnderWay));
    let handle = guest.handle.clone();
    guest.mesh.stop().await;
    let late = handle
        .redeem(one.id(), vec![address(1)], invitation())
        .await;
    assert_eq!(late, Err(RedeemError::Stopped));
}

#[tokio::test(start_paused = true)]
async fn who_is_refused_learns_nothing_of_the_person_here_and_is_not_heard_for_ever() {
    let network = MemoryNetwork::new();
    let (one, stranger) = (Who::new(), Who::new());
    let mut issuer = run(&network, &one, 1, &[]);
    let (knocking, _) = network.join(stranger.id(), address(9));
    let mut made = Made::of(&invitation(MeshKind::Mine, 1));
    for _ in 0..8 {
        let heard = made
            .while_issuing(&mut issuer, guess(&knocking, &stranger))
            .await;
        assert_eq!(heard, [Marker::Hello, Marker::Bye]);
    }
    let heard = made
        .while_issuing(&mut issuer, guess(&knocking, &stranger))
        .await;
    assert_eq!(heard, [Marker::Bye]);
}

#[tokio::test(start_paused = true)]
async fn while_nobody_decides_nobody_is_let_in() {
    let network = MemoryNetwork::new();
    let (one, two) = (Who::new(), Who::new());
    let mut issuer = run(&network, &one, 1, &[]);
    let guest = run(&network, &two, 2, &[]);
    let invitation = invitation(MeshKind::Mine, 1);
    let asked = async {
        issuer
            .until(|event| is_shown(&event).then_some(event))
            .await
    };
    let redeeming = redeem(&guest, one.id(), &invitation);
    let (refused, _unanswered) = tokio::join!(redeeming, asked);
    let failed = matches!(
        refused,
        Err(RedeemError::NotReached(_)) | Err(RedeemError::Refused(_))
    );
    assert!(failed, "{refused:?}");
    assert_ne!(one.identity.person_id(), two.identity.person_id());
}

#[tokio::test(start_paused = true)]
async fn who_is_let_in_to_show_something_and_shows_nothing_stays_a_stranger() {
    let network = MemoryNetwork::new();
    let (one, stranger) = (Who::new(), Who::new());
    let issuer = run(&network, &one, 1, &[]);
    let (knocking, _) = network.join(stranger.id(), address(9));
    let mut silent = Vec::new();
    for _ in 0..20 {
        let mut framed = Framed::new(knocking.open(address(1)).await.unwrap().stream);
        say_hello(&mut framed).await;
        assert_eq!(framed.read().await.unwrap().marker, Marker::Hello);
        silent.push(framed);
    }
    let report = issuer.handle.report().await.unwrap();
    assert_eq!((report.strangers, report.made_room), (8, 12));
    // Ten seconds, and not longer.
    timeout(Duration::from_secs(11), async {
        for framed in &mut silent {
            while framed.read().await.is_ok() {}
        }
    })
    .await
    .unwrap();
}

/// What the layer above the issuer keeps of an invitation.
struct Made {
    id: InvitationId,
    kind: MeshKind,
    used_by: Option<(DeviceId, PersonId)>,
    refuses: Option<ClaimRefusal>,
    before_answer: Option<Box<dyn FnOnce()>>,
    /// What else the issuer told meanwhile.
    told: VecDeque<Event>,
}

impl Made {
    fn of(invitation: &Invitation) -> Self {
        Self {
            id: invitation.id(),
            kind: invitation.kind,
            used_by: None,
            refuses: None,
            before_answer: None,
            told: VecDeque::new(),
        }
    }

    async fn redeem(
        &mut self,
        issuer: &mut Node,
        guest: &Node,
        invitation: &Invitation,
    ) -> Result<(), RedeemError> {
        let id = issuer.id;
        self.while_issuing(issuer, redeem(guest, id, invitation))
            .await
    }

    /// Decides about everybody who comes while something else happens.
    async fn while_issuing<T>(&mut self, issuer: &mut Node, work: impl Future<Output = T>) -> T {
        let deciding = async {
            loop {
                match issuer.until(Some).await {
                    event if is_shown(&event) => self.decide(event),
                    event => self.told.push_back(event),
                }
            }
        };
        tokio::select! {
            done = work => done,
            () = deciding => unreachable!(),
        }
    }

    /// What the issuer told meanwhile, or tells next.
    async fn until<T>(&mut self, issuer: &mut Node, mut find: impl FnMut(Event) -> Option<T>) -> T {
        while let Some(event) = self.told.pop_front() {
            if let Some(found) = find(event) {
                return found;
            }
        }
        issuer.until(find).await
    }

    fn decide(&mut self, shown: Event) {
        let Event::TrustClaimed {
            device,
            ground:
                Ground::Invitation {
                    id,
                    issued_here: true,
                },
            kind,
            person,
            answer,
            ..
        } = shown
        else {
            panic!("{shown:?}");
        };
        let decided = if let Some(refusal) = self.refuses {
            Err(refusal)
        } else if id != self.id {
            Err(ClaimRefusal::Unknown)
        } else if kind != self.kind {
            Err(ClaimRefusal::OtherKind)
        } else if self.used_by.is_some_and(|(by, _)| by != device) {
            Err(ClaimRefusal::Used)
        } else {
            self.used_by = Some((device, person));
            Ok(())
        };
        if let Some(before) = self.before_answer.take() {
            before();
        }
        answer.send(decided).unwrap();
    }
}

fn is_shown(event: &Event) -> bool {
    matches!(event, Event::TrustClaimed { .. })
}

async fn redeem(
    guest: &Node,
    issuer: DeviceId,
    invitation: &Invitation,
) -> Result<(), RedeemError> {
    let places = vec![address(1)];
    timeout(
        PATIENCE,
        guest.handle.redeem(issuer, places, invitation.clone()),
    )
    .await
    .unwrap()
}

fn invitation(kind: MeshKind, number: u8) -> Invitation {
    let secret = InvitationSecret::new(&[number; 20]);
    Invitation { kind, secret }
}

/// Comes as a stranger with an invitation that nobody made. Says what it hears.
async fn guess(transport: &impl PeerTransport, who: &Who) -> Vec<Marker> {
    let channel = transport.open(address(1)).await.unwrap();
    let mut framed = Framed::new(channel.stream);
    let redeem = PairMessage::Redeem {
        secret: InvitationSecret::new(&[9; 20]),
        kind: MeshKind::Mine,
    };
    let person = PairMessage::Person {
        certificate: Proof(who.identity.certificate().encode()),
        since: 0,
    };
    say_hello(&mut framed).await;
    for message in [redeem, person] {
        framed
            .write(&Frame::new(Marker::Pair, message.encode()))
            .await
            .unwrap();
    }
    let mut heard = Vec::new();
    while let Ok(frame) = timeout(PATIENCE, framed.read()).await.unwrap() {
        heard.push(frame.marker);
        if frame.marker == Marker::Bye {
            let reason = parse::<Bye>(&frame.payload).unwrap().reason;
            let expected = [ByeReason::InvitationUnknown, ByeReason::TooLoud];
            assert!(expected.contains(&reason), "{reason:?}");
        }
    }
    heard
}

async fn say_hello(framed: &mut Framed) {
    let hello = Hello {
        versions: SPOKEN,
        instance: 7,
        name: "nobody".to_owned(),
        form: Form::Unknown,
        trusted: true,
        purpose: Purpose::Invitation,
    };
    let frame = Frame::new(Marker::Hello, encode(&hello));
    framed.write(&frame).await.unwrap();
}
