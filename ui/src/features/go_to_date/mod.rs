//! Opens the history at a day: the browser's own calendar, one button.

use leptos::prelude::*;
use view::{ChatId, Command, Timestamp};

use crate::bridge;
use crate::i18n::t;
use crate::primitives::{Button, ButtonKind, unique_id};
use crate::state::AppState;

/// Choose a day, go there.
#[component]
pub fn GoToDateDialog(
    /// In which chat.
    chat: ChatId,
) -> impl IntoView {
    let state = AppState::get();
    let day = RwSignal::new(String::new());
    let id = unique_id("day");
    let go = move || {
        if let Some(at) = start_of_day(&day.get_untracked()) {
            bridge::tell(state, Command::JumpToTime { chat_id: chat.clone(), at });
            state.nav.dialog.set(None);
        }
    };
    let empty = Signal::derive(move || day.with(String::is_empty));
    view! {
        <div class="go-to-date">
            <label for=id.clone()>{move || t("go-to-date-day")}</label>
            <input
                class="go-to-date__day"
                id=id
                type="date"
                prop:value=move || day.get()
                on:input=move |event| day.set(event_target_value(&event))
            />
        </div>
        <div class="dialog__actions">
            <Button kind=ButtonKind::Primary disabled=empty on_press=go>{move || t("go-to-date-go")}</Button>
        </div>
    }
}

/// The first moment of a day `2026-11-25` where the person is.
fn start_of_day(day: &str) -> Option<Timestamp> {
    let mut parts = day.split('-').map(|part| part.parse::<i32>().ok());
    let (year, month, date) = (parts.next()??, parts.next()??, parts.next()??);
    let at = js_sys::Date::new_with_year_month_day(u32::try_from(year).ok()?, month - 1, date);
    let ms = at.get_time();
    // Whole milliseconds, far below 2^53.
    ms.is_finite().then_some(Timestamp(ms as i64))
}
