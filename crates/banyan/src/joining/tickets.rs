//! `banyan ticket`: invitations, each for one machine, once.

use std::{
    io::{self, IsTerminal as _},
    path::PathBuf,
};

use anstyle::Style;
use api::{
    ApiError,
    calls::{ListTickets, MakeTicket, WithdrawTicket},
    dto::{Invitation, JoinKind, JoinRef, Ticket, TicketWish},
};
use gateway::client::Client;
use serde_json::json;

use super::{kind_text, qr};
use crate::{
    answer::Answer,
    cli::{TicketAction, TicketOptions},
    machines::to_the_minute,
    node_client,
    terminal::{ACCENT, BOLD, FAINT, Table, paint},
};

pub(crate) async fn run(data: Option<PathBuf>, options: TicketOptions) -> Result<Answer, ApiError> {
    let client = node_client::connect(data)?;
    match options.action {
        None => make(&client, options.kind.mine).await,
        Some(TicketAction::List) => list(&client).await,
        Some(TicketAction::Withdraw { id }) => withdraw(&client, id).await,
    }
}

async fn make(client: &Client, mine: bool) -> Result<Answer, ApiError> {
    let kind = if mine { JoinKind::Mine } else { JoinKind::Team };
    let ticket = client.call::<MakeTicket>(TicketWish { kind }).await?;
    Ok(Answer::new(made_text(&ticket), &ticket))
}

/// Where it is handed on, the ticket stands alone.
fn made_text(ticket: &Ticket) -> String {
    if !io::stdout().is_terminal() {
        return format!("{}\n", ticket.text);
    }
    let mine = match ticket.kind {
        JoinKind::Mine => " --mine",
        JoinKind::Team => "",
    };
    format!(
        "\n{}\n{}\n\nOne machine can come with it, once, until {}. There:\n  {}\n",
        qr::text(&ticket.qr),
        paint(BOLD, &ticket.text),
        to_the_minute(&ticket.expires_at),
        paint(ACCENT, format!("banyan pair TICKET{mine}"))
    )
}

async fn list(client: &Client) -> Result<Answer, ApiError> {
    let invitations = client.call::<ListTickets>(()).await?;
    Ok(Answer::new(list_text(&invitations), &invitations))
}

fn list_text(invitations: &[Invitation]) -> String {
    if invitations.is_empty() {
        return "No invitation was made here.\n".to_owned();
    }
    let mut table = Table::default();
    for invitation in invitations {
        let (style, state) = match &invitation.redeemed_by {
            Some(device) => (FAINT, format!("used by {device}")),
            None => (
                Style::new(),
                format!("until {}", to_the_minute(&invitation.expires_at)),
            ),
        };
        table.row([
            (BOLD, invitation.id.clone()),
            (Style::new(), kind_text(invitation.kind).to_owned()),
            (style, state),
        ]);
    }
    table.text("")
}

async fn withdraw(client: &Client, id: String) -> Result<Answer, ApiError> {
    let text = format!("The invitation {} is withdrawn.\n", paint(BOLD, &id));
    let document = json!({ "id": id, "decided": "withdrawn" });
    client.call::<WithdrawTicket>(JoinRef { id }).await?;
    Ok(Answer::new(text, &document))
}
