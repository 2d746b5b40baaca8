//! What concerns oneself, in one list: mentions, answers, reactions, reminders that rang, threads with something new.

use leptos::prelude::*;
use view::update::ReplyBody;
use view::{Command, InboxRow, InboxWhat};

use crate::bridge::{self, Attempt};
use crate::i18n::{key, t, t_with, when};
use crate::primitives::{
    Avatar, AvatarSize, Button, EmptyState, Icon, IconName, IconSize, Skeleton, SkeletonShape, TabItem, Tabs,
};
use crate::state::{AppState, Panel};

/// The part of the list that shows.
fn fits(row: &InboxRow, part: &str) -> bool {
    match part {
        "mentions" => matches!(row.what, InboxWhat::Mention),
        "answers" => matches!(row.what, InboxWhat::Answer | InboxWhat::Thread { .. }),
        "reactions" => matches!(row.what, InboxWhat::Reaction { .. }),
        _ => true,
    }
}

/// The list; pressing a row goes there. Opening it marks all of it as seen, on every device.
#[component]
pub fn InboxPanel() -> impl IntoView {
    let state = AppState::get();
    let rows = RwSignal::new(None::<Vec<InboxRow>>);
    let part = RwSignal::new("all".to_owned());
    let attempt = Attempt::new();
    let load = move || {
        attempt.busy.set(false);
        attempt.run(Command::ListInbox, move |body| {
            if let ReplyBody::Inbox { rows: found } = body {
                let any = found.iter().any(|row| row.unread);
                // What was new when the list was opened stays marked while one looks at it.
                let _ = rows.try_update(|rows| {
                    let known = rows.take().unwrap_or_default();
                    *rows = Some(merged(&known, found));
                });
                if any {
                    bridge::tell_quietly(Command::MarkInboxRead);
                }
            }
        });
    };
    Effect::new(move |before: Option<u32>| {
        let now = state.inbox_unread.get();
        if before.is_none_or(|before| now > before) {
            load();
        }
        now
    });
    let tabs = Signal::derive(|| {
        vec![
            TabItem::new("all", t("inbox-all")),
            TabItem::new("mentions", t("inbox-mentions")),
            TabItem::new("answers", t("inbox-answers")),
            TabItem::new("reactions", t("inbox-reactions")),
        ]
    });
    let shown = move || {
        let part = part.get();
        rows.get().map(|rows| rows.into_iter().filter(|row| fits(row, &part)).collect::<Vec<_>>())
    };
    view! {
        <div class="inbox">
            <Tabs label=move || t("inbox-title") tabs=tabs value=part />
            <div class="inbox__list" role="tabpanel" aria-label=move || t("inbox-title")>
                {move || match (shown(), attempt.failure.get()) {
                    (None, Some(_)) => view! {
                        <EmptyState icon=IconName::Warning title=move || t("common-could-not-load") text=attempt.words()>
                            <Button on_press=load>{move || t("common-try-again")}</Button>
                        </EmptyState>
                    }.into_any(),
                    (None, None) => view! { <Skeleton shape=SkeletonShape::Row count=4 /> }.into_any(),
                    (Some(rows), _) if rows.is_empty() => view! {
                        <EmptyState icon=IconName::Inbox title=move || t("inbox-none") text=move || t("inbox-none-help") />
                    }.into_any(),
                    (Some(rows), _) => {
                        let rows = rows.into_iter().map(|row| view! { <li><Line row=row /></li> });
                        view! { <ul>{rows.collect_view()}</ul> }.into_any()
                    }
                }}
            </div>
        </div>
    }
}

/// The new rows; those that were unread when they were first seen still are.
fn merged(known: &[InboxRow], mut found: Vec<InboxRow>) -> Vec<InboxRow> {
    for row in &mut found {
        row.unread |= known
            .iter()
            .any(|old| old.unread && old.what == row.what && old.message.message_id == row.message.message_id);
    }
    found
}

#[component]
fn Line(row: InboxRow) -> impl IntoView {
    let nav = AppState::get().nav;
    let (chat, message) = (row.message.chat_id.clone(), row.message.message_id.clone());
    let in_thread = matches!(row.what, InboxWhat::Thread { .. });
    let press = move |_| {
        if in_thread {
            nav.open(chat.clone());
            nav.thread.set(Some((chat.clone(), message.clone())));
            nav.panel.set(Some(Panel::Thread));
        } else {
            nav.open_at(chat.clone(), Some(message.clone()));
        }
    };
    let (icon, words, person) = match &row.what {
        InboxWhat::Mention => (IconName::At, key("inbox-mentioned"), row.message.author.clone()),
        InboxWhat::Answer => (IconName::Reply, key("inbox-answered"), row.message.author.clone()),
        InboxWhat::Reaction { who, .. } => (IconName::React, key("inbox-reacted"), (**who).clone()),
        InboxWhat::Reminder => (IconName::Clock, key("inbox-reminded"), row.message.author.clone()),
        InboxWhat::Thread { .. } => (IconName::Thread, key("inbox-thread"), row.message.author.clone()),
    };
    let what = row.what.clone();
    let title = row.message.chat_title.clone();
    let about = move || {
        let detail = match &what {
            InboxWhat::Reaction { emoji, .. } => t_with(words, &[("emoji", emoji.as_str().into())]),
            InboxWhat::Thread { count } => t_with(words, &[("count", (*count).into())]),
            _ => t(words),
        };
        format!("{detail} · {title}")
    };
    let at = row.at;
    view! {
        <button class="inbox__row" class:inbox__row--new=row.unread type="button" on:click=press>
            <Avatar name=person.name.clone() id=person.id.0 size=AvatarSize::Timeline />
            <span class="inbox__lines">
                <span class="inbox__head">
                    <strong class="inbox__who">{person.name}</strong>
                    {row.unread.then(|| view! { <span class="inbox__dot" role="img" aria-label=move || t("inbox-new") /> })}
                    <time class="inbox__time">{move || when::short(at)}</time>
                </span>
                <span class="inbox__about"><Icon name=icon size=IconSize::Small /><span>{about}</span></span>
                <span class="inbox__text">{row.message.text}</span>
            </span>
        </button>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use view::{ChatId, MessageId, SearchHit, Timestamp};

    fn row(what: InboxWhat, unread: bool) -> InboxRow {
        let message = SearchHit {
            chat_id: ChatId::general(),
            chat_title: "general".into(),
            message_id: MessageId::new("m").unwrap_or_else(|| unreachable!("a letter is an id")),
            author: view::PersonRow {
                id: view::UserId(1),
                username: "anna".into(),
                name: "Anna".into(),
                bio: String::new(),
                custom_status: String::new(),
                avatar: None,
                status_emoji: String::new(),
                status_until: None,
                email: String::new(),
                phone: String::new(),
                blocked: false,
                seen_hidden: false,
                presence: view::PresenceStatus::Online,
                last_seen: None,
                deactivated: false,
            },
            at: Timestamp(0),
            text: String::new(),
            highlights: Vec::new(),
        };
        InboxRow { what, message, at: Timestamp(0), unread }
    }

    #[test]
    fn what_was_new_stays_so_while_one_looks_at_it() {
        let known = [row(InboxWhat::Mention, true), row(InboxWhat::Answer, false)];
        let found = merged(&known, vec![row(InboxWhat::Mention, false), row(InboxWhat::Answer, false)]);
        assert_eq!(found.iter().map(|row| row.unread).collect::<Vec<_>>(), [true, false]);
        assert!(fits(&found[0], "mentions") && !fits(&found[1], "mentions") && fits(&found[1], "all"));
    }
}
