use crate::{
    Api, ApiError, Code, Desktop,
    dto::{Autostart, DesktopState, FolderChoice, FolderPick, OpenPlace, ReportSaved, SaveReport},
};

const REPORT_FILE: &str = "banyan-report.txt";

pub(crate) async fn state(api: &Api, (): ()) -> Result<DesktopState, ApiError> {
    desktop(api)?.state().await
}

pub(crate) async fn set_autostart(
    api: &Api,
    autostart: Autostart,
) -> Result<DesktopState, ApiError> {
    desktop(api)?.set_autostart(autostart.on).await
}

pub(crate) async fn open(api: &Api, open: OpenPlace) -> Result<(), ApiError> {
    desktop(api)?.open(open.place).await
}

pub(crate) async fn pick_folder(api: &Api, pick: FolderPick) -> Result<FolderChoice, ApiError> {
    let path = desktop(api)?.pick_folder(pick.title).await?;
    Ok(FolderChoice { path })
}

pub(crate) async fn save_report(api: &Api, save: SaveReport) -> Result<ReportSaved, ApiError> {
    let desktop = desktop(api)?;
    let report = api.node.report().await;
    let path = desktop
        .save_text(save.title, REPORT_FILE.to_owned(), report)
        .await?;
    Ok(ReportSaved { path })
}

pub(crate) async fn try_notification(api: &Api, (): ()) -> Result<(), ApiError> {
    desktop(api)?.try_notification().await
}

fn desktop(api: &Api) -> Result<&dyn Desktop, ApiError> {
    api.desktop
        .as_deref()
        .ok_or_else(|| ApiError::new(Code::NoDesktop, []))
}
