//! Do not disturb: by hand from the rail, by the hours of the week and by words in the settings.

mod settings;
mod sound;

use leptos::prelude::*;
use view::Timestamp;
use view::notify::FOREVER;

use crate::features::later::times;
use crate::i18n::{key, t, t_with, when};
use crate::primitives::{ControlSize, IconButton, IconName, Menu, MenuAnchor, MenuItem};
use crate::state::AppState;

pub use settings::QuietSettings;
pub use sound::{SOUNDS, play};

const MINUTE_MS: i64 = 60_000;

/// The bell of the rail, with what can be chosen.
#[component]
pub fn QuietButton() -> impl IntoView {
    let state = AppState::get();
    let anchor = RwSignal::new(None::<MenuAnchor>);
    let node = NodeRef::<leptos::html::Span>::new();
    let open = move || anchor.set(node.get_untracked().map(|element| MenuAnchor::at_element(&element)));
    let icon = Signal::derive(move || if state.quiet.is_quiet() { IconName::BellOff } else { IconName::Bell });
    let items = Signal::derive(move || items(state));
    view! {
        <span class="rail__item" node_ref=node>
            <IconButton icon=icon label=move || label(state) size=ControlSize::Large pressed=Signal::derive(move || state.quiet.is_dnd()) on_press=open />
        </span>
        <Menu anchor=anchor label=move || t("quiet-title") items=items />
    }
}

/// Whether it is quiet, and until when.
fn label(state: AppState) -> String {
    match state.quiet.settings.with(|settings| settings.dnd_until.filter(|until| *until > when::now())) {
        Some(until) if until < FOREVER => t_with("quiet-until", &[("time", when::until(until).into())]),
        Some(_) => t("quiet-on"),
        None if state.quiet.is_quiet() => t("quiet-hours-now"),
        None => t("quiet-title"),
    }
}

/// What one can choose now, also for the palette.
fn items(state: AppState) -> Vec<MenuItem> {
    let choose = move |until: Option<Timestamp>| {
        Callback::new(move |()| state.quiet.change(|settings| settings.dnd_until = until))
    };
    let after = |minutes: i64| Timestamp(when::now().0 + minutes * MINUTE_MS);
    let choices = [
        (key("quiet-half-hour"), after(30)),
        (key("quiet-hour"), after(60)),
        (key("quiet-tomorrow"), times::of_choice(Some((1, 8))).at),
        (key("quiet-for-ever"), FOREVER),
    ];
    let mut items: Vec<MenuItem> = Vec::new();
    if state.quiet.is_dnd() {
        items.push(MenuItem::new(t("quiet-end"), IconName::Bell, choose(None)));
    }
    items.extend(choices.map(|(words, until)| MenuItem::new(t(words), IconName::BellOff, choose(Some(until)))));
    items
}
