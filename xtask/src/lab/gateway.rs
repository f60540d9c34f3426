//! Speaking to a node the way a page in a browser does: calls, and the stream
//! of what happens. The socket is opened inside the node's own network.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::{inside::inside, machine::Machine};

/// An answer takes milliseconds; a busy machine takes a while.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where a node answers, and how it knows that we may ask.
#[derive(Debug, Clone)]
pub(crate) struct Gateway {
    namespace: String,
    port: u16,
    token: String,
}

/// What happens at a node, as it tells it.
#[derive(Debug)]
pub(crate) struct Events {
    lines: BufReader<TcpStream>,
}

/// Ends the reading of [`Events`] from another thread.
#[derive(Debug)]
pub(crate) struct Ender(TcpStream);

impl Gateway {
    /// `card` is what `node.json` holds.
    pub(super) fn new(machine: &Machine<'_>, card: &str) -> Result<Self> {
        let card: Value = serde_json::from_str(card).context("node.json is not JSON")?;
        let text = |key| card.get(key).and_then(Value::as_str);
        let address: SocketAddr = text("address")
            .and_then(|address| address.parse().ok())
            .context("node.json has no address")?;
        Ok(Self {
            namespace: machine.namespace(),
            port: address.port(),
            token: text("token").context("node.json has no token")?.to_owned(),
        })
    }

    pub(crate) fn call(&self, name: &str, params: &Value) -> Result<Value> {
        let mut reader = self.post(name, params)?;
        let mut body = String::new();
        reader.read_to_string(&mut body)?;
        serde_json::from_str(&body).with_context(|| format!("{name} was not answered in JSON"))
    }

    /// Everything the node still remembers, then what happens.
    pub(crate) fn events(&self) -> Result<Events> {
        let lines = self.post("events", &json!({ "after": 0 }))?;
        Ok(Events { lines })
    }

    /// An answer that comes piece by piece.
    pub(crate) fn pieces(&self, name: &str, params: &Value) -> Result<Events> {
        let lines = self.post(name, params)?;
        Ok(Events { lines })
    }

    /// Up to the body of the answer. In this old version of HTTP a body is what
    /// comes until the end, so nothing needs to be put together.
    fn post(&self, name: &str, params: &Value) -> Result<BufReader<TcpStream>> {
        let Self { port, token, .. } = self;
        let place = SocketAddr::from((Ipv4Addr::LOCALHOST, *port));
        let connected = inside(&self.namespace, || {
            TcpStream::connect_timeout(&place, PATIENCE)
        })?;
        let mut stream = connected.with_context(|| format!("no node answers at {place}"))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let body = params.to_string();
        let head = format!(
            "POST /rpc/{name} HTTP/1.0\r\nHost: {place}\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(format!("{head}{body}").as_bytes())?;
        let mut reader = BufReader::new(stream);
        let mut status = String::new();
        reader.read_line(&mut status)?;
        let mut line = String::from("-");
        while !line.trim().is_empty() {
            line.clear();
            reader.read_line(&mut line)?;
        }
        ensure!(
            status.split(' ').nth(1) == Some("200"),
            "{name} was answered with {}",
            status.trim()
        );
        Ok(reader)
    }
}

impl Events {
    /// The next one, and when it arrived here. `None` when the stream ended.
    pub(crate) fn next(&mut self) -> Option<(Instant, Value)> {
        let mut line = String::new();
        loop {
            line.clear();
            match self.lines.read_line(&mut line) {
                Ok(0) | Err(_) => return None,
                Ok(_) => {
                    let now = Instant::now();
                    if let Some(event) = event(&line) {
                        return Some((now, event));
                    }
                }
            }
        }
    }

    pub(crate) fn ender(&self) -> Result<Ender> {
        let stream = self.lines.get_ref();
        // A quiet network has nothing to tell for a long time.
        stream.set_read_timeout(None)?;
        Ok(Ender(stream.try_clone()?))
    }
}

impl Drop for Ender {
    fn drop(&mut self) {
        // It may have ended by itself, which is just as well.
        let _ = self.0.shutdown(Shutdown::Both);
    }
}

/// From a line of server-sent events; their numbers and the signs of life
/// between them are of no use here.
fn event(line: &str) -> Option<Value> {
    serde_json::from_str(line.strip_prefix("data:")?.trim()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_told_from_what_is_between_them() {
        let happened = event("data: {\"seq\":4,\"kind\":\"resync\"}\n").unwrap();
        assert_eq!(happened["kind"], "resync");
        for other in ["id: 4\n", ":\n", "\n", "data: half a line"] {
            assert_eq!(event(other), None, "{other}");
        }
    }
}
