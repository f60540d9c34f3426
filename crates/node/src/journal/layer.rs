use std::{collections::BTreeMap, fmt, sync::PoisonError, time::SystemTime};

use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    level_filters::LevelFilter,
    span,
};
use tracing_subscriber::{Layer, layer::Context, registry::LookupSpan};

use super::{Journal, Line};

/// Feeds a [`Journal`] from a tracing subscriber.
#[derive(Debug)]
pub struct JournalLayer {
    journal: Journal,
}

impl JournalLayer {
    pub(super) fn new(journal: Journal) -> Self {
        Self { journal }
    }

    fn read_filter<R>(&self, read: impl FnOnce(&super::Filter) -> R) -> R {
        read(
            &self
                .journal
                .shared
                .filter
                .read()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }
}

impl<S: Subscriber + for<'span> LookupSpan<'span>> Layer<S> for JournalLayer {
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        self.read_filter(|filter| filter.lets_pass(metadata))
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        self.read_filter(super::Filter::widest)
    }

    fn on_new_span(
        &self,
        attributes: &span::Attributes<'_>,
        id: &span::Id,
        context: Context<'_, S>,
    ) {
        if let Some(span) = context.span(id) {
            let mut fields = Fields::default();
            attributes.record(&mut fields);
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &span::Id, values: &span::Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    /// Spans give their fields as `span.field`; those of the event come last.
    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = BTreeMap::new();
        for span in context.event_scope(event).into_iter().flatten() {
            if let Some(recorded) = span.extensions().get::<Fields>() {
                for (name, value) in &recorded.named {
                    fields
                        .entry(format!("{}.{name}", span.name()))
                        .or_insert_with(|| value.clone());
                }
            }
        }
        let mut own = Fields::default();
        event.record(&mut own);
        fields.extend(own.named);
        let metadata = event.metadata();
        self.journal.record(Line {
            at: SystemTime::now(),
            level: *metadata.level(),
            target: metadata.target().to_owned(),
            message: own.message,
            fields,
            count: 1,
        });
    }
}

#[derive(Debug, Default)]
struct Fields {
    message: String,
    named: BTreeMap<String, String>,
}

impl Fields {
    fn put(&mut self, field: &Field, value: String) {
        if field.name() == "message" {
            self.message = value;
        } else {
            self.named.insert(field.name().to_owned(), value);
        }
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value.to_owned());
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.put(field, value.to_string());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, format!("{value:?}"));
    }
}
