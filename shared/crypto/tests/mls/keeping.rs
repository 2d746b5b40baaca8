//! How long keys are kept: the figures that our retention was chosen by, each with the library's defaults as control.

use std::collections::BTreeSet;

use crypto::mls::{Change, Group, Retention, Suite};

use crate::people::{BOB, Phone, together};

/// How many of ten messages bob reads that were sealed before he applied this many commits.
fn readable_after_commits(retention: Retention, commits: usize) -> usize {
    let mut bob = Phone::of(BOB, 2);
    let (mut alice, id) = together(Suite::Classic, retention, &mut [&mut bob]);
    let sealed: Vec<_> = (0..10).map(|n| alice.seal(&id, &format!("{n}"))).collect();
    for _ in 0..commits {
        let commit = alice.commit(&id, Change::refresh());
        alice.confirm(&id, &commit);
        bob.apply(&id, &commit.commit).unwrap();
    }
    sealed.iter().filter(|sealed| bob.read(&id, sealed).is_ok()).count()
}

/// How many of a sender's messages bob reads when they come in reverse.
fn readable_in_reverse(retention: Retention, count: usize) -> usize {
    let mut bob = Phone::of(BOB, 2);
    let (mut alice, id) = together(Suite::Classic, retention, &mut [&mut bob]);
    let sealed: Vec<_> = (0..count).map(|n| alice.seal(&id, &format!("{n}"))).collect();
    sealed.iter().rev().filter(|sealed| bob.read(&id, sealed).is_ok()).count()
}

#[test]
fn messages_of_the_last_five_epochs_are_read_and_older_ones_are_not() {
    assert_eq!(readable_after_commits(Retention::CHOSEN, 1), 10);
    assert_eq!(readable_after_commits(Retention::CHOSEN, 5), 10);
    assert_eq!(readable_after_commits(Retention::CHOSEN, 6), 0);
}

#[test]
fn with_the_librarys_defaults_one_commit_makes_all_earlier_messages_unreadable() {
    assert_eq!(readable_after_commits(Retention::LIBRARY, 0), 10);
    assert_eq!(readable_after_commits(Retention::LIBRARY, 1), 0);
}

#[test]
fn a_hundred_messages_in_reverse_are_read_and_with_the_librarys_defaults_only_five() {
    assert_eq!(readable_in_reverse(Retention::CHOSEN, 100), 100);
    assert_eq!(readable_in_reverse(Retention::CHOSEN, 103), 100);
    assert_eq!(readable_in_reverse(Retention::LIBRARY, 100), 5);
}

#[test]
fn a_sender_that_skips_more_than_a_thousand_messages_is_refused_so_that_nobody_is_made_to_count_to_a_billion() {
    let mut bob = Phone::of(BOB, 2);
    let few = Retention { forward: 20, ..Retention::CHOSEN };
    let (mut alice, id) = together(Suite::Classic, few, &mut [&mut bob]);
    let sealed: Vec<_> = (0..22).map(|n| alice.seal(&id, &format!("{n}"))).collect();
    assert_eq!(bob.read(&id, &sealed[21]).unwrap_err().code(), "too_far_ahead");
    assert_eq!(bob.read(&id, &sealed[20]).unwrap(), "20");
    assert_eq!(Retention::CHOSEN.forward, 1_000);
}

#[test]
fn in_a_quiet_group_past_keys_go_after_a_week_and_a_new_own_key_is_due() {
    let mut bob = Phone::of(BOB, 2);
    let (mut alice, id) = together(Suite::Classic, Retention::CHOSEN, &mut [&mut bob]);
    let late = alice.seal(&id, "very late");
    let commit = alice.commit(&id, Change::refresh());
    alice.confirm(&id, &commit);
    bob.apply(&id, &commit.commit).unwrap();
    let tend = |bob: &mut Phone| bob.with(&id, |cx, _, group: &mut Group| group.tend(cx)).unwrap();
    assert!(!tend(&mut bob).forgot_past_epochs);
    bob.now.0 += 7 * 24 * 3_600_000;
    let care = tend(&mut bob);
    assert!(care.forgot_past_epochs && care.refresh_due);
    assert_eq!(bob.read(&id, &late).unwrap_err().code(), "keys_gone");
    let commit = bob.commit(&id, Change::refresh());
    bob.confirm(&id, &commit);
    alice.apply(&id, &commit.commit).unwrap();
    assert!(!tend(&mut bob).refresh_due);
}

#[test]
fn the_secrets_of_an_epoch_that_is_over_are_not_in_the_file_any_more() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bob.db");
    let location = sql::StoreLocation::File(path.display().to_string());
    // Without a key, so that the file's bytes can be looked at; with one, pages that are free would still be readable to who
    // takes the device with its key.
    let mut bob = Phone::at(&location, BOB, &crate::people::person(BOB), 2);
    let (mut alice, id) = together(Suite::Classic, Retention::CHOSEN, &mut [&mut bob]);
    const SECRETS: &str = "SELECT value FROM mls_rows WHERE kind IN (9, 12, 15)";
    let before = values(&bob.step(|cx, _| Ok(cx.tx.rows(SECRETS, &[], |row| row.blob(0))?)).unwrap());
    for _ in 0..6 {
        let commit = alice.commit(&id, Change::refresh());
        alice.confirm(&id, &commit);
        bob.apply(&id, &commit.commit).unwrap();
    }
    let refresh = bob.commit(&id, Change::refresh());
    bob.confirm(&id, &refresh);
    let now = values(&bob.step(|cx, _| Ok(cx.tx.rows("SELECT value FROM mls_rows", &[], |row| row.blob(0))?)).unwrap());
    drop(bob);
    let file = values(&[std::fs::read(&path).unwrap()]);
    let gone: BTreeSet<_> = before.difference(&now).collect();
    assert!(gone.len() > 5 && gone.iter().all(|secret| !file.contains(*secret)));
    assert!(now.intersection(&file).count() > 5, "the control: those of this epoch are found");
}

/// Every value of 32 bytes as it stands in a row, secrets among them: MessagePack's mark and the bytes.
fn values(rows: &[Vec<u8>]) -> BTreeSet<[u8; 32]> {
    let of_row = |row: &Vec<u8>| -> Vec<[u8; 32]> {
        row.windows(34).filter(|at| at[..2] == [0xC4, 32]).map(|at| at[2..].try_into().unwrap()).collect()
    };
    rows.iter().flat_map(of_row).collect()
}
