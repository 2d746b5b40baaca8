//! The app lock: a passphrase at the start, after a while without a person, and when one asks for it. While locked the page is told
//! nothing and can ask for nothing but to be let in; the clients go on receiving, and a hosted team goes on.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use client::{AppLock, KeyPlace, KeySource, LockError, Tries};
use crypto::Key;
use view::{Command, CommandEnvelope, Failure, HostCommand, HostUpdate, LockState, PresenceStatus, Stage, Update};
use zeroize::Zeroizing;

use crate::keys::Keyring;
use crate::profile::Profile;
use crate::shell::{DONE, NOBODY, Shell, lock};
use crate::voice;

/// Shortest passphrase, in characters; the page says so.
const PASSPHRASE_CHARS_MIN: usize = 8;
/// How long the watch sleeps at most: a machine that slept meanwhile is noticed by its clock on the wall.
const WATCH: Duration = Duration::from_secs(5);

/// The lock of this app.
pub struct Lock {
    file: AppLock,
    tries: Mutex<Tries>,
    /// Held while the key moves, and while a passphrase is tried: one at a time.
    work: Mutex<()>,
    active: Mutex<(Instant, SystemTime)>,
    watched: AtomicBool,
}

impl Lock {
    /// Of this profile.
    pub fn of(profile: &Profile) -> Self {
        let file = AppLock::of(profile.folder());
        Self {
            tries: Mutex::new(file.tries()),
            file,
            work: Mutex::default(),
            active: Mutex::new((Instant::now(), SystemTime::now())),
            watched: AtomicBool::new(false),
        }
    }

    /// A passphrase is wanted.
    pub fn is_on(&self) -> bool {
        self.file.is_on()
    }

    fn state(&self, folder: &str) -> LockState {
        LockState {
            on: self.is_on(),
            minutes: self.file.minutes().unwrap_or(0),
            has_passphrase: client::uses_passphrase(folder),
        }
    }

    fn active(&self) {
        *lock(&self.active) = (Instant::now(), SystemTime::now());
    }

    /// How long until it locks for want of a person; `None`: never.
    fn left(&self) -> Option<Duration> {
        let minutes = self.file.minutes().filter(|minutes| *minutes > 0)?;
        let (since, on_the_wall) = *lock(&self.active);
        let gone = since.elapsed().max(on_the_wall.elapsed().unwrap_or_default());
        Some(Duration::from_secs(u64::from(minutes) * 60).saturating_sub(gone))
    }

    /// Tries a passphrase, unless it has to wait.
    fn try_open<T>(&self, open: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
        let mut tries = lock(&self.tries);
        let wait = tries.wait(Instant::now());
        if !wait.is_zero() {
            return Err(Failure::TooManyTries { seconds: u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).max(1) });
        }
        tries.begin(Instant::now());
        let opened = open();
        if !matches!(opened, Err(Failure::WrongPassphrase)) {
            tries.succeeded();
        }
        opened
    }
}

/// Takes what is about the lock, and everything while it is locked; gives back the rest.
pub fn command(shell: &Arc<Shell>, envelope: CommandEnvelope) -> Option<CommandEnvelope> {
    let id = envelope.id;
    if shell.is_locked() {
        match envelope.command {
            Command::Start => {
                shell.tell(&Update::Stage { stage: Stage::Locked { new: false, lock: true } });
                shell.answer(id, Ok(DONE));
            }
            Command::Unlock { passphrase } => {
                let passphrase = Zeroizing::new(passphrase);
                aside(shell, id, move |shell| unlock(shell, &passphrase));
            }
            Command::Host { host: HostCommand::ForgetLock } => aside(shell, id, forget),
            Command::Host { host: HostCommand::LockNow } => shell.answer(id, Ok(DONE)),
            _ => shell.answer(id, Err(Failure::WrongPassphrase)),
        }
        return None;
    }
    match envelope.command {
        Command::Start => {
            tell(shell);
            return Some(envelope);
        }
        Command::Host { host: HostCommand::SetLock { passphrase, old, minutes } } => {
            let (passphrase, old) = (Zeroizing::new(passphrase), Zeroizing::new(old.unwrap_or_default()));
            aside(shell, id, move |shell| set(shell, &passphrase, &old, minutes));
        }
        Command::Host { host: HostCommand::RemoveLock { passphrase } } => {
            let passphrase = Zeroizing::new(passphrase);
            aside(shell, id, move |shell| remove(shell, &passphrase));
        }
        Command::Host { host: HostCommand::LockAfter { minutes } } => {
            aside(shell, id, move |shell| shell.lock.file.set_minutes(minutes).map_err(failure));
        }
        Command::Host { host: HostCommand::LockNow } => {
            let on = shell.lock.is_on();
            now(shell);
            shell.answer(id, if on { Ok(DONE) } else { Err(Failure::NotHere) });
        }
        Command::Host { host: HostCommand::Active } => {
            // Who comes after the time is over comes late: a machine that wakes up is moved before the watch looks.
            if shell.lock.left().is_some_and(|left| left.is_zero()) {
                now(shell);
            } else {
                shell.lock.active();
            }
            shell.answer(id, Ok(DONE));
        }
        Command::Host { host: HostCommand::ForgetLock } => shell.answer(id, Err(Failure::NotHere)),
        _ => return Some(envelope),
    }
    None
}

/// Locks, if there is a lock.
pub fn now(shell: &Arc<Shell>) {
    if !shell.lock.is_on() || !shell.close_page() {
        return;
    }
    tracing::info!("locked");
    voice::give_up(shell);
    for client in shell.teams.clients() {
        for command in [Command::CloseChat, Command::SetPresence { status: PresenceStatus::Away }] {
            client.command(CommandEnvelope { id: NOBODY, command });
        }
    }
}

/// Locks by itself from now on, when nobody is there.
pub fn watch(shell: &Arc<Shell>) {
    if shell.lock.left().is_none() || shell.lock.watched.swap(true, Ordering::Relaxed) {
        return;
    }
    let shell = Arc::clone(shell);
    tauri::async_runtime::spawn(async move {
        while let Some(left) = shell.lock.left() {
            if left.is_zero() {
                now(&shell);
            }
            let next = if left.is_zero() { WATCH } else { left.min(WATCH) };
            tokio::time::sleep(next).await; // allow-sleep: a deadline, not a poll
        }
        shell.lock.watched.store(false, Ordering::Relaxed);
        // Someone may have set a time while this one ended.
        watch(&shell);
    });
}

/// The page learns how the lock stands.
fn tell(shell: &Arc<Shell>) {
    let lock = shell.lock.state(&shell.client_folder());
    shell.tell(&Update::Host { host: HostUpdate::Lock { lock } });
}

/// Does what takes its time: passphrases, keyrings, disks.
fn aside(shell: &Arc<Shell>, id: u32, work: impl FnOnce(&Arc<Shell>) -> Result<(), Failure> + Send + 'static) {
    let shell = Arc::clone(shell);
    std::thread::spawn(move || {
        let done = {
            let _alone = lock(&shell.lock.work);
            work(&shell)
        };
        watch(&shell);
        if !shell.is_locked() {
            tell(&shell);
        }
        shell.answer(id, done.map(|()| DONE));
    });
}

fn unlock(shell: &Arc<Shell>, passphrase: &str) -> Result<(), Failure> {
    let of = &shell.lock;
    let key = of.try_open(|| of.file.open(passphrase).map_err(failure))?;
    of.active();
    shell.open_page(key);
    let shell = Arc::clone(shell);
    // What an earlier turning on or off left behind; nobody waits for the keyring.
    std::thread::spawn(move || {
        let _alone = lock(&shell.lock.work);
        if let Err(error) = shell.lock.file.finish(&Place::of(&shell)) {
            tracing::warn!(%error, "the cache's key may still be in the keyring");
        }
    });
    Ok(())
}

fn set(shell: &Arc<Shell>, passphrase: &str, old: &str, minutes: u32) -> Result<(), Failure> {
    if passphrase.chars().count() < PASSPHRASE_CHARS_MIN {
        return Err(Failure::WrongPassphrase);
    }
    let of = &shell.lock;
    if of.is_on() {
        return of.try_open(|| of.file.change(old, passphrase, minutes).map_err(failure));
    }
    let Some(KeySource::Raw(key)) = shell.key() else { return Err(Failure::NotHere) };
    let folder = shell.client_folder();
    if client::uses_passphrase(&folder) {
        let gives = || client::passphrase_gives(&folder, old, &key);
        of.try_open(|| if gives() { Ok(()) } else { Err(Failure::WrongPassphrase) })?;
    }
    of.active();
    of.file.turn_on(&key, passphrase, minutes, &Place::of(shell)).map_err(failure)
}

fn remove(shell: &Arc<Shell>, passphrase: &str) -> Result<(), Failure> {
    let of = &shell.lock;
    of.try_open(|| of.file.turn_off(passphrase, &Keyring(&shell.profile)).map_err(failure))
}

fn forget(shell: &Arc<Shell>) -> Result<(), Failure> {
    shell.lock.file.give_up(&Place::of(shell)).map_err(failure)?;
    tracing::warn!("the app lock's passphrase was given up, and the caches with it");
    *lock(&shell.lock.tries) = shell.lock.file.tries();
    shell.begin_anew();
    Ok(())
}

/// Where the key is without a lock: behind the cache's own passphrase, where there is one, or in the keyring.
enum Place<'a> {
    Keyring(Keyring<'a>),
    Passphrase(String),
}

impl<'a> Place<'a> {
    fn of(shell: &'a Shell) -> Self {
        let folder = shell.client_folder();
        if client::uses_passphrase(&folder) {
            Place::Passphrase(folder)
        } else {
            Place::Keyring(Keyring(&shell.profile))
        }
    }
}

impl KeyPlace for Place<'_> {
    fn put(&self, key: &Key) -> Result<(), String> {
        match self {
            Place::Keyring(keyring) => keyring.put(key),
            // The header is still there, or this fails.
            Place::Passphrase(folder) if client::uses_passphrase(folder) => Ok(()),
            Place::Passphrase(_) => Err("the passphrase's header is gone".to_owned()),
        }
    }

    fn forget(&self) -> Result<(), String> {
        match self {
            Place::Keyring(keyring) => keyring.forget(),
            Place::Passphrase(folder) => client::forget_passphrase(folder).map_err(|error| error.to_string()),
        }
    }
}

fn failure(error: LockError) -> Failure {
    match error {
        LockError::WrongPassphrase => Failure::WrongPassphrase,
        LockError::Place(why) => {
            tracing::warn!(%why, "the keyring does not take part in the app lock");
            Failure::NoKeyring
        }
        LockError::Damaged | LockError::Disk(_) => {
            tracing::error!(%error, "the app lock");
            Failure::Disk
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    struct Nowhere;

    impl KeyPlace for Nowhere {
        fn put(&self, _: &Key) -> Result<(), String> {
            Err("nowhere".to_owned())
        }

        fn forget(&self) -> Result<(), String> {
            Ok(())
        }
    }

    fn lock_after(minutes: u32) -> (tempfile::TempDir, Lock) {
        let folder = tempfile::tempdir().unwrap();
        let file = AppLock::of(folder.path());
        file.turn_on(&Key::random().unwrap(), "двенадцать слонов", minutes, &Nowhere).unwrap();
        let lock = Lock {
            tries: Mutex::new(file.tries()),
            file,
            work: Mutex::default(),
            active: Mutex::new((Instant::now(), SystemTime::now())),
            watched: AtomicBool::new(false),
        };
        (folder, lock)
    }

    #[test]
    fn it_locks_after_its_minutes_and_the_sleep_of_the_machine_counts() {
        let (_folder, of) = lock_after(5);
        let left = of.left().unwrap();
        assert!(left > Duration::from_secs(290) && left <= Duration::from_secs(300), "{left:?}");
        // The process's clock stood still while the machine slept for an hour.
        *lock(&of.active) = (Instant::now(), SystemTime::now() - Duration::from_secs(3_600));
        assert_eq!(of.left(), Some(Duration::ZERO));
        of.active();
        assert!(of.left().unwrap() > Duration::from_secs(290));
        of.file.set_minutes(0).unwrap();
        assert_eq!(of.left(), None);
    }

    #[test]
    fn three_wrong_passphrases_make_the_right_one_wait() {
        let (_folder, of) = lock_after(0);
        let open = |passphrase: &str| of.try_open(|| of.file.open(passphrase).map_err(failure)).map(drop);
        for _ in 0..3 {
            assert_eq!(open("тринадцать слонов"), Err(Failure::WrongPassphrase));
        }
        assert!(matches!(open("двенадцать слонов"), Err(Failure::TooManyTries { seconds: 1..=5 })));
        *lock(&of.tries) = of.file.tries();
        assert!(matches!(open("двенадцать слонов"), Err(Failure::TooManyTries { seconds: 1..=5 })), "a start anew");
        lock(&of.tries).succeeded();
        assert_eq!(open("двенадцать слонов"), Ok(()));
    }
}
