//! What a client's windows would show: the updates applied one after the other, as the UI does it.

use std::collections::HashMap;

use protocol::{ChatId, FileId, MessageId};
use view::{
    ChatRow, CommandReply, Connection, MessageContent, MessageRow, Notice, PickedRow, ReminderRow, Stage, TeamEmoji,
    TimelineDiff, TransferRow, TransferState, Update, Way,
};

/// The state of the screen.
#[derive(Debug, Default)]
pub struct Screen {
    /// Which big screen; `None` before the first update.
    pub stage: Option<Stage>,
    /// The banner.
    pub connection: Option<Connection>,
    /// The chat list.
    pub chats: Vec<ChatRow>,
    /// The open chat.
    pub timeline_of: Option<ChatId>,
    /// Its rows, by `order`.
    pub timeline: Vec<MessageRow>,
    /// Older rows can be loaded.
    pub has_older: bool,
    /// Answers to a wish for older rows, so far.
    pub older_pages: u32,
    /// What others see of oneself.
    pub privacy: view::Privacy,
    /// How much of what concerns oneself is new.
    pub inbox_unread: u32,
    /// How to reach oneself.
    pub contact: view::Contact,
    /// What one is reminded of.
    pub reminders: Vec<ReminderRow>,
    /// What was worth a notification, in order.
    pub notices: Vec<Notice>,
    /// Files in the composer's tray.
    pub picked: Vec<PickedRow>,
    /// How far files have come.
    pub transfers: HashMap<(FileId, Way), TransferRow>,
    /// Emoji of the team's own, by name.
    pub team_emoji: HashMap<String, TeamEmoji>,
    /// What this device may do in encrypted chats.
    pub standing: view::DeviceStanding,
    /// Own devices.
    pub devices: Vec<view::DeviceRow>,
    /// Answers to commands, by number.
    pub replies: HashMap<u32, CommandReply>,
}

impl Screen {
    /// Applies an update.
    pub fn apply(&mut self, update: Update) {
        match update {
            Update::Stage { stage } => self.stage = Some(stage),
            Update::Connection { connection } => self.connection = Some(connection),
            Update::Chats { chats } => self.chats = chats,
            Update::ChatChanged { chat, index } => {
                self.chats.retain(|known| known.id != chat.id);
                self.chats.insert(index.min(self.chats.len()), chat);
            }
            Update::ChatRemoved { chat_id } => self.chats.retain(|known| known.id != chat_id),
            Update::Timeline { chat_id, diffs } => {
                self.timeline_of = Some(chat_id);
                diffs.into_iter().for_each(|diff| self.apply_diff(diff));
            }
            Update::Inbox { unread } => self.inbox_unread = unread,
            Update::Reminders { reminders } => self.reminders = reminders,
            Update::Privacy { privacy, contact } => (self.privacy, self.contact) = (privacy, contact),
            Update::Notice { notice } => self.notices.push(notice),
            Update::Picked { files } => self.picked.extend(files),
            Update::TeamEmoji { emoji } => {
                self.team_emoji = emoji.into_iter().map(|one| (one.name.clone(), one)).collect();
            }
            Update::TeamEmojiChanged { emoji } if emoji.removed => _ = self.team_emoji.remove(&emoji.name),
            Update::TeamEmojiChanged { emoji } => _ = self.team_emoji.insert(emoji.name.clone(), emoji),
            Update::Devices { standing, devices } => (self.standing, self.devices) = (standing, devices),
            Update::Transfers { transfers } => {
                self.transfers = transfers.into_iter().map(|row| ((row.file_id.clone(), row.way), row)).collect();
            }
            Update::Transfer { transfer } => {
                self.transfers.insert((transfer.file_id.clone(), transfer.way), transfer);
            }
            Update::Reply { id, reply } => {
                self.replies.insert(id, reply);
            }
            _ => {}
        }
    }

    fn apply_diff(&mut self, diff: TimelineDiff) {
        match diff {
            TimelineDiff::Reset { rows, has_older, .. } => (self.timeline, self.has_older) = (rows, has_older),
            TimelineDiff::Upsert { row } => {
                self.timeline.retain(|known| known.id != row.id);
                let place = self.timeline.partition_point(|known| known.order < row.order);
                self.timeline.insert(place, *row);
            }
            TimelineDiff::Remove { id } => self.timeline.retain(|known| known.id != id),
            TimelineDiff::Older { mut rows, has_older, .. } => {
                rows.append(&mut self.timeline);
                self.timeline = rows;
                self.has_older = has_older;
                self.older_pages += 1;
            }
            TimelineDiff::Newer { rows, .. } => self.timeline.extend(rows),
        }
    }

    /// Logged in, with a chat list.
    pub fn is_ready(&self) -> bool {
        matches!(self.stage, Some(Stage::Ready { .. }))
    }

    /// Connected and up to date.
    pub fn is_online(&self) -> bool {
        matches!(self.connection, Some(Connection::Online))
    }

    /// How a file moves.
    pub fn transfer(&self, file_id: &FileId, way: Way) -> Option<TransferState> {
        self.transfers.get(&(file_id.clone(), way)).map(|row| row.state)
    }

    /// The bubble of a message.
    pub fn message(&self, id: &MessageId) -> Option<&MessageRow> {
        self.timeline.iter().find(|row| row.id == *id)
    }

    /// The texts on screen, top to bottom, without notes.
    pub fn texts(&self) -> Vec<&str> {
        self.timeline
            .iter()
            .filter_map(|row| match &row.content {
                MessageContent::Text { text } => Some(text.as_str()),
                _ => None,
            })
            .collect()
    }
}
