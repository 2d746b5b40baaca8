//! The life of one recording in a composer: not there → being opened → running → sent or thrown away.

use std::cell::RefCell;

use leptos::prelude::*;
use view::{About, SendFile};

use super::waveform::bars;
use crate::bridge::voice::{LEVEL_MS, Recording, start};
use crate::features::attachments::base64;
use crate::i18n::t;
use crate::state::AppState;

/// Shorter ones were a slip of the finger, in milliseconds.
const DURATION_MS_MIN: u64 = 500;

thread_local! {
    static RUNNING: RefCell<Option<Recording>> = const { RefCell::new(None) };
}

/// Where a composer's recording is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Nothing is recorded.
    Idle,
    /// The microphone opens, or the person is asked.
    Opening,
    /// It runs.
    Running,
    /// It becomes a file.
    Ending,
}

/// The recording of one composer.
#[derive(Clone, Copy)]
pub struct Recorder {
    /// Where it is.
    pub stage: RwSignal<Stage>,
    /// How loud it was, a number every 50 ms.
    pub levels: RwSignal<Vec<u8>>,
}

impl Recorder {
    /// Idle.
    pub fn new() -> Self {
        Self { stage: RwSignal::new(Stage::Idle), levels: RwSignal::new(Vec::new()) }
    }

    /// The composer shows it instead of its field; tracks.
    pub fn is_on(self) -> bool {
        self.stage.get() != Stage::Idle
    }

    /// How long it runs; tracks.
    pub fn elapsed_ms(self) -> u64 {
        self.levels.with(|levels| levels.len() as u64 * LEVEL_MS)
    }

    /// Begins; a refusal is told.
    pub fn start(self, state: AppState) {
        if self.stage.get_untracked() != Stage::Idle {
            return;
        }
        self.stage.set(Stage::Opening);
        self.levels.set(Vec::new());
        leptos::task::spawn_local(async move {
            let heard = move |level| _ = self.levels.try_update(|levels| levels.push(level));
            match start(state, heard).await {
                // Cancelled meanwhile, or the composer is gone.
                Ok(recording) if self.stage.try_get_untracked() != Some(Stage::Opening) => recording.drop_it(),
                Ok(recording) => {
                    RUNNING.set(Some(recording));
                    self.stage.set(Stage::Running);
                }
                Err(failure) => {
                    self.stage.try_set(Stage::Idle);
                    state.toasts.failure(failure);
                }
            }
        });
    }

    /// Throws it away.
    pub fn cancel(self) {
        if self.stage.try_get_untracked().is_none_or(|stage| stage == Stage::Idle) {
            return;
        }
        if let Some(running) = RUNNING.take() {
            running.drop_it();
        }
        self.stage.set(Stage::Idle);
    }

    /// Ends it and gives it to `send`.
    pub fn finish(self, state: AppState, send: impl FnOnce(SendFile) + 'static) {
        let Some(running) = RUNNING.take() else { return };
        if untrack(|| self.elapsed_ms()) < DURATION_MS_MIN {
            running.drop_it();
            self.stage.set(Stage::Idle);
            return;
        }
        self.stage.set(Stage::Ending);
        let waveform = base64::encode(&bars(&self.levels.get_untracked()));
        let name = untrack(|| t("voice-name"));
        leptos::task::spawn_local(async move {
            let taken = running.finish(state, &name).await;
            self.stage.try_set(Stage::Idle);
            match taken {
                Ok((row, duration_ms)) => {
                    let about = About { duration_ms: Some(duration_ms), waveform: Some(waveform), ..About::default() };
                    send(SendFile { file_id: row.file_id, mime_type: kind_of(&row.name).to_owned(), about });
                }
                Err(failure) => state.toasts.failure(failure),
            }
        });
    }
}

impl Default for Recorder {
    fn default() -> Self {
        Self::new()
    }
}

fn kind_of(name: &str) -> &'static str {
    match name.rsplit_once('.') {
        Some((_, "webm")) => "audio/webm",
        Some((_, "m4a")) => "audio/mp4",
        _ => "audio/ogg",
    }
}
