//! The timeline with samples: a conversation, a very long one, and the states in between.

use leptos::prelude::*;
use view::{ChatId, MessageId, MessageRow, TimelineDiff, TimelinePosition};

use super::fixtures::{conversation, long, message, say, team};
use crate::features::composer::Composition;
use crate::features::message::{MessageActions, MessageContext};
use crate::features::timeline::{Timeline, TimelineActions, Typing};
use crate::state;

use super::desk::sample_composer;

/// So many rows in the long one.
const LONG_ROWS: u64 = 100_000;

fn sample(rows: Vec<MessageRow>, has_older: bool, position: TimelinePosition) -> state::Timeline {
    let timeline = state::Timeline::new();
    let chat = ChatId::general();
    timeline.open(chat.clone());
    timeline.apply(&chat, vec![TimelineDiff::Reset { rows, has_older, has_newer: false, position }]);
    timeline
}

/// Actions that change the sample itself where that is simple, and do nothing otherwise.
fn actions(timeline: state::Timeline, composition: Composition) -> MessageActions {
    let apply = move |diff| timeline.apply(&ChatId::general(), vec![diff]);
    let react = move |id: MessageId, emoji: String, on: bool| {
        let Some(mut row) = timeline.find(&id).map(|row| row.get_untracked()) else { return };
        match row.reactions.iter_mut().find(|reaction| reaction.emoji == emoji) {
            Some(reaction) if reaction.own != on => {
                reaction.own = on;
                reaction.count = if on { reaction.count + 1 } else { reaction.count.saturating_sub(1) };
            }
            None if on => {
                row.reactions.push(view::ReactionRow { emoji, count: 1, own: true, names: vec![say("Вы", "You")] })
            }
            _ => {}
        }
        row.reactions.retain(|reaction| reaction.count > 0);
        apply(TimelineDiff::Upsert { row: Box::new(row) });
    };
    let rows =
        move || timeline.rows.with_untracked(|rows| rows.iter().map(|entry| entry.row.get_untracked()).collect());
    MessageActions {
        reply: Callback::from(move |row: MessageRow| composition.reply_to(&row)),
        edit: Callback::from(move |row: MessageRow| composition.edit(&row)),
        delete: Callback::from(move |row: MessageRow| apply(TimelineDiff::Remove { id: row.id })),
        react: Callback::from(react),
        retry: Callback::from(|_: MessageId| {}),
        discard: Callback::from(move |id| apply(TimelineDiff::Remove { id })),
        jump: Callback::from(move |id| {
            let position = TimelinePosition::Message { id };
            apply(TimelineDiff::Reset { rows: rows(), has_older: false, has_newer: false, position });
        }),
        person: Callback::from(|_: view::UserId| {}),
        copy: Callback::from(|_: String| {}),
        forward: Callback::from(|_: MessageRow| {}),
        pin: Callback::from(|_: MessageId, _: bool| {}),
        save: Callback::from(|_: MessageId, _: bool| {}),
        remind: Callback::from(|_: MessageId, _: view::When| {}),
        versions: Callback::from(|_: MessageId| {}),
        vote: Callback::from(|_: MessageId, _: Vec<u32>| {}),
        close_poll: Callback::from(|_: MessageId| {}),
        remove_preview: Callback::from(|_: MessageId| {}),
        voters: Callback::from(|_: MessageRow| {}),
        thread: Callback::from(|_: MessageId| {}),
    }
}

fn no_pages() -> TimelineActions {
    let nothing = Callback::new(|()| {});
    TimelineActions { load_older: nothing, load_newer: nothing, to_latest: nothing, read: Callback::from(|_: u64| {}) }
}

/// Every kind of message.
#[component]
pub(super) fn Sample() -> impl IntoView {
    let unread = MessageId::new("sample-12");
    let position = unread.map_or(TimelinePosition::End, |id| TimelinePosition::FirstUnread { id });
    let timeline = sample(conversation(), false, position);
    let composition = Composition::new();
    let context = MessageContext::new(actions(timeline, composition));
    view! {
        <main class="gallery-pane">
            <h1 class="visually-hidden">"Timeline"</h1>
            <Timeline timeline=timeline context=context actions=no_pages() unread=3 />
            <Typing names=vec![team()[2].name.clone()] />
            {sample_composer(composition, timeline)}
        </main>
    }
}

/// A hundred thousand messages, for frame times.
#[component]
pub(super) fn Long() -> impl IntoView {
    let timeline = sample(long(LONG_ROWS), false, TimelinePosition::End);
    let context = MessageContext::new(actions(timeline, Composition::new()));
    view! {
        <main class="gallery-pane">
            <h1 class="visually-hidden">"A long timeline"</h1>
            <Timeline timeline=timeline context=context actions=no_pages() unread=0 />
        </main>
    }
}

/// Loading, empty, a failed page.
#[component]
pub(super) fn States() -> impl IntoView {
    let pane = |name: &'static str, timeline: state::Timeline| {
        let context = MessageContext::new(actions(timeline, Composition::new()));
        view! {
            <section class="gallery-pane__part">
                <h2>{name}</h2>
                <Timeline timeline=timeline context=context actions=no_pages() unread=128 />
            </section>
        }
    };
    let failed = sample(conversation(), true, TimelinePosition::End);
    failed.older_failed.set(true);
    let older = sample(vec![message(1, &team()[0], 5, view::MessageContent::Unknown)], true, TimelinePosition::End);
    view! {
        <main class="gallery-pane gallery-pane--parts">
            <h1 class="visually-hidden">"States of the timeline"</h1>
            {pane("Loading", state::Timeline::new())}
            {pane("Empty", sample(Vec::new(), false, TimelinePosition::End))}
            {pane("Page failed", failed)}
            {pane("Older on their way", older)}
        </main>
    }
}
