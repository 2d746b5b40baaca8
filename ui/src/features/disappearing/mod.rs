//! After how long the messages of a chat go: choosing it, and the words for it.

use leptos::prelude::*;
use view::{ChatId, Command};

use crate::bridge::Attempt;
use crate::i18n::{key, t, t_with};
use crate::primitives::{Button, ButtonKind, FieldKind, Select, SelectOption, TextField, unique_id};
use crate::state::AppState;

const HOUR: u32 = 3_600;
const DAY: u32 = 24 * HOUR;
const WEEK: u32 = 7 * DAY;
/// What can be chosen by one press.
const USUAL: [Option<u32>; 4] = [None, Some(HOUR), Some(DAY), Some(WEEK)];
/// Units of a length of one's own, the longest first.
const UNITS: [(&str, u32); 4] = [("days", DAY), ("hours", HOUR), ("minutes", 60), ("seconds", 1)];
/// The bounds of the protocol: five seconds to a year.
const SECONDS: std::ops::RangeInclusive<u64> = 5..=366 * DAY as u64;

/// A length of time in words: "1 day", "90 minutes". Tracks the language.
pub fn length_words(seconds: u32) -> String {
    let (unit, count) = in_unit(seconds);
    let words = match unit {
        "days" if count.is_multiple_of(7) => return t_with("disappearing-weeks", &[("count", (count / 7).into())]),
        "days" => key("disappearing-days"),
        "hours" => key("disappearing-hours"),
        "minutes" => key("disappearing-minutes"),
        _ => key("disappearing-seconds"),
    };
    t_with(words, &[("count", count.into())])
}

/// The longest unit that says it without a remainder.
fn in_unit(seconds: u32) -> (&'static str, u32) {
    let fits = UNITS.iter().find(|(_, unit)| seconds.is_multiple_of(*unit)).unwrap_or(&UNITS[3]);
    (fits.0, seconds / fits.1)
}

/// Off, an hour, a day, a week, or a length of one's own.
#[component]
pub fn DisappearingDialog(
    /// Of which chat.
    chat: ChatId,
) -> impl IntoView {
    let state = AppState::get();
    let before = state.chats.find(&chat)?.with_untracked(|row| row.disappear_after);
    let usual = USUAL.contains(&before);
    let chosen = RwSignal::new(before.filter(|_| usual));
    let own = RwSignal::new(!usual);
    let (unit, count) = in_unit(before.unwrap_or(2 * HOUR));
    let (count, unit) = (RwSignal::new(count.to_string()), RwSignal::new(unit.to_owned()));
    let wanted = move || if own.get() { own_length(&count.get(), &unit.get()).map(Some) } else { Some(chosen.get()) };
    let wrong = Signal::derive(move || wanted().is_none());
    let attempt = Attempt::new();
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if let Some(after) = untrack(wanted) {
            let command = Command::SetDisappearing { chat_id: chat.clone(), after };
            attempt.run(command, move |_| state.nav.dialog.set(None));
        }
    };
    let units = Signal::derive(|| {
        let words = [
            ("days", key("disappearing-unit-days")),
            ("hours", key("disappearing-unit-hours")),
            ("minutes", key("disappearing-unit-minutes")),
            ("seconds", key("disappearing-unit-seconds")),
        ];
        words.map(|(value, words)| SelectOption::new(value, t(words))).to_vec()
    });
    Some(view! {
        <form class="disappearing" on:submit=save>
            <p class="disappearing__about">{move || t("disappearing-about")}</p>
            <Choices chosen=chosen own=own />
            <Show when=move || own.get()>
                <div class="disappearing__own">
                    <TextField label=move || t("disappearing-count") value=count kind=FieldKind::Number />
                    <Select
                        label=move || t("disappearing-unit")
                        value=unit
                        options=units
                        on_change=move |value: String| unit.set(value)
                    />
                </div>
            </Show>
            <p class="disappearing__error" role="alert">{attempt.words()}</p>
            <div class="dialog__actions">
                <Button kind=ButtonKind::Primary submit=true busy=attempt.busy disabled=wrong>{move || t("common-save")}</Button>
            </div>
        </form>
    })
}

#[component]
fn Choices(chosen: RwSignal<Option<u32>>, own: RwSignal<bool>) -> impl IntoView {
    let group = unique_id("disappearing");
    let row = move |checked: Signal<bool>, words: Signal<String>, choose: Callback<()>| {
        let group = group.clone();
        view! {
            <label class="disappearing__choice">
                <input type="radio" name=group prop:checked=move || checked.get() on:change=move |_| choose.run(()) />
                <span>{move || words.get()}</span>
            </label>
        }
    };
    let usual = USUAL.map(|after| {
        let checked = Signal::derive(move || !own.get() && chosen.get() == after);
        let words = Signal::derive(move || after.map_or_else(|| t("disappearing-off"), length_words));
        let choose = Callback::new(move |()| {
            own.set(false);
            chosen.set(after);
        });
        row(checked, words, choose)
    });
    let other = row(own.into(), Signal::derive(|| t("disappearing-own")), Callback::new(move |()| own.set(true)));
    view! {
        <fieldset class="disappearing__choices">
            <legend class="visually-hidden">{move || t("disappearing-title")}</legend>
            {usual.into_iter().collect_view()}
            {other}
        </fieldset>
    }
}

/// `None`: no number, or out of bounds.
fn own_length(count: &str, unit: &str) -> Option<u32> {
    let count: u64 = count.trim().parse().ok()?;
    let (_, seconds) = UNITS.iter().find(|(name, _)| *name == unit)?;
    let length = count.checked_mul(u64::from(*seconds))?;
    SECONDS.contains(&length).then(|| u32::try_from(length).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_said_in_its_longest_unit_and_read_within_bounds() {
        assert_eq!(in_unit(2 * DAY), ("days", 2));
        assert_eq!(in_unit(90 * 60), ("minutes", 90));
        assert_eq!(in_unit(61), ("seconds", 61));
        assert_eq!(own_length(" 3 ", "hours"), Some(3 * HOUR));
        for (count, unit) in
            [("4", "seconds"), ("367", "days"), ("-1", "days"), ("", "days"), ("99999999999999999999", "days")]
        {
            assert_eq!(own_length(count, unit), None, "{count} {unit}");
        }
    }
}
