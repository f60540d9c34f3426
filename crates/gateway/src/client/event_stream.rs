use std::marker::PhantomData;

use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use serde::de::DeserializeOwned;
use tokio::task::JoinSet;

use super::{ClientError, unreadable};

/// What a node sends piece by piece, in order. Ends when the node stops.
#[derive(Debug)]
pub struct Events<T> {
    body: Incoming,
    received: Vec<u8>,
    _connection: JoinSet<()>,
    /// What a line that broke means.
    broken: Option<ClientError>,
    _each: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> Events<T> {
    pub(super) fn new(body: Incoming, connection: JoinSet<()>, broken: ClientError) -> Self {
        Self {
            body,
            received: Vec::new(),
            _connection: connection,
            broken: Some(broken),
            _each: PhantomData,
        }
    }

    pub async fn next(&mut self) -> Option<Result<T, ClientError>> {
        loop {
            if let Some(block) = take_block(&mut self.received) {
                if let Some(data) = data_of(&block) {
                    return Some(serde_json::from_str(&data).map_err(unreadable));
                }
                continue;
            }
            match self.body.frame().await? {
                Ok(frame) => {
                    if let Some(bytes) = frame.data_ref() {
                        self.received.extend_from_slice(bytes);
                    }
                }
                // The node is gone; a second reason would say the same.
                Err(_) => return self.broken.take().map(Err),
            }
        }
    }
}

/// What lies before the first empty line, if one has arrived. Our gateway ends
/// lines with a line feed and nothing else.
fn take_block(received: &mut Vec<u8>) -> Option<String> {
    let end = received.windows(2).position(|pair| pair == b"\n\n")?;
    let rest = received.split_off(end + 2);
    let block = std::mem::replace(received, rest);
    Some(String::from_utf8_lossy(&block).into_owned())
}

/// A block without data is a sign of life.
fn data_of(block: &str) -> Option<String> {
    let data: Vec<&str> = block
        .lines()
        .filter_map(|line| line.strip_prefix("data:"))
        .map(|data| data.strip_prefix(' ').unwrap_or(data))
        .collect();
    (!data.is_empty()).then(|| data.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_may_arrive_in_any_pieces() {
        let text = "id: 1\ndata: {\"a\":1}\n\n:\n\nid: 2\ndata:x\ndata: y\n\nid: 3\nda";
        let mut found = Vec::new();
        let mut received = Vec::new();
        for byte in text.bytes() {
            received.push(byte);
            while let Some(block) = take_block(&mut received) {
                found.push(data_of(&block));
            }
        }
        assert_eq!(
            found,
            [Some("{\"a\":1}".to_owned()), None, Some("x\ny".to_owned())]
        );
        assert_eq!(received, b"id: 3\nda");
    }
}
