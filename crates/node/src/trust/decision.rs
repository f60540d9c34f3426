use wire::DeviceId;

use super::{refusal::Refusal, view::View};
use crate::store::{Entry, MeshKeyId, MeshKeyKind, Moment, Write};

/// What others must do because something was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Close every connection with this device.
    EndSession { device: DeviceId, ended: Ended },
    /// What the device may do is something else now; what runs may have to stop.
    PermissionsChanged { device: DeviceId },
    /// One of my devices went, and it knows my person's key. Make a new one, hand
    /// it to the devices that remain, tell trusted peers, and then say that it is
    /// done: [`super::Trust::person_key_renewed`].
    NewPersonKey {
        since: Moment,
        remaining: Vec<DeviceId>,
    },
    /// A device went that knows this mesh key. The key makes no new trust any more;
    /// make a new one, hand it to the devices that remain, and replace the old one
    /// by it: [`super::Trust::rotate_mesh_key`].
    NewMeshKey {
        replaces: MeshKeyId,
        kind: MeshKeyKind,
        remaining: Vec<DeviceId>,
    },
}

/// Why there is nothing more to say to a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    Forgotten,
    Blocked,
    /// The ground its trust rested on is gone.
    Lapsed,
}

/// A decision that was made and written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done<T> {
    pub answer: T,
    pub effects: Vec<Effect>,
}

/// What a rule makes of what happened. A refusal writes at most that it happened.
#[derive(Debug)]
pub(super) struct Decision<T> {
    pub(super) outcome: Result<T, Refusal>,
    pub(super) writes: Vec<Write>,
    pub(super) effects: Vec<Effect>,
}

impl<T> Decision<T> {
    pub(super) fn done(answer: T) -> Self {
        Self {
            outcome: Ok(answer),
            writes: Vec::new(),
            effects: Vec::new(),
        }
    }

    pub(super) fn refused(refusal: Refusal) -> Self {
        Self {
            outcome: Err(refusal),
            writes: Vec::new(),
            effects: Vec::new(),
        }
    }

    pub(super) fn write(mut self, write: Write) -> Self {
        self.writes.push(write);
        self
    }

    pub(super) fn record(self, entry: Entry) -> Self {
        self.write(Write::Record(entry))
    }

    pub(super) fn effect(mut self, effect: Effect) -> Self {
        self.effects.push(effect);
        self
    }

    /// Adds what another rule found.
    pub(super) fn and(mut self, (writes, effects): (Vec<Write>, Vec<Effect>)) -> Self {
        self.writes.extend(writes);
        self.effects.extend(effects);
        self
    }

    pub(super) fn split(self) -> (Vec<Write>, Result<Done<T>, Refusal>) {
        let Self {
            outcome,
            writes,
            effects,
        } = self;
        (writes, outcome.map(|answer| Done { answer, effects }))
    }
}

impl Decision<()> {
    /// What follows, decided on what will be so by then.
    pub(super) fn then<T>(
        self,
        view: &View,
        rule: impl FnOnce(&View) -> Decision<T>,
    ) -> Decision<T> {
        let Self {
            outcome,
            mut writes,
            mut effects,
        } = self;
        let next = match outcome {
            Ok(()) if writes.is_empty() => rule(view),
            Ok(()) => rule(&view.with(&writes)),
            Err(refusal) => Decision::refused(refusal),
        };
        writes.extend(next.writes);
        for effect in next.effects {
            if !effects.contains(&effect) {
                effects.push(effect);
            }
        }
        Decision {
            outcome: next.outcome,
            writes,
            effects,
        }
    }
}
