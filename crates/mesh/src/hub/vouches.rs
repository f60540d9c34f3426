//! With whom to vouch, and when: a plain account, driven by the hub.
//!
//! A stranger is vouched with once for each of its starts: whoever decides above
//! that a machine is not trusted after all is not asked again and again. A
//! trusted machine is vouched with when it holds a key that its trust does not
//! rest on yet. An attempt that broke is repeated, ever more slowly.

use std::{
    collections::{BTreeMap, VecDeque},
    time::{Duration, Instant},
};

use wire::{DeviceId, MeshKeyId, machine::links::Connection};

const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(600);

/// Far more machines than hold one key; beyond it some are vouched with again.
const REMEMBERED: usize = 4096;

#[derive(Debug, Default)]
pub(super) struct Vouches {
    waiting: VecDeque<DeviceId>,
    running: BTreeMap<DeviceId, Running>,
    done: BTreeMap<DeviceId, Done>,
    broken: BTreeMap<DeviceId, Broken>,
}

/// A key that both hold, or surely do not, and that it can be tried with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Chance {
    pub(super) key: MeshKeyId,
    /// Which start of the other machine.
    pub(super) instance: u64,
    pub(super) trusted: bool,
}

#[derive(Debug)]
struct Running {
    connection: Connection,
    /// What made it worth trying.
    key: Option<MeshKeyId>,
}

#[derive(Debug)]
struct Done {
    key: MeshKeyId,
    /// Not known where the trust is older than this start.
    instance: Option<u64>,
}

#[derive(Debug)]
struct Broken {
    times: u32,
    /// Until then it rests; nothing once that is over.
    again: Option<Instant>,
}

impl Vouches {
    /// The trust in this machine rests on that key since an earlier start.
    pub(super) fn rests_on(&mut self, device: DeviceId, key: MeshKeyId) {
        let instance = None;
        self.done.insert(device, Done { key, instance });
    }

    pub(super) fn is_wanted(&self, device: &DeviceId, chance: Chance) -> bool {
        let before = self.done.get(device);
        let new = before.is_none_or(|done| {
            done.key != chance.key || (!chance.trusted && done.instance != Some(chance.instance))
        });
        let broken = self.broken.get(device);
        let rests = broken.is_some_and(|broken| broken.again.is_some());
        new && !rests && !self.running.contains_key(device)
    }

    pub(super) fn wait(&mut self, device: DeviceId) {
        if !self.waiting.contains(&device) {
            self.waiting.push_back(device);
        }
    }

    pub(super) fn next_waiting(&mut self) -> Option<DeviceId> {
        self.waiting.pop_front()
    }

    pub(super) fn running(&self, device: &DeviceId) -> Option<Connection> {
        self.running.get(device).map(|running| running.connection)
    }

    pub(super) fn begin(
        &mut self,
        device: DeviceId,
        connection: Connection,
        key: Option<MeshKeyId>,
    ) {
        self.running.insert(device, Running { connection, key });
    }

    /// A connection that was to vouch is over: what made it worth trying; nothing
    /// at all if another took its place.
    pub(super) fn end(
        &mut self,
        device: &DeviceId,
        connection: Connection,
    ) -> Option<Option<MeshKeyId>> {
        if self.running(device) != Some(connection) {
            return None;
        }
        self.running.remove(device).map(|running| running.key)
    }

    /// It is clear what the other holds: nothing is tried again with this.
    pub(super) fn settled(&mut self, device: DeviceId, key: MeshKeyId, instance: u64) {
        self.broken.remove(&device);
        if self.done.len() >= REMEMBERED {
            self.done.pop_first();
        }
        let instance = Some(instance);
        self.done.insert(device, Done { key, instance });
    }

    pub(super) fn broke(&mut self, device: DeviceId, now: Instant) {
        let times = self.broken.get(&device).map_or(0, |broken| broken.times);
        let pause = FIRST_PAUSE
            .saturating_mul(1 << times.min(16))
            .min(LONGEST_PAUSE);
        let broken = Broken {
            times: times + 1,
            again: Some(now + pause),
        };
        self.broken.insert(device, broken);
    }

    /// Trust in it ended: not to be tried again while it runs.
    pub(super) fn left(&mut self, device: &DeviceId, instance: Option<u64>) {
        if let Some(done) = self.done.get_mut(device) {
            done.instance = instance.or(done.instance);
        }
    }

    /// As if it had never been met.
    pub(super) fn forget(&mut self, device: &DeviceId) {
        self.done.remove(device);
        self.broken.remove(device);
        self.waiting.retain(|waiting| waiting != device);
    }

    /// A stranger that fell silent.
    pub(super) fn gone(&mut self, device: &DeviceId) {
        self.broken.remove(device);
        self.waiting.retain(|waiting| waiting != device);
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        self.broken.values().filter_map(|broken| broken.again).min()
    }

    /// Those that have rested long enough.
    pub(super) fn due(&mut self, now: Instant) -> Vec<DeviceId> {
        let broken = self.broken.iter_mut();
        broken
            .filter_map(|(device, broken)| {
                broken.again.take_if(|again| *again <= now)?;
                Some(*device)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use wire::{DeviceKey, MeshKey, MeshKind};

    use super::*;

    #[test]
    fn a_stranger_is_vouched_with_once_for_each_start() {
        let mut vouches = Vouches::default();
        let (stranger, first) = (device(1), chance(1, 7, false));
        assert!(vouches.is_wanted(&stranger, first));
        vouches.begin(stranger, Connection(1), Some(first.key));
        assert!(!vouches.is_wanted(&stranger, first), "under way");
        assert_eq!(vouches.end(&stranger, Connection(1)), Some(Some(first.key)));
        vouches.settled(stranger, first.key, first.instance);
        assert!(
            !vouches.is_wanted(&stranger, first),
            "whatever became of it"
        );
        assert!(vouches.is_wanted(&stranger, chance(1, 8, false)));
        assert!(vouches.is_wanted(&stranger, chance(2, 7, false)));
        vouches.forget(&stranger);
        assert!(vouches.is_wanted(&stranger, first));
    }

    #[test]
    fn a_trusted_one_is_vouched_with_when_its_key_is_another() {
        let mut vouches = Vouches::default();
        let friend = device(1);
        vouches.rests_on(friend, key(1));
        assert!(!vouches.is_wanted(&friend, chance(1, 7, true)));
        assert!(vouches.is_wanted(&friend, chance(2, 7, true)));
        vouches.left(&friend, Some(7));
        assert!(!vouches.is_wanted(&friend, chance(1, 7, false)));
        assert!(vouches.is_wanted(&friend, chance(1, 8, false)));
    }

    #[test]
    fn what_broke_is_tried_again_ever_more_slowly() {
        let (mut vouches, mut now) = (Vouches::default(), Instant::now());
        let (stranger, chance) = (device(1), chance(1, 7, false));
        let mut pauses = Vec::new();
        for number in 0..13 {
            assert!(vouches.is_wanted(&stranger, chance));
            vouches.begin(stranger, Connection(number), None);
            vouches.end(&stranger, Connection(number));
            vouches.broke(stranger, now);
            assert!(!vouches.is_wanted(&stranger, chance), "it rests");
            let again = vouches.poll_timeout().unwrap();
            pauses.push((again - now).as_secs_f32());
            now = again;
            assert_eq!(vouches.due(now), [stranger]);
            assert_eq!(vouches.poll_timeout(), None);
        }
        assert_eq!(pauses[..3], [0.5, 1.0, 2.0]);
        assert_eq!(pauses.last(), Some(&600.0));
        vouches.settled(stranger, chance.key, chance.instance);
        vouches.broke(stranger, now);
        assert_eq!(vouches.poll_timeout(), Some(now + FIRST_PAUSE));
    }

    #[test]
    fn of_two_connections_only_the_current_one_counts() {
        let mut vouches = Vouches::default();
        vouches.begin(device(1), Connection(1), None);
        vouches.begin(device(1), Connection(2), Some(key(1)));
        assert_eq!(vouches.end(&device(1), Connection(1)), None);
        assert_eq!(vouches.running(&device(1)), Some(Connection(2)));
    }

    fn device(seed: u8) -> DeviceId {
        DeviceKey::from_seed(&[seed; 32]).id()
    }

    fn key(number: u8) -> MeshKeyId {
        MeshKey::new(MeshKind::Team, &[number; 32]).id()
    }

    fn chance(number: u8, instance: u64, trusted: bool) -> Chance {
        Chance {
            key: key(number),
            instance,
            trusted,
        }
    }
}
