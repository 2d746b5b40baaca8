//! Messages apart from the timeline, as lists: pinned in the open chat, saved, those that mention oneself.

use leptos::prelude::*;
use view::update::ReplyBody;
use view::{ChatId, Command, SearchHit};

use crate::bridge::Attempt;
use crate::features::search_panel::Hit;
use crate::i18n::{key, t};
use crate::primitives::{Button, EmptyState, IconName, Skeleton, SkeletonShape};

/// Which list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Collection {
    /// Kept at a chat's head.
    Pinned(ChatId),
    /// One's own saved ones.
    Saved,
    /// Those that mention oneself.
    Mentions,
}

impl Collection {
    fn command(&self) -> Command {
        match self {
            Collection::Pinned(chat_id) => Command::ListPinned { chat_id: chat_id.clone() },
            Collection::Saved => Command::ListSaved,
            Collection::Mentions => Command::ListMentions,
        }
    }

    /// What an empty list says: icon, title, help.
    fn empty(&self) -> (IconName, &'static str, &'static str) {
        match self {
            Collection::Pinned(_) => (IconName::Pin, key("collections-pinned-none"), key("collections-pinned-help")),
            Collection::Saved => (IconName::Bookmark, key("collections-saved-none"), key("collections-saved-help")),
            Collection::Mentions => (IconName::At, key("collections-mentions-none"), key("collections-mentions-help")),
        }
    }
}

/// The list; pressing a row goes to the message.
#[component]
pub fn CollectionPanel(
    /// Which.
    collection: Collection,
) -> impl IntoView {
    let hits = RwSignal::new(None::<Vec<SearchHit>>);
    let attempt = Attempt::new();
    let everywhere = !matches!(collection, Collection::Pinned(_));
    let (icon, title, help) = collection.empty();
    let load = move || {
        attempt.busy.set(false);
        attempt.run(collection.command(), move |body| {
            if let ReplyBody::Found { hits: found } = body {
                let _ = hits.try_set(Some(found));
            }
        });
    };
    load();
    let again = StoredValue::new(load);
    view! {
        <div class="search-panel">
            {move || match (hits.get(), attempt.failure.get()) {
                (None, Some(_)) => view! {
                    <EmptyState icon=IconName::Warning title=move || t("common-could-not-load") text=attempt.words()>
                        <Button on_press=move || again.with_value(|load| load())>{move || t("common-try-again")}</Button>
                    </EmptyState>
                }.into_any(),
                (None, None) => view! { <Skeleton shape=SkeletonShape::Row count=4 /> }.into_any(),
                (Some(found), _) if found.is_empty() => {
                    view! { <EmptyState icon=icon title=move || t(title) text=move || t(help) /> }.into_any()
                }
                (Some(found), _) => {
                    let everywhere = Signal::stored(everywhere);
                    let rows = found.into_iter().map(|hit| view! { <li><Hit hit=hit everywhere=everywhere /></li> });
                    view! { <ul class="search-panel__hits">{rows.collect_view()}</ul> }.into_any()
                }
            }}
        </div>
    }
}
