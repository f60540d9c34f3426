//! Bytes of strangers: for each parser one function that feeds it, and says
//! what must hold whatever the bytes are.
//!
//! The fuzzer in `crates/wire/fuzz` runs these functions and nothing else, and
//! the tests replay through them what it has found. A new parser of bytes from
//! others gets a function, a line in the tests, a file in
//! `fuzz/fuzz_targets` and a folder in `fuzz/corpus`.

#[cfg(test)]
mod tests;

use std::{fmt::Debug, net::Ipv4Addr, str::FromStr};

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    DeviceCertificate, DeviceId, Invitation, MeshKey, PersonMove, Ticket,
    frame::{Decoder, Frame, FrameError, Trust},
    limits,
    msg::{
        announce::Announcement,
        handover::Handover,
        llm::{AccessAnswer, AccessRequest, AdmissionAnswer, AdmissionRequest, Capability},
        mdns::{self, Message, Said},
        pair::PairMessage,
        person::PersonMessage,
        session::{self, Bye, Hello, Ping},
        sync::{Batch, Sync},
    },
    room::{Act, AttachmentBody, Body, MessageBody, MetaBody, NoteBody},
};

/// What arrives on the port of announcements.
pub fn announcement(bytes: &[u8]) {
    let Ok(unverified) = Announcement::parse(bytes) else {
        return;
    };
    assert!(bytes.len() <= limits::ANNOUNCEMENT);
    let claim = unverified.claim().clone();
    if let Ok(verified) = unverified.verify() {
        assert_eq!(verified, claim);
    }
    // What can be read can be wrapped, and comes out as it went in.
    let wrapped = mdns::write(bytes, 5000, Ipv4Addr::LOCALHOST.into());
    let wrapped = wrapped.unwrap_or_default();
    assert!(wrapped.len() <= mdns::LONGEST);
    let said = Said {
        group: 5000,
        announcement: bytes.to_vec(),
    };
    assert_eq!(mdns::read(&wrapped), Some(Message::Announced(said)));
}

/// What arrives on the port of mDNS.
pub fn mdns(bytes: &[u8]) {
    if let Some(Message::Announced(said)) = mdns::read(bytes) {
        assert!(said.announcement.len() <= limits::ANNOUNCEMENT);
    }
}

/// A stream of frames. The first byte says in which pieces it arrives: that
/// must make no difference.
pub fn frames(bytes: &[u8]) {
    let Some((piece, stream)) = bytes.split_first() else {
        return;
    };
    for (trust, cap) in [
        (Trust::Stranger, limits::FRAME_BEFORE_TRUST),
        (Trust::Trusted, limits::FRAME_IN_SESSION),
    ] {
        let whole = decoded(trust, [stream]);
        let in_pieces = decoded(trust, stream.chunks(usize::from(*piece).max(1)));
        assert_eq!(whole, in_pieces);
        for frame in whole.0 {
            assert!(frame.payload.len() as u64 <= cap);
            assert!(trust.admits(frame.marker));
        }
    }
}

fn decoded<'a>(
    trust: Trust,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> (Vec<Frame>, Option<FrameError>) {
    let mut decoder = Decoder::new(trust);
    let mut frames = Vec::new();
    for piece in pieces {
        decoder.push(piece);
        loop {
            match decoder.next_frame() {
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => break,
                Err(error) => return (frames, Some(error)),
            }
        }
    }
    (frames, None)
}

/// What the two ends say about their connection.
pub fn greeting(bytes: &[u8]) {
    if let Ok(hello) = Hello::parse(bytes) {
        assert!(hello.name.chars().count() <= session::NAME_CHARS);
        assert_eq!(Hello::parse(&session::encode(&hello)), Ok(hello));
    }
    comes_back::<Ping>(bytes);
    comes_back::<Bye>(bytes);
}

/// The steps of a pairing.
pub fn pairing(bytes: &[u8]) {
    if let Ok(message) = PairMessage::parse(bytes) {
        let again = PairMessage::parse(&message.encode());
        assert!(again.is_ok_and(|again| again == message));
    }
}

/// Whose machine it is, and keys that are handed over in a session.
pub fn person(bytes: &[u8]) {
    if let Ok(message) = PersonMessage::parse(bytes) {
        let frame = message.to_frame();
        assert_eq!(PersonMessage::parse(&frame.payload), Ok(message));
    }
    if let Ok(handover) = Handover::parse(bytes) {
        let frame = handover.to_frame();
        assert_eq!(Handover::parse(&frame.payload), Ok(handover));
    }
}

/// What machines say about their models.
pub fn llm(bytes: &[u8]) {
    if let Ok(capability) = Capability::parse(bytes) {
        let frame = capability.to_frame();
        assert_eq!(Capability::parse(&frame.payload), Ok(capability));
    }
    if let Ok(request) = AdmissionRequest::parse(bytes) {
        let frame = request.to_frame();
        assert_eq!(AdmissionRequest::parse(&frame.payload), Ok(request));
    }
    if let Ok(answer) = AdmissionAnswer::parse(bytes) {
        let frame = answer.to_frame();
        assert_eq!(AdmissionAnswer::parse(&frame.payload), Ok(answer));
    }
    if let Ok(request) = AccessRequest::parse(bytes) {
        let frame = request.to_frame();
        assert_eq!(AccessRequest::parse(&frame.payload), Ok(request));
    }
    if let Ok(answer) = AccessAnswer::parse(bytes) {
        let frame = answer.to_frame();
        assert_eq!(AccessAnswer::parse(&frame.payload), Ok(answer));
    }
}

/// Statements of fixed length, and the ids in them.
pub fn certificate(bytes: &[u8]) {
    if let Ok(certificate) = DeviceCertificate::decode(bytes) {
        assert_eq!(certificate.encode().as_slice(), bytes);
    }
    if let Ok(moved) = PersonMove::decode(bytes) {
        assert_eq!(moved.encode().as_slice(), bytes);
    }
    if let Ok(id) = DeviceId::from_bytes(bytes) {
        assert_eq!(id.as_bytes().as_slice(), bytes);
    }
}

/// What is said about conversations, and the ops in them.
pub fn rooms(bytes: &[u8]) {
    if let Ok(said) = Sync::parse(bytes) {
        assert_eq!(Sync::parse(&said.to_frame().payload), Ok(said));
    }
    if let Ok(batch) = Batch::parse(bytes) {
        assert_eq!(Batch::parse(&batch.to_frame().payload), Ok(batch.clone()));
        for run in batch.runs {
            let length = run.ops.len();
            if let Ok(chained) = run.check(batch.room) {
                assert_eq!(chained.hashes().len(), length);
            }
        }
    }
    if let Some((number, fields)) = bytes.split_first()
        && let Ok(act) = Act::parse(*number, fields)
    {
        assert_eq!(act.fields(), fields);
    }
    body_comes_back::<MessageBody>(bytes);
    body_comes_back::<MetaBody>(bytes);
    body_comes_back::<NoteBody>(bytes);
    body_comes_back::<AttachmentBody>(bytes);
}

fn body_comes_back<B: Body + PartialEq + Debug>(bytes: &[u8]) {
    if let Ok(body) = B::parse(bytes) {
        let again = body.encode([0; 16]).map(|bytes| B::parse(&bytes));
        assert!(again.is_ok_and(|again| again == Ok(body)));
    }
}

/// What people paste: tickets, invitations, mesh keys, ids.
pub fn text(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    reads_again(text, |ticket: &Ticket| ticket.text().to_string());
    reads_again(text, |key: &MeshKey| key.text().to_string());
    reads_again(text, DeviceId::to_string);
    let _ = text.parse::<Invitation>();
}

fn reads_again<T: FromStr + PartialEq + Debug>(text: &str, write: impl Fn(&T) -> String) {
    if let Ok(read) = text.parse::<T>() {
        let again = write(&read).parse::<T>();
        assert!(again.is_ok_and(|again| again == read), "{read:?}");
    }
}

fn comes_back<M: Serialize + DeserializeOwned + PartialEq + Debug>(bytes: &[u8]) {
    if let Ok(message) = session::parse::<M>(bytes) {
        assert_eq!(session::parse::<M>(&session::encode(&message)), Ok(message));
    }
}
