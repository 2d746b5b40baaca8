//! Every bound of the protocol, in one place; the unit is the last part of each name.

/// Longest JSON text of one frame, on every transport, and longest TCP line without its LF.
pub const FRAME_BYTES_MAX: usize = 64 * 1024;
/// Longest frame with a `commit`: it carries the group's tree to those whom it adds.
pub const COMMIT_FRAME_BYTES_MAX: usize = 1024 * 1024;
/// Deepest nesting of arrays and objects in one frame; checked before parsing.
pub const FRAME_DEPTH_MAX: usize = 16;
/// Longest message content, in bytes of UTF-8 (a sealed envelope is text too).
pub const MESSAGE_BYTES_MAX: usize = 32 * 1024;
/// Most files of one message.
pub const ATTACHMENTS_MAX: usize = 10;
/// Longest name of a file, in bytes.
pub const FILE_NAME_BYTES_MAX: usize = 255;
/// Longest name of a key that a file is sealed with, in bytes.
pub const KEY_ID_BYTES_MAX: usize = 64;
/// Longest blurred miniature, in characters of base64.
pub const THUMBHASH_CHARS_MAX: usize = 48;
/// Longest curve of loudness, in characters of base64 (128 bars).
pub const WAVEFORM_CHARS_MAX: usize = 172;
/// Most answers of a poll.
pub const POLL_OPTIONS_MAX: usize = 12;
/// Longest answer of a poll, in characters.
pub const POLL_OPTION_CHARS_MAX: usize = 100;
/// Longest explanation of a quiz's right answer, in characters.
pub const POLL_EXPLANATION_CHARS_MAX: usize = 200;
/// Longest sealed vote, in bytes of base64.
pub const BALLOT_BYTES_MAX: usize = 2048;
/// Longest link that is previewed, in bytes.
pub const LINK_BYTES_MAX: usize = 2048;
/// Longest title of a preview, in characters.
pub const PREVIEW_TITLE_CHARS_MAX: usize = 200;
/// Longest description of a preview, in characters.
pub const PREVIEW_TEXT_CHARS_MAX: usize = 300;
/// Longest name of a site in a preview, in characters.
pub const PREVIEW_SITE_CHARS_MAX: usize = 80;
/// Longest picture of a preview inside of a sealed message, in bytes: a JPEG.
pub const PREVIEW_PICTURE_BYTES_MAX: usize = 6 * 1024;
/// Largest width and height of it, in dots.
pub const PREVIEW_PICTURE_SIDE_MAX: u32 = 160;
/// Longest query of a search, in characters.
pub const QUERY_CHARS_MAX: usize = 256;
/// Messages in a page of a search when the client does not say.
pub const SEARCH_PAGE_DEFAULT: u32 = 20;
/// Most messages in a page of a search.
pub const SEARCH_PAGE_MAX: u32 = 50;
/// Most one-time key packages in one `publish_keys`.
pub const KEYS_AT_ONCE_MAX: usize = 10;
/// Most key packages that the server keeps of a device.
pub const KEYS_KEPT_MAX: u32 = 100;
/// Longest key package, in bytes before base64.
pub const KEY_PACKAGE_BYTES_MAX: usize = 8 * 1024;
/// Most devices of a person.
pub const DEVICES_MAX: u32 = 32;
/// Most people in an encrypted group: its tree must fit into a frame with a commit.
pub const ENCRYPTED_MEMBERS_MAX: u32 = 100;
/// Most devices that a group's row names as missing or surplus.
pub const GROUP_TODO_MAX: usize = 64;
/// A sealed message may be of an epoch so many commits ago: devices keep the keys so long.
pub const EPOCHS_LATE_MAX: u64 = 5;
/// Most people mentioned in one message.
pub const MENTIONS_MAX: usize = 64;
/// Most people who are mentioned because they are there.
pub const HERE_MAX: usize = 500;
/// Shortest life of a message that goes by itself, in seconds.
pub const DISAPPEAR_SECONDS_MIN: u32 = 5;
/// Longest life of a message that goes by itself, in seconds: a year.
pub const DISAPPEAR_SECONDS_MAX: u32 = 366 * 24 * 60 * 60;
/// Longest reaction, in bytes: one emoji with its modifiers.
pub const REACTION_BYTES_MAX: usize = 64;
/// Most different reactions on one message.
pub const REACTIONS_PER_MESSAGE_MAX: usize = 32;
/// Most pinned messages of a chat.
pub const PINNED_MAX: u32 = 100;
/// Most people that a thread names in short.
pub const THREAD_PEOPLE_MAX: usize = 3;
/// Most earlier versions of a message that are kept; older ones go first.
pub const VERSIONS_MAX: u32 = 50;
/// Shortest username, in characters.
pub const USERNAME_CHARS_MIN: usize = 2;
/// Longest username, in characters.
pub const USERNAME_CHARS_MAX: usize = 32;
/// Longest display name or chat name, in characters.
pub const NAME_CHARS_MAX: usize = 80;
/// Largest picture of a person or chat, in bytes.
pub const AVATAR_BYTES_MAX: u64 = 512 * 1024;
/// Longest name of one of the team's own emoji, in bytes.
pub const EMOJI_NAME_BYTES_MAX: usize = 32;
/// Largest picture of an emoji, in bytes.
pub const EMOJI_BYTES_MAX: u64 = 256 * 1024;
/// Largest picture of a sticker, in bytes.
pub const STICKER_BYTES_MAX: u64 = 512 * 1024;
/// Most emoji and stickers of a team.
pub const TEAM_EMOJI_MAX: u64 = 10_000;
/// Longest description or bio, in characters.
pub const DESCRIPTION_CHARS_MAX: usize = 1_000;
/// Longest e-mail address, in bytes (RFC 5321, 4.5.3.1.3).
pub const EMAIL_BYTES_MAX: usize = 254;
/// Longest phone number, in characters.
pub const PHONE_CHARS_MAX: usize = 32;
/// Most people that one asks about at once.
pub const LAST_SEEN_MAX: usize = 100;
/// Shortest password, in characters.
pub const PASSWORD_CHARS_MIN: usize = 8;
/// Longest password, in bytes: Argon2 is not fed more.
pub const PASSWORD_BYTES_MAX: usize = 256;
/// Messages in a page of history when the client does not say.
pub const PAGE_MESSAGES_DEFAULT: u32 = 50;
/// Most messages in a page of history; a larger `limit` is refused.
pub const PAGE_MESSAGES_MAX: u32 = 200;
/// Most rows in one `changes` frame.
pub const CHANGES_ROWS_MAX: u32 = 200;
/// Most scopes in one `sync`.
pub const SYNC_SCOPES_MAX: usize = 500;
/// Most people or channels in a page of a directory.
pub const DIRECTORY_PAGE_MAX: u32 = 200;
/// Most people named when a chat is made.
pub const CREATE_MEMBERS_MAX: usize = 500;
/// Longest chat or message id, in bytes.
pub const ID_BYTES_MAX: usize = 64;
/// Longest `request_id`, in bytes.
pub const REQUEST_ID_BYTES_MAX: usize = 64;
/// Chats with more members than this send no delivery and read receipts to each other.
pub const RECEIPTS_MEMBERS_MAX: u32 = 50;
/// Life of an access token, in seconds (mission B1).
pub const ACCESS_TOKEN_SECONDS: u32 = 15 * 60;
/// Life of a refresh token, in seconds (mission B1).
pub const REFRESH_TOKEN_SECONDS: u32 = 30 * 24 * 60 * 60;
/// The server sends a heartbeat after this silence; a peer that misses two is gone.
pub const HEARTBEAT_MS: u32 = 25_000;
/// A connection that has not authenticated after this time is closed.
pub const AUTH_DEADLINE_MS: u32 = 10_000;
/// How long a client waits for a missing revision before it asks for the range.
pub const GAP_WAIT_MS: u32 = 500;
/// A typing mark fades after this time without another.
pub const TYPING_MS: u32 = 6_000;
/// Longest invitation link, in bytes.
pub const INVITATION_LINK_BYTES_MAX: usize = 1_024;
/// Longest key of an entry of a person's own data, in bytes.
pub const ITEM_KEY_BYTES_MAX: usize = 160;
/// Longest value of such an entry, in bytes.
pub const ITEM_VALUE_BYTES_MAX: usize = 16 * 1024;
/// Most entries a person has at a time.
pub const ITEMS_MAX: u32 = 20_000;
/// Most entries with the past of groups that wait for a person at a time; see [`crate::encryption::PAST`].
pub const PAST_ENTRIES_MAX: u32 = 4_000;
/// How far ahead something can be scheduled, in milliseconds: ten years.
pub const SCHEDULE_AHEAD_MS_MAX: i64 = 10 * 366 * 24 * 60 * 60 * 1000;
/// Longest name of a time zone, and longest wall time, in bytes.
pub const ZONE_BYTES_MAX: usize = 64;

/// People who wait to be let into one chat; more are refused.
pub const JOIN_REQUESTS_MAX: usize = 200;
