//! From a profile to a running client. The keyring is asked on a thread of its own: it may wait for a person at the
//! system's prompt, or for a daemon that hangs, and neither may hold the window up. Decides what the page shows
//! meanwhile; knows nothing of windows.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use client::KeySource;
use crypto::Key;
use view::{Command, CommandEnvelope, CommandReply, Failure, HostCommand, Stage, Update, update::ReplyBody};

/// The keyring's answer is waited for this long before the person is asked. An open keyring answers within some ten
/// milliseconds; one that the system has to start first, within a second or two.
pub const PATIENCE: Duration = Duration::from_secs(4);
/// Most commands kept for the client that is about to start; a page asks for a handful.
const EARLY_MAX: usize = 256;

/// How far the opening has come.
pub struct Opening(Mutex<State>);

struct State {
    phase: Phase,
    /// A thread waits for the keyring; there is never a second one, for each would bring a prompt of its own.
    asking: bool,
    /// A page has said `Start`: it is told of changes.
    page: bool,
    /// There is a cache whose key is in the keyring.
    cache: bool,
}

/// `Waiting` → `Undecided` when the keyring gives no key in time; back when the person tries again. From both to
/// `Starting` by a key or a passphrase, and from there to `Open`.
enum Phase {
    /// The keyring was asked; what the page says waits.
    Waiting { early: Vec<CommandEnvelope> },
    /// The person decides. A key that comes after all, opens.
    Undecided { passphrase: bool },
    /// A client is being started; what the page says waits.
    Starting { early: Vec<CommandEnvelope> },
    /// The client runs.
    Open,
}

/// What has to be done now.
#[cfg_attr(test, derive(Debug, PartialEq))]
#[allow(clippy::large_enum_variant, reason = "made one at a time and done at once")]
pub enum Step {
    /// Tell the page.
    Tell(Update),
    /// The client takes this one.
    Client(CommandEnvelope),
    /// Ask the keyring, on a thread; then [`Opening::answered`].
    Ask,
    /// Wait for [`PATIENCE`]; then [`Opening::waited`].
    Wait,
    /// Start the client; then [`Opening::started`].
    Start(Source),
}

/// With which key.
#[cfg_attr(test, derive(Debug))]
pub enum Source {
    /// Of the keyring.
    Keyring(Key),
    /// The client asks for a passphrase.
    Passphrase,
}

impl From<Source> for KeySource {
    fn from(source: Source) -> Self {
        match source {
            Source::Keyring(key) => KeySource::Raw(key),
            Source::Passphrase => KeySource::Passphrase,
        }
    }
}

impl Opening {
    /// Nothing was asked yet. `cache`: there is one whose key is in the keyring.
    pub fn new(cache: bool) -> Self {
        let phase = Phase::Waiting { early: Vec::new() };
        Self(Mutex::new(State { phase, asking: false, page: false, cache }))
    }

    /// The first step; a cache that a passphrase protects stays with its passphrase.
    pub fn begin(&self, uses_passphrase: bool) -> Vec<Step> {
        let mut state = self.lock();
        if uses_passphrase {
            state.phase = Phase::Starting { early: Vec::new() };
            return vec![Step::Start(Source::Passphrase)];
        }
        state.asking = true;
        vec![Step::Ask, Step::Wait]
    }

    /// What there was is given up: nothing was asked yet, and no cache is there that needs a key.
    pub fn again(&self) {
        let mut state = self.lock();
        let early = vec![CommandEnvelope { id: 0, command: Command::Start }];
        (state.phase, state.page, state.cache) = (Phase::Waiting { early }, true, false);
    }

    /// There is a cache whose key is in the keyring.
    pub fn has_cache(&self) -> bool {
        self.lock().cache
    }

    /// The keyring has answered, early or late.
    pub fn answered(&self, key: Option<Key>) -> Vec<Step> {
        let mut state = self.lock();
        state.asking = false;
        match key {
            Some(key) => state.start(Source::Keyring(key)),
            None => state.give_up(),
        }
    }

    /// [`PATIENCE`] is over.
    pub fn waited(&self) -> Vec<Step> {
        self.lock().give_up()
    }

    /// The client runs: what waited for it, in order. Call it until nothing comes: only then the opening is over, and
    /// nothing that the page says overtakes what it said before.
    pub fn started(&self) -> Vec<CommandEnvelope> {
        let mut state = self.lock();
        match &mut state.phase {
            Phase::Starting { early } if !early.is_empty() => std::mem::take(early),
            phase => {
                *phase = Phase::Open;
                Vec::new()
            }
        }
    }

    /// The page asks.
    pub fn command(&self, envelope: CommandEnvelope) -> Vec<Step> {
        self.lock().command(envelope)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Each holder leaves a whole value.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn command(&mut self, envelope: CommandEnvelope) -> Vec<Step> {
        self.page |= envelope.command == Command::Start;
        let (id, passphrase) = match &mut self.phase {
            Phase::Open => return vec![Step::Client(envelope)],
            Phase::Waiting { early } | Phase::Starting { early } if early.len() < EARLY_MAX => {
                early.push(envelope);
                return Vec::new();
            }
            Phase::Waiting { .. } | Phase::Starting { .. } => return failed(envelope.id, Failure::Internal),
            Phase::Undecided { passphrase } => (envelope.id, passphrase),
        };
        match envelope.command {
            Command::Start => vec![self.stage(), done(id)],
            Command::Unlock { .. } if *passphrase => {
                let mut steps = self.start(Source::Passphrase);
                steps.extend(self.command(envelope));
                steps
            }
            Command::Host { host: HostCommand::WithoutKeyring } => {
                *passphrase = true;
                vec![self.stage(), done(id)]
            }
            Command::Host { host: HostCommand::AskKeyring } => {
                self.phase = Phase::Waiting { early: Vec::new() };
                let again = if self.asking { None } else { Some(Step::Ask) };
                self.asking = true;
                [Some(done(id)), Some(self.stage()), again, Some(Step::Wait)].into_iter().flatten().collect()
            }
            _ => failed(id, Failure::WrongPassphrase),
        }
    }

    /// To `Starting`, unless that was done already.
    fn start(&mut self, source: Source) -> Vec<Step> {
        let early = match &mut self.phase {
            Phase::Waiting { early } => std::mem::take(early),
            // Whoever was shown the question is shown what comes instead.
            Phase::Undecided { .. } if self.page => vec![CommandEnvelope { id: 0, command: Command::Start }],
            Phase::Undecided { .. } => Vec::new(),
            Phase::Starting { .. } | Phase::Open => return Vec::new(),
        };
        self.phase = Phase::Starting { early };
        vec![Step::Start(source)]
    }

    /// To `Undecided`, and answers what had waited.
    fn give_up(&mut self) -> Vec<Step> {
        let Phase::Waiting { early } = &mut self.phase else { return Vec::new() };
        let early = std::mem::take(early);
        self.phase = Phase::Undecided { passphrase: !self.cache };
        if early.is_empty() && self.page {
            return vec![self.stage()];
        }
        early.into_iter().flat_map(|envelope| self.command(envelope)).collect()
    }

    /// What the page shows in this phase.
    fn stage(&self) -> Step {
        let stage = match &self.phase {
            Phase::Undecided { passphrase: true } => Stage::Locked { new: true, lock: false },
            Phase::Undecided { passphrase: false } => Stage::KeyringClosed,
            _ => Stage::Starting,
        };
        Step::Tell(Update::Stage { stage })
    }
}

fn done(id: u32) -> Step {
    Step::Tell(Update::Reply { id, reply: CommandReply::Ok { body: ReplyBody::Done } })
}

fn failed(id: u32, failure: Failure) -> Vec<Step> {
    vec![Step::Tell(Update::Reply { id, reply: CommandReply::Failed { failure } })]
}

#[cfg(test)]
mod tests {
    use view::ChatId;

    use super::*;

    impl PartialEq for Source {
        fn eq(&self, other: &Self) -> bool {
            match (self, other) {
                (Source::Keyring(a), Source::Keyring(b)) => a.bytes() == b.bytes(),
                (Source::Passphrase, Source::Passphrase) => true,
                _ => false,
            }
        }
    }

    fn say(command: Command) -> CommandEnvelope {
        CommandEnvelope { id: 7, command }
    }

    fn host(host: HostCommand) -> CommandEnvelope {
        say(Command::Host { host })
    }

    fn unlock() -> CommandEnvelope {
        say(Command::Unlock { passphrase: "a long one".to_owned() })
    }

    fn shows(stage: Stage) -> Step {
        Step::Tell(Update::Stage { stage })
    }

    fn key() -> Option<Key> {
        Some(Key::from_bytes([5; 32]))
    }

    fn from_keyring() -> [Step; 1] {
        [Step::Start(Source::Keyring(Key::from_bytes([5; 32])))]
    }

    #[test]
    fn what_the_page_says_before_the_keyring_answers_reaches_the_client_in_order() {
        let opening = Opening::new(true);
        assert_eq!(opening.begin(false), [Step::Ask, Step::Wait]);
        assert_eq!(opening.command(say(Command::Start)), []);
        assert_eq!(opening.answered(key()), from_keyring());
        assert_eq!(opening.command(say(Command::CloseChat)), []);
        assert_eq!(opening.started(), [say(Command::Start), say(Command::CloseChat)]);
        assert_eq!(opening.command(say(Command::MarkRead { chat_id: ChatId::general(), seq: 1 })), []);
        assert_eq!(opening.started().len(), 1, "said while the first two were passed on");
        assert_eq!(opening.started(), []);
        assert_eq!(opening.waited(), [], "the wait is over long after");
        assert_eq!(opening.command(say(Command::Reconnect)), [Step::Client(say(Command::Reconnect))]);
    }

    #[test]
    fn a_silent_keyring_makes_a_new_person_choose_a_passphrase_and_a_late_key_still_opens() {
        let opening = Opening::new(false);
        opening.begin(false);
        opening.command(say(Command::Start));
        assert_eq!(opening.waited(), [shows(Stage::Locked { new: true, lock: false }), done(7)]);
        assert_eq!(opening.answered(key()), from_keyring());
        assert_eq!(opening.started(), [CommandEnvelope { id: 0, command: Command::Start }]);
    }

    #[test]
    fn a_passphrase_once_given_is_not_overtaken_by_a_late_key() {
        let opening = Opening::new(false);
        opening.begin(false);
        opening.command(say(Command::Start));
        opening.waited();
        assert_eq!(opening.command(unlock()), [Step::Start(Source::Passphrase)]);
        assert_eq!(opening.answered(key()), []);
        assert_eq!(opening.started(), [CommandEnvelope { id: 0, command: Command::Start }, unlock()]);
    }

    #[test]
    fn a_cache_of_the_keyring_is_never_given_up_unasked() {
        let opening = Opening::new(true);
        opening.begin(false);
        opening.command(say(Command::Start));
        assert_eq!(opening.answered(None), [shows(Stage::KeyringClosed), done(7)]);
        // Nothing can be unlocked, so no passphrase can take the cache's place.
        assert_eq!(opening.command(unlock()), failed(7, Failure::WrongPassphrase));
        // Only by the person's own word.
        let without = opening.command(host(HostCommand::WithoutKeyring));
        assert_eq!(without, [shows(Stage::Locked { new: true, lock: false }), done(7)]);
        assert_eq!(opening.command(unlock()), [Step::Start(Source::Passphrase)]);
    }

    #[test]
    fn trying_again_asks_anew_but_never_twice_at_once() {
        let opening = Opening::new(true);
        opening.begin(false);
        opening.command(say(Command::Start));
        opening.waited();
        let again = opening.command(host(HostCommand::AskKeyring));
        assert_eq!(again, [done(7), shows(Stage::Starting), Step::Wait], "the first one still waits at its prompt");
        assert_eq!(opening.answered(None), [shows(Stage::KeyringClosed)]);
        let again = opening.command(host(HostCommand::AskKeyring));
        assert_eq!(again, [done(7), shows(Stage::Starting), Step::Ask, Step::Wait]);
        assert_eq!(opening.answered(key()), from_keyring());
    }

    #[test]
    fn who_gave_up_begins_as_if_nothing_had_been_there() {
        let opening = Opening::new(true);
        opening.begin(false);
        opening.answered(key());
        assert_eq!(opening.started(), []);
        opening.again();
        assert!(!opening.has_cache(), "a new key may be made");
        assert_eq!(opening.begin(false), [Step::Ask, Step::Wait]);
        assert_eq!(opening.answered(key()), from_keyring());
        assert_eq!(opening.started(), [CommandEnvelope { id: 0, command: Command::Start }]);
    }

    #[test]
    fn a_profile_with_a_passphrase_leaves_the_keyring_alone() {
        let opening = Opening::new(false);
        assert_eq!(opening.begin(true), [Step::Start(Source::Passphrase)]);
    }
}
