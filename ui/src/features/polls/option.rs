//! One answer of a poll: a button to choose it; once one has voted, its share as a bar, and in a quiz whether it was right.

use leptos::prelude::*;
use view::{PollOptionRow, PollRow};

use crate::i18n::{key, t, t_with};
use crate::primitives::{Icon, IconName, IconSize};

/// How an answer stands, for sign, colour and words alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Open,
    Own,
    Right,
    Wrong,
}

impl Standing {
    fn of(option: &PollOptionRow) -> Self {
        match (option.right, option.own) {
            (Some(true), _) => Standing::Right,
            (Some(false), true) => Standing::Wrong,
            (_, true) => Standing::Own,
            _ => Standing::Open,
        }
    }

    fn class(self) -> &'static str {
        match self {
            Standing::Open => "poll__option",
            Standing::Own => "poll__option poll__option--own",
            Standing::Right => "poll__option poll__option--right",
            Standing::Wrong => "poll__option poll__option--wrong",
        }
    }

    fn icon(self) -> Option<IconName> {
        match self {
            Standing::Open => None,
            Standing::Own | Standing::Right => Some(IconName::Check),
            Standing::Wrong => Some(IconName::Close),
        }
    }

    /// What is said beside the sign; nothing for an ordinary choice, whose button says that it is pressed.
    fn words(self, own: bool) -> Option<&'static str> {
        match (self, own) {
            (Standing::Right, true) => Some(key("poll-own-right")),
            (Standing::Right, false) => Some(key("poll-right")),
            (Standing::Wrong, _) => Some(key("poll-wrong")),
            _ => None,
        }
    }
}

/// How many of a hundred voters chose this; whole, and never rounded up to all or down to none.
pub(super) fn share(votes: u32, voters: u32) -> u32 {
    if votes == 0 || voters == 0 {
        return 0;
    }
    let (votes, voters) = (u64::from(votes), u64::from(voters));
    let rounded = (votes * 200 + voters) / (voters * 2);
    let bounded = if votes < voters { rounded.clamp(1, 99) } else { 100 };
    u32::try_from(bounded).unwrap_or(100)
}

/// What choosing this answer makes of one's vote.
pub(super) fn chosen(poll: &PollRow, option: usize) -> Vec<u32> {
    let number = u32::try_from(option).unwrap_or(u32::MAX);
    let own = poll.options.get(option).is_some_and(|option| option.own);
    if !poll.multiple {
        return if own { Vec::new() } else { vec![number] };
    }
    let others = (0..).zip(&poll.options).filter(|(n, option)| option.own && *n != number).map(|(n, _)| n);
    let mut chosen: Vec<u32> = others.chain((!own).then_some(number)).collect();
    chosen.sort_unstable();
    chosen
}

/// The answer with this number.
#[component]
pub(super) fn PollOption(poll: Memo<Option<PollRow>>, number: usize, on_vote: Callback<(Vec<u32>,)>) -> impl IntoView {
    let option = Memo::new(move |_| poll.with(|poll| poll.as_ref()?.options.get(number).cloned()));
    let standing = Memo::new(move |_| option.with(|option| option.as_ref().map_or(Standing::Open, Standing::of)));
    let own = Memo::new(move |_| option.with(|option| option.as_ref().is_some_and(|option| option.own)));
    let results = Memo::new(move |_| poll.with(|poll| poll.as_ref().is_some_and(|poll| poll.voted || poll.closed)));
    let can_vote = Memo::new(move |_| poll.with(|poll| poll.as_ref().is_some_and(|poll| poll.can_vote)));
    let multiple = Memo::new(move |_| poll.with(|poll| poll.as_ref().is_some_and(|poll| poll.multiple)));
    let votes = Memo::new(move |_| option.with(|option| option.as_ref().map_or(0, |option| option.votes)));
    let share = Memo::new(move |_| {
        let voters = poll.with(|poll| poll.as_ref().map_or(0, |poll| poll.voters));
        if results.get() { share(votes.get(), voters) } else { 0 }
    });
    let text = move || option.with(|option| option.as_ref().map(|option| option.text.clone()).unwrap_or_default());
    let press = move |_| {
        if let Some(poll) = poll.get_untracked().filter(|poll| poll.can_vote) {
            on_vote.run((chosen(&poll, number),));
        }
    };
    let words = move || standing.get().words(own.get());
    view! {
        <button
            class=move || standing.get().class()
            class:poll__option--still=move || !can_vote.get()
            type="button"
            aria-pressed=move || own.get().to_string()
            aria-disabled=move || (!can_vote.get()).then_some("true")
            on:click=press
        >
            <span class="poll__mark" class:poll__mark--square=move || multiple.get() aria-hidden="true">
                {move || standing.get().icon().map(|name| view! { <Icon name=name size=IconSize::Small /> })}
            </span>
            <span class="poll__text">{text}</span>
            <Show when=move || results.get()>
                <span class="poll__share" aria-hidden="true">{move || t_with("poll-share", &[("share", share.get().into())])}</span>
                <span class="visually-hidden">
                    {move || t_with("poll-votes-share", &[("count", votes.get().into()), ("share", share.get().into())])}
                </span>
            </Show>
            <span class="poll__bar" aria-hidden="true">
                <span class="poll__fill" style:width=move || format!("{}%", share.get()) />
            </span>
            <Show when=move || words().is_some()>
                <span class="poll__standing">{move || words().map(t).unwrap_or_default()}</span>
            </Show>
        </button>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn poll(multiple: bool, own: [bool; 3]) -> PollRow {
        let option = |own| PollOptionRow { text: String::new(), votes: 0, own, right: None };
        PollRow {
            options: own.map(option).to_vec(),
            voters: 0,
            multiple,
            quiz: false,
            anonymous: false,
            closes_at: None,
            closed: false,
            voted: false,
            explanation: String::new(),
            can_vote: true,
            can_close: false,
        }
    }

    #[test]
    fn one_answer_takes_the_place_of_another_and_pressed_again_it_is_taken_back() {
        assert_eq!(chosen(&poll(false, [true, false, false]), 2), [2]);
        assert!(chosen(&poll(false, [true, false, false]), 0).is_empty());
    }

    #[test]
    fn several_answers_are_chosen_one_by_one() {
        assert_eq!(chosen(&poll(true, [true, false, false]), 2), [0, 2]);
        assert_eq!(chosen(&poll(true, [true, false, true]), 0), [2]);
    }

    #[test]
    fn a_share_is_whole_and_neither_all_nor_none_unless_it_is() {
        let shares = [(0, 0), (0, 5), (1, 3), (2, 3), (5, 5), (1, 1000), (999, 1000)].map(|(a, b)| share(a, b));
        assert_eq!(shares, [0, 0, 33, 67, 100, 1, 99]);
    }
}
