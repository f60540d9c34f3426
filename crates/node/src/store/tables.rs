//! The mirror of the file in memory, and everything that can change both.
//!
//! Invariant: applying a [`Write`] to the mirror and to the file leads to the
//! same place; a test compares them after arbitrary writes. The audit log is the
//! exception: it is only ever read in pages, so it has no mirror.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use rusqlite::Connection;
use wire::{DeviceId, PersonId, PersonMove};

use super::{
    address::PeerAddress,
    moment::Moment,
    table::{
        access::{self, Access, AskedBy},
        addresses::{self, Remembered},
        audit::{self, Entry},
        duties::{self, Duty},
        frozen, held_keys,
        invitations::{self, Invitation, InvitationId},
        mesh_keys::{self, MeshKey, MeshKeyId},
        moves,
        notified::{self, Occasion},
        own_person,
        peers::{self, Peer},
        permissions::{self, Permission, Rule},
    },
};

/// The tables at one moment. Cloning copies pointers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tables {
    peers: BTreeMap<DeviceId, Arc<Known>>,
    mesh_keys: BTreeMap<MeshKeyId, MeshKey>,
    invitations: BTreeMap<InvitationId, Invitation>,
    notified: Arc<BTreeMap<(DeviceId, Occasion), Moment>>,
    duties: BTreeMap<Duty, Moment>,
    own_person: Option<PersonId>,
    moves: Arc<BTreeMap<PersonId, PersonMove>>,
    frozen: Arc<BTreeMap<PersonId, Moment>>,
}

/// A machine and what belongs to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    pub peer: Peer,
    /// Where to dial first stands first.
    pub addresses: Vec<Remembered>,
    pub rules: BTreeMap<Permission, Rule>,
    /// Mesh keys that it proved to hold, or was given from here.
    pub mesh_keys: BTreeSet<MeshKeyId>,
    /// Requests to use models, its own and ours to it.
    pub access: BTreeMap<AskedBy, Access>,
}

/// One change of one row.
#[derive(Debug, Clone, PartialEq)]
pub enum Write {
    PutPeer(Peer),
    /// With addresses, permissions, and what it is known to hold.
    DropPeer(DeviceId),
    PutAddress(DeviceId, Remembered),
    DropAddress(DeviceId, PeerAddress),
    PutRule(DeviceId, Rule),
    DropRule(DeviceId, Permission),
    PutAccess(DeviceId, Access),
    DropAccess(DeviceId, AskedBy),
    PutMeshKey(MeshKey),
    /// Nobody is known to hold it from then on.
    DropMeshKey(MeshKeyId),
    PutHeldKey(DeviceId, MeshKeyId),
    PutInvitation(Invitation),
    DropInvitation(InvitationId),
    PutNotified(DeviceId, Occasion, Moment),
    DropNotified(DeviceId, Occasion),
    PutDuty(Duty, Moment),
    DropDuty(Duty),
    PutOwnPerson(PersonId),
    /// Of a person that moved before, another move takes its place.
    PutMove(PersonMove),
    /// By the person who moved.
    DropMove(PersonId),
    PutFrozen(PersonId, Moment),
    DropFrozen(PersonId),
    Record(Entry),
    /// Unless the same was recorded within this time.
    RecordOnceIn(Duration, Entry),
}

impl Tables {
    pub fn known(&self, device: DeviceId) -> Option<&Known> {
        self.peers.get(&device).map(Arc::as_ref)
    }

    pub fn all_known(&self) -> impl Iterator<Item = &Known> {
        self.peers.values().map(Arc::as_ref)
    }

    pub fn mesh_key(&self, id: MeshKeyId) -> Option<&MeshKey> {
        self.mesh_keys.get(&id)
    }

    pub fn mesh_keys(&self) -> impl Iterator<Item = &MeshKey> {
        self.mesh_keys.values()
    }

    pub fn invitation(&self, id: InvitationId) -> Option<&Invitation> {
        self.invitations.get(&id)
    }

    pub fn invitations(&self) -> impl Iterator<Item = &Invitation> {
        self.invitations.values()
    }

    pub fn notified(&self) -> &BTreeMap<(DeviceId, Occasion), Moment> {
        &self.notified
    }

    /// What is still to be done, and since when.
    pub fn duties(&self) -> &BTreeMap<Duty, Moment> {
        &self.duties
    }

    /// Whose device this is, as far as it was written down.
    pub fn own_person(&self) -> Option<PersonId> {
        self.own_person
    }

    /// The move that was believed of each person who moved.
    pub fn moves(&self) -> &BTreeMap<PersonId, PersonMove> {
        &self.moves
    }

    /// Persons of whom two moves were heard, and since when.
    pub fn frozen(&self) -> &BTreeMap<PersonId, Moment> {
        &self.frozen
    }

    pub(super) fn load(connection: &Connection) -> rusqlite::Result<Self> {
        let mut peers: BTreeMap<_, _> = peers::all(connection)?
            .into_iter()
            .map(|peer| (peer.device, Known::new(peer)))
            .collect();
        for (device, remembered) in addresses::all(connection)? {
            if let Some(known) = peers.get_mut(&device) {
                known.addresses.push(remembered);
            }
        }
        for (device, rule) in permissions::all(connection)? {
            if let Some(known) = peers.get_mut(&device) {
                known.rules.insert(rule.permission(), rule);
            }
        }
        for (device, key) in held_keys::all(connection)? {
            if let Some(known) = peers.get_mut(&device) {
                known.mesh_keys.insert(key);
            }
        }
        for (device, access) in access::all(connection)? {
            if let Some(known) = peers.get_mut(&device) {
                known.access.insert(access.by, access);
            }
        }
        for known in peers.values_mut() {
            known.sort_addresses();
        }
        let notified = notified::all(connection)?.into_iter();
        Ok(Self {
            peers: peers
                .into_iter()
                .map(|(device, known)| (device, Arc::new(known)))
                .collect(),
            mesh_keys: keyed(mesh_keys::all(connection)?, |key| key.id),
            invitations: keyed(invitations::all(connection)?, |invitation| invitation.id),
            notified: Arc::new(
                notified
                    .map(|(device, occasion, at)| ((device, occasion), at))
                    .collect(),
            ),
            duties: duties::all(connection)?.into_iter().collect(),
            own_person: own_person::get(connection)?,
            moves: Arc::new(keyed(moves::all(connection)?, PersonMove::old)),
            frozen: Arc::new(frozen::all(connection)?.into_iter().collect()),
        })
    }

    pub(crate) fn apply(&mut self, write: Write) {
        match write {
            Write::PutPeer(peer) => match self.peers.get_mut(&peer.device) {
                Some(known) => Arc::make_mut(known).peer = peer,
                None => {
                    let device = peer.device;
                    self.peers.insert(device, Arc::new(Known::new(peer)));
                }
            },
            Write::DropPeer(device) => {
                self.peers.remove(&device);
            }
            Write::PutAddress(device, remembered) => self.change(device, |known| {
                known.forget(&remembered.address);
                known.addresses.push(remembered);
                known.sort_addresses();
            }),
            Write::DropAddress(device, address) => {
                self.change(device, |known| known.forget(&address));
            }
            Write::PutRule(device, rule) => self.change(device, |known| {
                known.rules.insert(rule.permission(), rule);
            }),
            Write::DropRule(device, permission) => self.change(device, |known| {
                known.rules.remove(&permission);
            }),
            Write::PutAccess(device, access) => self.change(device, |known| {
                known.access.insert(access.by, access);
            }),
            Write::DropAccess(device, by) => self.change(device, |known| {
                known.access.remove(&by);
            }),
            Write::PutMeshKey(key) => {
                self.mesh_keys.insert(key.id, key);
            }
            Write::DropMeshKey(id) => {
                self.mesh_keys.remove(&id);
                for known in self.peers.values_mut() {
                    if known.mesh_keys.contains(&id) {
                        Arc::make_mut(known).mesh_keys.remove(&id);
                    }
                }
            }
            Write::PutHeldKey(device, key) => self.change(device, |known| {
                known.mesh_keys.insert(key);
            }),
            Write::PutInvitation(invitation) => {
                self.invitations.insert(invitation.id, invitation);
            }
            Write::DropInvitation(id) => {
                self.invitations.remove(&id);
            }
            Write::PutNotified(device, occasion, at) => {
                Arc::make_mut(&mut self.notified).insert((device, occasion), at);
            }
            Write::DropNotified(device, occasion) => {
                Arc::make_mut(&mut self.notified).remove(&(device, occasion));
            }
            Write::PutDuty(duty, since) => {
                self.duties.insert(duty, since);
            }
            Write::DropDuty(duty) => {
                self.duties.remove(&duty);
            }
            Write::PutOwnPerson(person) => self.own_person = Some(person),
            Write::PutMove(one) => {
                Arc::make_mut(&mut self.moves).insert(one.old(), one);
            }
            Write::DropMove(old) => {
                Arc::make_mut(&mut self.moves).remove(&old);
            }
            Write::PutFrozen(person, since) => {
                Arc::make_mut(&mut self.frozen).insert(person, since);
            }
            Write::DropFrozen(person) => {
                Arc::make_mut(&mut self.frozen).remove(&person);
            }
            Write::Record(_) | Write::RecordOnceIn(..) => {}
        }
    }

    fn change(&mut self, device: DeviceId, change: impl FnOnce(&mut Known)) {
        if let Some(known) = self.peers.get_mut(&device) {
            change(Arc::make_mut(known));
        }
    }
}

impl Write {
    pub(super) fn run(&self, connection: &Connection) -> rusqlite::Result<()> {
        match self {
            Self::PutPeer(peer) => peers::put(connection, peer),
            Self::DropPeer(device) => peers::drop_row(connection, *device),
            Self::PutAddress(device, remembered) => addresses::put(connection, *device, remembered),
            Self::DropAddress(device, address) => addresses::drop_row(connection, *device, address),
            Self::PutRule(device, rule) => permissions::put(connection, *device, rule),
            Self::DropRule(device, permission) => {
                permissions::drop_row(connection, *device, *permission)
            }
            Self::PutAccess(device, access) => access::put(connection, *device, access),
            Self::DropAccess(device, by) => access::drop_row(connection, *device, *by),
            Self::PutMeshKey(key) => mesh_keys::put(connection, key),
            Self::DropMeshKey(id) => mesh_keys::drop_row(connection, *id),
            Self::PutHeldKey(device, key) => held_keys::put(connection, *device, *key),
            Self::PutInvitation(invitation) => invitations::put(connection, invitation),
            Self::DropInvitation(id) => invitations::drop_row(connection, *id),
            Self::PutNotified(device, occasion, at) => {
                notified::put(connection, *device, *occasion, *at)
            }
            Self::DropNotified(device, occasion) => {
                notified::drop_row(connection, *device, *occasion)
            }
            Self::PutDuty(duty, since) => duties::put(connection, *duty, *since),
            Self::DropDuty(duty) => duties::drop_row(connection, *duty),
            Self::PutOwnPerson(person) => own_person::put(connection, *person),
            Self::PutMove(one) => moves::put(connection, one),
            Self::DropMove(old) => moves::drop_row(connection, *old),
            Self::PutFrozen(person, since) => frozen::put(connection, *person, *since),
            Self::DropFrozen(person) => frozen::drop_row(connection, *person),
            Self::Record(entry) => audit::record(connection, entry),
            Self::RecordOnceIn(within, entry) => {
                audit::record_unless_recent(connection, entry, *within)
            }
        }
    }
}

impl Known {
    fn new(peer: Peer) -> Self {
        Self {
            peer,
            addresses: Vec::new(),
            rules: BTreeMap::new(),
            mesh_keys: BTreeSet::new(),
            access: BTreeMap::new(),
        }
    }

    fn forget(&mut self, address: &PeerAddress) {
        self.addresses.retain(|known| known.address != *address);
    }

    /// The one that worked last stands first; those that never did, last.
    fn sort_addresses(&mut self) {
        self.addresses.sort_by(|one, other| {
            (other.last_good, &one.address).cmp(&(one.last_good, &other.address))
        });
    }
}

fn keyed<K: Ord, V>(values: Vec<V>, key: impl Fn(&V) -> K) -> BTreeMap<K, V> {
    values
        .into_iter()
        .map(|value| (key(&value), value))
        .collect()
}
