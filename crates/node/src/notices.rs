use std::{cmp::Reverse, collections::BTreeSet};

use tokio::sync::watch;

use crate::{
    events::{EventLog, Happening},
    finding::Notice,
};

/// What a person should know at present. Every change is an event.
#[derive(Debug)]
pub(crate) struct Notices {
    present: watch::Sender<BTreeSet<Notice>>,
}

impl Notices {
    pub(crate) fn new() -> Self {
        Self {
            present: watch::Sender::new(BTreeSet::new()),
        }
    }

    /// The most important first.
    pub(crate) fn list(&self) -> Vec<Notice> {
        let mut list: Vec<_> = self.present.borrow().iter().cloned().collect();
        list.sort_by_key(|notice| Reverse(notice.level()));
        list
    }

    pub(crate) fn raise(&self, notice: Notice, events: &EventLog) {
        self.change(events, |present| present.insert(notice));
    }

    pub(crate) fn clear(&self, notice: &Notice, events: &EventLog) {
        self.change(events, |present| present.remove(notice));
    }

    /// Raises what is `true` and clears what is not.
    pub(crate) fn settle(&self, notice: Notice, is_true: bool, events: &EventLog) {
        if is_true {
            self.raise(notice, events);
        } else {
            self.clear(&notice, events);
        }
    }

    /// Puts `now` in the place of all notices that `group` knows.
    pub(crate) fn replace(
        &self,
        group: impl Fn(&Notice) -> bool,
        now: BTreeSet<Notice>,
        events: &EventLog,
    ) {
        self.change(events, |present| {
            let others = present.iter().filter(|notice| !group(notice)).cloned();
            let next: BTreeSet<_> = others.chain(now).collect();
            let changed = *present != next;
            *present = next;
            changed
        });
    }

    fn change(&self, events: &EventLog, change: impl FnOnce(&mut BTreeSet<Notice>) -> bool) {
        if self.present.send_if_modified(change) {
            events.publish(Happening::NoticesChanged);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    fn restarted(task: &str) -> Notice {
        Notice::TaskRestarted {
            task: task.to_owned(),
        }
    }

    #[tokio::test]
    async fn only_changes_are_events_and_the_worst_comes_first() {
        let log = EventLog::new(SystemTime::now());
        let mut events = log.subscribe(None);
        let notices = Notices::new();
        notices.raise(Notice::Ipv6Only {}, &log);
        notices.raise(Notice::Ipv6Only {}, &log);
        notices.raise(
            Notice::TaskFailed {
                task: "a".to_owned(),
            },
            &log,
        );
        notices.settle(Notice::NoNetwork {}, false, &log);
        notices.settle(Notice::NoNetwork {}, true, &log);
        let levels: Vec<_> = notices.list().iter().map(|notice| notice.code()).collect();
        assert_eq!(levels, ["task_failed", "no_network", "ipv6_only"]);
        notices.clear(&Notice::NoNetwork {}, &log);
        notices.clear(&Notice::NoNetwork {}, &log);
        log.close();
        let mut count = 0;
        while let Some(event) = events.next().await {
            assert_eq!(event.happening, Happening::NoticesChanged);
            count += 1;
        }
        assert_eq!(count, 4);
    }

    #[test]
    fn a_group_is_replaced_as_a_whole() {
        let log = EventLog::new(SystemTime::now());
        let notices = Notices::new();
        notices.raise(Notice::Ipv6Only {}, &log);
        notices.raise(restarted("old"), &log);
        let group = |notice: &Notice| matches!(notice, Notice::TaskRestarted { .. });
        notices.replace(group, [restarted("new")].into(), &log);
        let expected: BTreeSet<_> = [Notice::Ipv6Only {}, restarted("new")].into();
        assert_eq!(*notices.present.borrow(), expected);
    }
}
