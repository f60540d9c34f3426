//! One connection, from the first byte to what it is for.
//!
//! The side that dialled greets first. The other reads that greeting, asks the
//! hub what to say to this device, and answers. Until then everything is bound
//! by one limit of time, so that silence costs a socket for ten seconds and
//! nothing else.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use tokio::time::timeout;
use wire::{
    DeviceId,
    frame::{Frame, Marker},
    machine::{
        pairing::{ChannelBinding, Pairing},
        vouch::{Ends, Vouch},
    },
    msg::{
        pair::{Nonce, PairMessage},
        session::{Bye, ByeReason, Hello, Purpose, encode, parse},
    },
    version::SPOKEN,
};

use super::{
    desk::{Desk, Ending, Report, Verdict},
    event::Failure,
    pairing, session, vouching,
};
use crate::{
    Identity,
    framed::{Framed, FramedError},
    transport::{Channel, Handshake, PeerTransport},
};

/// From the first byte to the greeting.
pub(super) const GREETING: Duration = Duration::from_secs(10);

/// The last words before trust.
const GOODBYE: Duration = Duration::from_secs(1);

/// What every connection of this machine needs to know.
#[derive(Debug, Clone)]
pub(super) struct Setting {
    pub(super) identity: Arc<Identity>,
}

/// What an outgoing connection is for.
pub(super) struct Aim {
    /// Tried one after the other.
    pub(super) addresses: Vec<SocketAddr>,
    /// Who must be there, if that is known.
    pub(super) device: Option<DeviceId>,
    pub(super) purpose: Purpose,
}

/// Dials, and goes through with it.
pub(super) async fn outgoing(
    transport: Arc<dyn PeerTransport>,
    aim: Aim,
    setting: Setting,
    desk: &mut Desk,
) -> Ending {
    let channel = match reach(transport, &aim).await {
        Ok(channel) => channel,
        Err(failure) => return Ending::Failed(failure),
    };
    let (device, binding) = (channel.device, channel.binding);
    let verdict = desk
        .ask(device, (channel.local, channel.address), None)
        .await;
    let mut framed = Framed::new(channel.stream);
    match (verdict, aim.purpose) {
        (Verdict::Greet(hello, meter), Purpose::Session) => {
            Ending::Session(session::run(framed, &hello, None, meter, desk).await)
        }
        (Verdict::Stream(hello, _), Purpose::Stream { .. }) => {
            match introduced(&mut framed, &hello).await {
                Ok(theirs) if theirs.trusted => hand_up(framed, desk).await,
                Ok(_) => Ending::Failed(Failure::TurnedAway(ByeReason::NotTrusted)),
                Err(failure) => Ending::Failed(failure),
            }
        }
        (Verdict::Pair { hello, nonce, .. }, Purpose::Pairing) => {
            match introduced(&mut framed, &hello).await {
                Ok(theirs) => {
                    met(desk, theirs).await;
                    let me = setting.identity.device_id();
                    let pairing = Pairing::ask(me, device, binding, nonce, session::now());
                    let end = pairing::run(framed, pairing, false, setting.identity, device, desk);
                    Ending::Pairing(end.await)
                }
                Err(failure) => Ending::Failed(failure),
            }
        }
        (Verdict::Vouch { hello, keys }, Purpose::Vouch) => {
            match introduced(&mut framed, &hello).await {
                Ok(theirs) => {
                    let ends = ends(&setting, &hello, (device, &theirs), binding);
                    met(desk, theirs).await;
                    let vouch = Vouch::dialling(ends, keys.clone());
                    let end = vouching::vouch(framed, ends, (vouch, keys), setting.identity, desk);
                    Ending::Trust(end.await)
                }
                Err(failure) => Ending::Failed(failure),
            }
        }
        (Verdict::Redeem { hello, invitation }, Purpose::Invitation) => {
            match introduced(&mut framed, &hello).await {
                Ok(theirs) => {
                    met(desk, theirs).await;
                    let end = vouching::redeem(framed, invitation, setting.identity, device);
                    Ending::Trust(end.await)
                }
                Err(failure) => Ending::Failed(failure),
            }
        }
        (Verdict::Drop(failure), _) => Ending::Failed(failure),
        (Verdict::Refuse(reason), _) => Ending::Failed(Failure::TurnedAway(reason)),
        (
            Verdict::Greet(..)
            | Verdict::Stream(..)
            | Verdict::Pair { .. }
            | Verdict::Vouch { .. }
            | Verdict::Redeem { .. }
            | Verdict::Invite(_),
            _,
        ) => Ending::Failed(Failure::Broken("no greeting for this".to_owned())),
    }
}

/// Lets somebody in, and goes through with it.
pub(super) async fn incoming(handshake: Handshake, setting: Setting, desk: &mut Desk) -> Ending {
    let greeted = timeout(GREETING, greeted(handshake, desk)).await;
    let greeted = match greeted {
        Ok(Ok(greeted)) => greeted,
        Ok(Err(failure)) => return Ending::Failed(failure),
        Err(_) => return Ending::Failed(Failure::NoAnswer),
    };
    let Greeted {
        mut framed,
        device,
        binding,
        hello,
        frame,
        verdict,
    } = greeted;
    match (verdict, &hello.purpose) {
        (Verdict::Greet(own, meter), Purpose::Session) => {
            Ending::Session(session::run(framed, &own, Some(frame), meter, desk).await)
        }
        (Verdict::Stream(own, place), Purpose::Stream { .. }) => {
            framed.occupy(place);
            match send_hello(&mut framed, &own).await {
                Ok(()) => hand_up(framed, desk).await,
                Err(error) => Ending::Failed(broken(error)),
            }
        }
        (
            Verdict::Pair {
                hello: own,
                nonce,
                opened,
            },
            Purpose::Pairing,
        ) => {
            let me = setting.identity.device_id();
            match timeout(
                GREETING,
                asked(&mut framed, &own, (me, device, binding, nonce)),
            )
            .await
            {
                Ok(Some(pairing)) => {
                    let end = pairing::run(framed, pairing, opened, setting.identity, device, desk);
                    Ending::Pairing(end.await)
                }
                Ok(None) | Err(_) => Ending::Failed(Failure::Broken("no request".to_owned())),
            }
        }
        (Verdict::Vouch { hello: own, keys }, Purpose::Vouch) => {
            let ends = ends(&setting, &own, (device, &hello), binding);
            match send_hello(&mut framed, &own).await {
                Ok(()) => {
                    let vouch = Vouch::answering(ends, keys.clone());
                    let end = vouching::vouch(framed, ends, (vouch, keys), setting.identity, desk);
                    Ending::Trust(end.await)
                }
                Err(error) => Ending::Failed(broken(error)),
            }
        }
        (Verdict::Invite(own), Purpose::Invitation) => match send_hello(&mut framed, &own).await {
            Ok(()) => {
                let end = vouching::invited(framed, setting.identity, device, desk);
                Ending::Trust(end.await)
            }
            Err(error) => Ending::Failed(broken(error)),
        },
        (Verdict::Drop(failure), _) => Ending::Failed(failure),
        (Verdict::Refuse(reason), _) => {
            say_goodbye(framed, reason).await;
            Ending::Failed(Failure::TurnedAway(reason))
        }
        (
            Verdict::Greet(..)
            | Verdict::Stream(..)
            | Verdict::Pair { .. }
            | Verdict::Vouch { .. }
            | Verdict::Redeem { .. }
            | Verdict::Invite(_),
            _,
        ) => Ending::Failed(Failure::Broken("no greeting for this".to_owned())),
    }
}

struct Greeted {
    framed: Framed,
    device: DeviceId,
    binding: ChannelBinding,
    hello: Hello,
    /// The greeting as it came.
    frame: Frame,
    verdict: Verdict,
}

async fn greeted(handshake: Handshake, desk: &Desk) -> Result<Greeted, Failure> {
    let channel = handshake.await?;
    let (device, binding) = (channel.device, channel.binding);
    let ends = (channel.local, channel.address);
    let mut framed = Framed::new(channel.stream);
    let frame = framed.read().await.map_err(broken)?;
    let hello = hello_of(&frame)?;
    let verdict = desk.ask(device, ends, Some(hello.clone())).await;
    Ok(Greeted {
        framed,
        device,
        binding,
        hello,
        frame,
        verdict,
    })
}

async fn reach(transport: Arc<dyn PeerTransport>, aim: &Aim) -> Result<Channel, Failure> {
    let mut failure = Failure::NoAddress;
    for address in &aim.addresses {
        match transport.open(*address).await {
            Ok(channel) if aim.device.is_none_or(|device| device == channel.device) => {
                return Ok(channel);
            }
            Ok(channel) => failure = Failure::OtherDevice(channel.device),
            Err(error) => failure = error.into(),
        }
    }
    Err(failure)
}

/// Greets, and reads the greeting of the other.
async fn introduced(framed: &mut Framed, own: &Hello) -> Result<Hello, Failure> {
    let exchange = async {
        send_hello(framed, own).await.map_err(broken)?;
        let frame = framed.read().await.map_err(broken)?;
        hello_of(&frame)
    };
    let hello = timeout(GREETING, exchange)
        .await
        .map_err(|_| Failure::NoAnswer)??;
    match SPOKEN.common(hello.versions) {
        Some(_) => Ok(hello),
        None => Err(Failure::TurnedAway(ByeReason::Version)),
    }
}

async fn asked(
    framed: &mut Framed,
    own: &Hello,
    (me, device, binding, nonce): (DeviceId, DeviceId, ChannelBinding, Nonce),
) -> Option<Pairing> {
    send_hello(framed, own).await.ok()?;
    let frame = framed.read().await.ok()?;
    let message = (frame.marker == Marker::Pair).then(|| PairMessage::parse(&frame.payload))?;
    match message {
        Ok(PairMessage::Commit { commitment }) => Some(Pairing::asked(
            me,
            device,
            binding,
            nonce,
            commitment,
            session::now(),
        )),
        Ok(_) | Err(_) => None,
    }
}

async fn hand_up(mut framed: Framed, desk: &Desk) -> Ending {
    framed.trust();
    desk.report(Report::Stream(desk.connection, framed)).await;
    Ending::HandedUp
}

async fn met(desk: &Desk, hello: Hello) {
    let connection = desk.connection;
    desk.report(Report::Met { connection, hello }).await;
}

async fn send_hello(framed: &mut Framed, own: &Hello) -> Result<(), FramedError> {
    framed.write(&Frame::new(Marker::Hello, encode(own))).await
}

/// Says why nothing follows. A connection that is closed while something unread
/// has arrived is reset, and a reset overtakes the goodbye: so it waits a moment
/// for the other to close.
pub(super) async fn say_goodbye(mut framed: Framed, reason: ByeReason) {
    let bye = Frame::new(Marker::Bye, encode(&Bye { reason }));
    let _ = timeout(GOODBYE, async {
        framed.write(&bye).await?;
        framed.finish().await?;
        while framed.read().await.is_ok() {}
        Ok::<(), FramedError>(())
    })
    .await;
}

/// The two ends of a connection, both greeted.
fn ends(
    setting: &Setting,
    own: &Hello,
    (other, theirs): (DeviceId, &Hello),
    binding: ChannelBinding,
) -> Ends {
    Ends {
        me: setting.identity.device_id(),
        my_instance: own.instance,
        other,
        their_instance: theirs.instance,
        binding,
    }
}

fn hello_of(frame: &Frame) -> Result<Hello, Failure> {
    if frame.marker == Marker::Bye {
        let bye = parse::<Bye>(&frame.payload);
        let reason = bye.map_or(ByeReason::Unknown, |bye| bye.reason);
        return Err(Failure::TurnedAway(reason));
    }
    if frame.marker != Marker::Hello {
        return Err(Failure::Broken("no greeting".to_owned()));
    }
    Hello::parse(&frame.payload).map_err(|error| Failure::Broken(error.to_string()))
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn broken(error: FramedError) -> Failure {
    Failure::Broken(error.to_string())
}
