//! Formatted text: a small Markdown, parsed to a tree and drawn as nodes. Never raw HTML.
//!
//! `**bold**`, `*italic*` or `_italic_`, `~~strike~~`, `||spoiler||`, `` `code` ``, fenced code, `> quote`, lists,
//! `[words](https://…)`, bare links and `@mentions`. A single line break is kept, as chats do.

mod blocks;
mod highlight;
mod ink;
mod inline;
mod links;
mod view;

pub use blocks::{Block, parse};
pub use ink::{INKED_BYTES_MAX, Ink, ink};
pub use inline::{Inline, is_only_emoji, plain_text};
pub use links::{LinkEnd, bare_link_at, is_safe_link, links_of};
pub use view::Markdown;

#[cfg(test)]
mod tests;
