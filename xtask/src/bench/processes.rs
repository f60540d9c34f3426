//! What a program and all it started take of memory and processor, from /proc.

use std::{collections::BTreeMap, fs, time::Duration};

use anyhow::{Context, Result};

#[derive(Debug, Default)]
pub(super) struct Memory {
    /// Megabytes in memory; what two processes share counts twice.
    pub(super) resident: f64,
    /// Megabytes in memory; what is shared counts by shares.
    pub(super) share: f64,
    pub(super) processes: f64,
}

pub(super) fn memory(root: u32) -> Result<Memory> {
    let mut sum = Memory::default();
    for id in family(root)? {
        // A process may end while we look; it takes nothing then.
        let Ok(text) = fs::read_to_string(format!("/proc/{id}/smaps_rollup")) else {
            continue;
        };
        sum.resident += kilobytes(&text, "Rss:") / 1000.0;
        sum.share += kilobytes(&text, "Pss:") / 1000.0;
        sum.processes += 1.0;
    }
    Ok(sum)
}

/// Since its start, in user and system mode.
pub(super) fn cpu_time(root: u32) -> Result<Duration> {
    /// Fixed for programs on Linux, whatever the kernel's own clock is.
    const TICKS_PER_SECOND: f64 = 100.0;
    let mut ticks = 0.0;
    for id in family(root)? {
        if let Ok(text) = fs::read_to_string(format!("/proc/{id}/stat")) {
            let fields = fields_after_name(&text);
            // Fields 14 and 15 of proc(5); the list here begins with field 3.
            for index in [11, 12] {
                ticks += fields
                    .get(index)
                    .and_then(|field| field.parse().ok())
                    .unwrap_or(0.0);
            }
        }
    }
    Ok(Duration::from_secs_f64(ticks / TICKS_PER_SECOND))
}

/// The process and all its descendants.
fn family(root: u32) -> Result<Vec<u32>> {
    let mut parents = BTreeMap::new();
    for entry in fs::read_dir("/proc").context("/proc cannot be read")? {
        let name = entry?.file_name();
        let Some(id) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        let Ok(text) = fs::read_to_string(format!("/proc/{id}/stat")) else {
            continue;
        };
        if let Some(parent) = fields_after_name(&text)
            .get(1)
            .and_then(|field| field.parse().ok())
        {
            parents.insert(id, parent);
        }
    }
    Ok(descendants(root, &parents))
}

fn descendants(root: u32, parents: &BTreeMap<u32, u32>) -> Vec<u32> {
    let mut family = vec![root];
    let mut next = 0;
    while let Some(parent) = family.get(next).copied() {
        family.extend(
            parents
                .iter()
                .filter(|(_, of)| **of == parent)
                .map(|(id, _)| *id),
        );
        next += 1;
    }
    family
}

/// A program's name may hold spaces and brackets, so fields count from behind it.
fn fields_after_name(stat: &str) -> Vec<&str> {
    stat.rsplit_once(')')
        .map_or(Vec::new(), |(_, rest)| rest.split_whitespace().collect())
}

fn kilobytes(text: &str, key: &str) -> f64 {
    text.lines()
        .find_map(|line| line.strip_prefix(key))
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|number| number.parse().ok())
        .unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_is_found_over_generations() {
        let parents = BTreeMap::from([(2, 1), (3, 2), (4, 3), (5, 1), (6, 5)]);
        assert_eq!(descendants(2, &parents), [2, 3, 4]);
    }

    #[test]
    fn a_name_with_brackets_does_not_shift_the_fields() {
        let stat = "42 (web (process) 1) S 7 42 42 0 -1 0 0 0 0 0 11 12";
        assert_eq!(fields_after_name(stat).get(1), Some(&"7"));
    }

    #[test]
    fn figures_of_the_kernel_are_read() {
        let text = "Rss:               20480 kB\nPss:                5120 kB\n";
        assert!((kilobytes(text, "Rss:") - 20480.0).abs() < f64::EPSILON);
        assert!((kilobytes(text, "Swap:")).abs() < f64::EPSILON);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_takes_something() {
        let memory = memory(std::process::id()).unwrap();
        assert!(
            memory.resident > 0.5 && memory.share > 0.0 && memory.processes >= 1.0,
            "{memory:?}"
        );
        cpu_time(std::process::id()).unwrap();
    }
}
