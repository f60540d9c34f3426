mod crash;
mod disk;
mod file;
mod life;
mod migrations;
mod mirror;

use std::time::Duration;

use rusqlite::Connection;
use tempfile::TempDir;
use wire::{DeviceId, DeviceKey, msg::llm::Words};

use super::{
    database::Opening,
    testing::{connection, device, peer, person, person_move},
    *,
};
use crate::folder::Folder;

/// A data folder of its own, gone with the value.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn file(&self) -> std::path::PathBuf {
        self.folder.path().join("state.db")
    }

    fn opening(&self) -> Opening {
        Opening {
            file: self.file(),
            schema: schema::Schema::current(),
            patience: Duration::from_millis(50),
            now: Moment::from_millis(1_772_357_400_250),
        }
    }

    fn start(&self) -> Opened {
        let (_, lock) = Folder::open(self.folder.path().to_owned()).unwrap();
        keeper::start(&self.opening(), lock).unwrap()
    }

    /// The names of all files, in order.
    fn names(&self) -> Vec<String> {
        let files = std::fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<_> = files
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

fn at(millis: i64) -> Moment {
    Moment::from_millis(millis)
}

/// Something in every table and every column.
fn samples() -> Vec<Write> {
    let doubtful = Peer {
        person: Some(person(4)),
        offered_person: Some(person(5)),
        doubt: Some(Doubt::LeftBehind),
        awaits_key: true,
        ..peer(4)
    };
    let mut samples = samples_of_the_first_release();
    samples.extend([
        Write::PutPeer(doubtful),
        Write::PutOwnPerson(person(6)),
        Write::PutMove(person_move(4, 7)),
        Write::PutFrozen(person(8), at(22)),
        Write::PutHeldKey(device(2), MeshKeyId::from_bytes([2; 32])),
        Write::PutAccess(device(1), asked(AskedBy::Us, None)),
        Write::PutAccess(
            device(2),
            asked(
                AskedBy::Them,
                Some(Answer {
                    given: Given::Until(at(25)),
                    words: Words::typed("not at night").unwrap(),
                    at: at(24),
                }),
            ),
        ),
    ]);
    samples
}

fn asked(by: AskedBy, answer: Option<Answer>) -> Access {
    Access {
        by,
        number: 23,
        reason: Words::typed("for the school paper").unwrap(),
        asked: at(23),
        answer,
    }
}

fn samples_of_the_first_release() -> Vec<Write> {
    let key = MeshKey {
        id: MeshKeyId::from_bytes([1; 32]),
        kind: MeshKeyKind::Mine,
        created: at(1),
        retired: None,
    };
    let retired = MeshKey {
        id: MeshKeyId::from_bytes([2; 32]),
        kind: MeshKeyKind::Team,
        retired: Some(Retired {
            at: at(2),
            grace_until: at(3),
        }),
        ..key
    };
    let invitation = Invitation {
        id: InvitationId::from_bytes([3; 32]),
        kind: MeshKeyKind::Team,
        created: at(4),
        expires: at(5),
        redeemed: None,
    };
    let redeemed = Invitation {
        id: InvitationId::from_bytes([4; 32]),
        redeemed: Some(Redeemed {
            by: device(2),
            at: at(6),
        }),
        ..invitation
    };
    let trusted = |relation, origin| {
        PeerState::Trusted(Trusted {
            relation,
            origin,
            since: at(7),
        })
    };
    let mine = Peer {
        person: Some(person(1)),
        offered_name: Some("atlas, renamed".to_owned()),
        state: trusted(Relation::Mine, Origin::MeshKey(key.id)),
        quota: Some(Quota {
            messages_per_minute: 8,
            storage_bytes: 9,
        }),
        ..peer(1)
    };
    let other = Peer {
        state: trusted(Relation::Other, Origin::Invitation(redeemed.id)),
        form: Form::Laptop,
        ..peer(2)
    };
    let blocked = Peer {
        state: PeerState::Blocked { since: at(10) },
        ..peer(3)
    };
    let remembered = |address: &str, last_good| Remembered {
        address: address.parse().unwrap(),
        last_good,
    };
    let rule = |ruling| Rule {
        ruling,
        since: at(11),
    };
    vec![
        Write::PutMeshKey(key),
        Write::PutMeshKey(retired),
        Write::PutInvitation(invitation),
        Write::PutInvitation(redeemed),
        Write::PutPeer(mine),
        Write::PutPeer(other),
        Write::PutPeer(blocked),
        Write::PutPeer(peer(4)),
        Write::PutAddress(device(1), remembered("tcp:192.168.1.20:7878", Some(at(12)))),
        Write::PutAddress(device(1), remembered("tcp:[fe80::1%2]:7878", Some(at(13)))),
        Write::PutAddress(device(1), remembered("tcp:atlas.local:7878", None)),
        Write::PutRule(
            device(2),
            rule(Ruling::Allowed {
                grant: Grant::LlmUse(LlmLimits {
                    models: Scope::only(["llama3:8b"]),
                    max_tokens: Some(14),
                    requests_per_minute: 15,
                    concurrency: 16,
                }),
                term: Term::Until(at(17)),
            }),
        ),
        Write::PutRule(device(2), rule(Ruling::Denied(Permission::ModelsCopy))),
        Write::PutNotified(device(4), Occasion::Nearby, at(18)),
        Write::PutDuty(Duty::NewPersonKey, at(19)),
        Write::PutDuty(Duty::NewMeshKey(retired.id), at(20)),
        Write::Record(
            Entry::new(at(21), AuditKind::Blocked)
                .device(device(3))
                .person(Some(person(3)))
                .detail("reason", "test"),
        ),
    ]
}

fn sample_tables() -> Tables {
    tables_of(samples())
}

fn tables_of(writes: Vec<Write>) -> Tables {
    let mut tables = Tables::default();
    for write in writes {
        tables.apply(write);
    }
    tables
}
