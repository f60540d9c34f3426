//! On this system nobody tells that the machine is about to sleep; the wake is
//! noticed all the same.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(dead_code, reason = "nobody tells")]
pub(super) enum Sleep {
    Near,
    Over,
}

pub(super) struct SleepWatch;

impl SleepWatch {
    pub(super) fn off() -> Self {
        Self
    }

    pub(super) fn of_the_system() -> Self {
        Self
    }

    pub(super) async fn next(&mut self) -> Sleep {
        std::future::pending().await
    }

    pub(super) fn let_go(&mut self) {}

    pub(super) fn woke(&mut self) {}
}
