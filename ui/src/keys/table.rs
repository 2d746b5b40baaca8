//! The one table of actions and the chords that they have at first. What is here is shown by the sheet of shortcuts and can be given
//! other keys in the settings; nothing else listens to chords.

use super::chord::{Chord, Key, Named};
use crate::i18n::key;

/// Something a chord does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Action {
    QuickSwitcher,
    CommandPalette,
    SearchChat,
    SearchEverywhere,
    Shortcuts,
    Settings,
    LockNow,
    PreviousChat,
    NextChat,
    PreviousUnread,
    NextUnread,
    Back,
    Forward,
    /// The n-th chat of the list, from 1.
    Chat(u8),
    /// All chats (1), or the folder before which n - 1 others and "all" stand.
    Folder(u8),
    RightPanel,
    NextRegion,
    PreviousRegion,
    Escape,
    AllRead,
    OldestUnread,
    Latest,
    ReplyPrevious,
    ReplyNext,
    ReactToLast,
    Emoji,
    Bold,
    Italic,
    Strike,
    Code,
    Link,
    Spoiler,
    Quote,
}

impl Action {
    /// Under which its own keys are kept: the same for all nine of a family. Never changed once a version had it.
    pub fn name(self) -> &'static str {
        match self {
            Action::QuickSwitcher => "quick-switcher",
            Action::CommandPalette => "command-palette",
            Action::SearchChat => "search-chat",
            Action::SearchEverywhere => "search-everywhere",
            Action::Shortcuts => "shortcuts",
            Action::Settings => "settings",
            Action::LockNow => "lock-now",
            Action::PreviousChat => "previous-chat",
            Action::NextChat => "next-chat",
            Action::PreviousUnread => "previous-unread",
            Action::NextUnread => "next-unread",
            Action::Back => "back",
            Action::Forward => "forward",
            Action::Chat(_) => "chat-number",
            Action::Folder(_) => "folder-number",
            Action::RightPanel => "right-panel",
            Action::NextRegion => "next-region",
            Action::PreviousRegion => "previous-region",
            Action::Escape => "escape",
            Action::AllRead => "all-read",
            Action::OldestUnread => "oldest-unread",
            Action::Latest => "latest",
            Action::ReplyPrevious => "reply-previous",
            Action::ReplyNext => "reply-next",
            Action::ReactToLast => "react-to-last",
            Action::Emoji => "emoji",
            Action::Bold => "bold",
            Action::Italic => "italic",
            Action::Strike => "strike",
            Action::Code => "code",
            Action::Link => "link",
            Action::Spoiler => "spoiler",
            Action::Quote => "quote",
        }
    }
}

/// A chord, what it does, and the words for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Binding {
    /// What it does.
    pub action: Action,
    /// What to press, unless the person chose other keys.
    pub chord: Chord,
    /// Under which heading the sheet shows it.
    pub group: Group,
    /// The key of its words.
    pub words: &'static str,
}

/// A heading of the sheet of shortcuts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Group {
    General,
    Chats,
    Messages,
    Writing,
}

impl Group {
    /// All, in the order of the sheet.
    pub const ALL: [Group; 4] = [Group::General, Group::Chats, Group::Messages, Group::Writing];

    /// The key of its words.
    pub fn words(self) -> &'static str {
        match self {
            Group::General => key("keys-group-general"),
            Group::Chats => key("keys-group-chats"),
            Group::Messages => key("keys-group-messages"),
            Group::Writing => key("keys-group-writing"),
        }
    }
}

const fn letter(letter: char) -> Chord {
    Chord::ctrl(Key::Letter(letter))
}

const fn symbol(symbol: char) -> Chord {
    Chord::ctrl(Key::Symbol(symbol))
}

const fn named(named: Named) -> Key {
    Key::Named(named)
}

const fn bind(action: Action, chord: Chord, group: Group, words: &'static str) -> Binding {
    Binding { action, chord, group, words }
}

/// All chords, in the order of the sheet. `Ctrl+1…9` and `Alt+1…9` share one line each there: the first stands for all.
pub const BINDINGS: &[Binding] = &[
    bind(Action::QuickSwitcher, letter('k'), Group::General, key("keys-quick-switcher")),
    bind(Action::CommandPalette, letter('k').shift(), Group::General, key("keys-command-palette")),
    bind(Action::SearchChat, letter('f'), Group::General, key("keys-search-chat")),
    bind(Action::SearchEverywhere, letter('f').shift(), Group::General, key("keys-search-everywhere")),
    bind(Action::RightPanel, symbol('.'), Group::General, key("keys-right-panel")),
    bind(Action::Settings, symbol(','), Group::General, key("keys-settings")),
    bind(Action::LockNow, letter('h').shift(), Group::General, key("keys-lock-now")),
    bind(Action::NextRegion, Chord::plain(named(Named::F(6))), Group::General, key("keys-next-region")),
    bind(Action::PreviousRegion, Chord::plain(named(Named::F(6))).shift(), Group::General, key("keys-previous-region")),
    bind(Action::Shortcuts, symbol('/'), Group::General, key("keys-shortcuts")),
    bind(Action::PreviousChat, Chord::alt(named(Named::Up)), Group::Chats, key("keys-previous-chat")),
    bind(Action::NextChat, Chord::alt(named(Named::Down)), Group::Chats, key("keys-next-chat")),
    bind(Action::PreviousUnread, Chord::alt(named(Named::Up)).shift(), Group::Chats, key("keys-previous-unread")),
    bind(Action::NextUnread, Chord::alt(named(Named::Down)).shift(), Group::Chats, key("keys-next-unread")),
    bind(Action::Back, Chord::alt(named(Named::Left)), Group::Chats, key("keys-back")),
    bind(Action::Forward, Chord::alt(named(Named::Right)), Group::Chats, key("keys-forward")),
    bind(Action::Chat(1), symbol('1'), Group::Chats, key("keys-chat-number")),
    bind(Action::Chat(2), symbol('2'), Group::Chats, ""),
    bind(Action::Chat(3), symbol('3'), Group::Chats, ""),
    bind(Action::Chat(4), symbol('4'), Group::Chats, ""),
    bind(Action::Chat(5), symbol('5'), Group::Chats, ""),
    bind(Action::Chat(6), symbol('6'), Group::Chats, ""),
    bind(Action::Chat(7), symbol('7'), Group::Chats, ""),
    bind(Action::Chat(8), symbol('8'), Group::Chats, ""),
    bind(Action::Chat(9), symbol('9'), Group::Chats, ""),
    bind(Action::Folder(1), Chord::alt(Key::Symbol('1')), Group::Chats, key("keys-folder-number")),
    bind(Action::Folder(2), Chord::alt(Key::Symbol('2')), Group::Chats, ""),
    bind(Action::Folder(3), Chord::alt(Key::Symbol('3')), Group::Chats, ""),
    bind(Action::Folder(4), Chord::alt(Key::Symbol('4')), Group::Chats, ""),
    bind(Action::Folder(5), Chord::alt(Key::Symbol('5')), Group::Chats, ""),
    bind(Action::Folder(6), Chord::alt(Key::Symbol('6')), Group::Chats, ""),
    bind(Action::Folder(7), Chord::alt(Key::Symbol('7')), Group::Chats, ""),
    bind(Action::Folder(8), Chord::alt(Key::Symbol('8')), Group::Chats, ""),
    bind(Action::Folder(9), Chord::alt(Key::Symbol('9')), Group::Chats, ""),
    bind(Action::AllRead, Chord::plain(named(Named::Escape)).shift(), Group::Chats, key("keys-all-read")),
    bind(Action::Escape, Chord::plain(named(Named::Escape)), Group::Messages, key("keys-escape")),
    bind(Action::OldestUnread, Chord::plain(named(Named::PageUp)).shift(), Group::Messages, key("keys-oldest-unread")),
    bind(Action::Latest, Chord::ctrl(named(Named::End)), Group::Messages, key("keys-latest")),
    bind(Action::ReplyPrevious, Chord::ctrl(named(Named::Up)), Group::Messages, key("keys-reply-previous")),
    bind(Action::ReplyNext, Chord::ctrl(named(Named::Down)), Group::Messages, key("keys-reply-next")),
    bind(Action::ReactToLast, symbol('\\').shift(), Group::Messages, key("keys-react-to-last")),
    bind(Action::Emoji, letter('e'), Group::Writing, key("keys-emoji")),
    bind(Action::Bold, letter('b'), Group::Writing, key("keys-bold")),
    bind(Action::Italic, letter('i'), Group::Writing, key("keys-italic")),
    bind(Action::Strike, letter('x').shift(), Group::Writing, key("keys-strike")),
    bind(Action::Code, letter('c').shift(), Group::Writing, key("keys-code")),
    bind(Action::Link, letter('l').shift(), Group::Writing, key("keys-link")),
    bind(Action::Spoiler, letter('s').shift(), Group::Writing, key("keys-spoiler")),
    bind(Action::Quote, letter('g').shift(), Group::Writing, key("keys-quote")),
];

/// Those that a person is shown, one for each family. The app lock is the desktop's; the demo shows it too.
pub fn shown() -> impl Iterator<Item = &'static Binding> {
    let desktop = cfg!(feature = "demo") || crate::bridge::tauri::is_there();
    BINDINGS.iter().filter(move |binding| !binding.words.is_empty() && (desktop || binding.action != Action::LockNow))
}
