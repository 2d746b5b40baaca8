//! The page's channel: what is told there, what waits for a page that comes, and what a locked page is not told.

use std::sync::{Mutex, MutexGuard};

use tauri::ipc::Channel;
use view::update::ReplyBody;
use view::{CommandReply, Failure, HostUpdate, Stage, Update};

use crate::shell::lock;

/// The page of the window, there or not.
pub struct Page(Mutex<State>);

#[derive(Default)]
struct State {
    channel: Option<Channel<String>>,
    /// A link or a clicked notification that came before the page did, or while it was locked.
    waiting: Vec<HostUpdate>,
    /// The app lock is closed: the page shows nothing and is told nothing.
    locked: bool,
    /// What is told now goes out together, once nobody gathers any more.
    gathering: u32,
    gathered: Vec<String>,
}

impl Page {
    /// None is there yet.
    pub fn new(locked: bool) -> Self {
        Self(Mutex::new(State { locked, ..State::default() }))
    }

    /// It is there (again).
    pub fn attach(&self, channel: Channel<String>) {
        let mut state = self.state();
        state.channel = Some(channel);
        // For the page before.
        state.gathered.clear();
        state.tell_waiting();
    }

    /// One is there.
    pub fn is_there(&self) -> bool {
        self.state().channel.is_some()
    }

    /// The app lock is closed.
    pub fn is_locked(&self) -> bool {
        self.state().locked
    }

    /// Without a page it is dropped: a new one asks for everything with `Start`. A locked one hears only what says nothing.
    pub fn tell(&self, update: &Update) {
        let mut state = self.state();
        match update {
            _ if !state.locked => state.tell(update),
            Update::Stage { stage: Stage::Locked { .. } } => state.tell(update),
            Update::Reply {
                reply: CommandReply::Ok { body: ReplyBody::Done } | CommandReply::Failed { .. }, ..
            } => {
                state.tell(update);
            }
            // It was asked for before.
            Update::Reply { id, .. } => {
                let reply = CommandReply::Failed { failure: Failure::WrongPassphrase };
                state.tell(&Update::Reply { id: *id, reply });
            }
            _ => {}
        }
    }

    /// What `tells` tells, and whatever else is told meanwhile, goes to the page as one message: each costs a way through its event
    /// loop, and lets it lay itself out anew.
    pub fn together(&self, tells: impl FnOnce()) {
        struct Gathering<'a>(&'a Page);
        impl Drop for Gathering<'_> {
            fn drop(&mut self) {
                self.0.state().gathered();
            }
        }
        self.state().gathering += 1;
        let _gathering = Gathering(self);
        tells();
    }

    /// Like `tell`, but kept for the page that comes: links and clicks must not be lost.
    pub fn tell_or_keep(&self, host: HostUpdate) {
        let mut state = self.state();
        state.waiting.push(host);
        state.tell_waiting();
    }

    /// Locks it, before anything else can be told; `false` when it was.
    pub fn close(&self) -> bool {
        let mut state = self.state();
        if std::mem::replace(&mut state.locked, true) {
            return false;
        }
        state.tell(&Update::Stage { stage: Stage::Locked { new: false, lock: true } });
        // Now, with what was said before: it does not wait for whoever gathers.
        state.flush();
        true
    }

    /// From here on it is told everything.
    pub fn open(&self) {
        let mut state = self.state();
        state.locked = false;
        state.tell(&Update::Stage { stage: Stage::Starting });
        state.tell_waiting();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.0)
    }
}

impl State {
    fn tell(&mut self, update: &Update) {
        let Ok(json) = serde_json::to_string(update) else { return };
        if self.gathering > 0 {
            self.gathered.push(json);
        } else {
            self.send(json);
        }
    }

    /// One of those who gather is done.
    fn gathered(&mut self) {
        self.gathering -= 1;
        if self.gathering == 0 {
            self.flush();
        }
    }

    fn flush(&mut self) {
        if self.gathered.is_empty() {
            return;
        }
        let json = format!("[{}]", std::mem::take(&mut self.gathered).join(","));
        self.send(json);
    }

    fn send(&mut self, json: String) {
        if self.channel.as_ref().is_some_and(|channel| channel.send(json).is_err()) {
            self.channel = None;
        }
    }

    fn tell_waiting(&mut self) {
        if self.channel.is_some() && !self.locked {
            for host in std::mem::take(&mut self.waiting) {
                self.tell(&Update::Host { host });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tauri::ipc::InvokeResponseBody;
    use view::ChatId;

    use super::*;

    fn heard() -> (Channel<String>, Arc<Mutex<Vec<String>>>) {
        let all = Arc::new(Mutex::new(Vec::new()));
        let list = Arc::clone(&all);
        let channel = Channel::new(move |body| {
            if let InvokeResponseBody::Json(json) = body {
                lock(&list).push(json);
            }
            Ok(())
        });
        (channel, all)
    }

    fn click() -> HostUpdate {
        HostUpdate::OpenChat { chat_id: ChatId::general(), message_id: None, team: 0 }
    }

    #[test]
    fn a_locked_page_hears_of_nothing_and_then_of_what_waited() {
        let page = Page::new(false);
        let (channel, all) = heard();
        page.attach(channel);
        let unread = Update::Unread { messages: 3, mentions: 1 };
        page.tell(&unread);
        assert!(page.close() && !page.close());
        page.tell(&unread);
        page.tell_or_keep(click());
        let found = ReplyBody::Found { hits: Vec::new() };
        page.tell(&Update::Reply { id: 7, reply: CommandReply::Ok { body: found } });
        let said = lock(&all).clone();
        assert_eq!(said.len(), 3, "{said:?}");
        assert!(said[1].contains("locked") && said[2].contains("wrong_passphrase"), "{said:?}");
        page.open();
        page.tell(&unread);
        let said = lock(&all).split_off(3);
        assert!(said[0].contains("starting") && said[1].contains("general") && said[2].contains("unread"), "{said:?}");
    }

    #[test]
    fn what_is_told_together_comes_as_one_message_in_order() {
        let page = Page::new(false);
        let (channel, all) = heard();
        page.attach(channel);
        page.together(|| {
            page.tell(&Update::Unread { messages: 1, mentions: 0 });
            page.together(|| page.tell(&Update::Unread { messages: 2, mentions: 0 }));
            assert!(lock(&all).is_empty());
            page.close();
            page.tell(&Update::Unread { messages: 3, mentions: 0 });
        });
        page.together(|| ());
        let said = lock(&all).clone();
        let [json] = said.as_slice() else { panic!("{said:?}") };
        let json: String = serde_json::from_str(json).unwrap_or_else(|_| json.clone());
        let updates: Vec<Update> = serde_json::from_str(&json).unwrap_or_else(|e| panic!("{e}: {json}"));
        let unread = |messages| Update::Unread { messages, mentions: 0 };
        let locked = Update::Stage { stage: Stage::Locked { new: false, lock: true } };
        assert_eq!(updates, [unread(1), unread(2), locked]);
    }

    #[test]
    fn what_was_gathered_for_a_page_is_not_told_to_the_next() {
        let page = Page::new(false);
        let (channel, all) = heard();
        page.together(|| {
            page.tell(&Update::Unread { messages: 1, mentions: 0 });
            page.attach(channel);
            page.tell(&Update::Unread { messages: 2, mentions: 0 });
        });
        let said = lock(&all).clone();
        assert!(said.len() == 1 && said[0].contains('2') && !said[0].contains('1'), "{said:?}");
    }

    #[test]
    fn a_page_that_comes_late_hears_of_a_link_once() {
        let page = Page::new(false);
        page.tell_or_keep(click());
        for count in [1, 0] {
            let (channel, all) = heard();
            page.attach(channel);
            assert_eq!(lock(&all).len(), count);
        }
    }
}
