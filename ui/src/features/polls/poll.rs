//! The answers under a question, with what kind of poll it is and how many have voted.

use leptos::prelude::*;
use view::{MessageRow, PollRow};

use super::option::PollOption;
use crate::features::message::MessageActions;
use crate::i18n::{key, t, t_with, when};
use crate::primitives::{Icon, IconName, IconSize};

/// The poll of a message. Its answers stay in place while counts move, so that bars glide and the focus keeps.
#[component]
pub fn Poll(
    /// The message that asks.
    row: ArcRwSignal<MessageRow>,
    /// What can be done.
    actions: MessageActions,
) -> impl IntoView {
    let id = row.with_untracked(|row| row.id.clone());
    let poll = Memo::new({
        let row = row.clone();
        move |_| row.with(|row| row.poll.clone())
    });
    let count = Memo::new(move |_| poll.with(|poll| poll.as_ref().map_or(0, |poll| poll.options.len())));
    let on_vote = Callback::from(move |options: Vec<u32>| actions.vote.run((id.clone(), options)));
    move || {
        let count = count.get();
        let row = row.clone();
        let options =
            (0..count).map(|number| view! { <li><PollOption poll=poll number=number on_vote=on_vote /></li> });
        (count > 0).then(|| {
            view! {
                <div class="poll" role="group" aria-label=move || t("poll-answers")>
                    <p class="poll__kind">{move || poll.get().map(|poll| kind(&poll))}</p>
                    <ul class="poll__options">{options.collect_view()}</ul>
                    {explanation(poll)}
                    <Foot poll=poll on_voters=move || actions.voters.run((row.get_untracked(),)) />
                </div>
            }
        })
    }
}

/// "Anonymous quiz · closes tomorrow, 14:05".
fn kind(poll: &PollRow) -> String {
    let kind = match (poll.closed, poll.quiz, poll.anonymous) {
        (true, ..) => key("poll-closed"),
        (_, true, true) => key("poll-quiz-anonymous"),
        (_, true, false) => key("poll-quiz"),
        (_, false, true) => key("poll-anonymous"),
        (_, false, false) => key("poll-open"),
    };
    let mut parts = vec![t(kind)];
    if poll.multiple && !poll.closed {
        parts.push(t("poll-several"));
    }
    if let Some(at) = poll.closes_at.filter(|_| !poll.closed) {
        parts.push(t_with("poll-closes", &[("when", when::full(at).into())]));
    }
    parts.join(" · ")
}

fn explanation(poll: Memo<Option<PollRow>>) -> impl IntoView {
    let words = Memo::new(move |_| poll.with(|poll| poll.as_ref().map(|poll| poll.explanation.clone())));
    move || {
        words.get().filter(|words| !words.is_empty()).map(|words| {
            view! {
                <p class="poll__explanation">
                    <Icon name=IconName::Info size=IconSize::Small />
                    <span>{words}</span>
                </p>
            }
        })
    }
}

#[component]
fn Foot(poll: Memo<Option<PollRow>>, #[prop(into)] on_voters: Callback<()>) -> impl IntoView {
    let voters = Memo::new(move |_| poll.with(|poll| poll.as_ref().map_or(0, |poll| poll.voters)));
    let named = move || poll.with(|poll| poll.as_ref().is_some_and(|poll| !poll.anonymous)) && voters.get() > 0;
    let words = move || match voters.get() {
        0 => t("poll-no-votes"),
        count => t_with("poll-votes", &[("count", count.into())]),
    };
    view! {
        <p class="poll__foot">
            <span>{words}</span>
            <Show when=named>
                <button class="poll__voters" type="button" on:click=move |_| on_voters.run(())>{move || t("poll-who")}</button>
            </Show>
        </p>
    }
}
