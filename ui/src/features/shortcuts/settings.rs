//! The settings page of keys: find an action, press what shall do it, put it back.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::finding::fits;
use crate::i18n::{t, t_with};
use crate::keys::keymap::{KEY, Refusal, chord_for, is_free};
use crate::keys::press::KeyPress;
use crate::keys::table::{self, BINDINGS, Binding, Group};
use crate::keys::{Chord, live};
use crate::primitives::{Button, ButtonKind, ControlSize, EmptyState, FieldKind, IconButton, IconName, TextField};
use crate::state::AppState;

/// What goes on in the page: at most one action waits for its keys.
#[derive(Clone, Copy)]
struct Page {
    state: AppState,
    /// Waits for keys.
    listening: RwSignal<Option<&'static str>>,
    /// What was said about the last keys: of which action, and what.
    said: RwSignal<Option<(&'static str, Said)>>,
}

/// What there is to say about pressed keys.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Said {
    /// They cannot be bound.
    Refused(Refusal),
    /// Another action has them.
    Taken(Chord, &'static Binding),
}

impl Page {
    /// Gives an action its chord, or none.
    fn bind(self, action: &Binding, chord: Option<Chord>) {
        let value = chord.map(|chord| chord.name()).unwrap_or_default();
        let as_ever = chord == Some(action.chord);
        self.state.kept.keep(format!("{KEY}{}", action.action.name()), (!as_ever).then_some(value));
        self.listening.set(None);
        self.said.set(None);
    }

    /// Keys came while an action waited.
    fn pressed(self, binding: &'static Binding, press: &KeyPress) {
        let name = binding.action.name();
        match chord_for(binding.action, press) {
            Err(Refusal::Unknown) => {}
            Err(refusal) => self.said.set(Some((name, Said::Refused(refusal)))),
            Ok(chord) => match untrack(live::keymap).holder(chord, binding.action) {
                Some(other) => {
                    self.said.set(Some((name, Said::Taken(chord, other))));
                    self.listening.set(None);
                }
                None => self.bind(binding, Some(chord)),
            },
        }
    }

    /// Takes the chord away from the other and gives it to this one.
    fn take(self, binding: &'static Binding, chord: Chord, other: &'static Binding) {
        self.bind(other, None);
        self.bind(binding, Some(chord));
    }

    fn reset_all(self) {
        for name in untrack(live::keymap).own_names() {
            self.state.kept.keep(format!("{KEY}{name}"), None);
        }
        self.said.set(None);
    }
}

/// All actions under their headings, each with its keys.
#[component]
pub fn KeySettings() -> impl IntoView {
    let page = Page { state: AppState::get(), listening: RwSignal::new(None), said: RwSignal::new(None) };
    let query = RwSignal::new(String::new());
    let found = Signal::derive(move || {
        let fitting = table::shown().filter(|binding| fits(&query.get(), &t(binding.words), &live::words_of(binding)));
        fitting.collect::<Vec<_>>()
    });
    let changed = move || live::keymap().has_own();
    let groups = Group::ALL.map(|group| {
        let own = Memo::new(move |_| {
            found
                .get()
                .into_iter()
                .filter(|binding| binding.group == group)
                .map(|one| one.action.name())
                .collect::<Vec<_>>()
        });
        view! {
            <Show when=move || own.with(|own| !own.is_empty())>
                <section class="key-settings__group">
                    <h2 class="shortcuts__title">{move || t(group.words())}</h2>
                    <ul><For each=move || own.get() key=|name| *name let:name><Row page=page name=name /></For></ul>
                </section>
            </Show>
        }
    });
    view! {
        <p class="shortcuts__lead">{move || t("keys-lead")}</p>
        <div class="key-settings__head">
            <div class="key-settings__find">
                <TextField label=move || t("keys-find") value=query kind=FieldKind::Search />
            </div>
            <Show when=changed>
                <Button kind=ButtonKind::Ghost icon=IconName::Retry on_press=move || page.reset_all()>{move || t("keys-reset-all")}</Button>
            </Show>
        </div>
        {groups.collect_view()}
        <Show when=move || found.with(Vec::is_empty)>
            <EmptyState icon=IconName::Search title=move || t("chats-nothing-found") text=move || t("keys-nothing-help") />
        </Show>
    }
}

#[component]
fn Row(page: Page, name: &'static str) -> impl IntoView {
    let binding = BINDINGS.iter().find(|binding| binding.action.name() == name)?;
    let action = binding.action;
    let listens = Signal::derive(move || page.listening.get() == Some(name));
    let own = move || live::keymap().is_own(action);
    let said = Signal::derive(move || page.said.get().filter(|(of, _)| *of == name).map(|(_, said)| said));
    let listen = move |event: leptos::ev::MouseEvent| {
        // WebKit gives a pressed button no focus, and then no keys would come here.
        if let Some(button) = event.current_target().and_then(|target| target.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _ = button.focus();
        }
        page.said.set(None);
        page.listening.update(|now| *now = if *now == Some(name) { None } else { Some(name) });
    };
    let keys = move |event: leptos::ev::KeyboardEvent| {
        if !listens.get_untracked() || event.key() == "Tab" {
            return;
        }
        event.prevent_default();
        event.stop_propagation();
        let press = KeyPress::of(&event);
        let plain = !press.ctrl && !press.alt && !press.shift;
        match press.key.as_str() {
            "Escape" if plain => page.listening.set(None),
            "Backspace" | "Delete" if plain => page.bind(binding, None),
            _ => page.pressed(binding, &press),
        }
    };
    let shown = move || match live::words_of(binding) {
        _ if listens.get() => t("keys-press"),
        none if none.is_empty() => t("keys-none"),
        words => words,
    };
    let spoken = move || format!("{}: {}", t(binding.words), shown());
    let back = move || page.bind(binding, Some(binding.chord));
    Some(view! {
        <li class="key-settings__row">
            <span class="key-settings__words">{move || t(binding.words)}</span>
            <Show when=own>
                <IconButton icon=IconName::Retry label=move || t("keys-reset") size=ControlSize::Small on_press=back />
            </Show>
            <button
                class="key-settings__keys"
                class:key-settings__keys--listens=move || listens.get()
                class:key-settings__keys--own=own
                type="button"
                aria-label=spoken
                aria-pressed=move || listens.get().to_string()
                disabled=!is_free(action)
                on:click=listen
                on:keydown=keys
                on:blur=move |_| if listens.get_untracked() { page.listening.set(None) }
            >
                {shown}
            </button>
            <div class="key-settings__said" role="alert">
                {move || said.get().map(|said| view! { <SaidWords page=page binding=binding said=said /> })}
            </div>
        </li>
    })
}

/// What was wrong with the keys, and what can be done about it.
#[component]
fn SaidWords(page: Page, binding: &'static Binding, said: Said) -> impl IntoView {
    match said {
        Said::Refused(refusal) => {
            let words = move || if refusal == Refusal::Types { t("keys-types") } else { t("keys-reserved") };
            view! { <p>{words}</p> }.into_any()
        }
        Said::Taken(chord, other) => {
            let mac = crate::keys::press::is_mac();
            let words =
                move || t_with("keys-taken", &[("keys", chord.words(mac).into()), ("action", t(other.words).into())]);
            view! {
                <p>{words}</p>
                <div class="key-settings__choice">
                    <Button size=ControlSize::Small on_press=move || page.take(binding, chord, other)>{move || t("keys-take")}</Button>
                    <Button kind=ButtonKind::Ghost size=ControlSize::Small on_press=move || page.said.set(None)>{move || t("common-cancel")}</Button>
                </div>
            }
            .into_any()
        }
    }
}
