//! One server that was added by hand: as a person typed it, as it is written
//! down, and as it is.

use infer::{ApiKey, Place, Reach, watcher::BackendId};
use mesh::{NotASecretName, SecretName};
use serde::{Deserialize, Serialize};

use super::{BackendError, OLLAMA};

/// A server as a person describes it.
#[derive(Debug, Clone)]
pub struct NewServer {
    /// `http` is meant where nothing is said.
    pub address: String,
    /// Nothing: as its address.
    pub name: Option<String>,
    pub key: Option<ApiKey>,
    /// Its owner agrees that what is asked of it leaves the local network.
    pub leaves_lan: bool,
}

/// A server that was added by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Row", into = "Row")]
pub struct Server {
    pub id: BackendId,
    pub(super) place: Place,
    /// How far away it lay when it was added; nobody connects farther.
    pub reach: Reach,
    /// Under which name its key is kept.
    pub(super) key: Option<SecretName>,
}

/// As it is written down.
#[derive(Debug, Serialize, Deserialize)]
struct Row {
    name: String,
    address: String,
    reach: Reach,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<String>,
}

impl NewServer {
    /// Looks up where it lies, and refuses what its owner would regret.
    pub(super) async fn judged(self) -> Result<(Server, Option<ApiKey>), BackendError> {
        let place = self.place()?;
        let id = match self.name.as_deref().map(str::trim) {
            Some(name) => BackendId::parse(name),
            None => BackendId::parse(&by_address(&place)),
        }
        .map_err(|_| BackendError::BadName)?;
        if id.as_str().eq_ignore_ascii_case(OLLAMA) {
            return Err(BackendError::Known(OLLAMA.to_owned()));
        }
        let reach = place.resolve().await;
        let reach = reach.ok_or_else(|| BackendError::NoSuchHost(place.host().to_owned()))?;
        if reach == Reach::Beyond && !self.leaves_lan {
            return Err(BackendError::LeavesLan(place.to_string()));
        }
        if reach == Reach::Beyond && self.key.is_some() && !place.is_encrypted() {
            return Err(BackendError::KeyInClear(place.to_string()));
        }
        let server = Server {
            id,
            place,
            reach,
            key: None,
        };
        Ok((server, self.key))
    }

    fn place(&self) -> Result<Place, BackendError> {
        let typed = self.address.trim();
        let address = if typed.contains("://") {
            typed.to_owned()
        } else {
            format!("http://{typed}")
        };
        let place = Place::parse(&address);
        place.map_err(|_| BackendError::BadAddress(typed.to_owned()))
    }

    /// Whoever has the key of that server may be shown it here too.
    pub(super) fn is_where(&self, server: &Server) -> Result<bool, BackendError> {
        let of = |place: &Place| {
            let host = place.host().to_ascii_lowercase();
            (place.is_encrypted(), host, place.port())
        };
        Ok(of(&self.place()?) == of(&server.place))
    }
}

/// Fit for a list, and for typing.
fn by_address(place: &Place) -> String {
    match place.port() {
        Some(port) if !matches!(port, 80 | 443) => format!("{}:{port}", place.host()),
        Some(_) | None => place.host().to_owned(),
    }
}

impl Server {
    pub fn address(&self) -> String {
        self.place.to_string()
    }

    pub fn has_key(&self) -> bool {
        self.key.is_some()
    }

    pub(super) fn is_called(&self, name: &str) -> bool {
        self.id.as_str().eq_ignore_ascii_case(name.trim())
    }

    /// Under one name, or at one place.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.is_called(other.id.as_str()) || self.place == other.place
    }
}

impl From<Server> for Row {
    fn from(server: Server) -> Self {
        Self {
            name: server.id.to_string(),
            address: server.place.to_string(),
            reach: server.reach,
            key: server.key.as_ref().map(ToString::to_string),
        }
    }
}

/// What Banyan itself would not write makes no sense.
impl TryFrom<Row> for Server {
    type Error = String;

    fn try_from(row: Row) -> Result<Self, String> {
        let key = row.key.map(|name| name.parse()).transpose();
        Ok(Self {
            id: BackendId::parse(&row.name).map_err(|error| error.to_string())?,
            place: Place::parse(&row.address).map_err(|error| error.to_string())?,
            reach: row.reach,
            key: key.map_err(|error: NotASecretName| error.to_string())?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn judged(address: &str, change: impl FnOnce(&mut NewServer)) -> Result<Server, String> {
        let mut new = NewServer {
            address: address.to_owned(),
            name: None,
            key: None,
            leaves_lan: false,
        };
        change(&mut new);
        let judged = new.judged().await;
        judged
            .map(|(server, _)| server)
            .map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn what_people_type_becomes_a_server() {
        for (typed, name, address) in [
            ("127.0.0.1:1234", "127.0.0.1:1234", "http://127.0.0.1:1234"),
            (
                " http://127.0.0.1:1234/v1/ ",
                "127.0.0.1:1234",
                "http://127.0.0.1:1234/v1",
            ),
            ("https://192.168.3.4", "192.168.3.4", "https://192.168.3.4"),
        ] {
            let server = judged(typed, |_| {}).await.unwrap();
            assert_eq!(
                (server.id.as_str(), server.address().as_str()),
                (name, address)
            );
            assert!(server.reach <= Reach::Lan);
        }
        let named = judged("127.0.0.1:1", |new| {
            new.name = Some(" LM Studio ".to_owned());
        });
        assert_eq!(named.await.unwrap().id.as_str(), "LM Studio");
    }

    #[tokio::test]
    async fn what_would_be_regretted_is_refused() {
        let far = "https://203.0.113.7";
        let refused = judged(far, |_| {}).await.unwrap_err();
        assert_eq!(refused, format!("{far} is not on the local network"));
        let agreed = judged(far, |new| new.leaves_lan = true).await.unwrap();
        assert_eq!(agreed.reach, Reach::Beyond);
        // Nobody can agree to hand the key to everybody.
        let in_clear = judged("http://203.0.113.7", |new| {
            new.leaves_lan = true;
            new.key = ApiKey::parse("sk-secret").ok();
        });
        let refused = in_clear.await.unwrap_err();
        assert!(refused.contains("without encryption"), "{refused}");
        assert!(!refused.contains("secret"), "{refused}");
        // Saying so makes nothing near any farther.
        let near = judged("127.0.0.1:1", |new| new.leaves_lan = true).await;
        assert_eq!(near.unwrap().reach, Reach::ThisMachine);
    }

    #[tokio::test]
    async fn what_is_no_server_is_refused() {
        for typed in ["", "ftp://host", "http://anna:secret@host:1", "a b"] {
            let refused = judged(typed, |_| {}).await.unwrap_err();
            assert!(refused.contains("no address"), "{typed}: {refused}");
        }
        let refused = judged("http://nobody.invalid", |_| {}).await.unwrap_err();
        assert!(refused.contains("nobody.invalid"), "{refused}");
        let named = |name: &'static str| {
            judged("127.0.0.1:1", |new| {
                new.name = Some(name.to_owned());
            })
        };
        assert!(named("  ").await.unwrap_err().contains("1 to 64"));
        assert!(named("Ollama").await.unwrap_err().contains("already"));
    }

    #[test]
    fn what_is_written_down_comes_back() {
        let server = Server {
            id: BackendId::parse("box").unwrap(),
            place: Place::parse("http://192.168.3.4:1/v1").unwrap(),
            reach: Reach::Lan,
            key: Some("00112233445566778899aabbccddeeff".parse().unwrap()),
        };
        let text = serde_json::to_string(&server).unwrap();
        assert_eq!(serde_json::from_str::<Server>(&text).unwrap(), server);
        let odd = text.replace("00112233", "../../..");
        assert!(serde_json::from_str::<Server>(&odd).is_err());
    }
}
