//! A ticket: where a machine is, who it is, and perhaps an invitation to it, in
//! one line that is sent, pasted or shown as a QR code.
//!
//! `banyan:ID@host:port,host:port#kind.SECRET`
//!
//! It never carries a mesh key. The invitation is a random secret that its
//! issuer takes once; the kind stands beside it so that whoever redeems it knows
//! what it means before anything is sent. Who holds the ticket can be invited in
//! place of whom it was for, so it is a secret while the invitation is open.
//!
//! Invariant: a [`Ticket`] has one to [`MOST_PLACES`] places and fits
//! [`LONGEST`] characters; what it prints it reads back.

mod place;

use std::{fmt, str::FromStr};

use data_encoding::BASE32_NOPAD;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{DeviceId, InvalidKey, MeshKind, secret::Secret};

pub use place::{Host, HostName, NotAHostName, Place, PlaceError};

/// A machine has a few addresses; a longer list is a way to make somebody knock
/// at many doors.
pub const MOST_PLACES: usize = 8;

/// Eight host names of the usual length and all the rest. It still fits a QR
/// code that a camera reads.
pub const LONGEST: usize = 1024;

const SCHEME: &str = "banyan:";

#[derive(Clone, PartialEq, Eq)]
pub struct Ticket {
    device: DeviceId,
    places: Vec<Place>,
    invitation: Option<Invitation>,
}

/// Lets one machine in, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    pub kind: MeshKind,
    pub secret: InvitationSecret,
}

/// Generated, never chosen. Wiped from memory when dropped.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct InvitationSecret(Secret<{ Self::LENGTH }>);

/// Names an invitation without telling its secret; what its issuer keeps.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InvitationId([u8; 32]);

/// Why text is no ticket.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TicketError {
    #[error("a ticket begins with {SCHEME} and the id of a machine, then @ and where it is")]
    NotATicket,
    #[error("a ticket has no more than {LONGEST} characters")]
    TooLong,
    #[error("the machine in the ticket: {0}")]
    Device(#[source] InvalidKey),
    #[error("the place {text:?} in the ticket: {error}")]
    Place {
        text: String,
        #[source]
        error: PlaceError,
    },
    #[error("a ticket names one to {MOST_PLACES} places, this names {0}")]
    Places(usize),
    #[error("the invitation in the ticket is neither mine nor team")]
    Kind,
    #[error("the secret of the invitation in the ticket was not copied whole")]
    Secret,
}

impl Ticket {
    pub fn new(
        device: DeviceId,
        places: Vec<Place>,
        invitation: Option<Invitation>,
    ) -> Result<Self, TicketError> {
        if places.is_empty() || places.len() > MOST_PLACES {
            return Err(TicketError::Places(places.len()));
        }
        let ticket = Self {
            device,
            places,
            invitation,
        };
        if ticket.text().len() > LONGEST {
            return Err(TicketError::TooLong);
        }
        Ok(ticket)
    }

    /// Whose ticket it is: nobody else is shown the invitation.
    pub fn device(&self) -> DeviceId {
        self.device
    }

    pub fn places(&self) -> &[Place] {
        &self.places
    }

    pub fn invitation(&self) -> Option<&Invitation> {
        self.invitation.as_ref()
    }

    /// The ticket as it is handed over.
    pub fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(self.to_string())
    }
}

impl fmt::Display for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let device = self.device.to_string().replace('-', "");
        write!(f, "{SCHEME}{device}@")?;
        for (index, place) in self.places.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(f, "{comma}{place}")?;
        }
        if let Some(Invitation { kind, secret }) = &self.invitation {
            write!(f, "#{}.{}", kind.word(), *secret.text())?;
        }
        Ok(())
    }
}

impl FromStr for Ticket {
    type Err = TicketError;

    fn from_str(text: &str) -> Result<Self, TicketError> {
        let text = text.trim();
        if text.len() > LONGEST {
            return Err(TicketError::TooLong);
        }
        let scheme = text.get(..SCHEME.len()).unwrap_or_default();
        if !scheme.eq_ignore_ascii_case(SCHEME) {
            return Err(TicketError::NotATicket);
        }
        let rest = text.get(SCHEME.len()..).unwrap_or_default();
        let (rest, invitation) = match rest.split_once('#') {
            Some((rest, invitation)) => (rest, Some(invitation.parse()?)),
            None => (rest, None),
        };
        let (device, places) = rest.split_once('@').ok_or(TicketError::NotATicket)?;
        let device = device.parse().map_err(TicketError::Device)?;
        let count = places.split(',').count();
        if count > MOST_PLACES {
            return Err(TicketError::Places(count));
        }
        let places = places.split(',').map(|text| {
            text.parse().map_err(|error| TicketError::Place {
                text: text.to_owned(),
                error,
            })
        });
        Self::new(device, places.collect::<Result<_, _>>()?, invitation)
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ticket")
            .field("device", &self.device)
            .field("places", &self.places)
            .field("invitation", &self.invitation)
            .finish()
    }
}

impl Invitation {
    pub fn id(&self) -> InvitationId {
        self.secret.id()
    }
}

impl FromStr for Invitation {
    type Err = TicketError;

    fn from_str(text: &str) -> Result<Self, TicketError> {
        let (kind, secret) = text.split_once('.').ok_or(TicketError::Kind)?;
        let kind = MeshKind::ALL
            .into_iter()
            .find(|known| known.word() == kind)
            .ok_or(TicketError::Kind)?;
        let upper = Zeroizing::new(secret.to_ascii_uppercase());
        let bytes = BASE32_NOPAD.decode(upper.as_bytes()).map(Zeroizing::new);
        let secret = bytes
            .ok()
            .and_then(|bytes| Secret::from_slice(&bytes))
            .ok_or(TicketError::Secret)?;
        Ok(Self {
            kind,
            secret: InvitationSecret(secret),
        })
    }
}

impl InvitationSecret {
    /// 160 bits: nobody guesses them, and in base32 none is left over.
    pub const LENGTH: usize = 20;

    /// The bytes must come from a source nobody can guess.
    pub fn new(bytes: &[u8; Self::LENGTH]) -> Self {
        Self(Secret::new(bytes))
    }

    pub fn id(&self) -> InvitationId {
        InvitationId(blake3::derive_key(
            "banyan invitation id v1",
            self.0.expose(),
        ))
    }

    fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(BASE32_NOPAD.encode(self.0.expose()))
    }
}

impl fmt::Debug for InvitationSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InvitationSecret(secret)")
    }
}

impl InvitationId {
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for InvitationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second, third, fourth, ..] = self.0;
        let short = data_encoding::HEXLOWER.encode(&[first, second, third, fourth]);
        write!(f, "InvitationId({short})")
    }
}

#[cfg(test)]
mod tests;
