//! One message that is to be sent later, and what can be done with it.

use leptos::prelude::*;
use view::{Command, Draft, Failure, ScheduledRow, When};

use crate::bridge;
use crate::features::composer::{is_sendable, mentioned_in};
use crate::features::later::LaterPanel;
use crate::i18n::{failure_words, t, when};
use crate::primitives::{
    Button, ButtonKind, ControlSize, Icon, IconButton, IconButtonKind, IconName, IconSize, MenuAnchor, TextArea,
};
use crate::state::AppState;

/// The message, its time, its buttons.
#[component]
pub fn Row(
    /// What.
    row: ScheduledRow,
    /// Say in which chat.
    everywhere: bool,
) -> impl IntoView {
    let editing = RwSignal::new(false);
    let text = RwSignal::new(row.text.clone());
    let shown = row.text.clone();
    let chat = everywhere.then(|| view! { <span class="scheduled__chat">{row.chat_title.clone()}</span> });
    let kept = StoredValue::new(row.clone());
    let save = move || {
        let state = AppState::get();
        let row = kept.get_value();
        let text = text.get_untracked();
        if is_sendable(&text) {
            bridge::tell(state, put(state, &row, text.trim(), row.when.clone()));
            editing.set(false);
        }
    };
    view! {
        <article class="scheduled__row">
            {chat}
            <Time row=row.clone() />
            <Show
                when=move || editing.get()
                fallback=move || view! { <p class="scheduled__text">{shown.clone()}</p> }
            >
                <TextArea label=move || t("scheduled-text") value=text />
                <div class="scheduled__actions">
                    <Button size=ControlSize::Small on_press=move || editing.set(false)>{move || t("composer-cancel")}</Button>
                    <Button kind=ButtonKind::Primary size=ControlSize::Small disabled=Signal::derive(move || !text.with(|text| is_sendable(text))) on_press=save>
                        {move || t("composer-save")}
                    </Button>
                </div>
            </Show>
            <Show when=move || !editing.get()>
                <Actions row=kept editing=editing />
            </Show>
        </article>
    }
}

#[component]
fn Time(row: ScheduledRow) -> impl IntoView {
    let at = row.when.at;
    let note = match (row.refused, row.unsent) {
        (Some(code), _) => Some(view! {
            <p class="scheduled__note scheduled__note--refused">{move || failure_words(Failure::Refused { code })}</p>
        }.into_any()),
        (None, true) => Some(view! { <p class="scheduled__note">{move || t("scheduled-unsent")}</p> }.into_any()),
        _ => None,
    };
    let refused = row.refused.is_some();
    view! {
        <p class="scheduled__time" class:scheduled__time--refused=refused>
            <Icon name=if refused { IconName::Warning } else { IconName::Clock } size=IconSize::Small />
            <time>{move || when::full(at)}</time>
        </p>
        {note}
    }
}

#[component]
fn Actions(row: StoredValue<ScheduledRow>, editing: RwSignal<bool>) -> impl IntoView {
    let state = AppState::get();
    let anchor = RwSignal::new(None::<MenuAnchor>);
    let node = NodeRef::<leptos::html::Div>::new();
    let local_id = row.with_value(|row| row.id);
    let move_it = move |when: When| {
        let row = row.get_value();
        bridge::tell(state, put(state, &row, &row.text, when));
    };
    let later = move || anchor.set(node.get_untracked().map(|element| MenuAnchor::at_element(&element)));
    view! {
        <div class="scheduled__actions" node_ref=node>
            <IconButton icon=IconName::Edit label=move || t("message-edit") size=ControlSize::Small on_press=move || editing.set(true) />
            <IconButton icon=IconName::Calendar label=move || t("scheduled-move") size=ControlSize::Small on_press=later />
            <IconButton
                icon=IconName::Delete
                label=move || t("scheduled-drop")
                kind=IconButtonKind::Danger
                size=ControlSize::Small
                on_press=move || bridge::tell(state, Command::DropScheduled { local_id })
            />
            <Button size=ControlSize::Small icon=IconName::Send on_press=move || bridge::tell(state, Command::SendScheduled { local_id })>
                {move || t("scheduled-now")}
            </Button>
        </div>
        <LaterPanel anchor=anchor title=move || t("scheduled-move") on_pick=move_it />
    }
}

/// The same message with another text or moment.
fn put(state: AppState, row: &ScheduledRow, text: &str, when: When) -> Command {
    // Those whom it mentions are known where its chat is open; else they stay.
    let known = state.members.with_untracked(|members| match members {
        Some((chat, members)) if *chat == row.chat_id => {
            Some(members.iter().map(|member| member.person.clone()).collect::<Vec<_>>())
        }
        _ => None,
    });
    let mentions = known.map_or_else(|| row.mentions.clone(), |people| mentioned_in(text, &people));
    Command::Schedule {
        chat_id: row.chat_id.clone(),
        local_id: row.id,
        draft: Draft { text: text.to_owned(), reply_to: row.reply_to.clone() },
        mentions,
        thread: row.thread.clone(),
        when,
    }
}
