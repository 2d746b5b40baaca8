//! The server's tables, as numbered migrations.
//!
//! Every row that syncs carries the revision of its last change in its scope; lists inside rows are tables of their own.

use sql::Migration;

/// All steps, oldest first. A step that was released never changes.
pub fn steps() -> Vec<Migration> {
    vec![
        Migration::shared(1, "core", CORE),
        Migration::shared(2, "auth", crate::auth::SCHEMA),
        Migration::shared(3, "changed messages", CHANGED_MESSAGES),
        Migration::shared(4, "items", ITEMS),
        Migration::shared(5, "talk", TALK),
        Migration::shared(6, "threads", THREADS),
        Migration::shared(7, "files", FILES),
        Migration::shared(8, "due", DUE),
        Migration::shared(9, "rights", RIGHTS),
        Migration::shared(10, "polls", POLLS),
        SEARCH,
        Migration::shared(12, "encryption", ENCRYPTION),
        Migration::shared(13, "avatars", AVATARS),
        Migration::shared(14, "emoji", EMOJI),
        Migration::shared(15, "disappearing", DISAPPEARING),
        Migration::shared(16, "people", PEOPLE),
        Migration::shared(17, "link previews", LINK_PREVIEWS),
        Migration::shared(18, "hashing", HASHING),
        Migration::shared(19, "join requests", JOIN_REQUESTS),
        Migration::shared(20, "sealed votes", SEALED_VOTES),
        Migration::shared(21, "index behind", INDEX_BEHIND),
        INDEX_AT_ONCE,
        TERMS,
    ]
}

const CORE: &str = "
CREATE TABLE server_settings (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) /*strict*/;

-- One counter per scope; for chats also the place and time of the newest message, so that a post touches one counter row.
CREATE TABLE scopes (
    scope TEXT NOT NULL PRIMARY KEY,
    rev BIGINT NOT NULL,
    last_seq BIGINT NOT NULL DEFAULT 0,
    last_ms BIGINT NOT NULL DEFAULT 0
) /*strict*/;

CREATE TABLE users (
    id BIGINT NOT NULL PRIMARY KEY,
    username TEXT NOT NULL,
    username_folded TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    sort_name TEXT NOT NULL,
    search TEXT NOT NULL,
    email TEXT,
    password_hash TEXT NOT NULL,
    auth_level BIGINT NOT NULL DEFAULT 0,
    bio TEXT NOT NULL DEFAULT '',
    custom_status TEXT NOT NULL DEFAULT '',
    created_at_ms BIGINT NOT NULL,
    last_seen_ms BIGINT,
    deactivated BIGINT NOT NULL DEFAULT 0,
    rev BIGINT NOT NULL
) /*strict*/;
CREATE INDEX users_by_rev ON users (rev);
CREATE INDEX users_by_name ON users (sort_name, id);

CREATE TABLE chats (
    id TEXT NOT NULL PRIMARY KEY,
    type TEXT NOT NULL,
    name TEXT NOT NULL,
    sort_name TEXT NOT NULL,
    search TEXT NOT NULL,
    description TEXT NOT NULL,
    creator_id BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    updated_at_ms BIGINT NOT NULL,
    public BIGINT NOT NULL,
    encrypted BIGINT NOT NULL,
    member_count BIGINT NOT NULL,
    rev BIGINT NOT NULL
) /*strict*/;
CREATE INDEX chats_by_name ON chats (public, sort_name, id);

-- A member as the chat sees them (rev) and as they see the chat (user_rev).
CREATE TABLE members (
    chat_id TEXT NOT NULL REFERENCES chats (id),
    user_id BIGINT NOT NULL REFERENCES users (id),
    role BIGINT NOT NULL,
    joined_at_ms BIGINT NOT NULL,
    gone BIGINT NOT NULL,
    read_seq BIGINT NOT NULL,
    delivered_seq BIGINT NOT NULL,
    rev BIGINT NOT NULL,
    user_rev BIGINT NOT NULL,
    PRIMARY KEY (chat_id, user_id)
) /*strict*/;
CREATE INDEX members_by_rev ON members (chat_id, rev);
CREATE INDEX members_by_user ON members (user_id, user_rev);

CREATE TABLE messages (
    id TEXT NOT NULL PRIMARY KEY,
    chat_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    sender_id BIGINT NOT NULL,
    content TEXT NOT NULL,
    message_type TEXT NOT NULL,
    timestamp_ms BIGINT NOT NULL,
    reply_to TEXT,
    sealed BIGINT NOT NULL,
    edited_at_ms BIGINT,
    deleted_at_ms BIGINT,
    -- Bit 0: has mentions, bit 1: has reactions; most have neither and cost no look.
    extras BIGINT NOT NULL,
    first_rev BIGINT NOT NULL,
    rev BIGINT NOT NULL,
    UNIQUE (chat_id, seq)
) /*strict*/;
CREATE INDEX messages_by_rev ON messages (chat_id, rev);

CREATE TABLE message_mentions (
    message_id TEXT NOT NULL,
    place BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    PRIMARY KEY (message_id, place)
) /*strict*/;

CREATE TABLE message_reactions (
    message_id TEXT NOT NULL,
    emoji TEXT NOT NULL,
    user_id BIGINT NOT NULL,
    place BIGINT NOT NULL,
    PRIMARY KEY (message_id, emoji, user_id)
) /*strict*/;

CREATE TABLE invitations (
    id TEXT NOT NULL PRIMARY KEY,
    secret_hash BYTEA NOT NULL UNIQUE,
    chat_id TEXT,
    registers BIGINT NOT NULL,
    creator_id BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL,
    uses_max BIGINT NOT NULL,
    uses BIGINT NOT NULL,
    revoked BIGINT NOT NULL
) /*strict*/;

-- First replies of mutations, for those who ask again. (A message's own row is its first reply.)
CREATE TABLE mutations (
    user_id BIGINT NOT NULL,
    local_id TEXT NOT NULL,
    reply TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (user_id, local_id)
) /*strict*/;
CREATE INDEX mutations_by_age ON mutations (at_ms);
";

/// An index over every message's revision cost a post a quarter of its time, for the sake of the few that change: new ones
/// are found by their place.
const CHANGED_MESSAGES: &str = "
DROP INDEX messages_by_rev;
CREATE INDEX messages_changed ON messages (chat_id, rev) WHERE rev <> first_rev;
";

/// Entries of people's own data; one that was taken away stays without a value, so that other devices learn of it.
const ITEMS: &str = "
CREATE TABLE items (
    user_id BIGINT NOT NULL,
    key TEXT NOT NULL,
    value TEXT,
    rev BIGINT NOT NULL,
    PRIMARY KEY (user_id, key)
) /*strict*/;
CREATE INDEX items_by_rev ON items (user_id, rev);
";

/// Pinned and forwarded messages, and what messages said before they were changed.
const TALK: &str = "
ALTER TABLE messages ADD COLUMN pinned_at_ms BIGINT;
-- JSON of what only few messages have; extras bit 2 tells that it is there.
ALTER TABLE messages ADD COLUMN details TEXT;
CREATE INDEX messages_pinned ON messages (chat_id, pinned_at_ms) WHERE pinned_at_ms IS NOT NULL;
CREATE TABLE message_versions (
    message_id TEXT NOT NULL,
    place BIGINT NOT NULL,
    content TEXT NOT NULL,
    since_ms BIGINT NOT NULL,
    PRIMARY KEY (message_id, place)
) /*strict*/;
";

/// Messages that stand in the thread of another one.
const THREADS: &str = "
ALTER TABLE messages ADD COLUMN thread TEXT;
CREATE INDEX messages_by_thread ON messages (thread, seq) WHERE thread IS NOT NULL;
";

/// Files: what was uploaded, where it is used, how much room people take (0: all together).
const FILES: &str = "
CREATE TABLE files (
    id TEXT NOT NULL PRIMARY KEY,
    filename TEXT NOT NULL,
    -- SHA-256 of the content, once it is known.
    stored_name TEXT NOT NULL,
    uploader_id BIGINT NOT NULL,
    size BIGINT NOT NULL,
    mime_type TEXT NOT NULL,
    -- Null until it is whole.
    uploaded_at_ms BIGINT,
    encrypted BIGINT NOT NULL,
    encryption_key_id TEXT,
    received BIGINT NOT NULL,
    -- When it is forgotten; null while a message uses it.
    expires_at_ms BIGINT
) /*strict*/;
CREATE INDEX files_by_content ON files (stored_name);
CREATE INDEX files_by_expiry ON files (expires_at_ms) WHERE expires_at_ms IS NOT NULL;

CREATE TABLE file_uses (
    owner TEXT NOT NULL,
    place BIGINT NOT NULL,
    file_id TEXT NOT NULL,
    chat_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (owner, place)
) /*strict*/;
CREATE INDEX file_uses_by_file ON file_uses (file_id, chat_id);
CREATE INDEX file_uses_by_chat ON file_uses (chat_id, seq);

CREATE TABLE file_usage (
    user_id BIGINT NOT NULL PRIMARY KEY,
    bytes BIGINT NOT NULL
) /*strict*/;
";

/// Entries of own data that something is to be done for at a moment.
const DUE: &str = "
CREATE TABLE due (
    user_id BIGINT NOT NULL,
    key TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (user_id, key)
) /*strict*/;
CREATE INDEX due_by_time ON due (at_ms);
";

/// Who may do what in a chat: JSON of `protocol::Rights`, empty for the usual.
const RIGHTS: &str = "
ALTER TABLE chats ADD COLUMN rights TEXT NOT NULL DEFAULT '';
";

/// Polls that are open, with what their messages do not tell, and all votes.
const POLLS: &str = "
CREATE TABLE polls (
    message_id TEXT NOT NULL PRIMARY KEY,
    chat_id TEXT NOT NULL,
    closes_at_ms BIGINT,
    -- Of a quiz.
    correct BIGINT,
    explanation TEXT
) /*strict*/;

CREATE TABLE poll_votes (
    message_id TEXT NOT NULL,
    choice BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    -- The chat's revision of the vote: one person's alone.
    place BIGINT NOT NULL,
    PRIMARY KEY (message_id, user_id, choice)
) /*strict*/;
CREATE INDEX poll_votes_by_choice ON poll_votes (message_id, choice, place);
";

/// Pictures of people and chats; their uses stand in `file_uses`, see `domain::avatars`.
const AVATARS: &str = "
ALTER TABLE users ADD COLUMN avatar TEXT;
ALTER TABLE chats ADD COLUMN avatar TEXT;
";

/// The team's own emoji and stickers; their uses of pictures stand in `file_uses`, see `domain::emoji`.
const EMOJI: &str = "
CREATE TABLE emoji (
    name TEXT NOT NULL PRIMARY KEY,
    file_id TEXT NOT NULL,
    sticker BIGINT NOT NULL,
    pack TEXT NOT NULL,
    by_id BIGINT NOT NULL,
    removed BIGINT NOT NULL,
    rev BIGINT NOT NULL
) /*strict*/;
CREATE INDEX emoji_by_rev ON emoji (rev);
";

/// What someone is doing until when, and how to reach them, where they let others see it.
const PEOPLE: &str = "
ALTER TABLE users ADD COLUMN status_emoji TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN status_until_ms BIGINT;
ALTER TABLE users ADD COLUMN phone TEXT;
ALTER TABLE users ADD COLUMN email_shown BIGINT NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN phone_shown BIGINT NOT NULL DEFAULT 0;
";

/// After how many seconds new messages of a chat go.
const DISAPPEARING: &str = "
ALTER TABLE chats ADD COLUMN disappear_after BIGINT;
";

/// Which words messages have, see `store::search`. What was said before is indexed step by step once the server runs.
const SEARCH: Migration = Migration {
    version: 11,
    name: "search",
    shared: "
CREATE TABLE message_index (
    -- The message's millisecond and place, made unique: in order of time.
    n BIGINT NOT NULL PRIMARY KEY,
    message_id TEXT NOT NULL
) /*strict*/;

-- Where nothing was said before, nothing is to be done later.
INSERT INTO server_settings (key, value)
SELECT 'search.indexed', 'done' WHERE NOT EXISTS (SELECT 1 FROM messages);
",
    // Terms come folded, stemmed and spelled with letters and digits that the tokenizer leaves alone.
    sqlite: "CREATE VIRTUAL TABLE message_words USING fts5(words, content='', contentless_delete=1, detail=none,
                 tokenize=\"unicode61 remove_diacritics 0 categories 'L* M* N* P* S* Co'\")",
    postgres: "ALTER TABLE message_index ADD COLUMN words TSVECTOR NOT NULL;
               CREATE INDEX message_index_words ON message_index USING gin (words)",
};

/// How far each chat's messages are in the index of words, which is written behind them. Of chats that are there already, all are, or
/// will be by the step above.
const INDEX_BEHIND: &str = "
CREATE TABLE indexed_chats (
    chat_id TEXT NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL
) /*strict*/;
INSERT INTO indexed_chats (chat_id, seq) SELECT c.id, s.last_seq FROM chats c JOIN scopes s ON s.scope = 'chat:' || c.id;
";

/// PostgreSQL keeps new entries of such an index in a list that every search reads through. Written behind, many at a time, they can go
/// to their places at once.
const INDEX_AT_ONCE: Migration = Migration {
    version: 22,
    name: "index at once",
    shared: "",
    sqlite: "",
    postgres: "ALTER INDEX message_index_words SET (fastupdate = off);
               SELECT gin_clean_pending_list('message_index_words')",
};

/// The terms of SQLite's index, so that those that begin in some way can be named. PostgreSQL merges beginnings by itself.
const TERMS: Migration = Migration {
    version: 23,
    name: "terms",
    shared: "",
    sqlite: "CREATE VIRTUAL TABLE message_terms USING fts5vocab(message_words, instance)",
    postgres: "",
};

/// Devices with their key packages, and the order of encrypted chats' commits.
const ENCRYPTION: &str = "
CREATE TABLE person_keys (
    user_id BIGINT NOT NULL PRIMARY KEY,
    key TEXT NOT NULL,
    since_ms BIGINT NOT NULL
) /*strict*/;

CREATE TABLE devices (
    id TEXT NOT NULL PRIMARY KEY,
    user_id BIGINT NOT NULL,
    session_id TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    last_seen_ms BIGINT NOT NULL,
    removed BIGINT NOT NULL,
    rev BIGINT NOT NULL
) /*strict*/;
CREATE INDEX devices_by_user ON devices (user_id, rev);
CREATE INDEX devices_by_session ON devices (session_id);

CREATE TABLE key_packages (
    device_id TEXT NOT NULL,
    n BIGINT NOT NULL,
    content TEXT NOT NULL,
    last_resort BIGINT NOT NULL,
    -- The chat that a device will be added to with it.
    claimed_for TEXT,
    PRIMARY KEY (device_id, n)
) /*strict*/;

CREATE TABLE mls_groups (
    chat_id TEXT NOT NULL PRIMARY KEY,
    generation BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    -- JSON: devices that are missing, devices that are surplus.
    todo TEXT NOT NULL,
    rev BIGINT NOT NULL
) /*strict*/;

-- Which devices are in a chat's group, by the word of those who committed.
CREATE TABLE mls_roster (
    chat_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    user_id BIGINT NOT NULL,
    PRIMARY KEY (chat_id, device_id)
) /*strict*/;
CREATE INDEX mls_roster_by_user ON mls_roster (user_id);

CREATE TABLE mls_commits (
    chat_id TEXT NOT NULL,
    generation BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    sender_id BIGINT NOT NULL,
    device_id TEXT NOT NULL,
    content TEXT NOT NULL,
    rev BIGINT NOT NULL,
    PRIMARY KEY (chat_id, generation, epoch)
) /*strict*/;
CREATE INDEX mls_commits_by_rev ON mls_commits (chat_id, rev);

CREATE TABLE mls_admissions (
    chat_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    user_id BIGINT NOT NULL,
    generation BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    content TEXT NOT NULL,
    rev BIGINT NOT NULL,
    PRIMARY KEY (chat_id, device_id)
) /*strict*/;
CREATE INDEX mls_admissions_by_rev ON mls_admissions (user_id, rev);

-- Of sealed messages: the revision with which the content came.
ALTER TABLE messages ADD COLUMN content_rev BIGINT;
";

/// Links that are to be looked at, and what was seen behind links lately (JSON of `protocol::LinkPreview`; null: nothing).
const LINK_PREVIEWS: &str = "
CREATE TABLE link_jobs (
    message_id TEXT NOT NULL PRIMARY KEY,
    chat_id TEXT NOT NULL,
    url TEXT NOT NULL,
    asked_ms BIGINT NOT NULL
) /*strict*/;
CREATE INDEX link_jobs_by_age ON link_jobs (asked_ms, message_id);

CREATE TABLE link_previews (
    url TEXT NOT NULL PRIMARY KEY,
    preview TEXT,
    expires_at_ms BIGINT NOT NULL
) /*strict*/;
CREATE INDEX link_previews_by_age ON link_previews (expires_at_ms);
";

/// The unfinished hash of an upload, so that a finished one is not read again for it.
const HASHING: &str = "
ALTER TABLE files ADD COLUMN hashing BYTEA;
";

/// Invitations with which one asks first, and those who ask.
const JOIN_REQUESTS: &str = "
ALTER TABLE invitations ADD COLUMN approval BIGINT NOT NULL DEFAULT 0;
ALTER TABLE chats ADD COLUMN join_requests BIGINT NOT NULL DEFAULT 0;
CREATE TABLE join_requests (
    chat_id TEXT NOT NULL,
    user_id BIGINT NOT NULL,
    asked_at_ms BIGINT NOT NULL,
    PRIMARY KEY (chat_id, user_id)
) /*strict*/;
";

/// Votes that the server cannot read: the newest of each member.
const SEALED_VOTES: &str = "
CREATE TABLE sealed_votes (
    message_id TEXT NOT NULL,
    user_id BIGINT NOT NULL,
    content TEXT NOT NULL,
    -- The chat's revision of the vote.
    rev BIGINT NOT NULL,
    PRIMARY KEY (message_id, user_id)
) /*strict*/;
";
