//! The index of words is written behind the messages: many share a transaction, so that a post does not wait for it. Which chats have
//! posts that are not in it yet is known from their events, and after a start from the database.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use protocol::frame::Event;
use protocol::{ChatId, Row, Scope};
use tokio::sync::Notify;

use crate::domain::{Failure, SERVER, search};
use crate::state::{App, Inner};
use crate::store;

/// Posts wait this long for the index, so that many share a transaction; a search does not wait.
const EVERY: Duration = Duration::from_secs(1);
/// Transactions in a row at most: who searches does not wait for a longer backlog.
const STEPS_MAX: usize = 16;
/// Between two steps of indexing messages from before there was an index.
const PAUSE: Duration = Duration::from_millis(5);
/// After a step failed.
const AGAIN: Duration = Duration::from_secs(5);

/// Chats with posts that are not in the index yet.
#[derive(Default)]
pub struct Unindexed {
    chats: Mutex<BTreeSet<ChatId>>,
    some: Notify,
    /// Whoever indexes: one at a time.
    turn: tokio::sync::Mutex<()>,
}

impl Unindexed {
    /// Notes the chats of new messages that have words, and of those that were sealed and are not any more.
    pub(crate) fn note(&self, events: &[Event]) {
        self.add(events.iter().filter_map(|event| match event {
            Event::NewMessage { chat_id, message } if !message.sealed => Some(chat_id.clone()),
            Event::RowChanged { scope: Scope::Chat(chat_id), row: Row::Message(message), .. } if !message.sealed => {
                Some(chat_id.clone())
            }
            _ => None,
        }));
    }

    /// Ends the wait of [`keep_indexed`], which sees whether the server is gone.
    pub(crate) fn wake(&self) {
        self.some.notify_one();
    }

    fn add(&self, chats: impl IntoIterator<Item = ChatId>) {
        let mut kept = self.chats.lock().unwrap_or_else(PoisonError::into_inner);
        let before = kept.len();
        kept.extend(chats);
        if kept.len() > before {
            self.some.notify_one();
        }
    }

    fn take(&self) -> Vec<ChatId> {
        std::mem::take(&mut *self.chats.lock().unwrap_or_else(PoisonError::into_inner)).into_iter().collect()
    }
}

impl App {
    /// Takes the index of words as far as posts were accepted when this was called, unless that is some thousands of messages
    /// away: who searches finds them.
    ///
    /// # Errors
    /// See [`sql::Error`]; it is tried again later.
    pub async fn index_waiting(&self) -> Result<(), Failure> {
        let app = self.clone();
        // A task of its own: whoever asked may go, or stop listening, in the middle of somebody's turn.
        let round = tokio::spawn(async move { app.index_round().await });
        // It is cut off only when all of this ends.
        round.await.unwrap_or(Ok(()))
    }

    async fn index_round(&self) -> Result<(), Failure> {
        let _turn = self.unindexed.turn.lock().await;
        let mut chats = self.unindexed.take();
        for _ in 0..STEPS_MAX {
            if chats.is_empty() {
                break;
            }
            let these = chats.clone();
            match self.write(SERVER, move |cx| search::index_behind(cx, &these)).await {
                Ok(rest) => chats = rest,
                Err(error) => {
                    self.unindexed.add(chats);
                    return Err(error);
                }
            }
        }
        self.unindexed.add(chats);
        Ok(())
    }
}

/// Notes what was said before the last end of this server and is not in the index.
///
/// # Errors
/// See [`sql::Error`].
pub async fn note_left_behind(app: &App) -> Result<(), Failure> {
    let chats = app.read(SERVER, |cx| Ok(store::search::chats_behind(cx.tx)?)).await?;
    app.unindexed.add(chats);
    Ok(())
}

/// Indexes behind the posts, until the server is gone.
pub async fn keep_indexed(app: Weak<Inner>, unindexed: Arc<Unindexed>) {
    loop {
        unindexed.some.notified().await;
        tokio::time::sleep(EVERY).await;
        let Some(app) = app.upgrade().map(App) else { return };
        if let Err(error) = app.index_waiting().await {
            tracing::warn!(%error, "new messages could not be indexed; it is tried again");
            drop(app);
            tokio::time::sleep(AGAIN).await;
            unindexed.some.notify_one();
        }
    }
}

/// Lets be found what was said before there was an index: a little at a time, so that nobody waits for it.
pub async fn index_older(app: Weak<Inner>) {
    loop {
        let Some(app) = app.upgrade().map(App) else { return };
        let pause = match app.write(SERVER, search::index_some).await {
            Ok(false) => return,
            Ok(true) => PAUSE,
            Err(error) => {
                tracing::warn!(%error, "older messages could not be indexed; it is tried again");
                AGAIN
            }
        };
        drop(app);
        tokio::time::sleep(pause).await;
    }
}
