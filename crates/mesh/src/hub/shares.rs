//! What each trusted machine may take of this one, whatever it is trusted with:
//! messages, and streams at a time.

use std::{collections::BTreeMap, sync::Arc};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use wire::DeviceId;

use super::meter::{Meter, Rate};

/// Many times what one machine asks at once; each costs a socket and a task.
const STREAMS: usize = 64;

#[derive(Debug)]
pub(super) struct Shares {
    /// Of those that nothing else was said about.
    usual: Rate,
    rates: BTreeMap<DeviceId, Rate>,
    /// Only of those that came.
    taken: BTreeMap<DeviceId, Taken>,
}

#[derive(Debug)]
struct Taken {
    meter: Meter,
    streams: Arc<Semaphore>,
}

impl Shares {
    pub(super) fn new(usual: Rate) -> Self {
        Self {
            usual,
            rates: BTreeMap::new(),
            taken: BTreeMap::new(),
        }
    }

    pub(super) fn set_rates(&mut self, rates: BTreeMap<DeviceId, Rate>) {
        self.rates = rates;
        for (device, taken) in &self.taken {
            taken.meter.set(self.rate_of(device));
        }
    }

    /// Lives longer than a session.
    pub(super) fn meter(&mut self, device: DeviceId) -> Meter {
        self.of(device).meter.clone()
    }

    /// Of somebody who can but greet.
    pub(super) fn meter_of_a_stranger(&self) -> Meter {
        Meter::new(self.usual)
    }

    /// A place for one more stream, taken until it is dropped.
    pub(super) fn stream(&mut self, device: DeviceId) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.of(device).streams)
            .try_acquire_owned()
            .ok()
    }

    pub(super) fn forget(&mut self, device: &DeviceId) {
        self.taken.remove(device);
    }

    fn of(&mut self, device: DeviceId) -> &Taken {
        let rate = self.rate_of(&device);
        self.taken.entry(device).or_insert_with(|| Taken {
            meter: Meter::new(rate),
            streams: Arc::new(Semaphore::new(STREAMS)),
        })
    }

    fn rate_of(&self, device: &DeviceId) -> Rate {
        self.rates.get(device).copied().unwrap_or(self.usual)
    }
}
