//! The domain, the service and the hub, without sockets, on every database.

mod support;

mod avatars;
mod chats;
mod conversation;
mod directory;
mod disappearing;
mod emoji;
mod encryption;
mod everyone;
mod files;
mod history;
mod invitations;
mod join_requests;
mod live;
mod own_data;
mod people;
mod permissions;
mod polls;
mod previews;
mod rights;
mod sealed_polls;
mod search;
mod syncing;
mod talk;
mod threads;
mod timed;
