//! Words found in messages: in the open chat or everywhere, with the words marked.

mod hit;

use std::time::Duration;

use leptos::prelude::*;
use view::update::ReplyBody;
use view::{ChatId, Command, SearchHit};

use crate::bridge::Attempt;
use crate::i18n::{t, t_with};
use crate::keys::regions::focus_when_shown;
use crate::primitives::{EmptyState, FieldKind, IconName, Skeleton, SkeletonShape, TextField};
pub use hit::Hit;

/// After the last key, before the search starts, in milliseconds.
const PAUSE_MS: u64 = 150;

/// The search of one chat, or of all.
#[component]
pub fn SearchPanel(
    /// Only in this chat.
    #[prop(into)]
    chat: Signal<Option<ChatId>>,
) -> impl IntoView {
    let query = RwSignal::new(String::new());
    let hits = RwSignal::new(None::<Vec<SearchHit>>);
    let attempt = Attempt::new();
    let field = NodeRef::<leptos::html::Input>::new();
    focus_when_shown(field);
    let search = move |query: String, chat: Option<ChatId>| {
        attempt.busy.set(false);
        attempt.run(Command::Search { query, chat_id: chat }, move |body| {
            if let ReplyBody::Found { hits: found } = body {
                let _ = hits.try_set(Some(found));
            }
        });
    };
    Effect::new(move |before: Option<Option<TimeoutHandle>>| {
        if let Some(timer) = before.flatten() {
            timer.clear();
        }
        let (words, chat) = (query.get().trim().to_owned(), chat.get());
        if words.is_empty() {
            hits.set(None);
            return None;
        }
        set_timeout_with_handle(move || search(words, chat), Duration::from_millis(PAUSE_MS)).ok()
    });
    let label = move || if chat.with(Option::is_some) { t("search-in-chat") } else { t("search-everywhere") };
    let count = move || hits.with(|hits| hits.as_ref().map_or(0, Vec::len));
    view! {
        <search class="search-panel">
            <TextField label=label value=query kind=FieldKind::Search node_ref=field />
            <p class="search-panel__count" class:visually-hidden=move || count() == 0 role="status">
                {move || hits.with(Option::is_some).then(|| t_with("search-count", &[("count", count().into())]))}
            </p>
            <Results hits=hits attempt=attempt everywhere=Signal::derive(move || chat.with(Option::is_none)) />
        </search>
    }
}

#[component]
fn Results(hits: RwSignal<Option<Vec<SearchHit>>>, attempt: Attempt, everywhere: Signal<bool>) -> impl IntoView {
    move || match (hits.get(), attempt.failure.get()) {
        (_, Some(_)) => view! {
            <EmptyState icon=IconName::Warning title=move || t("search-failed") text=attempt.words() />
        }
        .into_any(),
        (None, None) if attempt.busy.get() => view! { <Skeleton shape=SkeletonShape::Row count=3 /> }.into_any(),
        (None, None) => view! {
            <EmptyState icon=IconName::Search title=move || t("search-start") text=move || t("search-start-help") />
        }
        .into_any(),
        (Some(found), None) if found.is_empty() => view! {
            <EmptyState icon=IconName::Search title=move || t("search-nothing") text=move || t("search-nothing-help") />
        }
        .into_any(),
        (Some(found), None) => {
            let rows = found.into_iter().map(|hit| view! { <li><Hit hit=hit everywhere=everywhere /></li> });
            view! { <ul class="search-panel__hits">{rows.collect_view()}</ul> }.into_any()
        }
    }
}
