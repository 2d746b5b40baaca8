//! What a message says, with all that belongs to it; folded when its author is blocked.

use leptos::prelude::*;
use view::MessageRow;

use super::actions::MessageContext;
use super::body::Body;
use super::forwarded::Forwarded;
use super::quote::Quote;
use super::replies::RepliesStrip;
use crate::features::attachments::Attachments;
use crate::features::link_preview::LinkCard;
use crate::features::polls::Poll;
use crate::features::reactions::Reactions;
use crate::i18n::t;
use crate::primitives::{Icon, IconName, IconSize, MenuAnchor};

/// What it says, with all that belongs to it.
pub(super) fn content(row: &ArcRwSignal<MessageRow>, context: MessageContext) -> impl IntoView + use<> {
    view! {
        {forwarded(row)}
        {quote(row, context)}
        <Body row=row.clone() actions=context.actions />
        <Poll row=row.clone() actions=context.actions />
        <Attachments row=row.clone() />
        <LinkCard row=row.clone() actions=context.actions />
        {reactions(row, context)}
        {replies(row, context)}
    }
}

/// In place of what someone says who is blocked.
#[component]
pub(super) fn Folded(shown: RwSignal<bool>) -> impl IntoView {
    view! {
        <p class="message__gone message__folded">
            <Icon name=IconName::Block size=IconSize::Small />
            <span>{move || t("privacy-blocked-message")}</span>
            <button class="message__show" type="button" on:click=move |_| shown.set(true)>{move || t("privacy-show")}</button>
        </p>
    }
}

fn forwarded(row: &ArcRwSignal<MessageRow>) -> impl IntoView + use<> {
    let row = row.clone();
    let first = Memo::new(move |_| row.with(|row| row.forwarded.clone()));
    move || first.get().map(|first| view! { <Forwarded row=first /> })
}

fn quote(row: &ArcRwSignal<MessageRow>, context: MessageContext) -> impl IntoView + use<> {
    let row = row.clone();
    let quote = Memo::new(move |_| row.with(|row| row.quote.clone()));
    move || quote.get().map(|quote| view! { <Quote quote=quote on_jump=context.actions.jump /> })
}

fn reactions(row: &ArcRwSignal<MessageRow>, context: MessageContext) -> impl IntoView + use<> {
    let (rows, any, subject) = (row.clone(), row.clone(), row.clone());
    let id = row.with_untracked(|row| row.id.clone());
    let has_any = Memo::new(move |_| any.with(|row| !row.reactions.is_empty()));
    let rows = Signal::derive(move || rows.with(|row| row.reactions.clone()));
    move || {
        let (id, subject) = (id.clone(), subject.clone());
        has_any.get().then(|| {
            let react = move |emoji: String, on: bool| context.actions.react.run((id.clone(), emoji, on));
            let more = move |at: MenuAnchor| context.open_panel(&subject, at);
            view! { <Reactions reactions=rows on_react=react on_more=more /> }
        })
    }
}

fn replies(row: &ArcRwSignal<MessageRow>, context: MessageContext) -> impl IntoView + use<> {
    let row = row.clone();
    let id = row.with_untracked(|row| row.id.clone());
    let replies = Memo::new(move |_| row.with(|row| row.replies.clone()));
    move || {
        let id = id.clone();
        let open = Callback::new(move |()| context.actions.thread.run((id.clone(),)));
        replies.get().map(|replies| view! { <RepliesStrip replies=replies on_press=open /> })
    }
}
