//! One table, one file: its migrations, its rows, its reader, its writer.

pub(super) mod access;
pub(super) mod addresses;
pub(super) mod audit;
pub(super) mod duties;
pub(super) mod frozen;
pub(super) mod held_keys;
pub(super) mod invitations;
pub(super) mod life;
pub(super) mod mesh_keys;
pub(super) mod moves;
pub(super) mod notified;
pub(super) mod own_person;
pub(super) mod peers;
pub(super) mod permissions;
