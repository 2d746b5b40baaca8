//! The app lock's file: the key of all caches of a profile under a passphrase. It stands beside the caches' folders, and there is no
//! moment at which the key is in no place: who moves it writes the new place before taking the old one away.

use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crypto::{Key, SealedKey};

use super::profile::write_durably;

const FILE: &str = "app.lock";
const TRIES_FILE: &str = "app-lock.tries";
/// The first line; the number is the version.
const FIRST_LINE: &str = "hybrid-messenger app lock 1";
/// So many wrong passphrases in a row cost nothing.
const FREE_TRIES: u32 = 3;
/// The wait after the next one; each further one doubles it.
const WAIT: Duration = Duration::from_secs(5);
const WAIT_MAX: Duration = Duration::from_secs(300);

/// The lock of a profile, on or off.
#[derive(Debug, Clone)]
pub struct AppLock {
    folder: PathBuf,
}

/// What its file says.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Content {
    sealed: SealedKey,
    minutes: u32,
    moving: bool,
}

/// Where a profile's key is while the lock is off: the system's keyring, for one.
pub trait KeyPlace {
    /// Keeps the key, on disk when this returns.
    ///
    /// # Errors
    /// In words for a log.
    fn put(&self, key: &Key) -> Result<(), String>;

    /// Keeps it no more; none there is no failure.
    ///
    /// # Errors
    /// In words for a log.
    fn forget(&self) -> Result<(), String>;
}

/// Why the lock's file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another passphrase than the one it was set with.
    #[error("the passphrase is wrong")]
    WrongPassphrase,
    /// Not what this program wrote.
    #[error("the app lock's file is damaged, or from a newer version")]
    Damaged,
    /// The other place of the key.
    #[error("the place where the key would be otherwise does not answer: {0}")]
    Place(String),
    /// The disk.
    #[error("the app lock's file cannot be read or written: {0}")]
    Disk(#[from] std::io::Error),
}

impl AppLock {
    /// Of the profile in this folder.
    pub fn of(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    fn path(&self) -> PathBuf {
        self.folder.join(FILE)
    }

    /// There is one.
    pub fn is_on(&self) -> bool {
        self.path().exists()
    }

    /// After so many minutes without a person it locks; 0 for never. `None` while it is off.
    pub fn minutes(&self) -> Option<u32> {
        self.read().ok().map(|content| content.minutes)
    }

    /// The key may still be, or already be, in the place from which or to which it was being moved.
    fn is_moving(&self) -> bool {
        self.read().is_ok_and(|content| content.moving)
    }

    /// The key.
    ///
    /// # Errors
    /// [`LockError`].
    pub fn open(&self, passphrase: &str) -> Result<Key, LockError> {
        self.read()?.sealed.open(passphrase).ok_or(LockError::WrongPassphrase)
    }

    /// Turns the lock on: the key goes under this passphrase, and then out of the place where it was.
    ///
    /// # Errors
    /// [`LockError`]; then the lock is off, unless the other place answers nothing at all: then it is on, and unfinished.
    pub fn turn_on(&self, key: &Key, passphrase: &str, minutes: u32, place: &dyn KeyPlace) -> Result<(), LockError> {
        self.set(key, passphrase, minutes, true)?;
        if let Err(why) = place.forget() {
            // Whether the key is still there is not known; only a place that takes it is one to go back to.
            if place.put(key).is_ok() {
                self.remove()?;
            }
            return Err(LockError::Place(why));
        }
        self.settle()
    }

    /// Another passphrase for the same key.
    ///
    /// # Errors
    /// [`LockError`]; then the old passphrase stays.
    pub fn change(&self, old: &str, passphrase: &str, minutes: u32) -> Result<(), LockError> {
        let content = self.read()?;
        let key = content.sealed.open(old).ok_or(LockError::WrongPassphrase)?;
        self.set(&key, passphrase, minutes, content.moving)
    }

    /// Takes the lock off: the key goes into its other place, and then out of the file.
    ///
    /// # Errors
    /// [`LockError`]; then the lock is on.
    pub fn turn_off(&self, passphrase: &str, place: &dyn KeyPlace) -> Result<(), LockError> {
        let key = self.open(passphrase)?;
        self.begin_to_move()?;
        if let Err(why) = place.put(&key) {
            self.finish(place)?;
            return Err(LockError::Place(why));
        }
        self.remove()
    }

    /// What a turning on or off left undone when the app was ended: the key stays here alone.
    ///
    /// # Errors
    /// [`LockError`].
    pub fn finish(&self, place: &dyn KeyPlace) -> Result<(), LockError> {
        if self.is_moving() {
            place.forget().map_err(LockError::Place)?;
            self.settle()?;
        }
        Ok(())
    }

    fn set(&self, key: &Key, passphrase: &str, minutes: u32, moving: bool) -> Result<(), LockError> {
        let sealed = SealedKey::seal(key, passphrase).map_err(|_| std::io::Error::other("no chance on this system"))?;
        let opens = |sealed: &SealedKey| sealed.open(passphrase).is_some_and(|opened| opened.bytes() == key.bytes());
        let content = Content { sealed, minutes, moving };
        // Before the disk, for there an older one may be the only way to the key.
        let reads = Content::parse(&content.to_string()).is_ok_and(|read| read == content && opens(&read.sealed));
        if !reads {
            return Err(LockError::Damaged);
        }
        self.write(&content)
    }

    /// Locks after another time.
    ///
    /// # Errors
    /// [`LockError`].
    pub fn set_minutes(&self, minutes: u32) -> Result<(), LockError> {
        self.write(&Content { minutes, ..self.read()? })
    }

    /// The key is about to be in another place as well.
    fn begin_to_move(&self) -> Result<(), LockError> {
        self.write(&Content { moving: true, ..self.read()? })
    }

    /// The key is nowhere else.
    fn settle(&self) -> Result<(), LockError> {
        self.write(&Content { moving: false, ..self.read()? })
    }

    /// Only once the key is somewhere else.
    fn remove(&self) -> Result<(), LockError> {
        self.tries().succeeded();
        match fs::remove_file(self.path()) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
            _ => Ok(sync(&self.folder)?),
        }
    }

    /// Gives the key up: the file stays under another name, for the case that the passphrase comes back to mind. Nowhere else does the
    /// key stay, or forgetting the passphrase would be a way around it.
    ///
    /// # Errors
    /// [`LockError`].
    pub fn give_up(&self, place: &dyn KeyPlace) -> Result<(), LockError> {
        self.finish(place)?;
        let stamp = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_millis());
        fs::rename(self.path(), self.folder.join(format!("forgotten-{stamp}.lock")))?;
        self.tries().succeeded();
        Ok(sync(&self.folder)?)
    }

    /// How often a wrong passphrase was tried.
    pub fn tries(&self) -> Tries {
        let path = self.folder.join(TRIES_FILE);
        let count = fs::read_to_string(&path).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(0);
        Tries { path, count, last: Instant::now() }
    }

    fn read(&self) -> Result<Content, LockError> {
        Content::parse(&fs::read_to_string(self.path())?)
    }

    fn write(&self, content: &Content) -> Result<(), LockError> {
        Ok(write_durably(&self.path(), &content.to_string())?)
    }
}

impl Content {
    fn parse(text: &str) -> Result<Self, LockError> {
        let mut lines = text.lines();
        let mut line = || lines.next().ok_or(LockError::Damaged);
        if line()? != FIRST_LINE {
            return Err(LockError::Damaged);
        }
        let sealed = SealedKey::parse(line()?).map_err(|_| LockError::Damaged)?;
        let minutes = line()?.strip_prefix("minutes ").and_then(|minutes| minutes.parse().ok());
        let minutes = minutes.ok_or(LockError::Damaged)?;
        let moving = match line()? {
            "moving" => true,
            "settled" => false,
            _ => return Err(LockError::Damaged),
        };
        Ok(Self { sealed, minutes, moving })
    }
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.moving { "moving" } else { "settled" };
        writeln!(f, "{FIRST_LINE}\n{}\nminutes {}\n{state}", self.sealed, self.minutes)
    }
}

/// Wrong passphrases in a row, across starts. Waits are counted from the start or the last try on the clock of the process, so that
/// setting the system's clock shortens none.
#[derive(Debug)]
pub struct Tries {
    path: PathBuf,
    count: u32,
    last: Instant,
}

impl Tries {
    /// How long the next try has to wait.
    pub fn wait(&self, now: Instant) -> Duration {
        wait_after(self.count).saturating_sub(now.saturating_duration_since(self.last))
    }

    /// A try begins: it counts as wrong until it is [`Self::succeeded`], so that ending the app meanwhile wins nothing.
    pub fn begin(&mut self, now: Instant) {
        self.count = self.count.saturating_add(1);
        self.last = now;
        if let Err(error) = fs::write(&self.path, self.count.to_string()) {
            tracing::warn!(%error, "how often a passphrase was tried is not kept");
        }
    }

    /// It was right.
    pub fn succeeded(&mut self) {
        self.count = 0;
        if let Err(error) = fs::remove_file(&self.path)
            && error.kind() != ErrorKind::NotFound
        {
            tracing::warn!(%error, "the count of wrong passphrases stays");
        }
    }
}

fn wait_after(count: u32) -> Duration {
    match count.checked_sub(FREE_TRIES) {
        None => Duration::ZERO,
        Some(more) => WAIT.saturating_mul(2_u32.saturating_pow(more)).min(WAIT_MAX),
    }
}

fn sync(folder: &Path) -> std::io::Result<()> {
    // A folder cannot be opened for syncing on Windows, and need not be.
    if cfg!(unix) { fs::File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// A keyring that is a file, or one that is closed.
    struct Drawer {
        path: PathBuf,
        closed: bool,
    }

    impl Drawer {
        fn key(&self) -> Option<Key> {
            Key::parse(fs::read_to_string(&self.path).ok()?.trim())
        }
    }

    impl KeyPlace for Drawer {
        fn put(&self, key: &Key) -> Result<(), String> {
            if self.closed {
                return Err("closed".to_owned());
            }
            write_durably(&self.path, &key.reveal()).map_err(|error| error.to_string())
        }

        fn forget(&self) -> Result<(), String> {
            if self.closed {
                return Err("closed".to_owned());
            }
            match fs::remove_file(&self.path) {
                Err(error) if error.kind() != ErrorKind::NotFound => Err(error.to_string()),
                _ => Ok(()),
            }
        }
    }

    fn drawer(folder: &Path) -> Drawer {
        Drawer { path: folder.join("drawer"), closed: false }
    }

    #[test]
    fn the_key_is_under_the_passphrase_and_nowhere_else_while_the_lock_is_on() {
        let folder = tempfile::tempdir().unwrap();
        let (lock, drawer) = (AppLock::of(folder.path()), drawer(folder.path()));
        let key = Key::random().unwrap();
        drawer.put(&key).unwrap();
        assert!(!lock.is_on() && lock.minutes().is_none());
        lock.turn_on(&key, "двенадцать слонов", 5, &drawer).unwrap();
        assert!(lock.is_on() && !lock.is_moving() && drawer.key().is_none());
        assert_eq!(lock.minutes(), Some(5));
        assert!(matches!(lock.open("тринадцать слонов"), Err(LockError::WrongPassphrase)));
        assert_eq!(lock.open("двенадцать слонов").unwrap().bytes(), key.bytes());

        lock.set_minutes(0).unwrap();
        assert!(matches!(lock.change("не тот", "новый пароль", 1), Err(LockError::WrongPassphrase)));
        lock.change("двенадцать слонов", "новый пароль", 1).unwrap();
        assert!(lock.open("двенадцать слонов").is_err());
        assert!(matches!(lock.turn_off("двенадцать слонов", &drawer), Err(LockError::WrongPassphrase)));
        lock.turn_off("новый пароль", &drawer).unwrap();
        assert_eq!(drawer.key().unwrap().bytes(), key.bytes());
        assert!(!lock.is_on());
    }

    #[test]
    fn a_keyring_that_is_closed_costs_no_key() {
        let folder = tempfile::tempdir().unwrap();
        let (lock, open) = (AppLock::of(folder.path()), drawer(folder.path()));
        let closed = Drawer { closed: true, path: open.path.clone() };
        let key = Key::random().unwrap();
        open.put(&key).unwrap();
        assert!(matches!(lock.turn_on(&key, "двенадцать слонов", 5, &closed), Err(LockError::Place(_))));
        assert!(lock.is_moving() && open.key().is_some());
        assert_eq!(lock.open("двенадцать слонов").unwrap().bytes(), key.bytes());
        lock.finish(&open).unwrap();
        assert!(lock.is_on() && !lock.is_moving() && open.key().is_none());
        assert!(matches!(lock.turn_off("двенадцать слонов", &closed), Err(LockError::Place(_))));
        assert_eq!(lock.open("двенадцать слонов").unwrap().bytes(), key.bytes());
        // Whatever the closed one holds is taken away before the lock counts as whole.
        assert!(lock.is_moving());
        lock.finish(&open).unwrap();
        assert!(!lock.is_moving());
    }

    #[test]
    fn a_key_that_is_given_up_is_kept_aside_and_leads_past_no_passphrase() {
        let folder = tempfile::tempdir().unwrap();
        let (lock, drawer) = (AppLock::of(folder.path()), drawer(folder.path()));
        let key = Key::random().unwrap();
        // As after a kill between the two places.
        drawer.put(&key).unwrap();
        lock.set(&key, "двенадцать слонов", 5, true).unwrap();
        lock.give_up(&drawer).unwrap();
        assert!(!lock.is_on() && drawer.key().is_none());
        let aside = fs::read_dir(folder.path()).unwrap().filter_map(Result::ok).map(|entry| entry.path());
        let aside = aside.filter(|path| path.extension().is_some_and(|end| end == "lock")).collect::<Vec<_>>();
        assert_eq!(aside.len(), 1);
        fs::rename(&aside[0], lock.path()).unwrap();
        assert_eq!(lock.open("двенадцать слонов").unwrap().bytes(), key.bytes());
    }

    #[test]
    fn a_damaged_file_says_so_and_is_no_wrong_passphrase() {
        let folder = tempfile::tempdir().unwrap();
        let (lock, drawer) = (AppLock::of(folder.path()), drawer(folder.path()));
        lock.turn_on(&Key::random().unwrap(), "двенадцать слонов", 5, &drawer).unwrap();
        let whole = fs::read_to_string(lock.path()).unwrap();
        for damaged in [
            "",
            &whole[..whole.len() - 9],
            &whole.replace("lock 1", "lock 2"),
            &whole.replace("minutes 5", "minutes -5"),
            &whole.replace("settled", "set"),
        ] {
            fs::write(lock.path(), damaged).unwrap();
            assert!(matches!(lock.open("двенадцать слонов"), Err(LockError::Damaged)), "{damaged}");
            assert!(lock.is_on(), "a damaged lock is no open door");
        }
    }

    #[test]
    fn wrong_passphrases_wait_longer_each_time_and_across_starts() {
        let folder = tempfile::tempdir().unwrap();
        let lock = AppLock::of(folder.path());
        let start = Instant::now();
        let mut tries = lock.tries();
        for _ in 0..2 {
            tries.begin(start);
            assert_eq!(tries.wait(start), Duration::ZERO);
        }
        let waits = [5, 10, 20, 40, 80, 160, 300, 300].map(|seconds| {
            tries.begin(start);
            assert_eq!(tries.wait(start), Duration::from_secs(seconds));
            assert_eq!(tries.wait(start + Duration::from_secs(seconds)), Duration::ZERO);
            seconds
        });
        assert_eq!(waits.len(), 8);
        let again = lock.tries();
        assert_eq!(again.wait(again.last), Duration::from_secs(300), "the app was started anew");
        tries.succeeded();
        assert_eq!(tries.wait(start), Duration::ZERO);
        assert_eq!(lock.tries().count, 0);
    }
}
