//! Counts what goes over each interface and each channel of it.

use std::{collections::BTreeMap, io, time::SystemTime};

use super::report::{ChannelFailure, ChannelReport, FailureKind};

/// A way of announcing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Channel {
    Udp,
    Mdns,
}

/// Keeps its counts when an interface goes and comes back.
#[derive(Debug, Default)]
pub(super) struct Tally(BTreeMap<(String, Channel), ChannelReport>);

impl Tally {
    pub(super) fn of(&self, interface: &str, channel: Channel) -> ChannelReport {
        let key = (interface.to_owned(), channel);
        self.0.get(&key).cloned().unwrap_or_default()
    }

    pub(super) fn heard(&mut self, interface: &str, channel: Channel) {
        let report = self.at(interface, channel);
        report.heard += 1;
        report.last_heard = Some(SystemTime::now());
    }

    pub(super) fn sent(&mut self, interface: &str, channel: Channel, sent: &io::Result<usize>) {
        match sent {
            Ok(_) => {
                let report = self.at(interface, channel);
                report.sent += 1;
                report.failure = None;
            }
            Err(error) => self.failed(interface, channel, error),
        }
    }

    pub(super) fn failed(&mut self, interface: &str, channel: Channel, error: &io::Error) {
        self.at(interface, channel).failure = Some(ChannelFailure {
            kind: FailureKind::of(error),
            at: SystemTime::now(),
        });
    }

    fn at(&mut self, interface: &str, channel: Channel) -> &mut ChannelReport {
        self.0.entry((interface.to_owned(), channel)).or_default()
    }
}
