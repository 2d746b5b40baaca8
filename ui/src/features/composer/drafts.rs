//! Drafts: kept half a second after the last key, and at once when the chat is left; never put over what is being typed.

use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use view::{ChatId, Draft, QuoteRow, UserId};

use super::composition::{Composition, Mode};

/// A draft is kept so long after the last change.
const SAVE_MS: u64 = 500;

/// Keeps and restores the drafts of one composer.
#[derive(Clone, Copy)]
pub(super) struct Drafts {
    pub chat: Signal<Option<ChatId>>,
    pub composition: Composition,
    pub save: Callback<(ChatId, Draft)>,
    /// The chat whose draft is not kept yet, and the timer that will.
    waiting: StoredValue<Option<(ChatId, Option<TimeoutHandle>)>>,
}

impl Drafts {
    /// Starts keeping. `incoming` is what the host says a chat's composer shall hold.
    pub(super) fn start(
        chat: Signal<Option<ChatId>>,
        composition: Composition,
        incoming: Signal<Option<(ChatId, Draft)>>,
        save: Callback<(ChatId, Draft)>,
        quote: Callback<(view::MessageId,), Option<QuoteRow>>,
    ) -> Self {
        let own = Self { chat, composition, save, waiting: StoredValue::new(None) };
        Effect::new(move |before: Option<Option<ChatId>>| {
            let now = chat.get();
            if before.as_ref().is_some_and(|before| *before != now) {
                own.flush();
                composition.clear();
            }
            now
        });
        Effect::new(move || {
            let (Some((of, draft)), Some(open)) = (incoming.get(), chat.get()) else { return };
            if of == open && !composition.touched.get_untracked() {
                own.restore(draft, quote);
            }
        });
        on_cleanup(move || own.flush());
        own
    }

    /// Something changed: keep it soon.
    pub(super) fn changed(self) {
        let Some(chat) = self.chat.get_untracked() else { return };
        self.stop_timer();
        let timer = set_timeout_with_handle(move || self.flush(), Duration::from_millis(SAVE_MS)).ok();
        self.waiting.set_value(Some((chat, timer)));
    }

    /// The text was sent: nothing is left to keep.
    pub(super) fn sent(self) {
        self.stop_timer();
        if let Some(chat) = self.chat.get_untracked() {
            self.save.run((chat, Draft::default()));
        }
    }

    fn flush(self) {
        let Some((chat, _)) = self.stop_timer() else { return };
        let reply_to = match self.composition.mode.get_untracked() {
            // The draft from before the edit is already kept.
            Mode::Edit { .. } => return,
            Mode::Reply(quote) => Some(quote.id),
            Mode::New => None,
        };
        self.save.run((chat, Draft { text: self.composition.text.get_untracked(), reply_to }));
    }

    fn stop_timer(self) -> Option<(ChatId, Option<TimeoutHandle>)> {
        let waiting = self.waiting.try_update_value(Option::take).flatten();
        if let Some((_, Some(timer))) = &waiting {
            timer.clear();
        }
        waiting
    }

    fn restore(self, draft: Draft, quote: Callback<(view::MessageId,), Option<QuoteRow>>) {
        let mode = draft.reply_to.map_or(Mode::New, |id| {
            let unknown = QuoteRow {
                id: id.clone(),
                author: String::new(),
                author_id: UserId(0),
                text: String::new(),
                deleted: false,
            };
            Mode::Reply(quote.run((id,)).unwrap_or(unknown))
        });
        self.composition.mode.set(mode);
        self.composition.text.set(draft.text);
    }
}
