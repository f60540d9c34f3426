//! Everything of a room as values, for a file that its owner takes along.

use std::collections::BTreeMap;

use wire::{
    PersonId,
    room::{MetaField, Rank, RoomId},
};

use super::{Attachment, Before, Message, Store, StoreError};

/// One room, whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    pub room: RoomId,
    pub title: String,
    pub system_prompt: Option<String>,
    pub people: BTreeMap<PersonId, Rank>,
    /// In their order, all branches, each with its files.
    pub messages: Vec<(Message, Vec<Attachment>)>,
}

impl Store {
    pub fn export(&mut self, room: RoomId) -> Result<Exported, StoreError> {
        let standing = self.standing(room)?;
        let everything = self.messages(room, Before::END, usize::MAX)?;
        let mut messages = Vec::with_capacity(everything.len());
        for message in everything {
            let files = self.attachments(room, message.id)?;
            messages.push((message, files));
        }
        let people = standing.present();
        let people = people
            .iter()
            .map(|(person, member)| (*person, member.rank()));
        Ok(Exported {
            room,
            title: standing
                .meta(MetaField::Title)
                .unwrap_or_default()
                .to_owned(),
            system_prompt: standing.meta(MetaField::SystemPrompt).map(str::to_owned),
            people: people.collect(),
            messages,
        })
    }
}
