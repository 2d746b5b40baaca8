//! Chooses a moment: what one most often means, or any date and time. By keyboard: Tab, Enter; Esc closes.

pub mod times;

use leptos::prelude::*;
use view::When;
use wasm_bindgen::JsCast;

use crate::i18n::{key, t, when};
use crate::primitives::{Button, ButtonKind, Icon, IconName, MenuAnchor, unique_id};
use times::Choice;

/// The soonest that a person is offered to type, in milliseconds.
const AHEAD_MS: i64 = 60_000;

/// The panel at `anchor` while that is set.
#[component]
pub fn LaterPanel(
    /// Where it is open; two-way.
    #[prop(into)]
    anchor: RwSignal<Option<MenuAnchor>>,
    /// What it is for, as its title.
    #[prop(into)]
    title: Signal<String>,
    /// A moment was chosen.
    #[prop(into)]
    on_pick: Callback<(When,)>,
) -> impl IntoView {
    move || anchor.get().map(|at| view! { <OpenPanel at=at anchor=anchor title=title on_pick=on_pick /> })
}

#[component]
fn OpenPanel(
    at: MenuAnchor,
    anchor: RwSignal<Option<MenuAnchor>>,
    title: Signal<String>,
    on_pick: Callback<(When,)>,
) -> impl IntoView {
    let node = NodeRef::<leptos::html::Div>::new();
    let before = StoredValue::new_local(document().active_element());
    let close = move || {
        anchor.set(None);
        let element = before.try_update_value(Option::take).flatten();
        if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
            _ = element.focus();
        }
    };
    Effect::new(move || {
        if let Some(panel) = node.get() {
            _ = panel.show_popover();
            at.place(&panel);
            let first = panel.query_selector("button").ok().flatten();
            if let Some(first) = first.and_then(|first| first.dyn_into::<web_sys::HtmlElement>().ok()) {
                _ = first.focus();
            }
        }
    });
    let outside = window_event_listener(leptos::ev::pointerdown, move |event| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        if !node.get_untracked().is_some_and(|panel| panel.contains(target.as_ref())) {
            anchor.set(None);
        }
    });
    on_cleanup(move || outside.remove());
    let keys = move |event: leptos::ev::KeyboardEvent| {
        event.stop_propagation();
        if event.key() == "Escape" {
            event.prevent_default();
            close();
        }
    };
    let pick = move |when: When| {
        close();
        on_pick.run((when,));
    };
    let rows = times::choices(times::shown_now()).into_iter().map(|(choice, place)| {
        let when = times::of_choice(place);
        let at = when.at;
        let press = move |_| pick(when.clone());
        view! {
            <button class="later__choice" type="button" on:click=press>
                <Icon name=IconName::Clock />
                <span class="later__words">{move || t(words(choice))}</span>
                <time class="later__time">{move || when::clock(at)}</time>
            </button>
        }
    });
    view! {
        <div class="later" popover="manual" role="dialog" aria-label=move || title.get() node_ref=node on:keydown=keys>
            <h2 class="later__title">{move || title.get()}</h2>
            {rows.collect_view()}
            <Exact on_pick=pick />
        </div>
    }
}

/// Any date and time.
#[component]
fn Exact(on_pick: impl Fn(When) + Copy + Send + Sync + 'static) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let id = unique_id("later");
    let earliest = times::wall_after(AHEAD_MS);
    let chosen = move || times::of_field(&typed.get()).filter(|when| when.at > when::now());
    let go = move || {
        if let Some(when) = untrack(chosen) {
            on_pick(when);
        }
    };
    view! {
        <div class="later__exact">
            <label class="later__label" for=id.clone()>{move || t("later-exact")}</label>
            <input
                class="later__field"
                id=id
                type="datetime-local"
                min=earliest
                prop:value=move || typed.get()
                on:input=move |event| typed.set(event_target_value(&event))
            />
            <Button kind=ButtonKind::Primary disabled=Signal::derive(move || chosen().is_none()) on_press=go>
                {move || t("later-choose")}
            </Button>
        </div>
    }
}

fn words(choice: Choice) -> &'static str {
    match choice {
        Choice::InAnHour => key("later-hour"),
        Choice::ThisEvening => key("later-evening"),
        Choice::Tomorrow => key("later-tomorrow"),
        Choice::Monday => key("later-monday"),
    }
}
