//! How machines, and what is known of them, are put into words.

use api::dto::Peer;

/// Nobody has heard the name of a machine before something was exchanged.
pub(super) fn name(peer: &Peer) -> &str {
    peer.name.as_deref().unwrap_or("(no name yet)")
}

/// A name and what cannot be borrowed by another machine.
pub(super) fn name_and_id(peer: &Peer) -> String {
    format!("{} ({})", name(peer), peer.short_id)
}

/// `2026-03-01T09:30:00.250Z` to the minute, as people read it.
pub(crate) fn to_the_minute(rfc3339: &str) -> String {
    match (rfc3339.get(..10), rfc3339.get(11..16)) {
        (Some(day), Some(time)) => format!("{day} {time} UTC"),
        _ => rfc3339.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_cut_to_the_minute() {
        let shown = to_the_minute("2026-03-01T09:30:00.250Z");
        assert_eq!(shown, "2026-03-01 09:30 UTC");
        assert_eq!(to_the_minute("soon"), "soon");
    }
}
