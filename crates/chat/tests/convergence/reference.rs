//! What a set of ops means, read slowly and plainly from the words of the design.

use std::collections::{BTreeMap, BTreeSet};

use wire::{
    DeviceId, PersonId,
    room::{
        Act, Body as _, Content, MessageBody, MessageId, MetaBody, MetaField, Op, OpHash, Outcome,
        Rank, RoomId,
    },
};

#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(crate) author: DeviceId,
    pub(crate) seq: u64,
    pub(crate) hash: OpHash,
    pub(crate) op: Op,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) title: String,
    pub(crate) people: BTreeMap<PersonId, Rank>,
    pub(crate) messages: Vec<Said>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) id: MessageId,
    pub(crate) person: PersonId,
    pub(crate) lam: u64,
    /// Nothing where it was deleted.
    pub(crate) text: Option<String>,
    pub(crate) outcome: Outcome,
}

type Place = (u64, OpHash);

struct Part {
    hash: OpHash,
    place: Place,
    person: PersonId,
    first_rank: Rank,
    ranks: Vec<(Place, Rank, BTreeMap<DeviceId, u64>)>,
    ends: Vec<BTreeMap<DeviceId, u64>>,
}

/// Reads a room. `forks`: from which op on a device counts no more.
pub(crate) fn read(room: RoomId, all: &[Known], forks: &BTreeMap<DeviceId, u64>) -> State {
    let mut ops: Vec<&Known> = all
        .iter()
        .filter(|known| {
            forks
                .get(&known.author)
                .is_none_or(|from| known.seq < *from)
        })
        .collect();
    ops.sort_by_key(|known| (known.op.lam, known.hash));
    let parts = parts(room, &ops);
    let mut people = BTreeMap::new();
    for part in parts.iter().filter(|part| part.ends.is_empty()) {
        let rank = part
            .ranks
            .last()
            .map_or(part.first_rank, |(_, rank, _)| *rank);
        let known = people.entry(part.person).or_insert(rank);
        *known = (*known).max(rank);
    }
    State {
        title: title(&ops, &parts),
        people,
        messages: messages(room, &ops, &parts),
    }
}

/// All parts that people have in the room, those first that came first.
fn parts(room: RoomId, ops: &[&Known]) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut open: BTreeMap<Place, Part> = BTreeMap::new();
    for known in ops {
        if let Act::Create { certificate, .. } = &known.op.act {
            let made = part(
                known.hash,
                (known.op.lam, known.hash),
                certificate.person(),
                Rank::Admin,
            );
            open.insert(made.place, made);
        }
        if let Act::Join { certificate, .. } = &known.op.act
            && RoomId::personal(certificate.person()) == room
        {
            let own = part(
                OpHash::NONE,
                (0, OpHash::NONE),
                certificate.person(),
                Rank::Admin,
            );
            open.insert(own.place, own);
        }
    }
    let mut later: Vec<(OpHash, Place, Act)> = Vec::new();
    while let Some((_, mut part)) = open.pop_first() {
        let hash = part.hash;
        for (_, place, act) in later.iter().filter(|(whose, ..)| *whose == hash) {
            change(&mut part, *place, act);
        }
        let left: Vec<_> = ops
            .iter()
            .filter(|known| {
                matches!(&known.op.act, Act::Remove { member, .. } if *member == part.hash)
                    && joined(ops, known.author, known.seq) == Some((part.hash, part.person))
                    && lasts(&part, known)
            })
            .collect();
        for known in left {
            change(&mut part, (known.op.lam, known.hash), &known.op.act);
        }
        for known in ops {
            let Some((join, person)) = joined(ops, known.author, known.seq) else {
                continue;
            };
            if join != part.hash || person != part.person || !lasts(&part, known) {
                continue;
            }
            let place = (known.op.lam, known.hash);
            let admin = rank_then(&part, known) == Rank::Admin;
            match &known.op.act {
                Act::Add { person, rank, .. } if admin && place > part.place => {
                    open.insert(place, self::part(known.hash, place, *person, *rank));
                }
                Act::Promote { member, .. } | Act::Remove { member, .. } => {
                    let leaves = matches!(known.op.act, Act::Remove { .. });
                    if *member == part.hash && !leaves && admin {
                        change(&mut part, place, &known.op.act);
                    } else if *member == part.hash {
                        // Read before everything else.
                    } else if admin
                        && let Some(elder) = parts.iter_mut().find(|one| one.hash == *member)
                    {
                        let ever = elder.first_rank == Rank::Admin
                            || elder.ranks.iter().any(|(_, rank, _)| *rank == Rank::Admin);
                        if leaves && !ever {
                            change(elder, place, &known.op.act);
                        }
                    } else if admin {
                        later.push((*member, place, known.op.act.clone()));
                    }
                }
                _ => {}
            }
        }
        parts.push(part);
    }
    parts
}

fn part(hash: OpHash, place: Place, person: PersonId, first_rank: Rank) -> Part {
    Part {
        hash,
        place,
        person,
        first_rank,
        ranks: Vec::new(),
        ends: Vec::new(),
    }
}

fn change(part: &mut Part, place: Place, act: &Act) {
    match act {
        Act::Promote { rank, cut, .. } => {
            part.ranks.push((place, *rank, cut.clone()));
            part.ranks.sort_by_key(|(place, ..)| *place);
        }
        Act::Remove { cut, .. } => part.ends.push(cut.clone()),
        other => panic!("{other:?} changes nobody"),
    }
}

fn lasts(part: &Part, known: &Known) -> bool {
    let last = |cut: &BTreeMap<DeviceId, u64>| cut.get(&known.author).copied().unwrap_or(0);
    part.ends.iter().all(|cut| known.seq <= last(cut))
}

fn rank_then(part: &Part, known: &Known) -> Rank {
    let mut rank = part.first_rank;
    for (_, next, cut) in &part.ranks {
        if known.seq > cut.get(&known.author).copied().unwrap_or(0) {
            rank = *next;
        }
    }
    rank
}

/// As which part, and whose machine, a device wrote an op.
fn joined(ops: &[&Known], author: DeviceId, seq: u64) -> Option<(OpHash, PersonId)> {
    let before = ops
        .iter()
        .filter(|known| known.author == author && known.seq <= seq);
    let joins = before.filter_map(|known| match &known.op.act {
        Act::Create { certificate, .. } => Some((known.seq, (known.hash, certificate.person()))),
        Act::Join {
            member,
            certificate,
        } => Some((known.seq, (*member, certificate.person()))),
        _ => None,
    });
    joins.max_by_key(|(seq, _)| *seq).map(|(_, join)| join)
}

fn counts(ops: &[&Known], parts: &[Part], known: &Known) -> bool {
    let Some((join, person)) = joined(ops, known.author, known.seq) else {
        return false;
    };
    let part = parts.iter().find(|part| part.hash == join);
    part.is_some_and(|part| part.person == person && lasts(part, known))
}

fn title(ops: &[&Known], parts: &[Part]) -> String {
    let mut title = String::new();
    for known in ops {
        let (Act::Meta, Content::Here(body)) = (&known.op.act, &known.op.content) else {
            continue;
        };
        let body = MetaBody::parse(body).unwrap();
        let part = joined(ops, known.author, known.seq)
            .and_then(|(join, _)| parts.iter().find(|part| part.hash == join));
        let admin = part.is_some_and(|part| rank_then(part, known) == Rank::Admin);
        if body.field == MetaField::Title && admin && counts(ops, parts, known) {
            title = body.value;
        }
    }
    title
}

fn messages(room: RoomId, ops: &[&Known], parts: &[Part]) -> Vec<Said> {
    let whose = |known: &Known| joined(ops, known.author, known.seq).map(|(_, person)| person);
    let mut seen = BTreeSet::new();
    let mut messages = Vec::new();
    let shown = ops.iter().filter(|known| counts(ops, parts, known));
    for known in shown {
        let Act::Message { nonce, .. } = &known.op.act else {
            continue;
        };
        let id = MessageId::written_by(room, known.author, nonce);
        let person = whose(known).unwrap();
        if !seen.insert(id) {
            continue;
        }
        let by_same = |other: &&&Known| whose(other) == Some(person);
        let deleted = ops
            .iter()
            .filter(by_same)
            .any(|other| matches!(&other.op.act, Act::Delete { message } if *message == id));
        let mut outcomes = ops
            .iter()
            .filter(by_same)
            .filter_map(|other| match &other.op.act {
                Act::Status { message, outcome } if *message == id => Some(*outcome),
                _ => None,
            });
        let text = match &known.op.content {
            Content::Here(body) => Some(MessageBody::parse(body).unwrap().text),
            Content::Gone { .. } => None,
        };
        messages.push(Said {
            id,
            person,
            lam: known.op.lam,
            text: text.filter(|_| !deleted),
            outcome: outcomes.next_back().unwrap_or(Outcome::Complete),
        });
    }
    messages
}
