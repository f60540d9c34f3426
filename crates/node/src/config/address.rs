use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::kind::Kind;
use super::value::{RawValue, Value};

/// An address that only programs of this machine can reach. Port 0 takes any free port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoopbackAddress(SocketAddr);

/// The base address of a server, without a slash at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpUrl(String);

impl LoopbackAddress {
    pub(super) const fn v4(port: u16) -> Self {
        Self(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port))
    }

    pub fn get(self) -> SocketAddr {
        self.0
    }
}

impl HttpUrl {
    pub(super) fn local_ollama() -> Self {
        Self("http://127.0.0.1:11434".to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LoopbackAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for HttpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Value for LoopbackAddress {
    fn read(raw: &RawValue, _kind: Kind) -> Option<Self> {
        let text = raw.text()?.trim();
        let address: SocketAddr = match text.strip_prefix("localhost:") {
            Some(port) => SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port.parse().ok()?),
            None => text.parse().ok()?,
        };
        address.ip().is_loopback().then_some(Self(address))
    }

    fn raw(&self) -> RawValue {
        RawValue::Text(self.to_string())
    }
}

/// Reads what Ollama reads in `OLLAMA_HOST`.
impl Value for HttpUrl {
    fn read(raw: &RawValue, _kind: Kind) -> Option<Self> {
        let text = raw.text()?.trim();
        if text.is_empty() {
            return None;
        }
        let place = infer::ollama::place(text).ok()?;
        Some(Self(place.to_string()))
    }

    fn raw(&self) -> RawValue {
        RawValue::Text(self.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Option<String> {
        HttpUrl::read(&RawValue::Text(text.to_owned()), Kind::Url).map(|url| url.0)
    }

    fn address(text: &str) -> Option<String> {
        LoopbackAddress::read(&RawValue::Text(text.to_owned()), Kind::Address)
            .map(|address| address.to_string())
    }

    #[test]
    fn addresses_are_written_as_ollama_takes_them() {
        let cases = [
            ("http://127.0.0.1:11434/", "http://127.0.0.1:11434"),
            ("gpu-box:1234/ollama/", "http://gpu-box:1234/ollama"),
            (":9999", "http://127.0.0.1:9999"),
            ("0.0.0.0", "http://127.0.0.1:11434"),
            ("  \"gpu-box\" ", "http://gpu-box:11434"),
        ];
        for (text, expected) in cases {
            assert_eq!(url(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_plain_web_address_is_refused() {
        let long = format!("http://{}", "a".repeat(3000));
        for text in [
            "",
            "http://",
            "ftp://host",
            "file:///etc/passwd",
            "http://anna:secret@host:1",
            "anna@host",
            "http://host/?q=1",
            "http://host/#x",
            "host:99999",
            "host:port",
            "two words",
            long.as_str(),
        ] {
            assert_eq!(url(text), None, "{text}");
        }
    }

    #[test]
    fn only_this_machine_is_an_address_to_listen_on() {
        assert_eq!(address("127.0.0.1:8080").as_deref(), Some("127.0.0.1:8080"));
        assert_eq!(address("127.0.0.2:8080").as_deref(), Some("127.0.0.2:8080"));
        assert_eq!(address(" [::1]:8080 ").as_deref(), Some("[::1]:8080"));
        assert_eq!(address("localhost:8080").as_deref(), Some("127.0.0.1:8080"));
        assert_eq!(address("127.0.0.1:0").as_deref(), Some("127.0.0.1:0"));
        for text in [
            "",
            "8080",
            "127.0.0.1",
            "0.0.0.0:8080",
            "192.168.0.2:8080",
            "[::]:80",
            "host:80",
            "127.0.0.1:65536",
        ] {
            assert_eq!(address(text), None, "{text}");
        }
    }
}
