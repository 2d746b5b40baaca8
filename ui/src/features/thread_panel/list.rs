//! The threads that one follows, newest first.

use leptos::prelude::*;
use view::update::ReplyBody;
use view::{Command, ThreadRow};

use crate::bridge::Attempt;
use crate::features::avatars::face;
use crate::i18n::{t, t_with, when};
use crate::primitives::{Avatar, AvatarSize, Badge, Button, EmptyState, IconName, ListRow, Skeleton, SkeletonShape};
use crate::state::{AppState, Panel};

/// The list; pressing a row opens the thread.
#[component]
pub fn ThreadList() -> impl IntoView {
    let state = AppState::get();
    let threads = RwSignal::new(None::<Vec<ThreadRow>>);
    let attempt = Attempt::new();
    let load = move || {
        attempt.busy.set(false);
        attempt.run(Command::ListThreads, move |body| {
            if let ReplyBody::Threads { threads: found } = body {
                let _ = threads.try_set(Some(found));
            }
        });
    };
    // Again whenever something new was said in one of them.
    Effect::new(move || {
        state.threads_unread.track();
        load();
    });
    view! {
        <div class="thread-list">
            {move || match (threads.get(), attempt.failure.get()) {
                (None, Some(_)) => view! {
                    <EmptyState icon=IconName::Warning title=move || t("common-could-not-load") text=attempt.words()>
                        <Button on_press=load>{move || t("common-try-again")}</Button>
                    </EmptyState>
                }.into_any(),
                (None, None) => view! { <Skeleton shape=SkeletonShape::Row count=4 /> }.into_any(),
                (Some(found), _) if found.is_empty() => view! {
                    <EmptyState icon=IconName::Thread title=move || t("thread-none") text=move || t("thread-none-help") />
                }.into_any(),
                (Some(found), _) => {
                    let rows = found.into_iter().map(|thread| view! { <li><Row thread=thread /></li> });
                    view! { <ul>{rows.collect_view()}</ul> }.into_any()
                }
            }}
        </div>
    }
}

#[component]
fn Row(thread: ThreadRow) -> impl IntoView {
    let nav = AppState::get().nav;
    let ThreadRow { root, replies } = thread;
    let (chat, message) = (root.chat_id, root.message_id);
    let (name, id, at) = (root.author.name.clone(), root.author.id.0, replies.last_at);
    let text = move || {
        let count = t_with("thread-replies", &[("count", replies.count.into())]);
        format!("{} · {count} · {}", root.chat_title, when::short(at))
    };
    let open = move || {
        nav.open(chat.clone());
        nav.thread.set(Some((chat.clone(), message.clone())));
        nav.panel.set(Some(Panel::Thread));
    };
    let author = face(root.author.avatar.clone());
    let dot = if replies.unread { "•" } else { "" };
    view! {
        <ListRow
            title=if root.text.is_empty() { root.author.name } else { root.text }
            text=text
            on_press=open
            start=move || view! { <Avatar name=name.clone() id=id size=AvatarSize::Timeline face=author /> }
            end=move || view! { <Badge text=dot label=move || t("thread-unread") /> }
        />
    }
}
