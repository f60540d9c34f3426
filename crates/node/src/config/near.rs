use std::str::FromStr;

use super::settings::Key;

/// A name that no setting has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no setting {key}{}", meant(near.map(Key::name)))]
pub struct UnknownKey {
    pub key: String,
    /// The setting that was probably meant.
    pub near: Option<Key>,
}

impl FromStr for Key {
    type Err = UnknownKey;

    fn from_str(name: &str) -> Result<Self, UnknownKey> {
        Self::ALL
            .iter()
            .copied()
            .find(|key| key.name() == name)
            .ok_or_else(|| UnknownKey {
                key: name.to_owned(),
                near: nearest_key(name),
            })
    }
}

pub(super) fn nearest_key(name: &str) -> Option<Key> {
    let name = name.to_lowercase().replace('-', "_");
    let leaf = name.rsplit('.').next().unwrap_or_default();
    Key::ALL
        .iter()
        .filter_map(|key| {
            // The right name in the wrong section is one mistake.
            let misplaced = distance(leaf, key.descriptor().leaf).map(|distance| distance + 1);
            let misspelt = distance(&name, key.name());
            let nearest = misplaced.into_iter().chain(misspelt).min()?;
            Some((nearest, *key))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, key)| key)
}

/// The variable of a setting that was probably meant.
pub(super) fn nearest_variable(variable: &str) -> Option<String> {
    Key::ALL
        .iter()
        .map(|key| key.variable())
        .filter_map(|known| Some((distance(variable, &known)?, known)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

/// The end of a sentence about a name that nobody knows.
pub(super) fn meant(near: Option<&str>) -> String {
    near.map(|near| format!("; did you mean {near}?"))
        .unwrap_or_default()
}

/// Swapped, missing, extra and wrong letters; `None` if there are too many to call it a slip.
fn distance(given: &str, known: &str) -> Option<usize> {
    // Names that long are no slip, and comparing them costs their length squared.
    if given.len() > 2 * known.len() {
        return None;
    }
    let distance = strsim::osa_distance(given, known);
    (distance <= 3 && distance * 3 <= known.chars().count()).then_some(distance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised() {
        let cases = [
            ("network.udp_prot", Some(Key::NetworkUdpPort)),
            ("network.udp-port", Some(Key::NetworkUdpPort)),
            ("Network.UDP_Port", Some(Key::NetworkUdpPort)),
            ("netwrok.udp_port", Some(Key::NetworkUdpPort)),
            ("udp_port", Some(Key::NetworkUdpPort)),
            ("ui.name", Some(Key::MachineName)),
            ("ui.txt_size", Some(Key::UiTextSize)),
            ("network.timeouts", None),
            ("plugins.enabled_list", None),
            ("", None),
            ("x", None),
        ];
        for (name, near) in cases {
            assert_eq!(name.parse::<Key>().unwrap_err().near, near, "{name}");
        }
    }

    #[test]
    fn a_variable_of_something_else_is_left_alone() {
        assert_eq!(
            nearest_variable("BANYAN_NETWORK_UPD_PORT").as_deref(),
            Some("BANYAN_NETWORK_UDP_PORT")
        );
        for other in [
            "BANYAN_DATA",
            "BANYAN_MESH_KEY",
            "BANYAN_MESH_KEY",
            "BANYAN_TEST_BINARY",
            "BANYAN_",
        ] {
            assert_eq!(nearest_variable(other), None, "{other}");
        }
    }
}
