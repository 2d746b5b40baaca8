//! Choosing people: those chosen above, a field, everyone who fits below.

use leptos::prelude::*;
use view::PersonRow;

use super::{PeopleList, PeopleSearch, PersonLine};
use crate::i18n::{t, t_with};
use crate::primitives::{Button, ControlSize, FieldKind, Icon, IconName, TextField};
use crate::state::AppState;

/// A list of people of which some are chosen.
#[component]
pub fn PeoplePicker(
    /// Those chosen, in the order of choosing; two-way.
    chosen: RwSignal<Vec<PersonRow>>,
) -> impl IntoView {
    let state = AppState::get();
    let search = PeopleSearch::new();
    let me = untrack(|| state.me()).map(|me| me.person.id);
    let toggle = move |person: PersonRow| {
        chosen.update(|chosen| match chosen.iter().position(|other| other.id == person.id) {
            Some(at) => _ = chosen.remove(at),
            None => chosen.push(person),
        });
    };
    let row = move |person: PersonRow| {
        if Some(person.id) == me || person.deactivated {
            return ().into_any();
        }
        let (id, picked) = (person.id, person.clone());
        let selected = Memo::new(move |_| chosen.with(|chosen| chosen.iter().any(|other| other.id == id)));
        let check = move || view! { <Show when=move || selected.get()><Icon name=IconName::Check /></Show> };
        view! {
            <PersonLine person=person selected=selected on_press=move || toggle(picked.clone()) end=check />
        }
        .into_any()
    };
    view! {
        <div class="people">
            <Show when=move || chosen.with(|chosen| !chosen.is_empty())>
                <ul class="people__chosen" aria-label=move || t("people-chosen")>
                    <For each=move || chosen.get() key=|person| person.id let:person>
                        <li><Chip person=person on_press=Callback::new(move |(person,)| toggle(person)) /></li>
                    </For>
                </ul>
            </Show>
            <TextField label=move || t("people-find") value=search.query kind=FieldKind::Search />
            <PeopleList search=search row=row />
        </div>
    }
}

#[component]
fn Chip(person: PersonRow, on_press: Callback<(PersonRow,)>) -> impl IntoView {
    let name = person.name.clone();
    let label = person.name.clone();
    view! {
        <Button icon=IconName::Close size=ControlSize::Small on_press=move || on_press.run((person.clone(),))>
            <span class="visually-hidden">{move || t_with("people-take-out", &[("name", label.as_str().into())])}</span>
            <span aria-hidden="true">{name}</span>
        </Button>
    }
}
