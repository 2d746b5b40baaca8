//! The quick actions of the message under the pointer: three reactions, answer, more.

use leptos::prelude::*;
use view::{MessageContent, MessageRow};

use super::actions::MessageContext;
use crate::features::team_emoji::EmojiText;
use crate::i18n::{t, t_with};
use crate::primitives::{ControlSize, IconButton, IconName, MenuAnchor};
use crate::state::emoji::{recents, use_emoji};

/// So many recent reactions are offered.
const QUICK_REACTIONS: usize = 3;

/// The row of quick actions; drawn only for the active message.
#[component]
pub(super) fn Toolbar(row: ArcRwSignal<MessageRow>, context: MessageContext) -> impl IntoView {
    let node = NodeRef::<leptos::html::Div>::new();
    let row = StoredValue::new(row);
    let can_react =
        move || row.get_value().with(|row| matches!(row.content, MessageContent::Text { .. }) && row.seq > 0);
    let anchor = move || node.get_untracked().map(|bar| MenuAnchor::at_element(&bar));
    let quick = move |emoji: String| {
        let text = emoji.clone();
        let press = move |_| {
            let (id, own) = row.get_value().with_untracked(|row| {
                (row.id.clone(), row.reactions.iter().any(|reaction| reaction.own && reaction.emoji == emoji))
            });
            use_emoji(&emoji);
            context.actions.react.run((id, emoji.clone(), !own));
        };
        let name = text.clone();
        let label = move || t_with("message-react-with", &[("emoji", name.clone().into())]);
        view! { <button class="message-toolbar__emoji" type="button" aria-label=label on:click=press><EmojiText text=text /></button> }
    };
    let open_panel = move || {
        if let Some(at) = anchor() {
            context.open_panel(&row.get_value(), at);
        }
    };
    let open_menu = move || {
        if let Some(at) = anchor() {
            context.open_menu(&row.get_value(), at);
        }
    };
    let in_main_line = move || can_react() && row.get_value().with(|row| row.thread.is_none());
    let thread = move || context.actions.thread.run((row.get_value().with_untracked(|row| row.id.clone()),));
    let reply = move || context.actions.reply.run((row.get_value().get_untracked(),));
    view! {
        <div class="message-toolbar" role="toolbar" aria-label=move || t("message-actions") node_ref=node>
            <Show when=can_react>
                {move || recents().into_iter().take(QUICK_REACTIONS).map(quick).collect_view()}
                <IconButton icon=IconName::React label=move || t("message-react") size=ControlSize::Small on_press=open_panel />
                <IconButton icon=IconName::Reply label=move || t("message-reply") size=ControlSize::Small on_press=reply />
            </Show>
            <Show when=in_main_line>
                <IconButton icon=IconName::Thread label=move || t("message-thread") size=ControlSize::Small on_press=thread />
            </Show>
            <IconButton icon=IconName::More label=move || t("message-more") size=ControlSize::Small on_press=open_menu />
        </div>
    }
}
