//! What the composer does with keys, suggestions and what was written.

use leptos::prelude::*;
use view::emoji::bare_name;
use view::{Draft, PersonRow, SendFile, When};
use wasm_bindgen::JsCast;

use super::composer::ComposerActions;
use super::composition::{Composition, Mode};
use super::drafts::Drafts;
use super::field_keys::{Ask, ask};
use super::send::{asked_poll, is_sendable, mentioned_in};
use super::suggest::{SUGGESTIONS_MAX, Sources, Suggestion, chat_names, closed_code, suggest};
use crate::features::command_palette::meant;
use crate::i18n::language;
use crate::keys::KeyPress;
use crate::keys::live;
use crate::state::AppState;
use crate::state::emoji::use_emoji;
use crate::state::team_emoji;

/// The composer's hands.
#[derive(Clone, Copy)]
pub(super) struct Desk {
    pub(super) composition: Composition,
    pub(super) actions: ComposerActions,
    pub(super) people: Signal<Vec<PersonRow>>,
    pub(super) everyone: Signal<bool>,
    pub(super) drafts: Drafts,
    /// The length of the word they complete, and the suggestions.
    pub(super) found: RwSignal<(usize, Vec<Suggestion>)>,
    pub(super) chosen: RwSignal<usize>,
    /// What commands act on; none in the gallery.
    pub(super) state: Option<AppState>,
}

impl Desk {
    pub(super) fn typed(self, event: &web_sys::Event) {
        let text = event_target_value(event);
        self.composition.touched.set(true);
        self.composition.text.set(text);
        let composing = event.dyn_ref::<web_sys::InputEvent>().is_some_and(web_sys::InputEvent::is_composing);
        if !composing && let Some(changed) = closed_code(&self.composition.selected()) {
            self.composition.apply(changed);
        }
        self.look();
        if !matches!(self.composition.mode.get_untracked(), Mode::Edit { .. }) {
            self.drafts.changed();
            if self.composition.text.with_untracked(|text| !text.trim().is_empty()) {
                self.actions.typing.run(());
            }
        }
    }

    /// Looks for suggestions at the caret.
    pub(super) fn look(self) {
        let typed = self.composition.selected();
        // Read only once someone is being named: the list may be long.
        let chats = if typed.before().contains('#') { chat_names(self.state) } else { Vec::new() };
        let commands = |letters: &str| {
            let state =
                self.state.filter(|_| self.composition.mode.with_untracked(|mode| !matches!(mode, Mode::Edit { .. })));
            state.map(|state| meant(state, letters, SUGGESTIONS_MAX)).unwrap_or_default()
        };
        let everyone = self.everyone.get_untracked().then(|| untrack(language));
        let found = self.people.with_untracked(|people| {
            suggest(&typed, &Sources { people, everyone, chats: &chats, commands: &commands })
        });
        if self.found.with_untracked(|old| *old != found) {
            self.chosen.set(0);
            self.found.set(found);
        }
    }

    pub(super) fn take(self, suggestion: &Suggestion) {
        let (units, _) = self.found.get_untracked();
        if let Suggestion::Emoji(emoji, _) = suggestion {
            use_emoji(emoji);
        }
        if let Suggestion::Command(entry) = suggestion {
            self.composition.text.set(String::new());
            self.found.set((0, Vec::new()));
            self.drafts.sent();
            return entry.run.run(());
        }
        let mut typed = self.composition.selected();
        typed.start = typed.start.saturating_sub(units);
        self.composition.apply(typed.insert(&suggestion.words()));
        self.found.set((0, Vec::new()));
        self.drafts.changed();
    }

    /// A sticker is a message; an emoji is written, and so is a sticker into a text.
    pub(super) fn take_emoji(self, emoji: &str) {
        let sticker = bare_name(emoji).and_then(|name| untrack(|| team_emoji::find(name)));
        let empty = self.composition.text.with_untracked(|text| text.trim().is_empty())
            && untrack(|| self.composition.tray.is_empty())
            && !matches!(self.composition.mode.get_untracked(), Mode::Edit { .. });
        if empty && sticker.is_some_and(|sticker| sticker.sticker) {
            let draft = self.take_draft(emoji.to_owned());
            return self.actions.send.run((draft, Vec::new()));
        }
        self.composition.insert(emoji);
    }

    pub(super) fn send_voice(self, file: SendFile) {
        let draft = self.take_draft(String::new());
        self.actions.send_files.run((draft, Vec::new(), vec![file]));
        self.composition.focus();
    }

    /// True when the key was ours.
    pub(super) fn key(self, event: &web_sys::KeyboardEvent, enter_sends: bool, open_panel: impl Fn()) -> bool {
        // 229: the key went to an input method (Safari says so only this way).
        if event.is_composing() || event.key_code() == 229 {
            return false;
        }
        if self.key_for_suggestions(&event.key()) {
            return true;
        }
        let press = KeyPress::of(event);
        let empty = self.composition.text.with_untracked(String::is_empty);
        match ask(&press, live::action_of(&press), empty, enter_sends) {
            Some(Ask::Send) => self.send(),
            Some(Ask::Change(change)) => {
                self.composition.apply(self.composition.selected().changed(change));
                self.drafts.changed();
            }
            Some(Ask::EditLast) => self.actions.edit_last.run(()),
            Some(Ask::Emoji) => open_panel(),
            // Without edit or reply the key goes on along the chain.
            Some(Ask::Cancel) => return self.composition.cancel(),
            None => return false,
        }
        true
    }

    fn key_for_suggestions(self, key: &str) -> bool {
        let (_, found) = self.found.get_untracked();
        let (here, count) = (self.chosen.get_untracked(), found.len());
        if count == 0 {
            return false;
        }
        match key {
            "ArrowDown" => self.chosen.set((here + 1) % count),
            "ArrowUp" => self.chosen.set((here + count - 1) % count),
            "Enter" | "Tab" => found.get(here).into_iter().for_each(|suggestion| self.take(suggestion)),
            "Escape" => self.found.set((0, Vec::new())),
            _ => return false,
        }
        true
    }

    /// A text of a fit length, or files.
    pub(super) fn is_sendable(self) -> bool {
        let editing = self.composition.mode.with(|mode| matches!(mode, Mode::Edit { .. }));
        let files = !editing && !self.composition.tray.is_empty();
        self.composition.text.with(|text| is_sendable(text) || (files && text.trim().is_empty()))
    }

    pub(super) fn send(self) {
        let text = self.composition.text.get_untracked();
        if !untrack(|| self.is_sendable()) {
            return;
        }
        let text = text.trim().to_owned();
        let new = !matches!(self.composition.mode.get_untracked(), Mode::Edit { .. });
        if let Some(question) = asked_poll(&text).filter(|_| new) {
            let question = question.to_owned();
            _ = self.take_draft(text);
            return self.actions.new_poll.run((question,));
        }
        let mentions = self.people.with_untracked(|people| mentioned_in(&text, people));
        match self.composition.mode.get_untracked() {
            Mode::Edit { id, original } => {
                if text != original.trim() {
                    self.actions.edit.run((id, text, mentions));
                }
                self.composition.leave_edit();
            }
            _ => {
                // Before the draft is taken, which empties the tray.
                let files = self.composition.tray.take();
                let draft = self.take_draft(text);
                if files.is_empty() {
                    self.actions.send.run((draft, mentions));
                } else {
                    self.actions.send_files.run((draft, mentions, files));
                }
            }
        }
        self.found.set((0, Vec::new()));
        self.composition.focus();
    }

    pub(super) fn send_later(self, when: When) {
        let text = self.composition.text.get_untracked();
        if !is_sendable(&text) {
            return;
        }
        let text = text.trim().to_owned();
        let mentions = self.people.with_untracked(|people| mentioned_in(&text, people));
        self.actions.send_later.run((self.take_draft(text), mentions, when));
        self.composition.focus();
    }

    /// Empties the composer.
    fn take_draft(self, text: String) -> Draft {
        let mode = self.composition.mode.get_untracked();
        let reply_to = if let Mode::Reply(quote) = mode { Some(quote.id) } else { None };
        self.composition.clear();
        self.drafts.sent();
        Draft { text, reply_to }
    }
}
