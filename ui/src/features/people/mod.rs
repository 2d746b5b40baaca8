//! People: the directory of the team, and choosing some of them.

mod picker;

use leptos::prelude::*;
use view::update::ReplyBody;
use view::{Command, PersonRow};

use crate::bridge::{self, Attempt};
use crate::features::avatars::face_of;
use crate::features::status::StatusSign;
use crate::i18n::{presence_words, t};
use crate::keys::regions::focus_when_shown;
use crate::primitives::{Avatar, Button, EmptyState, FieldKind, IconName, ListRow, Skeleton, SkeletonShape, TextField};
use crate::state::AppState;

pub use picker::PeoplePicker;

/// People whose name fits what is typed; asks the host at each change.
#[derive(Clone, Copy)]
pub struct PeopleSearch {
    /// What is typed.
    pub query: RwSignal<String>,
    /// Who fits; `None` until the first answer.
    pub found: RwSignal<Option<Vec<PersonRow>>>,
    /// The question under way.
    pub attempt: Attempt,
}

impl PeopleSearch {
    /// Asks for everyone first.
    pub fn new() -> Self {
        let search = Self { query: RwSignal::new(String::new()), found: RwSignal::new(None), attempt: Attempt::new() };
        Effect::new(move || search.ask(search.query.get()));
        search
    }

    /// Asks again.
    pub fn ask(self, query: String) {
        // A newer question replaces the one under way: its answer is not waited for.
        self.attempt.busy.set(false);
        let asked = query.clone();
        self.attempt.run(Command::ListPeople { query: query.trim().to_owned() }, move |body| {
            let current = self.query.try_get_untracked().is_some_and(|query| query == asked);
            if let ReplyBody::People { people } = body
                && current
            {
                self.found.set(Some(people));
            }
        });
    }
}

impl Default for PeopleSearch {
    fn default() -> Self {
        Self::new()
    }
}

/// Opens the private chat with a person.
pub fn write_to(state: AppState, user_id: view::UserId) {
    leptos::task::spawn_local(async move {
        match bridge::ask(Command::OpenPrivate { user_id }).await {
            Ok(ReplyBody::Chat { chat_id }) => state.nav.open(chat_id),
            Ok(_) => {}
            Err(failure) => state.toasts.failure(failure),
        }
    });
}

/// The directory: a field and everyone who fits; pressing opens the private chat.
#[component]
pub fn PeopleDialog() -> impl IntoView {
    let state = AppState::get();
    let search = PeopleSearch::new();
    let field = NodeRef::<leptos::html::Input>::new();
    focus_when_shown(field);
    view! {
        <div class="people">
            <TextField label=move || t("people-find") value=search.query kind=FieldKind::Search node_ref=field />
            <PeopleList search=search row=move |person: PersonRow| {
                let id = person.id;
                view! { <PersonLine person=person on_press=move || write_to(state, id) /> }.into_any()
            } />
        </div>
    }
}

/// Whoever was found, or why nobody was.
#[component]
pub fn PeopleList(
    /// Where they come from.
    search: PeopleSearch,
    /// How one is drawn.
    #[prop(into)]
    row: Callback<(PersonRow,), AnyView>,
) -> impl IntoView {
    let retry = move || search.ask(search.query.get_untracked());
    view! {
        <div class="people__list">
            {move || match (search.found.get(), search.attempt.failure.get()) {
                (None, Some(_)) => view! {
                    <EmptyState icon=IconName::Warning title=move || t("common-could-not-load") text=search.attempt.words()>
                        <Button on_press=retry>{move || t("common-try-again")}</Button>
                    </EmptyState>
                }.into_any(),
                (None, None) => view! { <Skeleton shape=SkeletonShape::Row count=5 /> }.into_any(),
                (Some(found), _) if found.is_empty() => view! {
                    <EmptyState icon=IconName::People title=move || t("people-nobody") text=move || t("people-nobody-help") />
                }.into_any(),
                (Some(found), _) => {
                    let rows = found.into_iter().map(|person| view! { <li>{row.run((person,))}</li> });
                    view! { <ul>{rows.collect_view()}</ul> }.into_any()
                }
            }}
        </div>
    }
}

/// A person of the directory.
#[component]
pub fn PersonLine(
    /// Who.
    person: PersonRow,
    /// What pressing does.
    #[prop(into)]
    on_press: Callback<()>,
    /// Chosen.
    #[prop(optional, into)]
    selected: Signal<bool>,
    /// After the lines.
    #[prop(optional, into)]
    end: ViewFn,
) -> impl IntoView {
    let people = AppState::get().people;
    let id = person.id.0;
    let person = RwSignal::from(people.signal(&person));
    let name = Signal::derive(move || person.with(|person| person.name.clone()));
    let presence = Signal::derive(move || person.with(|person| person.presence));
    let text = move || person.with(|person| format!("@{} · {}", person.username, presence_words(person)));
    let face = face_of(Signal::derive(move || person.with(|person| person.avatar.clone())));
    view! {
        <ListRow
            beside=move || view! { <StatusSign person=person /> }
            title=name
            text=text
            selected=selected
            on_press=on_press
            start=move || view! { <Avatar name=name id=id presence=presence face=face /> }
            end=end
        />
    }
}
