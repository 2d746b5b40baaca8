//! What a message says: text, tombstone, or a word that it cannot be shown.

use leptos::prelude::*;
use view::{MessageContent, MessageRow};

use super::note::note_words;
use crate::features::markdown::Markdown;
use crate::i18n::{failure_words, t};
use crate::primitives::{Button, ButtonKind, ControlSize, Icon, IconName, IconSize};

use super::actions::MessageActions;

/// The content; drawn anew when it changes.
#[component]
pub(super) fn Body(row: ArcRwSignal<MessageRow>, actions: MessageActions) -> impl IntoView {
    let content = Memo::new({
        let row = row.clone();
        move |_| row.with(|row| (row.content.clone(), row.mentions.clone(), row.everyone.is_some()))
    });
    move || {
        let (content, mentions, everyone) = content.get();
        match content {
            // A message of files alone.
            MessageContent::Text { text } if text.trim().is_empty() => ().into_any(),
            MessageContent::Text { text } => {
                view! { <Markdown text=text mentions=mentions everyone=everyone on_person=actions.person /> }.into_any()
            }
            MessageContent::Deleted => gone(IconName::Delete, || t("message-deleted")).into_any(),
            MessageContent::Sealed => gone(IconName::Lock, || t("encryption-sealed")).into_any(),
            MessageContent::Unknown => gone(IconName::Info, || t("message-unknown")).into_any(),
            MessageContent::System { note } => view! { <span>{move || note_words(&note)}</span> }.into_any(),
        }
    }
}

fn gone(icon: IconName, words: impl Fn() -> String + Send + Sync + 'static) -> impl IntoView {
    view! {
        <p class="message__gone">
            <Icon name=icon size=IconSize::Small />
            <span>{words}</span>
        </p>
    }
}

/// Why an own message was not sent, with what to do about it.
#[component]
pub(super) fn NotSent(row: ArcRwSignal<MessageRow>, actions: MessageActions) -> impl IntoView {
    let id = row.with_untracked(|row| row.id.clone());
    let again = {
        let id = id.clone();
        move || actions.retry.run((id.clone(),))
    };
    let discard = move || actions.discard.run((id.clone(),));
    let why = move || match row.with(|row| row.failure) {
        Some(code) => failure_words(view::Failure::Refused { code }),
        None => t("message-failed"),
    };
    view! {
        <div class="message__failure" role="alert">
            <span class="message__failure-words">{why}</span>
            <Button kind=ButtonKind::Ghost size=ControlSize::Small icon=IconName::Retry on_press=again>
                {move || t("message-retry")}
            </Button>
            <Button kind=ButtonKind::Ghost size=ControlSize::Small on_press=discard>{move || t("message-discard")}</Button>
        </div>
    }
}
