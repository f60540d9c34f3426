//! What such servers tell of their models, and the rows of embeddings.

use serde::Deserialize;
use serde_json::Value;

use crate::{Details, ModelCard, ModelName};

/// More models than any place lists.
const MOST: usize = 10_000;

/// `/v1/models`
#[derive(Debug, Deserialize)]
pub(super) struct Models {
    /// A list without entries may be null.
    data: Option<Vec<Value>>,
}

/// `/v1/embeddings`
#[derive(Debug, Deserialize)]
pub(super) struct Embedded {
    data: Vec<Row>,
    usage: Option<Usage>,
}

#[derive(Debug, Deserialize)]
struct Row {
    index: usize,
    embedding: Vec<f32>,
}

#[derive(Debug, Deserialize)]
struct Usage {
    prompt_tokens: Option<u32>,
}

#[derive(Debug, Deserialize)]
struct Listed {
    id: ModelName,
    /// As vLLM tells it.
    max_model_len: Option<u32>,
    /// As llama-server tells it.
    meta: Option<Meta>,
}

#[derive(Debug, Default, Deserialize)]
struct Meta {
    n_ctx_train: Option<u32>,
    n_params: Option<u64>,
    n_embd: Option<u32>,
    size: Option<u64>,
}

impl Models {
    pub(super) fn cards(self) -> Vec<ModelCard> {
        let list = self.data.unwrap_or_default().into_iter().take(MOST);
        // One entry that makes no sense must not hide the others.
        list.filter_map(|entry| serde_json::from_value::<Listed>(entry).ok())
            .map(Listed::card)
            .collect()
    }
}

impl Listed {
    fn card(self) -> ModelCard {
        let meta = self.meta.unwrap_or_default();
        ModelCard {
            name: self.id,
            digest: None,
            size: meta.size,
            details: Details {
                parameters: meta.n_params.map(counted),
                context: self.max_model_len.or(meta.n_ctx_train),
                dimensions: meta.n_embd,
                ..Details::default()
            },
            elsewhere: None,
        }
    }
}

impl Embedded {
    pub(super) fn prompt_tokens(&self) -> Option<u32> {
        self.usage.as_ref()?.prompt_tokens
    }

    /// One row for each of the texts, in their order.
    pub(super) fn rows(self, texts: usize) -> Option<Vec<Vec<f32>>> {
        let mut rows = self.data;
        rows.sort_by_key(|row| row.index);
        let complete =
            rows.len() == texts && rows.iter().enumerate().all(|(at, row)| row.index == at);
        complete.then(|| rows.into_iter().map(|row| row.embedding).collect())
    }
}

/// As people write it: `4.3B`.
fn counted(parameters: u64) -> String {
    let number = parameters as f64;
    let (number, letter) = match parameters {
        1_000_000_000.. => (number / 1e9, "B"),
        1_000_000.. => (number / 1e6, "M"),
        1_000.. => (number / 1e3, "K"),
        _ => (number, ""),
    };
    let rounded = (number * 100.0).round() / 100.0;
    format!("{rounded}{letter}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lists_of_several_servers_are_read() {
        let list: Models = serde_json::from_value(json!({"object": "list", "data": [
            {"id": "tiny-chat", "object": "model", "created": 1, "owned_by": "llamacpp",
             "meta": {"vocab_type": 1, "n_ctx_train": 512, "n_embd": 128, "n_params": 885888, "size": 945000}},
            {"id": "meta-llama/Llama-3.2-3B", "object": "model", "max_model_len": 131072},
            {"id": "", "object": "model"},
            "odd",
        ]}))
        .unwrap();
        let cards = list.cards();
        let [tiny, llama] = cards.as_slice() else {
            panic!("{cards:?}")
        };
        assert_eq!(tiny.details.parameters.as_deref(), Some("885.89K"));
        assert_eq!(tiny.details.context, Some(512));
        assert_eq!(tiny.size, Some(945_000));
        assert_eq!(llama.details.context, Some(131_072));
        let empty: Models =
            serde_json::from_value(json!({"object": "list", "data": null})).unwrap();
        assert_eq!(empty.cards(), []);
    }

    #[test]
    fn rows_come_in_the_order_of_the_texts() {
        let rows = |indices: &[usize], texts| {
            let data = indices.iter().map(|index| Row {
                index: *index,
                embedding: vec![*index as f32],
            });
            Embedded {
                data: data.collect(),
                usage: None,
            }
            .rows(texts)
        };
        assert_eq!(rows(&[1, 0], 2), Some(vec![vec![0.0], vec![1.0]]));
        assert_eq!(rows(&[0], 2), None);
        assert_eq!(rows(&[0, 0], 2), None);
        assert_eq!(rows(&[0, 2], 2), None);
    }
}
