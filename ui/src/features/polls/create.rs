//! Asks a poll: the question, its answers, how it is voted on.

use leptos::prelude::*;
use view::{ChatId, Command, MessageId, NewPoll, Quiz, Timestamp};

use crate::bridge::{self, Attempt};
use crate::i18n::{key, t, t_with, when};
use crate::keys::regions::focus_when_shown;
use crate::primitives::{Button, ButtonKind, Select, SelectOption, Switch, TextField};
use crate::state::AppState;

/// Most answers, and the longest texts in characters: the protocol's bounds, which a server refuses to exceed.
const OPTIONS_MAX: usize = 12;
const OPTION_CHARS_MAX: usize = 100;
const QUESTION_CHARS_MAX: usize = 500;
const EXPLANATION_CHARS_MAX: usize = 200;

/// How long one may vote, in minutes; 0 for as long as one likes.
const PERIODS: [(i64, &str); 6] = [
    (0, key("poll-ends-never")),
    (15, key("poll-ends-minutes")),
    (60, key("poll-ends-hour")),
    (8 * 60, key("poll-ends-hours")),
    (24 * 60, key("poll-ends-day")),
    (7 * 24 * 60, key("poll-ends-week")),
];

/// What is being asked.
#[derive(Clone, Copy)]
struct Form {
    question: RwSignal<String>,
    options: RwSignal<Vec<RwSignal<String>>>,
    anonymous: RwSignal<bool>,
    multiple: RwSignal<bool>,
    quiz: RwSignal<bool>,
    right: RwSignal<String>,
    explanation: RwSignal<String>,
    minutes: RwSignal<String>,
}

impl Form {
    fn new(question: String) -> Self {
        Self {
            question: RwSignal::new(question),
            options: RwSignal::new(vec![RwSignal::new(String::new()), RwSignal::new(String::new())]),
            anonymous: RwSignal::new(false),
            multiple: RwSignal::new(false),
            quiz: RwSignal::new(false),
            right: RwSignal::new("0".to_owned()),
            explanation: RwSignal::new(String::new()),
            minutes: RwSignal::new("0".to_owned()),
        }
    }

    fn texts(self) -> Vec<String> {
        self.options.with(|options| options.iter().map(|option| option.get()).collect())
    }

    /// There is always an empty one to go on with.
    fn grow(self) {
        let full =
            self.options.with(|options| options.iter().all(|option| option.with(|text| !text.trim().is_empty())));
        let count = self.options.with(Vec::len);
        if full && count < OPTIONS_MAX {
            self.options.update(|options| options.push(RwSignal::new(String::new())));
        }
    }

    /// The right answer is one that is there.
    fn settle_right(self) {
        let texts = self.texts();
        let there = |number: usize| texts.get(number).is_some_and(|text| !text.trim().is_empty());
        let right = self.right.get().parse().unwrap_or(0);
        if let Some(first) = (0..texts.len()).find(|number| there(*number)).filter(|_| !there(right)) {
            self.right.set(first.to_string());
        }
    }

    /// The question and what is asked; `None` while something is missing or wrong.
    fn asked(self, now: Timestamp) -> Option<(String, NewPoll)> {
        let question = self.question.get().trim().to_owned();
        let explanation = self.explanation.get().trim().to_owned();
        let (options, right) = answers(&self.texts(), self.right.get().parse().unwrap_or(0))?;
        let too_long =
            question.chars().count() > QUESTION_CHARS_MAX || explanation.chars().count() > EXPLANATION_CHARS_MAX;
        if question.is_empty() || too_long {
            return None;
        }
        let quiz = match self.quiz.get() {
            true => Some(Quiz { right: right?, explanation }),
            false => None,
        };
        let minutes = self.minutes.get().parse::<i64>().unwrap_or(0);
        let poll = NewPoll {
            options,
            multiple: self.multiple.get() && quiz.is_none(),
            anonymous: self.anonymous.get(),
            quiz,
            closes_at: (minutes > 0).then(|| Timestamp(now.0 + minutes * 60_000)),
        };
        Some((question, poll))
    }
}

/// The answers without empty ones, and the place among them of the one that is right, by its place among all; `None` when there are
/// fewer than two, or one is too long or there twice.
fn answers(texts: &[String], right: usize) -> Option<(Vec<String>, Option<u32>)> {
    let (mut kept, mut place) = (Vec::new(), None);
    for (number, text) in texts.iter().enumerate() {
        let text = text.trim();
        if text.is_empty() {
            continue;
        }
        if text.chars().count() > OPTION_CHARS_MAX || kept.iter().any(|known| known == text) {
            return None;
        }
        if number == right {
            place = u32::try_from(kept.len()).ok();
        }
        kept.push(text.to_owned());
    }
    (kept.len() >= 2).then_some((kept, place))
}

/// What is wrong with an answer; `None` while nothing is.
fn wrong(texts: &[String], number: usize) -> Option<&'static str> {
    let text = texts.get(number)?.trim();
    if text.chars().count() > OPTION_CHARS_MAX {
        return Some(key("poll-answer-long"));
    }
    let twice = !text.is_empty() && texts.iter().take(number).any(|other| other.trim() == text);
    twice.then_some(key("poll-answer-twice"))
}

/// Asks in a chat, or in the thread of a message.
#[component]
pub fn NewPollDialog(
    /// Where.
    chat: ChatId,
    /// Under which message; the chat's main line when none.
    thread: Option<MessageId>,
    /// What was typed already.
    question: String,
) -> impl IntoView {
    let state = AppState::get();
    let form = Form::new(question);
    let attempt = Attempt::new();
    let sealed = sealed(state, &chat);
    let field = NodeRef::<leptos::html::Input>::new();
    focus_when_shown(field);
    Effect::new(move || form.grow());
    Effect::new(move || form.settle_right());
    let ready = Memo::new(move |_| form.asked(Timestamp(0)).is_some());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some((question, poll)) = untrack(|| form.asked(when::now())) else { return };
        let (chat_id, thread, local_id) = (chat.clone(), thread.clone(), bridge::new_local_id());
        attempt
            .run(Command::SendPoll { chat_id, local_id, question, poll, thread }, move |_| state.nav.dialog.set(None));
    };
    view! {
        <form class="new-poll" on:submit=submit>
            <TextField label=move || t("poll-question") value=form.question node_ref=field />
            <fieldset class="new-poll__answers">
                <legend class="visually-hidden">{move || t("poll-answers")}</legend>
                {move || form.options.get().into_iter().enumerate().map(|(number, text)| {
                    view! { <AnswerField form=form number=number text=text /> }
                }).collect_view()}
            </fieldset>
            <Switch
                label=move || t("poll-wish-anonymous")
                help=move || t(if sealed.get() { key("poll-wish-anonymous-sealed") } else { key("poll-wish-anonymous-help") })
                on=form.anonymous
                disabled=sealed
                on_change=move |on| form.anonymous.set(on)
            />
            <Switch label=move || t("poll-wish-several") on=form.multiple disabled=form.quiz on_change=move |on| form.multiple.set(on) />
            <Switch label=move || t("poll-wish-quiz") help=move || t("poll-wish-quiz-help") on=form.quiz on_change=move |on| form.quiz.set(on) />
            <Show when=move || form.quiz.get()>
                <QuizFields form=form />
            </Show>
            <Select label=move || t("poll-ends") value=form.minutes options=Signal::derive(periods) on_change=move |minutes| form.minutes.set(minutes) />
            <p class="new-poll__error" role="alert">{attempt.words()}</p>
            <div class="dialog__actions">
                <Button kind=ButtonKind::Primary submit=true busy=attempt.busy disabled=Signal::derive(move || !ready.get())>
                    {move || t("poll-create")}
                </Button>
            </div>
        </form>
    }
}

/// In an encrypted chat devices count, and know whose each vote is.
fn sealed(state: AppState, chat: &ChatId) -> Memo<bool> {
    let row = state.chats.find(chat);
    Memo::new(move |_| row.as_ref().is_some_and(|row| row.with(|row| row.encrypted)))
}

fn periods() -> Vec<SelectOption> {
    PERIODS.iter().map(|(minutes, words)| SelectOption::new(minutes.to_string(), t(words))).collect()
}

#[component]
fn AnswerField(form: Form, number: usize, text: RwSignal<String>) -> impl IntoView {
    let error = move || wrong(&form.texts(), number).map(t).unwrap_or_default();
    let label = move || t_with("poll-answer", &[("number", (number + 1).into())]);
    view! { <TextField label=label value=text error=Signal::derive(error) /> }
}

#[component]
fn QuizFields(form: Form) -> impl IntoView {
    let options = Signal::derive(move || {
        let texts = form.texts().into_iter().enumerate().filter(|(_, text)| !text.trim().is_empty());
        texts.map(|(number, text)| SelectOption::new(number.to_string(), text)).collect::<Vec<_>>()
    });
    view! {
        <Select label=move || t("poll-right-answer") value=form.right options=options on_change=move |right| form.right.set(right) />
        <TextField label=move || t("poll-explanation") value=form.explanation help=move || t("poll-explanation-help") />
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn empty_answers_are_left_out_and_the_right_one_keeps_its_meaning() {
        let (kept, right) = answers(&texts(&["", " чай", "", "кофе", ""]), 3).unwrap_or_default();
        assert_eq!((kept, right), (texts(&["чай", "кофе"]), Some(1)));
        assert_eq!(answers(&texts(&["чай", "кофе", ""]), 2).map(|(_, right)| right), Some(None));
    }

    #[test]
    fn two_different_answers_are_needed_and_none_is_endless() {
        assert_eq!(answers(&texts(&["чай", ""]), 0), None);
        assert_eq!(answers(&texts(&["чай", "чай "]), 0), None);
        assert_eq!(answers(&texts(&["чай", &"я".repeat(101)]), 0), None);
        assert_eq!(wrong(&texts(&["чай", "чай "]), 1), Some("poll-answer-twice"));
        assert_eq!(wrong(&texts(&["", ""]), 1), None);
    }
}
