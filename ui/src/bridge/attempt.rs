//! A command that a form waits for: whether it is under way, and why it failed last.

use leptos::prelude::*;
use view::update::ReplyBody;
use view::{Command, Failure};

use crate::i18n::failure_words;

/// The state of a form's command. `Copy`; one command at a time.
#[derive(Debug, Clone, Copy)]
pub struct Attempt {
    /// Under way: the button spins.
    pub busy: RwSignal<bool>,
    /// Why the last one failed.
    pub failure: RwSignal<Option<Failure>>,
}

impl Attempt {
    /// Nothing tried yet.
    pub fn new() -> Self {
        Self { busy: RwSignal::new(false), failure: RwSignal::new(None) }
    }

    /// Sends the command unless one is under way; calls `done` with the answer. The form may be gone by then.
    pub fn run(self, command: Command, done: impl FnOnce(ReplyBody) + 'static) {
        self.run_until(command, Some(super::REPLY_MS_MAX), done);
    }

    /// As [`Self::run`], for what lasts as long as a person thinks.
    pub fn run_long(self, command: Command, done: impl FnOnce(ReplyBody) + 'static) {
        self.run_until(command, None, done);
    }

    fn run_until(self, command: Command, ms_max: Option<u64>, done: impl FnOnce(ReplyBody) + 'static) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.failure.set(None);
        leptos::task::spawn_local(async move {
            let answer = super::ask_until(command, ms_max).await;
            // The form may have left the screen meanwhile: then nobody needs to know.
            let _ = self.busy.try_set(false);
            match answer {
                Ok(body) => done(body),
                Err(failure) => {
                    let _ = self.failure.try_set(Some(failure));
                }
            }
        });
    }

    /// The failure in words; empty while there is none.
    pub fn words(self) -> Signal<String> {
        Signal::derive(move || self.failure.get().map(failure_words).unwrap_or_default())
    }
}

impl Default for Attempt {
    fn default() -> Self {
        Self::new()
    }
}
