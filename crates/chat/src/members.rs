//! Who may do what in a room: a pure function of the ops that say so.
//!
//! Everybody in a room was added by somebody in it, except whoever made it; so
//! the additions have an order in which each comes after the one it rests on.
//! They are judged in that order. An admin rules over those who came later, may
//! remove whoever never was an admin, and anybody may leave. Nobody can therefore
//! undo what somebody before them decided, whatever they claim about the time: a
//! removed admin cannot remove the one who removed them.
//!
//! A removal names the last op of each device that still counts ([`Cut`]). That
//! decides what of somebody's part counts, and not what they say to have seen.

use std::collections::{BTreeMap, BTreeSet};

use wire::{
    DeviceId, PersonId,
    room::{Act, Cut, MetaBody, MetaField, OpHash, Rank, RoomId},
};

/// The order of ops in a room, the same everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Order {
    pub lam: u64,
    pub hash: OpHash,
}

/// An op that says who may do what, or how the room is called.
#[derive(Debug, Clone)]
pub(crate) struct Fact {
    pub(crate) order: Order,
    pub(crate) author: DeviceId,
    pub(crate) seq: u64,
    pub(crate) act: Act,
    pub(crate) meta: Option<MetaBody>,
}

/// What follows from all facts of a room.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    members: BTreeMap<OpHash, Membership>,
    /// Added by an op that is here, whether that op counts or not.
    named: BTreeMap<OpHash, PersonId>,
    joins: BTreeMap<DeviceId, Vec<Join>>,
    /// From which op on a device counts no more, because it wrote two chains.
    frozen: BTreeMap<DeviceId, u64>,
    meta: BTreeMap<MetaField, String>,
}

/// One person's part in a room, from being added until being removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    pub person: PersonId,
    pub since: Order,
    /// Whether they see what was written before they were added.
    pub history: bool,
    added_as: Rank,
    promotions: BTreeMap<Order, (Rank, Cut)>,
    cuts: Vec<Cut>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Join {
    seq: u64,
    member: OpHash,
    person: PersonId,
}

impl Membership {
    pub fn rank(&self) -> Rank {
        let last = self.promotions.values().next_back();
        last.map_or(self.added_as, |(rank, _)| *rank)
    }

    pub fn is_over(&self) -> bool {
        !self.cuts.is_empty()
    }

    fn reaches(&self, author: DeviceId, seq: u64) -> bool {
        let within = |cut: &Cut| cut.get(&author).is_some_and(|last| seq <= *last);
        self.cuts.iter().all(within)
    }

    fn rank_at(&self, author: DeviceId, seq: u64) -> Rank {
        let after = |cut: &Cut| cut.get(&author).is_none_or(|last| seq > *last);
        let promotions = self.promotions.values().rev();
        promotions
            .filter(|(_, cut)| after(cut))
            .map(|(rank, _)| *rank)
            .next()
            .unwrap_or(self.added_as)
    }

    fn was_ever_admin(&self) -> bool {
        let promoted = self
            .promotions
            .values()
            .any(|(rank, _)| *rank == Rank::Admin);
        promoted || self.added_as == Rank::Admin
    }
}

impl Standing {
    pub(crate) fn of(room: RoomId, mut facts: Vec<Fact>, frozen: BTreeMap<DeviceId, u64>) -> Self {
        facts.retain(|fact| frozen.get(&fact.author).is_none_or(|from| fact.seq < *from));
        facts.sort_by_key(|fact| fact.order);
        let mut standing = Self {
            frozen,
            ..Self::default()
        };
        standing.read_joins(&facts);
        let mut parts: BTreeMap<OpHash, Vec<&Fact>> = BTreeMap::new();
        for fact in &facts {
            if let Some(join) = standing.join_at(fact.author, fact.seq) {
                parts.entry(join.member).or_default().push(fact);
            }
        }
        let mut judging = Judging {
            next: standing.roots(room, &facts),
            ..Judging::default()
        };
        while let Some((_, (hash, mut member))) = judging.next.pop_first() {
            for (order, change) in judging.waiting.remove(&hash).unwrap_or_default() {
                change.apply(&mut member, order);
            }
            let theirs = parts.remove(&hash).unwrap_or_default();
            let theirs: Vec<&Fact> = theirs
                .into_iter()
                .filter(|fact| {
                    let by = standing.join_at(fact.author, fact.seq);
                    by.is_some_and(|join| join.person == member.person)
                        && member.reaches(fact.author, fact.seq)
                })
                .collect();
            // Whoever leaves on one machine has left on all, whatever they did on
            // another one without knowing.
            for fact in &theirs {
                if let Act::Remove { member: whose, cut } = &fact.act
                    && *whose == hash
                {
                    member.cuts.push(cut.clone());
                }
            }
            for fact in theirs {
                if member.reaches(fact.author, fact.seq) {
                    judging.judge(fact, hash, &mut member);
                }
            }
            judging.settled.insert(hash, member);
        }
        standing.members = judging.settled;
        for fact in &facts {
            standing.set(fact);
        }
        standing
    }

    /// Which ops of a device count, as ranges with both ends included.
    pub fn spans(&self, author: DeviceId) -> Vec<(u64, u64)> {
        let joins = self
            .joins
            .get(&author)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let ends = joins.iter().skip(1).map(|next| next.seq - 1);
        let frozen = self.frozen.get(&author).map_or(u64::MAX, |from| from - 1);
        joins
            .iter()
            .zip(ends.chain([u64::MAX]))
            .filter_map(|(join, end)| {
                let member = self.members.get(&join.member)?;
                let cuts = member.cuts.iter();
                let cut = cuts.map(|cut| cut.get(&author).copied().unwrap_or(0)).min();
                let end = end.min(cut.unwrap_or(u64::MAX)).min(frozen);
                (member.person == join.person && join.seq <= end).then_some((join.seq, end))
            })
            .collect()
    }

    /// Whether an op of a device counts.
    pub fn counts(&self, author: DeviceId, seq: u64) -> bool {
        let spans = self.spans(author);
        spans.iter().any(|(from, to)| (*from..=*to).contains(&seq))
    }

    /// Whose machine wrote an op, as it proved when it joined.
    pub fn person_of(&self, author: DeviceId, seq: u64) -> Option<PersonId> {
        self.join_at(author, seq).map(|join| join.person)
    }

    /// Whether that op, known here, added that person.
    pub(crate) fn names(&self, member: OpHash, person: PersonId) -> bool {
        self.named.get(&member) == Some(&person)
    }

    /// Everybody who is in the room now. Who was added twice counts once, by what
    /// gives them more.
    pub fn present(&self) -> BTreeMap<PersonId, &Membership> {
        let mut present: BTreeMap<PersonId, &Membership> = BTreeMap::new();
        for member in self.members.values().filter(|member| !member.is_over()) {
            let known = present.entry(member.person).or_insert(member);
            if (known.rank(), known.history) < (member.rank(), member.history) {
                *known = member;
            }
        }
        present
    }

    /// The additions of a person that are not over, oldest first.
    pub(crate) fn additions(&self, person: PersonId) -> Vec<(OpHash, &Membership)> {
        let of_person = |member: &Membership| member.person == person && !member.is_over();
        let mut additions: Vec<_> = self
            .members
            .iter()
            .filter(|(_, member)| of_person(member))
            .map(|(hash, member)| (*hash, member))
            .collect();
        additions.sort_by_key(|(_, member)| member.since);
        additions
    }

    /// Whether what was added by one op may be ended by an admin who was added by
    /// the other.
    pub(crate) fn may_remove(&self, by: OpHash, whom: OpHash) -> bool {
        let (Some(admin), Some(member)) = (self.members.get(&by), self.members.get(&whom)) else {
            return false;
        };
        by == whom || admin.since < member.since || !member.was_ever_admin()
    }

    /// The machines that wrote as part of an addition.
    pub(crate) fn devices_of(&self, member: OpHash) -> BTreeSet<DeviceId> {
        let joined = |joins: &Vec<Join>| joins.iter().any(|join| join.member == member);
        let devices = self.joins.iter().filter(|(_, joins)| joined(joins));
        devices.map(|(device, _)| *device).collect()
    }

    /// As part of which addition a device writes now.
    pub(crate) fn current(&self, author: DeviceId) -> Option<OpHash> {
        let last = self.joins.get(&author)?.last()?;
        Some(last.member)
    }

    pub(crate) fn is_over(&self, member: OpHash) -> bool {
        self.members.get(&member).is_none_or(Membership::is_over)
    }

    pub fn meta(&self, field: MetaField) -> Option<&str> {
        self.meta.get(&field).map(String::as_str)
    }

    /// Who wrote two chains, and from which op on nothing of theirs counts.
    pub fn frozen(&self) -> &BTreeMap<DeviceId, u64> {
        &self.frozen
    }

    fn join_at(&self, author: DeviceId, seq: u64) -> Option<Join> {
        let joins = self.joins.get(&author)?;
        joins.iter().rev().find(|join| join.seq <= seq).copied()
    }

    /// How the room is called is nobody's power over others: it is judged last, by
    /// everything that is known of its author. Facts come in their order.
    fn set(&mut self, fact: &Fact) {
        let by = self.join_at(fact.author, fact.seq);
        let member = by.and_then(|join| self.members.get(&join.member));
        let is_admin =
            member.is_some_and(|member| member.rank_at(fact.author, fact.seq) == Rank::Admin);
        if let Some(meta) = &fact.meta
            && is_admin
            && self.counts(fact.author, fact.seq)
        {
            self.meta.insert(meta.field, meta.value.clone());
        }
    }

    fn read_joins(&mut self, facts: &[Fact]) {
        for fact in facts {
            let (member, person) = match &fact.act {
                Act::Create { certificate, .. } => (fact.order.hash, certificate.person()),
                Act::Join {
                    member,
                    certificate,
                } => (*member, certificate.person()),
                Act::Add { person, .. } => {
                    self.named.insert(fact.order.hash, *person);
                    continue;
                }
                Act::Meta
                | Act::Promote { .. }
                | Act::Remove { .. }
                | Act::Message { .. }
                | Act::Status { .. }
                | Act::Delete { .. }
                | Act::Attach { .. }
                | Act::Note
                | Act::Unknown { .. } => continue,
            };
            if matches!(fact.act, Act::Create { .. }) {
                self.named.insert(fact.order.hash, person);
            }
            let joins = self.joins.entry(fact.author).or_default();
            joins.push(Join {
                seq: fact.seq,
                member,
                person,
            });
        }
        for joins in self.joins.values_mut() {
            joins.sort_by_key(|join| join.seq);
        }
    }

    /// Whom nobody added: whoever made the room, or the owner of a personal one.
    fn roots(&self, room: RoomId, facts: &[Fact]) -> BTreeMap<Order, (OpHash, Membership)> {
        let root = |person, since| Membership {
            person,
            since,
            history: true,
            added_as: Rank::Admin,
            promotions: BTreeMap::new(),
            cuts: Vec::new(),
        };
        let first = Order {
            lam: 0,
            hash: OpHash::NONE,
        };
        let mut roots = BTreeMap::new();
        for fact in facts {
            if let Act::Create { certificate, .. } = &fact.act {
                let made = root(certificate.person(), fact.order);
                roots.insert(fact.order, (fact.order.hash, made));
            }
        }
        let mut joins = self.joins.values().flatten();
        if let Some(own) = joins.find(|join| RoomId::personal(join.person) == room) {
            roots.insert(first, (OpHash::NONE, root(own.person, first)));
        }
        roots
    }
}

/// What an admin did to somebody who is judged later.
#[derive(Debug)]
enum Change {
    Promote(Rank, Cut),
    Remove(Cut),
}

impl Change {
    fn apply(self, member: &mut Membership, order: Order) {
        match self {
            Self::Promote(rank, cut) => {
                member.promotions.insert(order, (rank, cut));
            }
            Self::Remove(cut) => member.cuts.push(cut),
        }
    }
}

#[derive(Debug, Default)]
struct Judging {
    next: BTreeMap<Order, (OpHash, Membership)>,
    waiting: BTreeMap<OpHash, Vec<(Order, Change)>>,
    settled: BTreeMap<OpHash, Membership>,
}

impl Judging {
    /// `member` is the part of whoever wrote the fact.
    fn judge(&mut self, fact: &Fact, own: OpHash, member: &mut Membership) {
        let is_admin = member.rank_at(fact.author, fact.seq) == Rank::Admin;
        match &fact.act {
            Act::Add {
                person,
                rank,
                history,
            } if is_admin && fact.order > member.since => {
                let added = Membership {
                    person: *person,
                    since: fact.order,
                    history: *history,
                    added_as: *rank,
                    promotions: BTreeMap::new(),
                    cuts: Vec::new(),
                };
                self.next.insert(fact.order, (fact.order.hash, added));
            }
            Act::Promote {
                member: whose,
                rank,
                cut,
            } if is_admin => {
                let change = Change::Promote(*rank, cut.clone());
                if *whose == own {
                    change.apply(member, fact.order);
                } else if !self.settled.contains_key(whose) {
                    self.wait(*whose, fact.order, change);
                }
            }
            Act::Remove { member: whose, cut } if is_admin && *whose != own => {
                let change = Change::Remove(cut.clone());
                if let Some(settled) = self.settled.get_mut(whose) {
                    if !settled.was_ever_admin() {
                        change.apply(settled, fact.order);
                    }
                } else {
                    self.wait(*whose, fact.order, change);
                }
            }
            Act::Create { .. }
            | Act::Join { .. }
            | Act::Meta
            | Act::Add { .. }
            | Act::Promote { .. }
            | Act::Remove { .. }
            | Act::Message { .. }
            | Act::Status { .. }
            | Act::Delete { .. }
            | Act::Attach { .. }
            | Act::Note
            | Act::Unknown { .. } => {}
        }
    }

    fn wait(&mut self, whose: OpHash, order: Order, change: Change) {
        self.waiting.entry(whose).or_default().push((order, change));
    }
}
