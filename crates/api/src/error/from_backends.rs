//! What cannot be done with the servers of models, as codes with parameters.

use node::{
    backends::{self, BackendError},
    downloads::{self, DownloadError},
};

use super::{ApiError, Code};

impl From<BackendError> for ApiError {
    fn from(error: BackendError) -> Self {
        match error {
            BackendError::BadAddress(address) => {
                Self::new(Code::BackendAddressWrong, [("address", address)])
            }
            BackendError::NoSuchHost(host) => {
                let reason = "#name_unknown".to_owned();
                Self::new(Code::NoSuchHost, [("host", host), ("reason", reason)])
            }
            BackendError::BadName => Self::new(Code::BackendNameWrong, []),
            BackendError::LeavesLan(address) => {
                Self::new(Code::BackendLeavesLan, [("address", address)])
            }
            BackendError::KeyInClear(address) => {
                Self::new(Code::BackendKeyInClear, [("address", address)])
            }
            BackendError::Known(name) => Self::new(Code::BackendKnown, [("name", name)]),
            BackendError::Unknown(name) => Self::new(Code::BackendUnknown, [("name", name)]),
            BackendError::BuiltIn => Self::new(Code::BackendBuiltIn, []),
            BackendError::TooMany => {
                let most = backends::MOST.to_string();
                Self::new(Code::TooManyBackends, [("most", most)])
            }
            error @ (BackendError::KeyLost | BackendError::KeyNotKept(_)) => {
                let reason = error.to_string();
                Self::new(Code::BackendKeyNotKept, [("reason", reason)])
            }
            BackendError::Unwritable { file, reason } => unwritable(&file, &reason),
            BackendError::Unsuitable(reason) => failed(reason.to_string()),
            BackendError::NoModel(model) => {
                let model = model.as_str().to_owned();
                Self::new(Code::ModelNotHere, [("model", model)])
            }
            BackendError::Failed(failure) => failed(failure.to_string()),
            error @ BackendError::Fault => Self::internal(&error.to_string()),
        }
    }
}

impl From<DownloadError> for ApiError {
    fn from(error: DownloadError) -> Self {
        match error {
            DownloadError::NobodyCan => Self::new(Code::NobodyPulls, []),
            DownloadError::TooMany => {
                let most = downloads::MOST.to_string();
                Self::new(Code::TooManyPulls, [("most", most)])
            }
            DownloadError::Unknown(model) => {
                let model = model.as_str().to_owned();
                Self::new(Code::PullUnknown, [("model", model)])
            }
            DownloadError::Backend(error) => error.into(),
            DownloadError::Unwritable { file, reason } => unwritable(&file, &reason),
            DownloadError::Stopping => Self::new(Code::Stopping, []),
        }
    }
}

fn unwritable(file: &std::path::Path, reason: &std::io::Error) -> ApiError {
    let file = file.display().to_string();
    let reason = node::reason(reason);
    ApiError::new(Code::NotWritten, [("file", file), ("reason", reason)])
}

fn failed(reason: String) -> ApiError {
    ApiError::new(Code::BackendFailed, [("reason", reason)])
}
