//! What the node uses and what the machine has.
//!
//! Measured when somebody asks, never on a timer: a node at rest costs nothing.

use std::{
    path::Path,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use sysinfo::{MemoryRefreshKind, Pid, ProcessRefreshKind, ProcessesToUpdate, System};

use crate::last_hour::LastHour;

/// Two people who look at once share a measurement: over a shorter time the
/// processor's coarse clock would show noise.
const SHORTEST_INTERVAL: Duration = Duration::from_millis(500);

/// One look at the machine.
#[derive(Debug, Clone, PartialEq)]
pub struct Resources {
    /// Memory of this process.
    pub memory_bytes: u64,
    pub machine_memory_bytes: u64,
    pub machine_memory_free_bytes: u64,
    /// Of one core, since the look before; the first time since the start.
    pub cpu_percent: f32,
    pub cores: u32,
    /// Unknown where the disk does not tell.
    pub disk_free_bytes: Option<u64>,
    pub calls_last_hour: u64,
    pub failed_calls_last_hour: u64,
}

impl Resources {
    /// Failed calls of all calls, in percent.
    pub fn error_percent(&self) -> f32 {
        if self.calls_last_hour == 0 {
            return 0.0;
        }
        (self.failed_calls_last_hour as f64 * 100.0 / self.calls_last_hour as f64) as f32
    }
}

/// Measures, and counts calls.
#[derive(Debug)]
pub(crate) struct Meter {
    started: Instant,
    processor: Mutex<Processor>,
    calls: Mutex<Calls>,
}

impl Meter {
    pub(crate) fn new() -> Self {
        let now = Instant::now();
        // Unless it can be told, the time before the node counts as its own.
        let used = look_at_process()
            .map(|process| process.processor_time)
            .unwrap_or_default();
        Self {
            started: now,
            processor: Mutex::new(Processor {
                at: now,
                used,
                percent: 0.0,
            }),
            calls: Mutex::new(Calls {
                all: LastHour::new(),
                failed: LastHour::new(),
            }),
        }
    }

    pub(crate) fn uptime(&self) -> Duration {
        self.started.elapsed()
    }

    pub(crate) fn record_call(&self, good: bool) {
        let now = self.uptime();
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.all.add(now);
        if !good {
            calls.failed.add(now);
        }
    }

    /// Blocks for as long as the system takes: a millisecond, or more with a
    /// sleeping disk.
    pub(crate) fn measure(&self, folder: &Path) -> Resources {
        let process = look_at_process().unwrap_or_default();
        let cpu_percent = {
            let mut processor = self
                .processor
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            processor.percent(Instant::now(), process.processor_time)
        };
        let (calls_last_hour, failed_calls_last_hour) = {
            let calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
            let now = self.uptime();
            (calls.all.total(now), calls.failed.total(now))
        };
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Resources {
            memory_bytes: process.memory,
            machine_memory_bytes: process.machine_memory,
            machine_memory_free_bytes: process.machine_memory_free,
            cpu_percent,
            cores: u32::try_from(cores).unwrap_or(u32::MAX),
            disk_free_bytes: fs4::available_space(folder).ok(),
            calls_last_hour,
            failed_calls_last_hour,
        }
    }
}

#[derive(Debug)]
struct Calls {
    all: LastHour,
    failed: LastHour,
}

/// The measurement before, to tell what was used since.
#[derive(Debug)]
struct Processor {
    at: Instant,
    used: Duration,
    percent: f32,
}

impl Processor {
    fn percent(&mut self, now: Instant, used: Duration) -> f32 {
        let passed = now.saturating_duration_since(self.at);
        if passed >= SHORTEST_INTERVAL {
            let share = used.saturating_sub(self.used).as_secs_f32() / passed.as_secs_f32();
            *self = Self {
                at: now,
                used,
                percent: share * 100.0,
            };
        }
        self.percent
    }
}

#[derive(Debug, Default)]
struct ProcessLook {
    memory: u64,
    processor_time: Duration,
    machine_memory: u64,
    machine_memory_free: u64,
}

fn look_at_process() -> Option<ProcessLook> {
    let mut system = System::new().ok()?;
    system.refresh_memory_specifics(MemoryRefreshKind::nothing().with_ram());
    let own = Pid::from_u32(std::process::id());
    let wanted = ProcessRefreshKind::nothing()
        .with_cpu()
        .with_memory()
        .without_tasks();
    system.refresh_processes_specifics(ProcessesToUpdate::Some(&[own]), false, wanted);
    let process = system.process(own)?;
    Some(ProcessLook {
        memory: process.memory(),
        processor_time: Duration::from_millis(process.accumulated_cpu_time()),
        machine_memory: system.total_memory(),
        machine_memory_free: system.available_memory(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_can_be_measured() {
        let place = tempfile::tempdir().unwrap();
        let resources = Meter::new().measure(place.path());
        assert!(resources.memory_bytes > 0);
        assert!(resources.machine_memory_bytes > resources.memory_bytes);
        assert!(resources.machine_memory_free_bytes > 0);
        assert!(resources.cores >= 1);
        assert!(resources.disk_free_bytes.is_some());
    }

    #[test]
    fn processor_time_is_shared_over_the_interval() {
        let start = Instant::now();
        let mut processor = Processor {
            at: start,
            used: Duration::ZERO,
            percent: 0.0,
        };
        let after = |millis| start + Duration::from_millis(millis);
        assert_eq!(
            processor.percent(after(1000), Duration::from_millis(250)),
            25.0
        );
        assert_eq!(
            processor.percent(after(1100), Duration::from_millis(350)),
            25.0
        );
        assert_eq!(
            processor.percent(after(3000), Duration::from_millis(4250)),
            200.0
        );
    }

    #[test]
    fn failed_calls_are_a_share_of_all() {
        let meter = Meter::new();
        let place = tempfile::tempdir().unwrap();
        assert_eq!(meter.measure(place.path()).error_percent(), 0.0);
        for good in [true, true, true, false] {
            meter.record_call(good);
        }
        let resources = meter.measure(place.path());
        assert_eq!(
            (resources.calls_last_hour, resources.failed_calls_last_hour),
            (4, 1)
        );
        assert_eq!(resources.error_percent(), 25.0);
    }
}
