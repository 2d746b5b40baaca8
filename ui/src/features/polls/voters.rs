//! Who voted, answer by answer.

use leptos::prelude::*;
use view::update::ReplyBody;
use view::{ChatId, Command, MessageId, PersonRow};

use crate::bridge::Attempt;
use crate::features::people::PersonLine;
use crate::i18n::t;
use crate::primitives::{Button, ButtonKind, EmptyState, IconName, Skeleton, SkeletonShape};
use crate::state::{AppState, Dialog};

/// The answers that someone chose, and who.
#[component]
pub fn VotersDialog(
    /// Where the poll is.
    chat: ChatId,
    /// The message that asks.
    message: MessageId,
    /// Its answers with how many chose them.
    answers: Vec<(String, u32)>,
) -> impl IntoView {
    let chosen = (0..).zip(answers).filter(|(_, (_, votes))| *votes > 0);
    let answers = chosen.map(|(option, (text, _))| {
        view! { <Answer chat=chat.clone() message=message.clone() option=option text=text /> }
    });
    view! { <div class="poll-voters">{answers.collect_view()}</div> }
}

#[component]
fn Answer(chat: ChatId, message: MessageId, option: u32, text: String) -> impl IntoView {
    let people = RwSignal::new(Vec::<PersonRow>::new());
    let next = RwSignal::new(None::<String>);
    let loaded = RwSignal::new(false);
    let attempt = Attempt::new();
    let load = move || {
        let cursor = next.get_untracked();
        let command = Command::ListVoters { chat_id: chat.clone(), message_id: message.clone(), option, cursor };
        attempt.run(command, move |body| {
            if let ReplyBody::Voters { people: page, next_cursor } = body {
                let _ = people.try_update(|people| people.extend(page));
                let _ = next.try_set(next_cursor);
                let _ = loaded.try_set(true);
            }
        });
    };
    load();
    let load = StoredValue::new(load);
    let nav = AppState::get().nav;
    let line = move |person: PersonRow| {
        let id = person.id;
        view! { <li><PersonLine person=person on_press=move || nav.dialog.set(Some(Dialog::Profile(id))) /></li> }
    };
    let rows = move || people.get().into_iter().map(line).collect_view();
    view! {
        <section class="poll-voters__answer">
            <h2 class="poll-voters__text">{text}</h2>
            <ul class="poll-voters__people">{rows}</ul>
            <Show when=move || !loaded.get() && attempt.failure.get().is_none()>
                <Skeleton shape=SkeletonShape::Row count=1 />
            </Show>
            <Show when=move || attempt.failure.get().is_some()>
                <EmptyState icon=IconName::Warning title=move || t("common-could-not-load") text=attempt.words() />
            </Show>
            <Show when=move || next.get().is_some()>
                <Button kind=ButtonKind::Ghost busy=attempt.busy on_press=move || load.with_value(|load| load())>
                    {move || t("poll-more-voters")}
                </Button>
            </Show>
        </section>
    }
}
