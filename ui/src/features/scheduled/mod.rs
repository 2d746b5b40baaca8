//! Messages that are to be sent later: the list, and a word above the composer that there are some.

mod row;

use leptos::prelude::*;
use view::{ChatId, ScheduledRow};

use crate::i18n::{t, t_with};
use crate::primitives::{Button, ButtonKind, ControlSize, EmptyState, IconName};
use crate::state::{AppState, Panel};
use row::Row;

/// The list, soonest first.
#[component]
pub fn ScheduledPanel(
    /// Only those of this chat.
    #[prop(into)]
    chat: Signal<Option<ChatId>>,
) -> impl IntoView {
    let state = AppState::get();
    let shown = Memo::new(move |_| of_chat(state, chat.get().as_ref()));
    let others = Memo::new(move |_| state.scheduled.with(Vec::len) > shown.with(Vec::len));
    let everywhere = move || chat.with(Option::is_none);
    view! {
        <div class="scheduled">
            <Show
                when=move || !shown.with(Vec::is_empty)
                fallback=|| view! {
                    <EmptyState icon=IconName::Clock title=move || t("scheduled-none") text=move || t("scheduled-help") />
                }
            >
                <ul class="scheduled__rows">
                    <For each=move || shown.get() key=|row| format!("{row:?}") let:row>
                        <li><Row row=row everywhere=everywhere() /></li>
                    </For>
                </ul>
            </Show>
            <Show when=move || others.get()>
                <Button kind=ButtonKind::Ghost on_press=move || state.nav.panel.set(Some(Panel::Scheduled))>
                    {move || t("scheduled-everywhere")}
                </Button>
            </Show>
        </div>
    }
}

/// Above the composer: how many wait in the open chat; pressing shows them.
#[component]
pub fn ScheduledStrip() -> impl IntoView {
    let state = AppState::get();
    let counts = Memo::new(move |_| {
        let chat = state.nav.chat.get();
        let rows = chat.map(|chat| of_chat(state, Some(&chat))).unwrap_or_default();
        (rows.len(), rows.iter().filter(|row| row.refused.is_some()).count())
    });
    let words = move || match counts.get() {
        (_, refused @ 1..) => t_with("scheduled-refused-count", &[("count", (refused as i64).into())]),
        (count, _) => t_with("scheduled-count", &[("count", (count as i64).into())]),
    };
    view! {
        <Show when=move || counts.get().0 != 0>
            <div class="scheduled-strip" class:scheduled-strip--refused=move || counts.get().1 != 0>
                <Button kind=ButtonKind::Ghost size=ControlSize::Small icon=IconName::Clock on_press=move || state.nav.panel.set(Some(Panel::ScheduledHere))>
                    {words}
                </Button>
            </div>
        </Show>
    }
}

fn of_chat(state: AppState, chat: Option<&ChatId>) -> Vec<ScheduledRow> {
    let here = |row: &&ScheduledRow| chat.is_none_or(|chat| row.chat_id == *chat);
    state.scheduled.with(|rows| rows.iter().filter(here).cloned().collect())
}
