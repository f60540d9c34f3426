use std::time::Duration;

const MINUTES: usize = 60;

/// Counts what happened within the last hour, to the minute. Times are measured
/// from any fixed start, so that setting the clock changes nothing.
#[derive(Debug, Clone)]
pub(crate) struct LastHour {
    /// For each minute of the hour: which minute since the start, and how many.
    minutes: [(u64, u64); MINUTES],
}

impl LastHour {
    pub(crate) fn new() -> Self {
        Self {
            minutes: [(0, 0); MINUTES],
        }
    }

    pub(crate) fn add(&mut self, since_start: Duration) {
        let minute = since_start.as_secs() / 60;
        let slot = usize::try_from(minute % MINUTES as u64).unwrap_or_default();
        if let Some((counted, count)) = self.minutes.get_mut(slot) {
            if *counted != minute {
                (*counted, *count) = (minute, 0);
            }
            *count += 1;
        }
    }

    pub(crate) fn total(&self, since_start: Duration) -> u64 {
        let now = since_start.as_secs() / 60;
        let in_hour = |minute: u64| now.saturating_sub(minute) < MINUTES as u64;
        self.minutes
            .iter()
            .filter(|(minute, _)| in_hour(*minute))
            .map(|(_, count)| count)
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_older_than_an_hour_no_longer_counts() {
        let minute = |minute: u64| Duration::from_secs(minute * 60);
        let mut hour = LastHour::new();
        hour.add(minute(0));
        hour.add(minute(0) + Duration::from_secs(59));
        hour.add(minute(30));
        assert_eq!(hour.total(minute(30)), 3);
        assert_eq!(hour.total(minute(59)), 3);
        assert_eq!(hour.total(minute(60)), 1);
        hour.add(minute(60));
        assert_eq!(hour.total(minute(60)), 2);
        assert_eq!(hour.total(minute(500)), 0);
    }
}
