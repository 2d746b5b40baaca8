//! Commands on their way: each number waits for its reply once. No browser: tested natively.

use std::collections::HashMap;

use futures_channel::oneshot;
use view::update::ReplyBody;
use view::{CommandReply, Failure};

/// What a command comes to.
pub type Answer = Result<ReplyBody, Failure>;

/// Commands that were sent and not answered.
#[derive(Debug, Default)]
pub struct Pending {
    last: u32,
    waiting: HashMap<u32, oneshot::Sender<Answer>>,
}

impl Pending {
    /// The next command's number, and what its answer comes through.
    pub fn open(&mut self) -> (u32, oneshot::Receiver<Answer>) {
        self.last = self.last.wrapping_add(1).max(1);
        let (sender, receiver) = oneshot::channel();
        self.waiting.insert(self.last, sender);
        (self.last, receiver)
    }

    /// Takes a reply; one to a command that has timed out is ignored.
    pub fn answer(&mut self, id: u32, reply: CommandReply) {
        self.finish(
            id,
            match reply {
                CommandReply::Ok { body } => Ok(body),
                CommandReply::Failed { failure } => Err(failure),
            },
        );
    }

    /// Gives up waiting; nothing happens when the answer has come.
    pub fn fail(&mut self, id: u32, failure: Failure) {
        self.finish(id, Err(failure));
    }

    fn finish(&mut self, id: u32, answer: Answer) {
        if let Some(sender) = self.waiting.remove(&id) {
            // Whoever asked may be gone from the screen: fine.
            let _ = sender.send(answer);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_reply_reaches_the_one_who_asked_and_a_late_one_is_ignored() {
        let mut pending = Pending::default();
        let (first, mut answer) = pending.open();
        let (second, mut late) = pending.open();
        assert_ne!(first, second);
        pending.answer(first, CommandReply::Ok { body: ReplyBody::Done });
        assert_eq!(answer.try_recv().unwrap(), Some(Ok(ReplyBody::Done)));
        pending.fail(second, Failure::TimedOut);
        pending.answer(second, CommandReply::Ok { body: ReplyBody::Done });
        assert_eq!(late.try_recv().unwrap(), Some(Err(Failure::TimedOut)));
    }
}
