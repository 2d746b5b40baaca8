//! What a person works with: each feature reads the [`crate::state`] and sends commands over the [`crate::bridge`].

pub mod account_form;
pub mod channels;
pub mod chat_header;
pub mod chat_keeping;
pub mod chat_list;
pub mod collections;
pub mod command_palette;
pub mod composer;
pub mod connection_banner;
pub mod forward;
pub mod go_to_date;
pub mod host_panel;
pub mod invite;
pub mod markdown;
pub mod members_panel;
pub mod message;
pub mod new_chat;
pub mod people;
pub mod profile;
pub mod quick_switcher;
pub mod reactions;
pub mod search_panel;
pub mod shortcuts;
pub mod thread_panel;
pub mod timeline;
pub mod toasts;
