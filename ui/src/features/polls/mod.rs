//! Polls: the answers under a question, asking one, who voted.

mod create;
mod option;
mod poll;
mod voters;

pub use create::NewPollDialog;
pub use poll::Poll;
pub use voters::VotersDialog;
