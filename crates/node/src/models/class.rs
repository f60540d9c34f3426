//! What this machine has to calculate with, as far as the system tells.

use std::path::Path;

use sysinfo::{MemoryRefreshKind, RefreshKind, System};

use crate::router::speed::DeviceClass;

/// Fewer do not answer while one reads.
const MANY_CORES: usize = 8;

/// Machines with this much have graphics to match it more often than not.
const LARGE_MEMORY: u64 = 96 * 1024 * 1024 * 1024;

/// A first guess; what is measured corrects it with the first answer.
pub(super) fn of_this_machine() -> DeviceClass {
    if cfg!(all(target_os = "macos", target_arch = "aarch64")) {
        return DeviceClass::Unified;
    }
    if has_graphics() {
        let memory = RefreshKind::nothing().with_memory(MemoryRefreshKind::nothing().with_ram());
        let memory = System::new_with_specifics(memory).map_or(0, |system| system.total_memory());
        return if memory >= LARGE_MEMORY {
            DeviceClass::LargeGraphics
        } else {
            DeviceClass::Graphics
        };
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    if cores >= MANY_CORES {
        DeviceClass::Processor
    } else {
        DeviceClass::Modest
    }
}

/// Where the drivers that model servers use leave their traces.
fn has_graphics() -> bool {
    let traces: &[&str] = if cfg!(windows) {
        &[r"C:\Windows\System32\nvcuda.dll"]
    } else {
        &["/dev/nvidia0", "/dev/nvidiactl", "/dev/kfd"]
    };
    traces.iter().any(|trace| Path::new(trace).exists())
}
