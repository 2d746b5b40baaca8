//! The actions of a message's menu.

use leptos::prelude::*;
use view::{MessageContent, MessageRow};

use super::actions::{MessageActions, MessageContext};
use crate::i18n::t;
use crate::primitives::{IconName, MenuItem};

/// What can be done with this message now; tracks the language and the row.
pub fn menu_items(row: &ArcRwSignal<MessageRow>, context: MessageContext) -> Vec<MenuItem> {
    let message = row.get();
    let actions = context.actions;
    let mut items = Vec::new();
    if let MessageContent::Text { text } = &message.content {
        let text = text.clone();
        if message.seq > 0 {
            let subject = message.clone();
            items.push(MenuItem::new(t("message-reply"), IconName::Reply, move || {
                actions.reply.run((subject.clone(),))
            }));
            if message.thread.is_none() {
                let id = message.id.clone();
                items.push(MenuItem::new(t("message-thread"), IconName::Thread, move || {
                    actions.thread.run((id.clone(),))
                }));
            }
            let row = row.clone();
            items.push(MenuItem::new(t("message-react"), IconName::React, move || {
                // Where the menu was.
                if let Some(at) = last_menu(context) {
                    context.open_panel(&row, at);
                }
            }));
        }
        if message.can_edit {
            let subject = message.clone();
            items.push(MenuItem::new(t("message-edit"), IconName::Edit, move || actions.edit.run((subject.clone(),))));
        }
        items.extend(poll_items(&message, actions));
        if message.own && message.preview.is_some() {
            let id = message.id.clone();
            let remove = move || actions.remove_preview.run((id.clone(),));
            items.push(MenuItem::new(t("message-remove-preview"), IconName::Close, remove));
        }
        if message.seq > 0 {
            items.extend(kept_items(&message, context));
        }
        items.push(MenuItem::new(t("message-copy"), IconName::Copy, move || actions.copy.run((text.clone(),))));
    }
    if message.delivery == Some(view::Delivery::Failed) {
        let id = message.id.clone();
        items.push(MenuItem::new(t("message-retry"), IconName::Retry, move || actions.retry.run((id.clone(),))));
    }
    if message.can_delete {
        let subject = message.clone();
        let delete = move || actions.delete.run((subject.clone(),));
        items.push(MenuItem::new(t("message-delete"), IconName::Delete, delete).danger());
    }
    items
}

/// Taking one's vote back, and closing the poll.
fn poll_items(message: &MessageRow, actions: MessageActions) -> Vec<MenuItem> {
    let Some(poll) = &message.poll else { return Vec::new() };
    let mut items = Vec::new();
    if poll.voted && poll.can_vote {
        let id = message.id.clone();
        let retract = move || actions.vote.run((id.clone(), Vec::new()));
        items.push(MenuItem::new(t("poll-retract"), IconName::Retry, retract));
    }
    if poll.can_close {
        let id = message.id.clone();
        items.push(MenuItem::new(t("poll-close"), IconName::Stop, move || actions.close_poll.run((id.clone(),))));
    }
    items
}

/// What is done with a message as a whole: said again elsewhere, kept at the head, kept for oneself.
fn kept_items(message: &MessageRow, context: MessageContext) -> Vec<MenuItem> {
    let actions = context.actions;
    let (id, pin, save) = (message.id.clone(), !message.pinned, !message.saved);
    let forward = {
        let subject = message.clone();
        move || actions.forward.run((subject.clone(),))
    };
    let mut items = vec![MenuItem::new(t("message-forward"), IconName::Forward, forward)];
    if message.can_pin {
        let id = id.clone();
        let words = if pin { t("message-pin") } else { t("message-unpin") };
        items.push(MenuItem::new(words, IconName::Pin, move || actions.pin.run((id.clone(), pin))));
    }
    // What goes by itself is not kept.
    if message.expires_at.is_none() {
        let words = if save { t("message-save") } else { t("message-forget") };
        items.push(MenuItem::new(words, IconName::Bookmark, move || actions.save.run((id.clone(), save))));
    }
    items.push(MenuItem::new(t("reminders-remind"), IconName::Clock, move || context.later.set(last_menu(context))));
    items
}

/// The place of the message on the screen, for the panel that follows the menu.
fn last_menu(context: MessageContext) -> Option<crate::primitives::MenuAnchor> {
    let id = context.subject.with_untracked(|row| row.as_ref().map(|row| row.with_untracked(|row| row.id.clone())))?;
    let element = document().query_selector(&format!("[data-message=\"{id}\"] .message__main")).ok()??;
    Some(crate::primitives::MenuAnchor::at_element(&element))
}
