//! Folders of chats: chosen ones and those that a rule finds. Pure: what is in a folder is a question about one [`ChatRow`]. Kept as
//! one entry each ([`crate::kept`]), so that changes of two folders on two devices do not meet.

use serde::{Deserialize, Serialize};

use crate::rows::ChatRow;
use crate::{ChatId, ChatKind, Timestamp};

/// Keys of folders begin with this.
pub const FOLDER: &str = "ui:folder:";
/// So many folders are shown; more cannot be made.
pub const FOLDERS_MAX: usize = 20;
/// Longest name, in characters.
pub const NAME_CHARS_MAX: usize = 24;
/// Longest icon, in bytes: one emoji, however it is put together.
pub const ICON_BYTES_MAX: usize = 40;
/// Most chats put into a folder by hand, or kept out of it: an entry has room for them.
pub const CHATS_MAX: usize = 150;

/// What a rule wants of something that a chat may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    /// Those as well as others.
    #[default]
    Also,
    /// Only others.
    Without,
    /// Only those.
    Only,
}

impl Wanted {
    /// A chat that is so, or is not, fits.
    fn takes(self, is_so: bool) -> bool {
        match self {
            Wanted::Also => true,
            Wanted::Without => !is_so,
            Wanted::Only => is_so,
        }
    }
}

/// What finds chats for a folder by itself. The default finds none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FolderRule {
    /// Private chats; with neither this nor the next two, chats of any kind.
    pub private: bool,
    /// Groups.
    pub groups: bool,
    /// Channels.
    pub channels: bool,
    /// With something unread.
    pub unread: bool,
    /// With an unread mention.
    pub mentions: bool,
    /// Muted ones.
    pub muted: Wanted,
    /// Archived ones; `Without` by default.
    pub archived: Wanted,
    /// Whose title has all these words; empty for any.
    pub name: String,
}

impl Default for FolderRule {
    fn default() -> Self {
        Self {
            private: false,
            groups: false,
            channels: false,
            unread: false,
            mentions: false,
            muted: Wanted::Also,
            archived: Wanted::Without,
            name: String::new(),
        }
    }
}

impl FolderRule {
    /// Asks for something; a rule that asks for nothing finds nothing.
    pub fn asks(&self) -> bool {
        let kind = self.private || self.groups || self.channels;
        let state = self.unread || self.mentions || self.muted != Wanted::Also || self.archived == Wanted::Only;
        kind || state || !self.name.trim().is_empty()
    }

    /// Finds this chat. What is `open` stays in its folder while it is being read.
    fn finds(&self, row: &ChatRow, now: Timestamp, open: bool) -> bool {
        let any_kind = !(self.private || self.groups || self.channels);
        let kind = match row.kind {
            ChatKind::Private => self.private,
            ChatKind::Group => self.groups,
            ChatKind::Channel => self.channels,
        };
        self.asks()
            && (any_kind || kind)
            && (!self.unread || open || is_unread(row))
            && (!self.mentions || open || row.unread_mentions > 0)
            && self.muted.takes(is_muted(row, now))
            && self.archived.takes(row.archived)
            && has_words(&row.title, &self.name)
    }
}

/// A folder.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Folder {
    /// Which; a part of its key, not of its value.
    #[serde(skip)]
    pub id: String,
    /// What it is called; 1 to [`NAME_CHARS_MAX`] characters.
    pub name: String,
    /// An emoji before the name; empty for none.
    pub icon: String,
    /// The smallest stands first; of equals, the one made first.
    pub place: u32,
    /// In it in any case.
    pub chats: Vec<ChatId>,
    /// Never in it.
    pub without: Vec<ChatId>,
    /// Finds the rest.
    pub rule: FolderRule,
}

impl Folder {
    /// Under which it is kept.
    pub fn key(&self) -> String {
        format!("{FOLDER}{}", self.id)
    }

    /// As it is kept.
    pub fn value(&self) -> String {
        serde_json::to_string(self).expect("a folder is text, numbers and lists of them")
    }

    /// Reads an entry, cut to its bounds; `None` for what is no folder (or one that only a newer version can read).
    pub fn read(key: &str, value: &str) -> Option<Self> {
        let id = key.strip_prefix(FOLDER).filter(|id| !id.is_empty())?;
        let mut folder: Folder = serde_json::from_str(value).ok()?;
        folder.id = id.to_owned();
        folder.name = folder.name.trim().chars().filter(|c| !c.is_control()).take(NAME_CHARS_MAX).collect();
        folder.rule.name = folder.rule.name.chars().take(NAME_CHARS_MAX).collect();
        if folder.icon.len() > ICON_BYTES_MAX || folder.icon.chars().any(char::is_control) {
            folder.icon.clear();
        }
        folder.chats.truncate(CHATS_MAX);
        folder.without.truncate(CHATS_MAX);
        (!folder.name.is_empty()).then_some(folder)
    }

    /// The chat is in it.
    pub fn holds(&self, row: &ChatRow, now: Timestamp, open: bool) -> bool {
        self.chats.contains(&row.id) || (!self.without.contains(&row.id) && self.rule.finds(row, now, open))
    }

    /// Puts the chat in by hand, or keeps it out; `false` when there is no room.
    pub fn put(&mut self, row: &ChatRow, now: Timestamp, inside: bool) -> bool {
        self.chats.retain(|id| *id != row.id);
        self.without.retain(|id| *id != row.id);
        if self.holds(row, now, false) == inside {
            return true;
        }
        let list = if inside { &mut self.chats } else { &mut self.without };
        let room = list.len() < CHATS_MAX;
        if room {
            list.push(row.id.clone());
        }
        room
    }

    /// How many chats of it have something new. A muted one only counts for a mention.
    pub fn unread<'a>(&self, rows: impl Iterator<Item = &'a ChatRow>, now: Timestamp) -> u32 {
        let new = rows.filter(|row| row.unread_mentions > 0 || (is_unread(row) && !is_muted(row, now)));
        new.filter(|row| self.holds(row, now, false)).count() as u32
    }
}

/// Folders in the order of the screen.
pub fn in_order(mut folders: Vec<Folder>) -> Vec<Folder> {
    folders.sort_by(|a, b| (a.place, &a.id).cmp(&(b.place, &b.id)));
    folders.truncate(FOLDERS_MAX);
    folders
}

/// Lower case, and ё as е: so people type.
pub fn folded(text: &str) -> String {
    text.to_lowercase().replace('ё', "е")
}

fn has_words(title: &str, words: &str) -> bool {
    let title = folded(title);
    words.split_whitespace().all(|word| title.contains(&folded(word)))
}

fn is_unread(row: &ChatRow) -> bool {
    row.unread > 0 || row.settings.marked_unread
}

fn is_muted(row: &ChatRow, now: Timestamp) -> bool {
    row.settings.muted_until.is_some_and(|until| until > now)
}

#[cfg(test)]
#[path = "folders_tests.rs"]
mod tests;
