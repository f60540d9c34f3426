//! `banyan backends`: the servers of models that this machine asks.

use std::{
    fs,
    io::{self, Read as _},
    path::Path,
    process::ExitCode,
};

use anstyle::Style;
use api::{
    ApiError, Code,
    calls::{AddBackend, ListBackends, ProbeBackend, RemoveBackend},
    dto::{Backend, BackendLook, BackendLooked, BackendNew, BackendRef, BackendStanding, KeyText},
};
use gateway::client::Client;
use serde_json::json;

use crate::{
    answer::Answer,
    cli::{BackendAction, BackendOptions},
    terminal::{BAD, BOLD, CAUTION, FAINT, GOOD, Table, paint},
};

/// No key is longer.
const MOST_BYTES: u64 = 8192;

pub(super) async fn run(
    client: &Client,
    action: Option<BackendAction>,
) -> Result<Answer, ApiError> {
    match action {
        None | Some(BackendAction::List) => list(client).await,
        Some(BackendAction::Add(options)) => add(client, options).await,
        Some(BackendAction::Remove { name }) => remove(client, name).await,
        Some(BackendAction::Probe { name, ask }) => probe(client, name, ask).await,
    }
}

async fn list(client: &Client) -> Result<Answer, ApiError> {
    let backends = client.call::<ListBackends>(()).await?;
    let mut table = Table::default();
    backends.iter().for_each(|backend| table.row(line(backend)));
    Ok(Answer::new(table.text(""), &backends))
}

async fn add(client: &Client, options: BackendOptions) -> Result<Answer, ApiError> {
    let BackendOptions {
        address,
        name,
        key_file,
        leaves_lan,
    } = options;
    let new = BackendNew {
        address,
        name,
        key: key_file.as_deref().map(read_key).transpose()?,
        leaves_lan,
    };
    let added = client.call::<AddBackend>(new).await?;
    let mut table = Table::default();
    table.row(line(&added));
    Ok(Answer::new(table.text(""), &added))
}

async fn remove(client: &Client, name: String) -> Result<Answer, ApiError> {
    let text = format!("{} is asked no longer.\n", paint(BOLD, &name));
    let document = json!({ "id": name, "decided": "removed" });
    client
        .call::<RemoveBackend>(BackendRef { id: name })
        .await?;
    Ok(Answer::new(text, &document))
}

async fn probe(client: &Client, name: Option<String>, ask: bool) -> Result<Answer, ApiError> {
    let names = match name {
        Some(name) => vec![name],
        None => {
            let all = client.call::<ListBackends>(()).await?;
            all.into_iter().map(|backend| backend.id).collect()
        }
    };
    let mut table = Table::default();
    let mut looked = Vec::new();
    for id in names {
        let look = BackendLook { id, ask };
        let one = client.call::<ProbeBackend>(look).await?;
        table.row(looked_line(&one));
        looked.push(one);
    }
    let mut answer = Answer::new(table.text(""), &looked);
    if looked.iter().any(|one| trouble(one).is_some()) {
        answer.exit = ExitCode::FAILURE;
    }
    Ok(answer)
}

fn line(backend: &Backend) -> [(Style, String); 4] {
    let (style, standing) = match backend.standing {
        BackendStanding::Unknown => (FAINT, "not looked at yet"),
        BackendStanding::Up => (GOOD, "answers"),
        BackendStanding::Down => (CAUTION, "is not there"),
        BackendStanding::Silent => (CAUTION, "says nothing"),
        BackendStanding::Broken => (BAD, "does not work"),
    };
    let models = match (backend.standing, backend.models) {
        (BackendStanding::Up, 1) => "1 model".to_owned(),
        (BackendStanding::Up, models) => format!("{models} models"),
        _ => backend.trouble.clone().unwrap_or_default(),
    };
    let about = if backend.leaves_lan {
        format!("{models}, leaves this network")
    } else {
        models
    };
    [
        (BOLD, backend.id.clone()),
        (Style::new(), backend.address.clone().unwrap_or_default()),
        (style, standing.to_owned()),
        (FAINT, about),
    ]
}

fn looked_line(looked: &BackendLooked) -> [(Style, String); 4] {
    let took = looked.took_ms.map(|took| format!("{took} ms"));
    let version = looked.version.clone().unwrap_or_default();
    let about = match (trouble(looked), &looked.answer) {
        (Some(trouble), _) => (BAD, trouble.to_owned()),
        (None, Some(answer)) => {
            let text = format!("{} answered in {} ms", answer.model, answer.took_ms);
            (GOOD, text)
        }
        (None, None) => (GOOD, format!("models: {}", looked.models)),
    };
    [
        (BOLD, looked.id.clone()),
        (FAINT, version),
        (FAINT, took.unwrap_or_default()),
        about,
    ]
}

fn trouble(looked: &BackendLooked) -> Option<&str> {
    let answer = looked.answer.as_ref();
    let of_answer = answer.and_then(|answer| answer.trouble.as_deref());
    looked.trouble.as_deref().or(of_answer)
}

/// From a file, so that it stands in no history of a shell.
fn read_key(file: &Path) -> Result<KeyText, ApiError> {
    let mut text = String::new();
    let read = if file == Path::new("-") {
        io::stdin().take(MOST_BYTES).read_to_string(&mut text)
    } else {
        fs::File::open(file).and_then(|file| file.take(MOST_BYTES).read_to_string(&mut text))
    };
    read.map_err(|error| {
        let reason = format!("{}: {}", file.display(), api::plain(&error));
        ApiError::new(Code::BackendKeyNotKept, [("reason", reason)])
    })?;
    Ok(KeyText(text.trim().to_owned()))
}
