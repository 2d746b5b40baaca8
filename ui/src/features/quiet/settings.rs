//! The settings of silence: hours of the week, words that call, the sound.

use leptos::prelude::*;
use view::notify::{KEYWORDS_MAX, QUIET_MAX, Quiet, clock_of, keyword, minute_of};

use super::sound::{SOUNDS, play, words_of};
use crate::i18n::{key, t, t_with};
use crate::primitives::{
    Button, ButtonKind, ControlSize, IconButton, IconName, Select, SelectOption, Switch, TextField, unique_id,
};
use crate::state::AppState;
use crate::state::preferences::change;

/// All of it, for the section of notifications.
#[component]
pub fn QuietSettings() -> impl IntoView {
    let state = AppState::get();
    let on = Signal::derive(move || state.quiet.settings.with(|settings| settings.quiet_on));
    let turn = move |on: bool| {
        state.quiet.change(|settings| {
            settings.quiet_on = on;
            if on && settings.quiet.is_empty() {
                settings.quiet.push(Quiet::default());
            }
        });
    };
    let count = Memo::new(move |_| state.quiet.settings.with(|settings| settings.quiet.len()));
    let add = move || state.quiet.change(|settings| settings.quiet.push(Quiet::default()));
    view! {
        <SoundChoice />
        <Switch label=move || t("quiet-hours") help=move || t("quiet-hours-help") on=on on_change=turn />
        <Show when=move || on.get()>
            <div class="quiet__spans">
                {move || (0..count.get()).map(|at| view! { <Span at=at /> }).collect_view()}
                <div>
                    <Button size=ControlSize::Small icon=IconName::Add disabled=Signal::derive(move || count.get() >= QUIET_MAX) on_press=add>
                        {move || t("quiet-hours-add")}
                    </Button>
                </div>
            </div>
        </Show>
        <Keywords />
    }
}

#[component]
fn SoundChoice() -> impl IntoView {
    let state = AppState::get();
    let value = Signal::derive(move || state.preferences.with(|preferences| preferences.sound.clone()));
    let options =
        Signal::derive(|| SOUNDS.iter().map(|sound| SelectOption::new(*sound, t(words_of(sound)))).collect::<Vec<_>>());
    let choose = move |sound: String| {
        play(&sound);
        change(state, |preferences| preferences.sound = sound);
    };
    view! { <Select label=move || t("quiet-sound") value=value options=options on_change=choose /> }
}

/// The same hours of some days.
#[component]
fn Span(at: usize) -> impl IntoView {
    let state = AppState::get();
    let span =
        Memo::new(move |_| state.quiet.settings.with(|settings| settings.quiet.get(at).cloned().unwrap_or_default()));
    let alter = move |with: &dyn Fn(&mut Quiet)| {
        state.quiet.change(|settings| settings.quiet.get_mut(at).into_iter().for_each(with));
    };
    let days = [
        key("quiet-monday"),
        key("quiet-tuesday"),
        key("quiet-wednesday"),
        key("quiet-thursday"),
        key("quiet-friday"),
        key("quiet-saturday"),
        key("quiet-sunday"),
    ];
    let day = move |(number, words): (usize, &'static str)| {
        let on = Memo::new(move |_| span.with(|span| span.days[number]));
        view! {
            <button
                class="quiet__day"
                class:quiet__day--on=move || on.get()
                type="button"
                aria-pressed=move || on.get().to_string()
                on:click=move |_| alter(&move |span| span.days[number] = !span.days[number])
            >
                {move || t(words)}
            </button>
        }
    };
    let drop_it = move || state.quiet.change(|settings| _ = settings.quiet.remove(at));
    view! {
        <div class="quiet__span" role="group" aria-label=move || t_with("quiet-hours-span", &[("count", (at + 1).into())])>
            <div class="quiet__days">{days.into_iter().enumerate().map(day).collect_view()}</div>
            <div class="quiet__times">
                <Clock label=key("quiet-from") minute=Signal::derive(move || span.with(|span| span.from)) on_change=Callback::from(move |minute: u16| alter(&move |span| span.from = minute)) />
                <Clock label=key("quiet-to") minute=Signal::derive(move || span.with(|span| span.to)) on_change=Callback::from(move |minute: u16| alter(&move |span| span.to = minute)) />
                <IconButton icon=IconName::Delete label=move || t("quiet-hours-remove") on_press=drop_it />
            </div>
        </div>
    }
}

#[component]
fn Clock(label: &'static str, minute: Signal<u16>, on_change: Callback<(u16,)>) -> impl IntoView {
    let id = unique_id("clock");
    let told = move |event: leptos::ev::Event| {
        if let Some(minute) = minute_of(&event_target_value(&event)) {
            on_change.run((minute,));
        }
    };
    view! {
        <label class="quiet__clock" for=id.clone()>
            <span>{move || t(label)}</span>
            <input class="quiet__time" id=id.clone() type="time" prop:value=move || clock_of(minute.get()) on:change=told />
        </label>
    }
}

/// Words that make a message a mention.
#[component]
fn Keywords() -> impl IntoView {
    let state = AppState::get();
    let words = Memo::new(move |_| state.quiet.settings.with(|settings| settings.keywords.clone()));
    let typed = RwSignal::new(String::new());
    let full = move || words.with(|words| words.len() >= KEYWORDS_MAX);
    let add = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if let Some(word) = keyword(&typed.get_untracked()) {
            typed.set(String::new());
            state.quiet.change(|settings| {
                if !settings.keywords.contains(&word) {
                    settings.keywords.push(word);
                }
            });
        }
    };
    let none = Signal::derive(move || full() || typed.with(|typed| keyword(typed).is_none()));
    let chip = move |word: String| {
        let (own, said) = (word.clone(), word.clone());
        let drop_it = move || state.quiet.change(|settings| settings.keywords.retain(|other| *other != own));
        view! {
            <li>
                <Button size=ControlSize::Small icon=IconName::Close on_press=drop_it>
                    <span class="visually-hidden">{move || t_with("quiet-keyword-remove", &[("word", said.as_str().into())])}</span>
                    <span aria-hidden="true">{word}</span>
                </Button>
            </li>
        }
    };
    view! {
        <form class="quiet__words" on:submit=add>
            <TextField label=move || t("quiet-keywords") help=move || t("quiet-keywords-help") value=typed />
            <Button kind=ButtonKind::Secondary submit=true disabled=none>{move || t("quiet-keyword-add")}</Button>
        </form>
        <Show when=move || words.with(|words| !words.is_empty())>
            <ul class="quiet__chips">{move || words.get().into_iter().map(chip).collect_view()}</ul>
        </Show>
    }
}
