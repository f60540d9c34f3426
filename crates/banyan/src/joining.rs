//! Trust without comparing codes: tickets for one machine, mesh keys for many.

mod keys;
mod qr;
mod tickets;

use api::dto::JoinKind;

pub(crate) use self::{keys::run as mesh, tickets::run as ticket};

fn kind_text(kind: JoinKind) -> &'static str {
    match kind {
        JoinKind::Mine => "mine",
        JoinKind::Team => "team",
    }
}
