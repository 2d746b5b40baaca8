//! The composer in its modes.

use leptos::prelude::*;
use view::{ChatId, Draft, MessageId, TimelineDiff, TimelinePosition, UserId, When};

use super::fixtures::{conversation, message, say, team};
use crate::features::composer::{Composer, ComposerActions, Composition};
use crate::state;

/// A composer that posts into the sample.
pub(super) fn sample_composer(composition: Composition, timeline: state::Timeline) -> impl IntoView {
    let chat = ChatId::general();
    let next = StoredValue::new(1_000_u64);
    let send = move |draft: Draft, _: Vec<UserId>| {
        let number = next.get_value();
        next.set_value(number + 1);
        let people = team();
        let row = message(number, &people[1], 0, view::MessageContent::Text { text: draft.text });
        let row = Box::new(view::MessageRow { delivery: Some(view::Delivery::Queued), ..row });
        timeline.apply(&ChatId::general(), vec![TimelineDiff::Upsert { row }]);
    };
    let edit = move |id: MessageId, text: String, _: Vec<UserId>| {
        if let Some(mut row) = timeline.find(&id).map(|row| row.get_untracked()) {
            row.content = view::MessageContent::Text { text };
            row.edited = true;
            timeline.apply(&ChatId::general(), vec![TimelineDiff::Upsert { row: Box::new(row) }]);
        }
    };
    let edit_last = move || {
        let last = timeline
            .rows
            .with_untracked(|rows| rows.iter().rev().map(|row| row.row.get_untracked()).find(|row| row.own));
        if let Some(row) = last {
            composition.edit(&row);
        }
    };
    let actions = ComposerActions {
        send: Callback::from(send),
        send_files: Callback::from(|_: Draft, _: Vec<UserId>, _: Vec<view::SendFile>| {}),
        send_later: Callback::from(|_: Draft, _: Vec<UserId>, _: When| {}),
        new_poll: Callback::from(|_: String| {}),
        edit: Callback::from(edit),
        edit_last: Callback::from(edit_last),
        save_draft: Callback::from(|_: ChatId, _: Draft| {}),
        typing: Callback::new(|()| {}),
        quote: Callback::from(|_: MessageId| None),
    };
    view! {
        <Composer
            chat=Some(chat)
            composition=composition
            actions=actions
            people=team()
            incoming=None
            enter_sends=true
            placeholder=move || say("Сообщение в «Общий»", "Message to General")
        />
    }
}

/// New, reply, edit, long.
#[component]
pub(super) fn Composers() -> impl IntoView {
    let timeline = state::Timeline::new();
    timeline.open(ChatId::general());
    let reset = TimelineDiff::Reset {
        rows: conversation(),
        has_older: false,
        has_newer: false,
        position: TimelinePosition::End,
    };
    timeline.apply(&ChatId::general(), vec![reset]);
    let rows = conversation();
    let prepared = [
        ("New", Composition::new()),
        ("Reply", Composition::new()),
        ("Edit", Composition::new()),
        ("Several lines", Composition::new()),
        ("Too long", Composition::new()),
    ];
    prepared[1].1.reply_to(&rows[5]);
    prepared[2].1.edit(&rows[7]);
    prepared[3].1.text.set(say(
        "Первая строка\nвторая\nтретья, с **жирным** и @anna",
        "First line\nsecond\nthird, with **bold** and @anna",
    ));
    prepared[4].1.text.set("x".repeat(crate::features::composer::MESSAGE_BYTES_MAX + 1));
    let one = |(name, composition): (&'static str, Composition)| {
        view! {
            <section class="gallery__part">
                <h2>{name}</h2>
                {sample_composer(composition, timeline)}
            </section>
        }
    };
    view! { <main class="gallery"><h1>"Composer"</h1>{prepared.map(one).into_iter().collect_view()}</main> }
}
