//! `banyan mesh`: keys that many machines hold, and that make them trust each
//! other.

use std::{
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use anstyle::Style;
use api::{
    ApiError, Code,
    calls::{AddMeshKey, ListMeshKeys, ListPeers, RemoveMeshKey, RotateMeshKey},
    dto::{JoinRef, MeshKey, MeshKeyRotated, MeshKeyText, Peer},
};
use clap::{CommandFactory as _, error::ErrorKind};
use gateway::client::Client;
use node::{mesh_keys, tickets};
use serde_json::json;

use super::kind_text;
use crate::{
    answer::Answer,
    cli::{self, Cli, MeshAction, MeshKind},
    machines::to_the_minute,
    node_client,
    terminal::{BOLD, CAUTION, FAINT, Table, paint},
};

/// A key takes less than a hundred bytes; a person may write a line above it.
const MOST_BYTES: u64 = 4096;

/// Needs no node, and leaves nothing behind.
fn new(kind: &MeshKind) -> Result<Answer, ApiError> {
    let (kind, word) = if kind.mine {
        (tickets::MeshKind::Mine, "mine")
    } else {
        (tickets::MeshKind::Team, "team")
    };
    let key = mesh_keys::mint(kind)?.text();
    Ok(Answer::new(
        format!("{}\n", *key),
        &json!({ "key": *key, "kind": word }),
    ))
}

pub(crate) async fn run(data: Option<PathBuf>, action: MeshAction) -> Result<Answer, ApiError> {
    let connect = || node_client::connect(data);
    match action {
        MeshAction::New(kind) => new(&kind),
        MeshAction::List => list(&connect()?).await,
        MeshAction::Add { file } => add(&connect()?, &file).await,
        MeshAction::Rotate { id } => rotate(&connect()?, id).await,
        MeshAction::Remove { id } => remove(&connect()?, id).await,
    }
}

async fn list(client: &Client) -> Result<Answer, ApiError> {
    let keys = client.call::<ListMeshKeys>(()).await?;
    Ok(Answer::new(list_text(&keys), &keys))
}

async fn add(client: &Client, file: &Path) -> Result<Answer, ApiError> {
    let key = read(file).map_err(|error| {
        let params = [
            ("file", shown(file)),
            ("reason", api::reason_unread(&error)),
        ];
        ApiError::new(Code::MeshKeyUnread, params)
    })?;
    let keys = client.call::<AddMeshKey>(MeshKeyText { key }).await?;
    Ok(Answer::new(list_text(&keys), &keys))
}

async fn rotate(client: &Client, id: Option<String>) -> Result<Answer, ApiError> {
    let id = match id {
        Some(id) => id,
        None => match in_force(client).await?.as_slice() {
            [only] => only.clone(),
            [] => return Err(ApiError::new(Code::MeshKeyUnknown, [])),
            several => return Ok(which_one(several)),
        },
    };
    let rotated = client.call::<RotateMeshKey>(JoinRef { id }).await?;
    let peers = client.call::<ListPeers>(()).await?;
    Ok(Answer::new(rotated_text(&rotated, &peers), &rotated))
}

async fn remove(client: &Client, id: String) -> Result<Answer, ApiError> {
    let text = format!(
        "The key {} is given up; trust that rested on it has ended.\n",
        paint(BOLD, &id)
    );
    let document = json!({ "id": id, "decided": "removed" });
    client.call::<RemoveMeshKey>(JoinRef { id }).await?;
    Ok(Answer::new(text, &document))
}

/// The ids of the keys that were not replaced.
async fn in_force(client: &Client) -> Result<Vec<String>, ApiError> {
    let keys = client.call::<ListMeshKeys>(()).await?;
    let in_force = keys.into_iter().filter(|key| key.retired_at.is_none());
    Ok(in_force.map(|key| key.id).collect())
}

/// What was typed is not enough to know what is meant.
fn which_one(keys: &[String]) -> Answer {
    let text = format!(
        "this machine holds several mesh keys; name one of {}",
        keys.join(", ")
    );
    let problem = Cli::command().error(ErrorKind::MissingRequiredArgument, text);
    Answer::nothing(cli::tell(&problem))
}

/// A key that was given in the place of a file is a secret, and stays out of what
/// is printed.
fn shown(file: &Path) -> String {
    let path = file.display().to_string();
    if mesh_keys::is_key(&path) {
        "#key_for_file".to_owned()
    } else {
        path
    }
}

fn read(file: &Path) -> io::Result<String> {
    let mut text = String::new();
    if file == Path::new("-") {
        io::stdin().take(MOST_BYTES).read_to_string(&mut text)?;
    } else {
        fs::File::open(file)?
            .take(MOST_BYTES)
            .read_to_string(&mut text)?;
    }
    let lines = text.lines().filter(|line| !line.trim().starts_with('#'));
    Ok(lines.collect())
}

fn list_text(keys: &[MeshKey]) -> String {
    if keys.is_empty() {
        return "This machine holds no mesh key. `banyan mesh new` makes one.\n".to_owned();
    }
    let mut table = Table::default();
    for key in keys {
        let (style, state) = match (&key.retired_at, &key.grace_until) {
            (None, _) => (Style::new(), "in force".to_owned()),
            (Some(_), Some(end)) => (
                CAUTION,
                format!("replaced; trust ends {}", to_the_minute(end)),
            ),
            (Some(_), None) => (FAINT, "replaced".to_owned()),
        };
        table.row([
            (BOLD, key.id.clone()),
            (Style::new(), kind_text(key.kind).to_owned()),
            (style, state),
            (FAINT, trusted_text(key.devices.len())),
        ]);
    }
    table.text("")
}

fn trusted_text(machines: usize) -> String {
    match machines {
        1 => "1 machine is trusted through it".to_owned(),
        count => format!("{count} machines are trusted through it"),
    }
}

/// The new key comes first, where `head -1` finds it.
fn rotated_text(rotated: &MeshKeyRotated, peers: &[Peer]) -> String {
    let mut text = format!("{}\n", rotated.key);
    if rotated.devices.is_empty() {
        text += "\nNo machine is trusted through the old key.\n";
        return text;
    }
    let until = rotated.grace_until.as_deref().map(to_the_minute);
    text += &format!(
        "\nTrusted through the old key{}:\n",
        until.map_or_else(String::new, |end| format!(", until {end}"))
    );
    let mut table = Table::default();
    for device in &rotated.devices {
        let peer = peers.iter().find(|peer| peer.short_id == *device);
        let name = peer.and_then(|peer| peer.name.clone());
        table.row([(BOLD, name.unwrap_or_default()), (FAINT, device.clone())]);
    }
    text + &table.text("  ")
}
