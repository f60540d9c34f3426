//! Whether this machine runs on its battery.

use std::time::Duration;

use starship_battery::{Manager, State};
use tokio::{sync::watch, task::spawn_blocking, time::sleep};

/// Nobody minds half a minute on a battery.
const EVERY: Duration = Duration::from_secs(30);

/// Looks from time to time, as long as somebody listens.
pub(super) async fn watch(on_battery: watch::Sender<bool>) {
    while !on_battery.is_closed() {
        // A look that fails says nothing, and so changes nothing.
        if let Ok(Some(now)) = spawn_blocking(look).await {
            on_battery.send_if_modified(|before| std::mem::replace(before, now) != now);
        }
        sleep(EVERY).await;
    }
}

fn look() -> Option<bool> {
    let batteries = Manager::new().ok()?.batteries().ok()?;
    Some(drains(batteries.flatten().map(|battery| battery.state())))
}

fn drains(mut states: impl Iterator<Item = State>) -> bool {
    states.any(|state| matches!(state, State::Discharging | State::Empty))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_runs_on_battery_while_one_drains() {
        let on_battery = |states: &[State]| drains(states.iter().copied());
        assert!(!on_battery(&[]), "it has none");
        assert!(!on_battery(&[State::Charging, State::Full]));
        assert!(!on_battery(&[State::Unknown]));
        assert!(on_battery(&[State::Full, State::Discharging]));
        assert!(on_battery(&[State::Empty]));
    }
}
