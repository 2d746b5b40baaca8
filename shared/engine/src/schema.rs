//! The cache's tables, as numbered steps. What ran once on anyone's device never changes again: add a step.

use sql::{Migration, Tx, migrate};

const STEPS: &[Migration] = &[
    FIRST_STEP,
    Migration::shared(2, "items", ITEMS),
    Migration::shared(3, "talk", TALK),
    Migration::shared(4, "threads", THREADS),
    Migration::shared(5, "rights", RIGHTS),
    Migration::shared(6, "transfers", TRANSFERS),
    Migration::shared(7, "avatars", AVATARS),
    Migration::shared(8, "emoji", EMOJI),
    Migration::shared(9, "disappearing", DISAPPEARING),
    Migration::shared(10, "people", PEOPLE),
    Migration::shared(11, "news", NEWS),
    Migration::shared(12, "mls", crypto::mls::SCHEMA),
    Migration::shared(13, "sealing", SEALING),
    Migration::shared(14, "archive", ARCHIVE),
    Migration::shared(15, "shared", SHARED),
    Migration::shared(16, "join requests", JOIN_REQUESTS),
    Migration::shared(17, "sealed groups", TOLD),
    Migration::shared(18, "sealed files", SEALED_FILES),
    Migration::shared(19, "sealed votes", SEALED_VOTES),
    Migration::shared(20, "sealed previews", SEALED_PREVIEWS),
    Migration::shared(21, "past", PAST),
    TERMS_STEP,
];

const FIRST_STEP: Migration = Migration {
    version: 1,
    name: "first",
    shared: FIRST,
    // `rowid` is `messages.n`, which grows with time: newest first costs no sorting. Words come in stemmed, see `search`.
    // `search` cuts texts into words, so that here only the space divides.
    sqlite: "CREATE VIRTUAL TABLE message_index USING fts5(words, content='', contentless_delete=1, detail=none,
                 tokenize=\"unicode61 remove_diacritics 0 categories 'L* M* N* P* S* Co'\")",
    postgres: "",
};

/// The terms of the index, so that those that begin in some way can be named.
const TERMS_STEP: Migration = Migration {
    version: 22,
    name: "terms",
    shared: "",
    sqlite: "CREATE VIRTUAL TABLE message_terms USING fts5vocab(message_index, instance)",
    postgres: "",
};

/// Brings the cache to the newest schema.
///
/// # Errors
/// [`sql::Error::Migration`] when the cache is from a newer program.
pub(crate) fn bring_up(tx: &mut Tx<'_>) -> Result<(), sql::Error> {
    migrate(tx, STEPS).map(|_| ())
}

/// Empties every table of the account's: another account begins.
pub(crate) fn clear(tx: &mut Tx<'_>) -> Result<(), sql::Error> {
    tx.batch(
        "DELETE FROM account; DELETE FROM scopes; DELETE FROM people; DELETE FROM chats; DELETE FROM members;
         DELETE FROM receipts; DELETE FROM messages; DELETE FROM ranges; DELETE FROM outbox; DELETE FROM items; DELETE FROM threads;
         DELETE FROM transfers; DELETE FROM avatars; DELETE FROM contents; DELETE FROM emoji;
         DELETE FROM gone; DELETE FROM clock; DELETE FROM news; DELETE FROM news_read;
         DELETE FROM mls_rows; DELETE FROM mls_me; DELETE FROM mls_groups; DELETE FROM mls_key_packages;
         DELETE FROM sealing; DELETE FROM devices; DELETE FROM person_pins; DELETE FROM sealed_groups;
         DELETE FROM sealed_log; DELETE FROM sealed_known; DELETE FROM archive_due; DELETE FROM file_seals; DELETE FROM sealed_votes;
         DELETE FROM preview_pictures;
         INSERT INTO message_index (message_index) VALUES ('delete-all')",
    )
}

const FIRST: &str = "
CREATE TABLE account (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    account TEXT NOT NULL,          -- JSON of io::Account
    tokens TEXT,                    -- JSON of io::AuthTokens; null once the session ended
    incarnation TEXT NOT NULL,      -- of the server, '' while not seen
    refresh_id TEXT                 -- local_id of a refresh whose answer has not come yet
) /*strict*/;
CREATE TABLE preferences (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    json TEXT NOT NULL
) /*strict*/;
CREATE TABLE scopes (
    scope TEXT PRIMARY KEY,
    have BIGINT NOT NULL            -- all revisions up to this one are applied
) /*strict*/;
CREATE TABLE people (
    id BIGINT PRIMARY KEY,
    username TEXT NOT NULL,
    display_name TEXT NOT NULL,
    bio TEXT NOT NULL,
    custom_status TEXT NOT NULL,
    deactivated BIGINT NOT NULL,
    rev BIGINT NOT NULL             -- 0: only the name is known, from a message
) /*strict*/;
CREATE TABLE chats (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    creator_id BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    public BIGINT NOT NULL,
    encrypted BIGINT NOT NULL,
    member_count BIGINT NOT NULL,
    rev BIGINT NOT NULL,
    known BIGINT NOT NULL,          -- the chat's own row was seen (or made here)
    listed BIGINT NOT NULL,         -- own membership was seen (or made here)
    role TEXT,                      -- own; null once left
    membership_rev BIGINT NOT NULL,
    read_server BIGINT NOT NULL,    -- own read mark as the server has it
    read_seq BIGINT NOT NULL,       -- own read mark; ahead of read_server while it is not sent
    last_seq BIGINT NOT NULL,       -- newest known to exist
    unread BIGINT NOT NULL,
    unread_mentions BIGINT NOT NULL,
    all_delivered BIGINT NOT NULL,  -- every other member has this much
    any_read BIGINT NOT NULL,       -- some other member has read this much
    draft TEXT NOT NULL,
    draft_reply TEXT,
    stale BIGINT NOT NULL           -- a snapshot of the person's scope is on its way and has not confirmed it yet
) /*strict*/;
CREATE TABLE members (
    chat_id TEXT NOT NULL,
    user_id BIGINT NOT NULL,
    role TEXT NOT NULL,
    left_chat BIGINT NOT NULL,
    rev BIGINT NOT NULL,
    PRIMARY KEY (chat_id, user_id)
) /*strict*/;
CREATE TABLE receipts (
    chat_id TEXT NOT NULL,
    user_id BIGINT NOT NULL,
    delivered_seq BIGINT NOT NULL,
    read_seq BIGINT NOT NULL,
    PRIMARY KEY (chat_id, user_id)
) /*strict*/;
CREATE TABLE messages (
    n BIGINT PRIMARY KEY,           -- milliseconds << 12, made unique
    chat_id TEXT NOT NULL,
    id TEXT NOT NULL,
    ord BIGINT NOT NULL,            -- seq << 20 in the history; (1 << 62) + counter before
    seq BIGINT NOT NULL,            -- 0 before
    sender_id BIGINT NOT NULL,
    content TEXT NOT NULL,
    kind TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    reply_to TEXT,
    mentions TEXT NOT NULL,         -- '3,7'
    reactions TEXT NOT NULL,        -- JSON [[emoji, [who, …]], …] by first use; '' for none
    sealed BIGINT NOT NULL,
    edited BIGINT NOT NULL,
    deleted BIGINT NOT NULL,
    rev BIGINT NOT NULL,
    state BIGINT NOT NULL,          -- 0 in the history, 1 queued, 2 accepted and on its way back, 3 refused
    failure TEXT,                   -- error code, in state 3
    counts BIGINT NOT NULL,         -- counts as unread when after the read mark: another person's, not deleted
    mentions_me BIGINT NOT NULL
) /*strict*/;
CREATE UNIQUE INDEX messages_by_id ON messages (chat_id, id);
CREATE UNIQUE INDEX messages_by_order ON messages (chat_id, ord);
CREATE INDEX messages_unsettled ON messages (chat_id, ord) WHERE state <> 0;
CREATE TABLE ranges (
    chat_id TEXT NOT NULL,
    low BIGINT NOT NULL,            -- every message from low to high is in the cache
    high BIGINT NOT NULL,
    PRIMARY KEY (chat_id, low)
) /*strict*/;
CREATE TABLE outbox (
    n BIGINT PRIMARY KEY,           -- order of asking
    chat_id TEXT NOT NULL,          -- changes of one chat go one after the other
    local_id TEXT NOT NULL,
    message_id TEXT,
    what TEXT NOT NULL,             -- post, edit, delete, react, create
    request TEXT NOT NULL,          -- JSON of protocol::Request
    state BIGINT NOT NULL,          -- 0 waits, 1 accepted: shown until its revision arrives, 2 refused, 3 waits for its files
    attempts BIGINT NOT NULL,       -- how often it was asked
    errors BIGINT NOT NULL,         -- how often the server fell over it
    rev BIGINT NOT NULL             -- in state 1
) /*strict*/;
CREATE INDEX outbox_by_lane ON outbox (chat_id, n);
";

const ITEMS: &str = "
-- From the person's own data, see view::ChatSettings.
ALTER TABLE chats ADD COLUMN archived_at_seq BIGINT;
ALTER TABLE chats ADD COLUMN pinned_at_ms BIGINT;
ALTER TABLE chats ADD COLUMN muted_until_ms BIGINT;
ALTER TABLE chats ADD COLUMN marked_unread BIGINT NOT NULL DEFAULT 0;
ALTER TABLE chats ADD COLUMN notify BIGINT NOT NULL DEFAULT 0;
CREATE TABLE items (
    key TEXT PRIMARY KEY,
    value TEXT,                     -- null once taken away
    rev BIGINT NOT NULL,            -- 0 while only this device knows it
    change BIGINT NOT NULL,         -- counts own changes
    waiting BIGINT NOT NULL,        -- the server does not have the own change yet
    seen_value TEXT,                -- what came from another device meanwhile
    seen_rev BIGINT NOT NULL        -- its revision; 0 for nothing
) /*strict*/;
CREATE INDEX items_waiting ON items (waiting) WHERE waiting = 1;
";

const TALK: &str = "
ALTER TABLE messages ADD COLUMN pinned_at_ms BIGINT;
ALTER TABLE messages ADD COLUMN details TEXT;       -- JSON of messages::Details: what only few messages have
CREATE INDEX messages_pinned ON messages (chat_id, pinned_at_ms) WHERE pinned_at_ms IS NOT NULL;
CREATE INDEX messages_mentioning ON messages (n) WHERE mentions_me = 1;
";

const THREADS: &str = "
ALTER TABLE messages ADD COLUMN thread TEXT;        -- the message in whose thread it stands
CREATE INDEX messages_by_thread ON messages (thread, ord) WHERE thread IS NOT NULL;
CREATE TABLE threads (
    root_id TEXT PRIMARY KEY,
    chat_id TEXT NOT NULL,
    last_seq BIGINT NOT NULL,       -- newest message of another person
    last_ms BIGINT NOT NULL,
    read_seq BIGINT NOT NULL,
    followed BIGINT NOT NULL        -- oneself began it, wrote in it, or was mentioned in it
) /*strict*/;
CREATE INDEX threads_followed ON threads (last_ms) WHERE followed = 1;
";

const RIGHTS: &str = "
ALTER TABLE chats ADD COLUMN rights TEXT NOT NULL DEFAULT '';  -- JSON of protocol::Rights; empty for the usual
";

const TRANSFERS: &str = "
CREATE TABLE transfers (
    n BIGINT PRIMARY KEY,           -- order of moving
    file_id TEXT NOT NULL,
    up BIGINT NOT NULL,             -- 1 to the server, 0 to a place on this device
    chat_id TEXT,
    message_id TEXT,                -- of one that goes up: the message that waits for it; null while only picked
    file TEXT NOT NULL,             -- JSON of protocol::FileInfo
    place TEXT NOT NULL,            -- where from or where to, in the driver's words
    modified_ms BIGINT NOT NULL,    -- of a picked file
    state BIGINT NOT NULL,          -- 0 waits or moves, 1 paused, 2 failed, 3 there
    failure TEXT                    -- JSON of view::Failure, in state 2
) /*strict*/;
CREATE UNIQUE INDEX transfers_by_file ON transfers (file_id, up);
CREATE INDEX transfers_by_message ON transfers (message_id) WHERE message_id IS NOT NULL;
";

const AVATARS: &str = "
ALTER TABLE people ADD COLUMN avatar TEXT;
ALTER TABLE chats ADD COLUMN avatar TEXT;
CREATE TABLE avatars (
    owner TEXT PRIMARY KEY,         -- '' oneself, else a chat's id
    file_id TEXT                    -- null: none from now on
) /*strict*/;
CREATE TABLE contents (
    n BIGINT PRIMARY KEY,           -- order of coming
    file_id TEXT NOT NULL UNIQUE,
    size BIGINT NOT NULL,
    bytes BLOB NOT NULL
) /*strict*/;
";

const EMOJI: &str = "
CREATE TABLE emoji (
    name TEXT PRIMARY KEY,
    file_id TEXT NOT NULL,
    sticker BIGINT NOT NULL,
    pack TEXT NOT NULL,
    by_id BIGINT NOT NULL,
    removed BIGINT NOT NULL,
    rev BIGINT NOT NULL
) /*strict*/;
";

const DISAPPEARING: &str = "
ALTER TABLE chats ADD COLUMN disappear_after BIGINT;    -- seconds; null while messages stay
ALTER TABLE messages ADD COLUMN expires_ms BIGINT;      -- goes by itself then, by the server's clock
CREATE INDEX messages_expiring ON messages (expires_ms) WHERE expires_ms IS NOT NULL;
CREATE TABLE gone (
    chat_id TEXT NOT NULL,
    id TEXT NOT NULL,               -- of a message that went by itself
    PRIMARY KEY (chat_id, id)
) /*strict*/;
CREATE TABLE clock (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    ahead_ms BIGINT NOT NULL        -- this device's clock minus the server's
) /*strict*/;
";

const PEOPLE: &str = "
ALTER TABLE people ADD COLUMN status_emoji TEXT NOT NULL DEFAULT '';
ALTER TABLE people ADD COLUMN status_until_ms BIGINT;  -- the status ends then
ALTER TABLE people ADD COLUMN email TEXT NOT NULL DEFAULT '';
ALTER TABLE people ADD COLUMN phone TEXT NOT NULL DEFAULT '';
";

const NEWS: &str = "
CREATE TABLE news (
    kind BIGINT NOT NULL,           -- 0 mention, 1 answer, 2 reaction
    chat_id TEXT NOT NULL,
    message_id TEXT NOT NULL,
    who BIGINT NOT NULL,
    emoji TEXT NOT NULL,            -- of a reaction; else empty
    rev BIGINT NOT NULL,            -- of the chat, when it was heard of
    at_ms BIGINT NOT NULL,
    fresh BIGINT NOT NULL,          -- it happened while this device listened
    PRIMARY KEY (chat_id, message_id, kind, who, emoji)
) /*strict*/;
CREATE INDEX news_by_time ON news (at_ms);
CREATE TABLE news_read (
    chat_id TEXT PRIMARY KEY,
    rev BIGINT NOT NULL             -- all of the chat's up to here was seen
) /*strict*/;
";

const SEALING: &str = "
CREATE TABLE sealing (
    one BIGINT PRIMARY KEY CHECK (one = 1)   -- there: this server has said that it orders commits; never forgotten
) /*strict*/;
CREATE TABLE devices (                       -- own ones
    id TEXT PRIMARY KEY,
    json TEXT NOT NULL                       -- protocol::Device
) /*strict*/;
CREATE TABLE person_pins (                   -- by which key a person is known
    user_id BIGINT PRIMARY KEY,
    person BYTEA NOT NULL,
    verified BIGINT NOT NULL,                -- compared with the person
    changed_ms BIGINT                        -- when it last became another one
) /*strict*/;
CREATE TABLE sealed_groups (
    chat_id TEXT PRIMARY KEY,
    generation BIGINT NOT NULL,              -- of the group that this device is in; 0 for none
    server_generation BIGINT NOT NULL,       -- as the server last said; 0 for none
    server_epoch BIGINT NOT NULL,
    missing TEXT NOT NULL,                   -- JSON of [protocol::GroupDevice]
    surplus TEXT NOT NULL,
    commit_id TEXT,                          -- local_id of an own commit that was not answered or has not come back
    commit_body TEXT,                        -- JSON of it
    stuck BIGINT NOT NULL,                   -- 1: this device cannot follow the group any more
    begun_ms BIGINT NOT NULL                 -- when this device last began a group here
) /*strict*/;
CREATE TABLE sealed_log (                    -- what came sealed and was not opened yet, in the log's order
    chat_id TEXT NOT NULL,
    pos BIGINT NOT NULL,                     -- revision with which the content came
    message_id TEXT NOT NULL,                -- '' for a commit
    entry TEXT NOT NULL,                     -- JSON of sealing::log::Entry
    PRIMARY KEY (chat_id, pos, message_id)
) /*strict*/;
CREATE TABLE sealed_known (                  -- contents by the hash of what they were sealed as: own ones, and opened ones
    cipher BYTEA PRIMARY KEY,                -- that a snapshot took from the history
    chat_id TEXT NOT NULL,
    message_id TEXT NOT NULL,
    inside TEXT NOT NULL                     -- JSON of sealing::content::Inside
) /*strict*/;
ALTER TABLE messages ADD COLUMN cipher BYTEA;   -- SHA-256 of the sealed content, opened or not; null for what was never sealed
ALTER TABLE outbox ADD COLUMN sealed TEXT;      -- JSON of the request as it was sealed: asked again as it is
";

const ARCHIVE: &str = "
CREATE TABLE archive_due (
    chat_id TEXT NOT NULL,
    number BIGINT NOT NULL,         -- of a part whose archive this device is to write, see sealing::archive
    PRIMARY KEY (chat_id, number)
) /*strict*/;
";

const SHARED: &str = "
CREATE INDEX messages_with_details ON messages (chat_id, ord) WHERE details IS NOT NULL;
";

const JOIN_REQUESTS: &str = "
ALTER TABLE chats ADD COLUMN join_requests BIGINT NOT NULL DEFAULT 0;
";

const TOLD: &str = "
ALTER TABLE sealed_groups ADD COLUMN told_generation BIGINT NOT NULL DEFAULT 0;   -- of what missing and surplus say
ALTER TABLE sealed_groups ADD COLUMN told_epoch BIGINT NOT NULL DEFAULT 0;
";

const SEALED_FILES: &str = "
CREATE TABLE file_seals (            -- what opens the files of encrypted chats
    n BIGINT PRIMARY KEY,            -- order of coming: who says something else of a file later is not believed
    chat_id TEXT NOT NULL,
    message_id TEXT NOT NULL,
    file_id TEXT NOT NULL,
    seal TEXT NOT NULL,              -- base64 of crypto::FileSeal
    UNIQUE (chat_id, message_id, file_id)
) /*strict*/;
CREATE INDEX file_seals_by_file ON file_seals (file_id, n);
ALTER TABLE transfers ADD COLUMN source TEXT;   -- of one that goes up: JSON of the file on the server that it is a copy of
";

const SEALED_VOTES: &str = "
CREATE TABLE sealed_votes (          -- in polls of encrypted chats: the newest of each member
    chat_id TEXT NOT NULL,
    message_id TEXT NOT NULL,
    user_id BIGINT NOT NULL,
    rev BIGINT NOT NULL,             -- of the vote, in the chat's scope; 0 for one from before a snapshot
    cipher BYTEA NOT NULL,           -- SHA-256 of what it was sealed as; empty for one from the archive
    choice TEXT,                     -- JSON of sealing::votes::Choice; null for one that cannot be opened
    PRIMARY KEY (chat_id, message_id, user_id)
) /*strict*/;
";

const SEALED_PREVIEWS: &str = "
CREATE TABLE preview_pictures (      -- of previews inside of seals; read by file_id like a file
    chat_id TEXT NOT NULL,
    message_id TEXT NOT NULL,
    file_id TEXT NOT NULL,           -- given here, see sealing::previews
    bytes BYTEA NOT NULL,
    PRIMARY KEY (chat_id, message_id)
) /*strict*/;
CREATE INDEX preview_pictures_by_file ON preview_pictures (file_id);
";
const PAST: &str = "
CREATE TABLE past_due (              -- newcomers of encrypted groups whom this device let in, see sealing::past
    chat_id TEXT NOT NULL,
    user_id BIGINT NOT NULL,
    secret BYTEA,                    -- of the epoch in which they entered; null until they do
    generation BIGINT NOT NULL DEFAULT 0,
    epoch BIGINT NOT NULL DEFAULT 0,
    number BIGINT NOT NULL DEFAULT 0,   -- which part of the chat is next, and which entry of it
    part BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (chat_id, user_id)
) /*strict*/;
CREATE TABLE past_keys (             -- what opens the past that others hand to this device
    chat_id TEXT NOT NULL,
    generation BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    secret BYTEA NOT NULL,
    PRIMARY KEY (chat_id, generation, epoch)
) /*strict*/;
";
