//! Files as the screen shows them: what is about to be sent, and how far each has come.

use protocol::{About, FileId};
use serde::{Deserialize, Serialize};

use crate::update::Failure;

/// A file that the person chose and that no message has yet. Where it is, only the host knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PickedRow {
    /// The id that it will have on the server too.
    pub file_id: FileId,
    /// What it is called; a name that servers take.
    pub name: String,
    /// In bytes.
    pub size: u64,
}

/// A picked file as a message takes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendFile {
    /// Which.
    pub file_id: FileId,
    /// Its kind as the screen guessed it; the server looks for itself.
    pub mime_type: String,
    /// What the screen found out about it.
    pub about: About,
}

/// An emoji or sticker that is to become the team's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewEmoji {
    /// What stands between the colons.
    pub name: String,
    /// A picked picture.
    pub file_id: FileId,
    /// In a message of its own, large.
    pub sticker: bool,
    /// The set it belongs to; empty for none.
    pub pack: String,
}

/// Which way a file goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// To the server.
    Up,
    /// To a place that the person chose.
    Down,
}

/// How far a file has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferRow {
    /// Which.
    pub file_id: FileId,
    /// Which way.
    pub way: Way,
    /// Bytes that are there.
    pub done: u64,
    /// All of them.
    pub size: u64,
    /// Whether it moves.
    pub state: TransferState,
}

/// Whether a file moves. `Waiting` ⇄ `Running` → `Done`; either → `Paused` or `Failed`, which go on as `Waiting` when asked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum TransferState {
    /// For its turn, or for the network.
    Waiting,
    /// On its way.
    Running,
    /// By the person.
    Paused,
    /// For good, unless the person asks again.
    Failed {
        /// Why.
        failure: Failure,
    },
    /// There.
    Done,
    /// Taken back: forget it.
    Gone,
}
