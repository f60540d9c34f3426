use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::kind::Kind;
use super::value::{RawValue, Value};

/// Where Ollama listens unless told otherwise.
const OLLAMA_PORT: u16 = 11434;

/// More is no address that anyone typed.
const MAX_CHARS: usize = 2048;

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
        Self(format!("http://{}:{OLLAMA_PORT}", Ipv4Addr::LOCALHOST))
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

/// Reads what Ollama reads in `OLLAMA_HOST`: `host`, `host:port`, `:port`, or a whole address.
impl Value for HttpUrl {
    fn read(raw: &RawValue, _kind: Kind) -> Option<Self> {
        let text = raw.text()?.trim().trim_matches(['"', '\'']);
        if text.is_empty() || text.len() > MAX_CHARS {
            return None;
        }
        let mut url = url::Url::parse(&with_scheme_and_port(text)).ok()?;
        let plain = matches!(url.scheme(), "http" | "https")
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        if !plain {
            return None;
        }
        // A server is told "listen everywhere" with this; a client goes to the machine itself.
        let everywhere = match url.host()? {
            url::Host::Ipv4(Ipv4Addr::UNSPECIFIED) => Some(IpAddr::V4(Ipv4Addr::LOCALHOST)),
            url::Host::Ipv6(Ipv6Addr::UNSPECIFIED) => Some(IpAddr::V6(Ipv6Addr::LOCALHOST)),
            url::Host::Ipv4(_) | url::Host::Ipv6(_) | url::Host::Domain(_) => None,
        };
        if let Some(here) = everywhere {
            url.set_ip_host(here).ok()?;
        }
        Some(Self(url.as_str().trim_end_matches('/').to_owned()))
    }

    fn raw(&self) -> RawValue {
        RawValue::Text(self.0.clone())
    }
}

fn with_scheme_and_port(text: &str) -> String {
    if text.contains("://") {
        return text.to_owned();
    }
    let (host, path) = text
        .split_once('/')
        .map_or((text, ""), |(host, path)| (host, path));
    let host = match host.parse::<Ipv6Addr>() {
        Ok(bare) => format!("[{bare}]"),
        Err(_) if host.starts_with(':') => format!("{}{host}", Ipv4Addr::LOCALHOST),
        Err(_) => host.to_owned(),
    };
    let has_port = host
        .rsplit_once(':')
        .is_some_and(|(_, port)| !port.ends_with(']'));
    if has_port {
        format!("http://{host}/{path}")
    } else {
        format!("http://{host}:{OLLAMA_PORT}/{path}")
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
    fn every_form_that_ollama_understands_is_understood() {
        let cases = [
            ("http://127.0.0.1:11434", "http://127.0.0.1:11434"),
            ("http://127.0.0.1:11434/", "http://127.0.0.1:11434"),
            ("127.0.0.1", "http://127.0.0.1:11434"),
            ("127.0.0.1:9999", "http://127.0.0.1:9999"),
            (":9999", "http://127.0.0.1:9999"),
            ("gpu-box", "http://gpu-box:11434"),
            ("gpu-box:1234/ollama/", "http://gpu-box:1234/ollama"),
            ("https://models.lan/ollama", "https://models.lan/ollama"),
            ("0.0.0.0", "http://127.0.0.1:11434"),
            ("http://0.0.0.0:9999", "http://127.0.0.1:9999"),
            ("::1", "http://[::1]:11434"),
            ("[::]:9999", "http://[::1]:9999"),
            ("[fe80::1]", "http://[fe80::1]:11434"),
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
