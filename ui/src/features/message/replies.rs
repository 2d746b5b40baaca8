//! The strip under a message that has a thread: who wrote last, how many, how fresh.

use leptos::prelude::*;
use view::RepliesRow;

use crate::features::avatars::face;
use crate::i18n::{t, t_with, when};
use crate::primitives::{Avatar, AvatarSize};

/// Pressing opens the thread.
#[component]
pub(super) fn RepliesStrip(replies: RepliesRow, on_press: Callback<()>) -> impl IntoView {
    let plates = replies.people.into_iter().map(|person| {
        view! { <Avatar name=person.name id=person.id.0 size=AvatarSize::Inline face=face(person.avatar) /> }
    });
    let (count, at) = (replies.count, replies.last_at);
    view! {
        <button class="message__replies" class:message__replies--unread=replies.unread type="button" on:click=move |_| on_press.run(())>
            <span class="message__replies-people" aria-hidden="true">{plates.collect_view()}</span>
            <span class="message__replies-count">{move || t_with("thread-replies", &[("count", count.into())])}</span>
            <time class="message__time">{move || when::short(at)}</time>
            {replies.unread.then(|| view! { <span class="visually-hidden">{move || t("thread-unread")}</span> })}
        </button>
    }
}
