use node::firewall::Refusal;

use crate::{
    Api, ApiError, Code,
    dto::{Diagnostics, FirewallChange, LogLine, LogQuery, Report},
    handlers::status,
};

/// The journal keeps no more than this anyway.
const MOST_LINES: u32 = 1000;

pub(crate) async fn run(api: &Api, (): ()) -> Result<Diagnostics, ApiError> {
    let diagnosis = api.node.diagnose().await;
    Ok(Diagnostics {
        status: status::get(api, ()).await?,
        checks: diagnosis.checks.iter().map(Into::into).collect(),
        firewall: diagnosis.firewall.into(),
        network: diagnosis.network.into(),
    })
}

pub(crate) async fn report(api: &Api, (): ()) -> Result<Report, ApiError> {
    Ok(Report {
        text: api.node.report().await,
    })
}

pub(crate) async fn open_firewall(api: &Api, (): ()) -> Result<FirewallChange, ApiError> {
    match api.node.open_firewall().await {
        Ok(firewall) => Ok(FirewallChange {
            firewall: firewall.into(),
        }),
        Err(unchanged) => Err(ApiError::new(
            Code::FirewallUnchanged,
            [
                ("reason", reason(unchanged.refusal)),
                ("command", unchanged.command),
            ],
        )),
    }
}

fn reason(refusal: Refusal) -> String {
    match refusal {
        Refusal::NotPermitted => "#not_permitted".to_owned(),
        Refusal::NoAnswer => "#nobody_answered".to_owned(),
        Refusal::AlreadyAsking => "#already_asking".to_owned(),
        Refusal::CannotAsk => "#cannot_ask".to_owned(),
        Refusal::Failed(said) => said,
    }
}

pub(crate) async fn read_log(api: &Api, query: LogQuery) -> Result<Vec<LogLine>, ApiError> {
    let limit = usize::try_from(query.limit.min(MOST_LINES)).unwrap_or_default();
    Ok(api
        .node
        .log(query.level.into(), limit)
        .into_iter()
        .map(Into::into)
        .collect())
}
