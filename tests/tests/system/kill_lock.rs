//! kill -9 while the app lock is turned on, changed or taken off: the cache's key is always somewhere, and what was begun can be ended.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use client::{AppLock, KeyPlace};
use crypto::Key;
use system_tests::desk::built;
use testkit::times;

const PASSPHRASES: [&str; 2] = ["двенадцать слонов", "тринадцать слонов"];

struct Drawer<'a>(&'a Path);

impl KeyPlace for Drawer<'_> {
    fn put(&self, key: &Key) -> Result<(), String> {
        std::fs::write(self.0.join("drawer"), key.reveal()).map_err(|error| error.to_string())
    }

    fn forget(&self) -> Result<(), String> {
        // None there is no failure.
        let _ = std::fs::remove_file(self.0.join("drawer"));
        Ok(())
    }
}

/// Starts it, and kills it when it has said these words and stopped there, or so much later.
fn kill_at(folder: &Path, what: &str, words: &str, later: Duration) {
    let stop = if later.is_zero() { words } else { "never" };
    let mut child =
        Command::new(built("locker")).arg(folder).args([what, stop]).stdout(Stdio::piped()).spawn().unwrap();
    let stdout = child.stdout.take().unwrap();
    let (tell, lines) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            let _ = tell.send(line);
        }
    });
    assert!(lines.iter().any(|line| line == words), "it never said {words}");
    let end = Instant::now() + later;
    // Whatever it says meanwhile.
    while lines.recv_timeout(end.saturating_duration_since(Instant::now())).is_ok() {}
    child.kill().unwrap();
    child.wait().unwrap();
}

fn in_drawer(folder: &Path) -> Option<Key> {
    Key::parse(&std::fs::read_to_string(folder.join("drawer")).ok()?)
}

fn under_passphrase(folder: &Path) -> Option<Key> {
    let lock = AppLock::of(folder);
    PASSPHRASES.iter().find_map(|passphrase| lock.open(passphrase).ok())
}

fn a_key_in_a_drawer() -> (tempfile::TempDir, Key) {
    let folder = tempfile::tempdir().unwrap();
    let key = Key::random().unwrap();
    Drawer(folder.path()).put(&key).unwrap();
    (folder, key)
}

#[test]
fn kill_9_between_any_two_steps_of_turning_the_lock_on_or_off_loses_no_key() {
    for words in ["forgetting", "forgot"] {
        let (folder, key) = a_key_in_a_drawer();
        kill_at(folder.path(), "on", words, Duration::ZERO);
        assert_eq!(under_passphrase(folder.path()).expect(words).bytes(), key.bytes());
        assert_eq!(in_drawer(folder.path()).is_some(), words == "forgetting");
        // The next start, once the passphrase was given.
        let lock = AppLock::of(folder.path());
        lock.finish(&Drawer(folder.path())).unwrap();
        assert!(lock.is_on() && in_drawer(folder.path()).is_none());
        assert_eq!(under_passphrase(folder.path()).expect(words).bytes(), key.bytes());

        for words in ["putting", "put"] {
            kill_at(folder.path(), "off", words, Duration::ZERO);
            assert_eq!(under_passphrase(folder.path()).expect(words).bytes(), key.bytes());
            assert_eq!(in_drawer(folder.path()).is_some(), words == "put");
            lock.finish(&Drawer(folder.path())).unwrap();
            assert!(lock.is_on() && in_drawer(folder.path()).is_none());
        }
        kill_at(folder.path(), "off", "done", Duration::ZERO);
        assert_eq!(in_drawer(folder.path()).expect("taken off").bytes(), key.bytes());
        assert!(!lock.is_on());
    }
    // The control: who forgets before anything is written, loses it.
    let (folder, _) = a_key_in_a_drawer();
    kill_at(folder.path(), "careless", "forgot", Duration::ZERO);
    assert!(in_drawer(folder.path()).is_none() && under_passphrase(folder.path()).is_none());
}

#[test]
fn kill_9_at_any_moment_of_changing_the_passphrase_leaves_the_old_one_or_the_new_one() {
    for round in 0..times("HYBRID_LOCK_KILLS", 3, 30) {
        let (folder, key) = a_key_in_a_drawer();
        kill_at(folder.path(), "change", "forgot", Duration::from_millis(u64::from(round) * 173 % 2_000));
        let lock = AppLock::of(folder.path());
        lock.finish(&Drawer(folder.path())).unwrap();
        assert_eq!(under_passphrase(folder.path()).expect("a key").bytes(), key.bytes(), "round {round}");
        assert!(in_drawer(folder.path()).is_none());
    }
}
