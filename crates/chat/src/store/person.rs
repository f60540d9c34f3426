//! Going on as another person: the key of the old one may be known to somebody
//! who should not know it.

use wire::{
    DeviceCertificate, PersonId,
    room::{Rank, RoomId, Topic},
};

use super::{Fresh, Note, RoomState, Store, StoreError, Wall};

impl Store {
    /// This machine is one of another person from now on. Where the old person is an
    /// admin, the new one takes its place; elsewhere an admin has to add the new
    /// one, and until then this machine goes on there as it was. Personal values
    /// come along.
    pub fn become_person(
        &mut self,
        certificate: DeviceCertificate,
        now: Wall,
    ) -> Result<Vec<Fresh>, StoreError> {
        let (old, new) = (self.person(), certificate.person());
        let mut fresh = Vec::new();
        if old != new {
            for room in self.rooms_of(old) {
                self.replace(room, old, new, now, &mut fresh)?;
            }
        }
        let notes = if old == new {
            Vec::new()
        } else {
            self.all_notes(old)?
        };
        self.own.certificate = certificate;
        if !notes.is_empty() {
            fresh.push(self.note(notes, now)?);
        }
        Ok(fresh)
    }

    /// Another machine of the same person may have done it already.
    fn replace(
        &mut self,
        room: RoomId,
        old: PersonId,
        new: PersonId,
        now: Wall,
        fresh: &mut Vec<Fresh>,
    ) -> Result<(), StoreError> {
        let standing = self.standing(room)?;
        let present = standing.present();
        if present.get(&old).map(|member| member.rank()) != Some(Rank::Admin) {
            return Ok(());
        }
        if !present.contains_key(&new) {
            fresh.push(self.add(room, new, Rank::Admin, true, now)?);
        }
        fresh.push(self.remove(room, old, now)?);
        Ok(())
    }

    fn rooms_of(&self, person: PersonId) -> Vec<RoomId> {
        let personal = RoomId::personal(person);
        self.rooms
            .iter()
            .filter(|(room, held)| held.state == RoomState::Joined && **room != personal)
            .filter(|(_, held)| held.present.contains_key(&person))
            .map(|(room, _)| *room)
            .collect()
    }

    fn all_notes(&mut self, person: PersonId) -> Result<Vec<Note>, StoreError> {
        let Ok(no) = self.joined(RoomId::personal(person)).map(|held| held.no) else {
            return Ok(Vec::new());
        };
        let sql = format!(
            "SELECT topic, subject, value FROM note WHERE room = {no} AND value IS NOT NULL"
        );
        self.list(&sql, |row| {
            Ok(Note {
                topic: Topic::of(row.get(0)?),
                subject: row.get(1)?,
                value: row.get(2)?,
            })
        })
    }
}
