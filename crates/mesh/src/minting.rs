//! New secrets: drawn from the system's source of randomness, needing no node.

use wire::{Invitation, MeshKey, MeshKind, msg::llm::Grant, ticket::InvitationSecret};
use zeroize::Zeroizing;

pub fn mesh_key(kind: MeshKind) -> Result<MeshKey, getrandom::Error> {
    let mut secret = Zeroizing::new([0; MeshKey::LENGTH]);
    getrandom::fill(&mut *secret)?;
    Ok(MeshKey::new(kind, &secret))
}

/// For one machine, once. Whoever makes it keeps its id, and hands the rest over
/// in a ticket.
pub fn invitation(kind: MeshKind) -> Result<Invitation, getrandom::Error> {
    let mut secret = Zeroizing::new([0; InvitationSecret::LENGTH]);
    getrandom::fill(&mut *secret)?;
    let secret = InvitationSecret::new(&secret);
    Ok(Invitation { kind, secret })
}

/// For one stream, soon.
pub fn grant() -> Result<Grant, getrandom::Error> {
    let mut secret = [0; 16];
    getrandom::fill(&mut secret)?;
    Ok(Grant(secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_are_alike() {
        let key = || mesh_key(MeshKind::Mine).unwrap();
        assert_ne!(key(), key());
        let one = invitation(MeshKind::Team).unwrap();
        assert_eq!(one.kind, MeshKind::Team);
        assert_ne!(grant().unwrap(), grant().unwrap());
        assert_ne!(one.id(), invitation(MeshKind::Team).unwrap().id());
    }
}
