//! What one wants to be reminded of: a section above the saved messages. Those that rang stand first.

use leptos::prelude::*;
use view::{Command, ReminderRow, When};

use crate::bridge;
use crate::features::later::LaterPanel;
use crate::features::search_panel::Hit;
use crate::i18n::{t, when};
use crate::primitives::{ControlSize, Icon, IconButton, IconName, IconSize, MenuAnchor};
use crate::state::AppState;

/// The section; nothing while there is none.
#[component]
pub fn Reminders() -> impl IntoView {
    let state = AppState::get();
    view! {
        <Show when=move || !state.reminders.with(Vec::is_empty)>
            <section class="reminders" aria-label=move || t("reminders-title")>
                <h3 class="reminders__title">{move || t("reminders-title")}</h3>
                <ul class="reminders__rows">
                    <For each=move || state.reminders.get() key=|row| format!("{row:?}") let:row>
                        <li><Row row=row /></li>
                    </For>
                </ul>
            </section>
        </Show>
    }
}

/// How many rang and were not put away.
pub fn rang(state: AppState) -> usize {
    state.reminders.with(|rows| rows.iter().filter(|row| row.rang).count())
}

#[component]
fn Row(row: ReminderRow) -> impl IntoView {
    let state = AppState::get();
    let anchor = RwSignal::new(None::<MenuAnchor>);
    let node = NodeRef::<leptos::html::Div>::new();
    let (chat, message) =
        (StoredValue::new(row.message.chat_id.clone()), StoredValue::new(row.message.message_id.clone()));
    let later = move || anchor.set(node.get_untracked().map(|element| MenuAnchor::at_element(&element)));
    let move_it = move |when: When| {
        bridge::tell(state, Command::Remind { chat_id: chat.get_value(), message_id: message.get_value(), when });
    };
    let done = move || bridge::tell(state, Command::DropReminder { message_id: message.get_value() });
    let (at, rang) = (row.when.at, row.rang);
    let unsent = row.unsent.then(|| view! { <p class="reminders__note">{move || t("reminders-unsent")}</p> });
    view! {
        <article class="reminders__row" class:reminders__row--rang=rang>
            <Hit hit=row.message everywhere=Signal::stored(true) />
            <div class="reminders__foot" node_ref=node>
                <Icon name=if rang { IconName::Bell } else { IconName::Clock } size=IconSize::Small />
                <time class="reminders__time">{move || when::full(at)}</time>
                <IconButton icon=IconName::Calendar label=move || t("reminders-move") size=ControlSize::Small on_press=later />
                <IconButton icon=IconName::Check label=move || t("reminders-done") size=ControlSize::Small on_press=done />
            </div>
            {unsent}
        </article>
        <LaterPanel anchor=anchor title=move || t("reminders-move") on_pick=move_it />
    }
}
