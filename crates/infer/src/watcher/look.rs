//! Looking at one backend, again and again.

use std::{collections::BTreeMap, sync::Arc, time::SystemTime};

use tokio::{
    sync::mpsc,
    time::{Duration, Instant, timeout, timeout_at},
};

use super::{FAR, NEAR, PATIENCE, Standing, View};
use crate::{Details, Failure, Loaded, ModelCard, Reach, Skill};

/// Its version is asked for again after so many looks: who replaces a server
/// restarts it, which is seen anyway nearly always.
const LOOKS_PER_VERSION: u32 = 80;

/// A server beyond this network needs more time.
const PATIENCE_FAR: Duration = Duration::from_secs(10);

/// Looks until it is no longer wanted, and tells what it sees each time. What a
/// list leaves out is asked for between two looks, so that it delays none.
pub(super) async fn forever(view: View, tell: impl AsyncFn(View), mut nudged: mpsc::Receiver<()>) {
    let (every, patience) = match view.reach {
        Reach::ThisMachine | Reach::Lan => (NEAR, PATIENCE),
        Reach::Beyond => (FAR, PATIENCE_FAR),
    };
    let mut looker = Looker {
        view,
        patience,
        looks: 0,
        shown: BTreeMap::new(),
    };
    loop {
        looker.look().await;
        tell(looker.view.clone()).await;
        let next = Instant::now() + every;
        // What is cut off there goes on after the next look.
        let _ = timeout_at(next, looker.describe()).await;
        if looker.complete() {
            tell(looker.view.clone()).await;
        }
        if let Ok(None) = timeout_at(next, nudged.recv()).await {
            // The keeper let go of this one.
            return;
        }
    }
}

struct Looker {
    view: View,
    patience: Duration,
    looks: u32,
    /// What was told of models when they were shown, by their weights.
    shown: BTreeMap<String, Details>,
}

impl Looker {
    async fn look(&mut self) {
        let found = timeout(self.patience, self.find()).await;
        let found = found.unwrap_or(Err(Failure::Silent {
            after: self.patience,
        }));
        self.looks = self.looks.wrapping_add(1);
        match found {
            Ok((version, models, loaded)) => {
                self.stand(Standing::Up, None);
                if version.is_some() {
                    self.view.version = version;
                }
                keep(&mut self.view.models, models);
                keep(&mut self.view.loaded, loaded);
                self.complete();
            }
            Err(failure) => {
                // Whoever comes back may be another one.
                self.looks = 0;
                self.stand(standing(&failure), Some(failure));
                keep(&mut self.view.loaded, Vec::new());
            }
        }
    }

    async fn find(&self) -> Result<(Option<String>, Vec<ModelCard>, Vec<Loaded>), Failure> {
        let backend = &self.view.backend;
        let version = if self.looks.is_multiple_of(LOOKS_PER_VERSION) {
            backend.probe().await?.version
        } else {
            None
        };
        let models = backend.models().await?;
        let loaded = if backend.skills().have(Skill::Loaded) {
            backend.loaded().await?
        } else {
            Vec::new()
        };
        Ok((version, models, loaded))
    }

    /// Asks for what the list leaves out.
    async fn describe(&mut self) {
        let backend = Arc::clone(&self.view.backend);
        if self.view.standing != Standing::Up || !backend.skills().have(Skill::Show) {
            return;
        }
        let models = Arc::clone(&self.view.models);
        self.shown
            .retain(|shown, _| models.iter().any(|card| weights(card) == *shown));
        for card in models.iter() {
            let weights = weights(card);
            if card.details.abilities.is_some() || self.shown.contains_key(&weights) {
                continue;
            }
            // One that cannot be shown is not asked for again.
            self.shown.insert(weights.clone(), Details::default());
            if let Ok(details) = backend.show(card.name.clone()).await {
                self.shown.insert(weights, details);
            }
        }
    }

    /// Adds what was told when models were shown; whether that was anything new.
    fn complete(&mut self) -> bool {
        let mut models = self.view.models.to_vec();
        for card in &mut models {
            if let Some(details) = self.shown.get(&weights(card)) {
                card.details.complete(details.clone());
            }
        }
        let new = models != *self.view.models;
        keep(&mut self.view.models, models);
        new
    }

    fn stand(&mut self, standing: Standing, trouble: Option<Failure>) {
        if self.view.standing != standing {
            self.view.standing = standing;
            self.view.since = SystemTime::now();
        }
        self.view.trouble = trouble;
    }
}

fn standing(failure: &Failure) -> Standing {
    match failure {
        Failure::Absent { .. } | Failure::BrokeOff { .. } => Standing::Down,
        Failure::Silent { .. } => Standing::Silent,
        Failure::ModelUnknown { .. }
        | Failure::Busy { .. }
        | Failure::Unable { .. }
        | Failure::Forbidden { .. }
        | Failure::Refused { .. }
        | Failure::Failed { .. }
        | Failure::Garbage { .. }
        | Failure::RequestTooLarge { .. }
        | Failure::AnswerTooLong { .. } => Standing::Broken,
    }
}

/// Leaves what is the same where it is, so that those who compare are quick.
fn keep<T: PartialEq>(here: &mut Arc<[T]>, there: Vec<T>) {
    if **here != *there {
        *here = there.into();
    }
}

/// What names a model as long as it stays as it is.
fn weights(card: &ModelCard) -> String {
    card.digest
        .clone()
        .unwrap_or_else(|| card.name.as_str().to_owned())
}
