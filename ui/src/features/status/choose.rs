//! Saying what one is doing now: an emoji, a few words, until when.

use leptos::prelude::*;
use view::{Command, Timestamp};

use crate::bridge::Attempt;
use crate::features::later::times;
use crate::features::reactions::EmojiPanel;
use crate::i18n::{key, t, when};
use crate::primitives::{
    Button, ButtonKind, ControlSize, Icon, IconName, MenuAnchor, Select, SelectOption, TextField, unique_id,
};
use crate::state::AppState;

const MINUTE_MS: i64 = 60_000;

/// When a status ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Never,
    HalfHour,
    Hour,
    Today,
    Week,
    Date,
}

impl End {
    const ALL: [End; 6] = [End::Never, End::HalfHour, End::Hour, End::Today, End::Week, End::Date];

    fn name(self) -> &'static str {
        match self {
            End::Never => "never",
            End::HalfHour => "half-hour",
            End::Hour => "hour",
            End::Today => "today",
            End::Week => "week",
            End::Date => "date",
        }
    }

    fn words(self) -> &'static str {
        match self {
            End::Never => key("status-end-never"),
            End::HalfHour => key("status-end-half-hour"),
            End::Hour => key("status-end-hour"),
            End::Today => key("status-end-today"),
            End::Week => key("status-end-week"),
            End::Date => key("status-end-date"),
        }
    }

    fn named(name: &str) -> Self {
        Self::ALL.into_iter().find(|end| end.name() == name).unwrap_or(End::Never)
    }

    /// The moment, by this device's clock and calendar; `None` in a field that holds none.
    fn moment(self, field: &str) -> Option<Option<Timestamp>> {
        let midnight_in = |days: u32| times::of_choice(Some((days, 0))).at;
        let in_minutes = |minutes: i64| Timestamp(when::now().0 + minutes * MINUTE_MS);
        match self {
            End::Never => Some(None),
            End::HalfHour => Some(Some(in_minutes(30))),
            End::Hour => Some(Some(in_minutes(60))),
            End::Today => Some(Some(midnight_in(1))),
            // Until Monday begins.
            End::Week => Some(Some(midnight_in(match times::shown_now().weekday {
                0 => 1,
                weekday => 8 - weekday,
            }))),
            End::Date => {
                times::of_field(field).map(|when| Some(when.at)).filter(|at| at.is_some_and(|at| at > when::now()))
            }
        }
    }
}

/// What people say most often, with how long it usually lasts.
const USUAL: [(&str, &str, End); 5] = [
    ("📅", "status-usual-meeting", End::Hour),
    ("🍽️", "status-usual-lunch", End::HalfHour),
    ("🏠", "status-usual-home", End::Today),
    ("🤒", "status-usual-ill", End::Today),
    ("🌴", "status-usual-holiday", End::Week),
];

/// An emoji, a few words, until when.
#[component]
pub fn StatusDialog() -> impl IntoView {
    let state = AppState::get();
    let me = state.me().map(|me| me.person)?;
    let emoji = RwSignal::new(me.status_emoji);
    let text = RwSignal::new(me.custom_status);
    let end = RwSignal::new(if me.status_until.is_some() { End::Date } else { End::Never });
    let field = RwSignal::new(me.status_until.map_or_else(|| times::wall_after(24 * 60 * MINUTE_MS), times::wall_of));
    let attempt = Attempt::new();
    let send = move |emoji: String, text: String, until| {
        attempt.run(Command::SetStatus { emoji, text, until }, move |_| state.nav.dialog.set(None));
    };
    let until = move || end.get().moment(&field.get());
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if let Some(until) = untrack(until) {
            send(emoji.get_untracked(), text.get_untracked().trim().to_owned(), until);
        }
    };
    let clear = move || send(String::new(), String::new(), None);
    let wrong = Signal::derive(move || until().is_none());
    let options = Signal::derive(|| End::ALL.map(|end| SelectOption::new(end.name(), t(end.words()))).to_vec());
    let day = unique_id("until");
    Some(view! {
        <form class="status" on:submit=save>
            <div class="status__said">
                <EmojiField emoji=emoji />
                <TextField label=move || t("people-status") value=text placeholder=move || t("profile-status-example") />
            </div>
            <Usual emoji=emoji text=text end=end />
            <Select
                label=move || t("status-end")
                value=Signal::derive(move || end.get().name().to_owned())
                options=options
                on_change=move |name: String| end.set(End::named(&name))
            />
            <Show when=move || end.get() == End::Date>
                <div class="field">
                    <label class="field__label" for=day.clone()>{move || t("status-end-date")}</label>
                    <input
                        class="go-to-date__day"
                        id=day.clone()
                        type="datetime-local"
                        prop:value=move || field.get()
                        on:input=move |event| field.set(event_target_value(&event))
                    />
                </div>
            </Show>
            <p class="status__error" role="alert">{attempt.words()}</p>
            <div class="dialog__actions">
                <Button on_press=clear>{move || t("status-clear")}</Button>
                <Button kind=ButtonKind::Primary submit=true busy=attempt.busy disabled=wrong>{move || t("common-save")}</Button>
            </div>
        </form>
    })
}

#[component]
fn EmojiField(emoji: RwSignal<String>) -> impl IntoView {
    let panel = RwSignal::new(None::<MenuAnchor>);
    let node = NodeRef::<leptos::html::Button>::new();
    let open = move |_| panel.set(node.get_untracked().map(|element| MenuAnchor::at_element(&element)));
    view! {
        <button class="status__emoji" type="button" node_ref=node aria-label=move || t("status-emoji") title=move || t("status-emoji") on:click=open>
            {move || match emoji.get() {
                text if text.is_empty() => view! { <Icon name=IconName::React /> }.into_any(),
                text => text.into_any(),
            }}
        </button>
        <EmojiPanel anchor=panel on_pick=move |picked: String| emoji.set(picked) />
    }
}

#[component]
fn Usual(emoji: RwSignal<String>, text: RwSignal<String>, end: RwSignal<End>) -> impl IntoView {
    let row = USUAL.map(|(sign, words, lasts)| {
        let take = move || {
            emoji.set(sign.to_owned());
            text.set(untrack(|| t(words)));
            end.set(lasts);
        };
        view! { <Button size=ControlSize::Small on_press=take>{move || format!("{sign} {}", t(words))}</Button> }
    });
    view! { <div class="status__usual" role="group" aria-label=move || t("status-usual")>{row.collect_view()}</div> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_ends_when_it_says_and_a_field_without_a_moment_to_come_is_wrong() {
        assert_eq!(End::Never.moment(""), Some(None));
        assert_eq!(End::Hour.moment("").flatten(), Some(Timestamp(when::now().0 + 60 * MINUTE_MS)));
        assert_eq!(End::Date.moment("nothing"), None);
        for end in End::ALL {
            assert_eq!(End::named(end.name()), end);
        }
    }
}
