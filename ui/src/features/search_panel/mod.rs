//! Words found in messages: in the open chat or everywhere, with the words marked.

mod filters;
mod hit;

use std::time::Duration;

use leptos::prelude::*;
use view::update::ReplyBody;
use view::{ChatId, Command, SearchHit};

use crate::bridge::Attempt;
use crate::i18n::{t, t_with};
use crate::keys::regions::focus_when_shown;
use crate::primitives::{Button, ButtonKind, EmptyState, FieldKind, IconName, Skeleton, SkeletonShape, TextField};
use filters::Filters;
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
    let server = Attempt::new();
    let next = RwSignal::new(None::<String>);
    // An answer to an earlier question is not for the one that is typed now.
    let asked = StoredValue::new((String::new(), None::<ChatId>));
    let ask_server = move |cursor: Option<String>| {
        server.busy.set(false);
        let question = asked.get_value();
        let (query, chat_id) = question.clone();
        server.run(Command::SearchServer { query, chat_id, cursor }, move |body| {
            let current = asked.try_with_value(|now| *now == question).unwrap_or(false);
            if let ReplyBody::FoundMore { hits: more, next_cursor } = body
                && current
            {
                let _ = hits.try_update(|hits| merge(hits.get_or_insert_default(), more));
                let _ = next.try_set(next_cursor);
            }
        });
    };
    let search = move |query: String, chat: Option<ChatId>| {
        attempt.busy.set(false);
        next.set(None);
        let question = (query, chat);
        asked.set_value(question.clone());
        let (query, chat_id) = question.clone();
        // What the device has comes first, and stands also when there is no network.
        attempt.run(Command::Search { query, chat_id }, move |body| {
            let current = asked.try_with_value(|now| *now == question).unwrap_or(false);
            if let ReplyBody::Found { hits: found } = body
                && current
            {
                let _ = hits.try_set(Some(found));
                ask_server(None);
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
            <Filters query=query field=field />
            <p class="search-panel__count" class:visually-hidden=move || count() == 0 role="status">
                {move || hits.with(Option::is_some).then(|| t_with("search-count", &[("count", count().into())]))}
            </p>
            <Results hits=hits attempt=attempt everywhere=Signal::derive(move || chat.with(Option::is_none)) />
            <Show when=move || next.with(Option::is_some)>
                <Button kind=ButtonKind::Ghost busy=server.busy on_press=move || ask_server(next.get_untracked())>
                    {move || t("search-more")}
                </Button>
            </Show>
            <Show when=move || hits.with(Option::is_some) && server.failure.get().is_some()>
                <p class="search-panel__note">{move || t("search-only-here")}</p>
            </Show>
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

/// Puts what the server found among what is there, each message once, the newest first.
fn merge(hits: &mut Vec<SearchHit>, more: Vec<SearchHit>) {
    for hit in more {
        if !hits.iter().any(|known| known.message_id == hit.message_id) {
            hits.push(hit);
        }
    }
    hits.sort_by_key(|hit| std::cmp::Reverse(hit.at));
}

#[cfg(test)]
mod tests {
    use view::{MessageId, PersonRow, PresenceStatus, Timestamp, UserId};

    use super::*;

    fn hit(id: &str, at: i64) -> SearchHit {
        let author = PersonRow {
            id: UserId(1),
            username: String::new(),
            name: String::new(),
            bio: String::new(),
            custom_status: String::new(),
            avatar: None,
            status_emoji: String::new(),
            status_until: None,
            email: String::new(),
            phone: String::new(),
            blocked: false,
            seen_hidden: false,
            presence: PresenceStatus::Offline,
            last_seen: None,
            deactivated: false,
        };
        SearchHit {
            chat_id: ChatId::general(),
            chat_title: String::new(),
            message_id: MessageId::new(id).unwrap_or_else(|| unreachable!("an id")),
            author,
            at: Timestamp(at),
            text: String::new(),
            highlights: Vec::new(),
        }
    }

    #[test]
    fn what_both_found_stands_once_and_all_in_order_of_time() {
        let mut hits = vec![hit("c", 3), hit("a", 1)];
        merge(&mut hits, vec![hit("d", 4), hit("c", 3), hit("b", 2)]);
        let ids: Vec<&str> = hits.iter().map(|hit| hit.message_id.as_str()).collect();
        assert_eq!(ids, ["d", "c", "b", "a"]);
    }
}
