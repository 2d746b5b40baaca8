//! Messages: who reads them, once, and what happens to those that were changed, late, or sent to a fork.

use crypto::mls::{Agreement, Change, KeyPackages, Kind, MlsError, Retention, Sealed, Suite, Verified};

use crate::people::{ALICE, BOB, CAROL, Phone, group_id, person, together};

fn code<T>(result: Result<T, MlsError>) -> &'static str {
    result.err().map_or("ok", |error| error.code())
}

#[test]
fn alice_and_bob_read_each_other_in_both_suites() {
    for suite in Suite::ALL {
        let mut bob = Phone::of(BOB, 2);
        let (mut alice, id) = together(suite, Retention::CHOSEN, &mut [&mut bob]);
        let hello = alice.seal(&id, "Привет, Боб");
        assert_eq!(bob.read(&id, &hello).unwrap(), "Привет, Боб");
        let answer = bob.seal(&id, "Привет!");
        assert_eq!(alice.read(&id, &answer).unwrap(), "Привет!");
        let sealed = Sealed::parse(&answer).unwrap();
        assert_eq!((sealed.kind(), sealed.epoch(), sealed.group_id().unwrap()), (Kind::Message, 1, id.clone()));
        assert_eq!(alice.with(&id, |_, _, group| Ok(group.suite())).unwrap(), suite);
        assert!(!answer.windows(6).any(|part| part == "Приве".as_bytes()[..6].as_ref()));
    }
}

#[test]
fn what_a_message_was_sealed_to_and_who_sent_it_are_authentic() {
    let mut bob = Phone::of(BOB, 2);
    let (mut alice, id) = together(Suite::Classic, Retention::CHOSEN, &mut [&mut bob]);
    let sealed = alice.with(&id, |cx, me, group| group.seal(cx, me, b"text", b"message-1")).unwrap();
    let Verified::Message { from, about, content, epoch } = bob.open(&id, &sealed).unwrap() else { panic!() };
    assert_eq!((from, &about[..], &content[..], epoch), (alice.device(), &b"message-1"[..], &b"text"[..], 1));
    // The same length in the same place, so that nothing but the authentication can notice.
    let sealed = alice.with(&id, |cx, me, group| group.seal(cx, me, b"text", b"message-1")).unwrap();
    let at = sealed.windows(9).position(|part| part == b"message-1").unwrap();
    let mut moved = sealed.clone();
    moved[at + 8] = b'2';
    assert_eq!(code(bob.open(&id, &moved)), "not_authentic");
    // And the failed attempt has cost nothing.
    assert_eq!(bob.read(&id, &sealed).unwrap(), "text");
}

#[test]
fn a_ciphertext_opens_once_and_again_only_if_the_step_was_rolled_back() {
    let mut bob = Phone::of(BOB, 2);
    let (mut alice, id) = together(Suite::Classic, Retention::CHOSEN, &mut [&mut bob]);
    let sealed = alice.seal(&id, "once");
    let crash: Result<(), MlsError> = bob.with(&id, |cx, _, group| {
        Sealed::parse(&sealed)?.open(cx, group)?;
        Err(MlsError::Malformed("a crash before the commit of the step"))
    });
    assert_eq!(code(crash), "malformed");
    assert_eq!(bob.read(&id, &sealed).unwrap(), "once");
    assert_eq!(code(bob.read(&id, &sealed)), "already_opened");
    assert_eq!(bob.read(&id, &alice.seal(&id, "next")).unwrap(), "next");
}

#[test]
fn alice_gets_her_own_message_back_as_her_own() {
    let mut bob = Phone::of(BOB, 2);
    let (mut alice, id) = together(Suite::Classic, Retention::CHOSEN, &mut [&mut bob]);
    let sealed = alice.seal(&id, "mine");
    assert!(matches!(alice.open(&id, &sealed).unwrap(), Verified::Own { about, epoch: 1 } if about == b"id"));
}

#[test]
fn short_and_longer_messages_have_the_same_length_on_the_wire() {
    let mut bob = Phone::of(BOB, 2);
    let (mut alice, id) = together(Suite::Hybrid, Retention::CHOSEN, &mut [&mut bob]);
    let (short, longer) = (alice.seal(&id, "да"), alice.seal(&id, &"нет ".repeat(20)));
    assert_eq!(short.len(), longer.len());
    assert!(alice.seal(&id, &"нет ".repeat(60)).len() > longer.len());
}

#[test]
fn a_row_for_another_group_and_bytes_that_are_no_row_are_refused() {
    let (mut bob, mut carol) = (Phone::of(BOB, 2), Phone::of(CAROL, 3));
    let (mut alice, id) = together(Suite::Classic, Retention::CHOSEN, &mut [&mut bob]);
    let other = group_id("chat/2");
    alice.create(&other, Suite::Classic, None);
    alice.add(&other, Suite::Classic, &mut [&mut carol]);
    assert_eq!(code(bob.open(&id, &alice.seal(&other, "x"))), "other_group");
    let sealed = alice.seal(&id, "x");
    for cut in [0, 1, sealed.len() / 2, sealed.len() - 1] {
        assert_eq!(code(Sealed::parse(&sealed[..cut]).map(|_| ())), "malformed", "cut at {cut}");
    }
    let longer = [&sealed[..], &[0]].concat();
    assert_eq!(code(Sealed::parse(&longer).map(|_| ())), "malformed");
    let package = bob.packages(Suite::Classic, 1).remove(0);
    assert_eq!(code(Sealed::parse(&package).map(|_| ())), "malformed");
}

#[test]
fn bob_in_an_older_epoch_is_told_to_apply_the_commit_first() {
    let mut bob = Phone::of(BOB, 2);
    let (mut alice, id) = together(Suite::Classic, Retention::CHOSEN, &mut [&mut bob]);
    let refresh = alice.commit(&id, Change::refresh());
    alice.confirm(&id, &refresh);
    let sealed = alice.seal(&id, "from the next epoch");
    let early = bob.read(&id, &sealed).unwrap_err();
    assert!(early.code() == "not_yet" && early.is_retryable());
    bob.apply(&id, &refresh.commit).unwrap();
    assert_eq!(bob.read(&id, &sealed).unwrap(), "from the next epoch");
}

#[test]
fn members_of_an_epoch_share_its_authenticator_and_its_exported_keys_and_no_others_do() {
    let mut bob = Phone::of(BOB, 2);
    let (mut alice, id) = together(Suite::Classic, Retention::CHOSEN, &mut [&mut bob]);
    let theirs = bob.with(&id, |_, _, group| Ok(group.authenticator())).unwrap();
    let compared = |phone: &mut Phone| phone.with(&id, |_, _, group| Ok(group.compare(&theirs))).unwrap();
    assert_eq!(compared(&mut alice), Agreement::Same);
    let key = |phone: &mut Phone, label: &str| {
        *phone.with(&id, |cx, _, group| group.export_key(cx, label, b"chat/1")).unwrap().bytes()
    };
    assert_eq!(key(&mut alice, "history"), key(&mut bob, "history"));
    assert_ne!(key(&mut alice, "history"), key(&mut alice, "call"));
    let before = key(&mut alice, "history");
    let refresh = alice.commit(&id, Change::refresh());
    alice.confirm(&id, &refresh);
    assert_ne!(key(&mut alice, "history"), before);
    assert_eq!(compared(&mut alice), Agreement::OtherEpoch);
}

#[test]
fn an_ordinary_key_package_brings_its_device_in_once_and_one_of_last_resort_again() {
    let mut bob = Phone::of(BOB, 2);
    let (mut alice, first) = together(Suite::Classic, Retention::CHOSEN, &mut []);
    let second = group_id("chat/2");
    alice.create(&second, Suite::Classic, None);
    let ordinary = bob.packages(Suite::Classic, 1).remove(0);
    let last = bob.step(|cx, me| KeyPackages::make_last_resort(cx, me, Suite::Classic)).unwrap();
    let invite = |alice: &mut Phone, id, bytes: &[u8]| {
        let package = alice.parse_package(bytes);
        let proposed = alice.commit(id, Change::add([package]));
        alice.confirm(id, &proposed);
        proposed.welcome.unwrap()
    };
    let welcome = invite(&mut alice, &first, &ordinary);
    bob.join(&welcome).unwrap();
    let welcome = invite(&mut alice, &second, &ordinary);
    assert_eq!(code(bob.join(&welcome)), "no_key_package");
    let third = group_id("chat/3");
    alice.create(&third, Suite::Classic, None);
    for id in [&group_id("chat/4"), &third] {
        if *id != third {
            alice.create(id, Suite::Classic, None);
        }
        let welcome = invite(&mut alice, id, &last);
        bob.join(&welcome).unwrap();
    }
    let package = alice.parse_package(&last);
    assert!(package.is_last_resort() && package.device().unwrap() == bob.device());
}

#[test]
fn secret_halves_of_old_packages_go_and_a_stock_is_refilled_by_halves() {
    let mut bob = Phone::of(BOB, 2);
    let (mut alice, id) = together(Suite::Classic, Retention::CHOSEN, &mut []);
    let old = bob.packages(Suite::Classic, 3);
    bob.step(|cx, me| KeyPackages::make_last_resort(cx, me, Suite::Classic)).unwrap();
    bob.now.0 += 91 * 24 * 3_600_000;
    let forgot = |bob: &mut Phone| bob.step(|cx, _| KeyPackages::forget_old(cx)).unwrap();
    // The last resort stays until there is a newer one.
    assert_eq!(forgot(&mut bob), 3);
    bob.step(|cx, me| KeyPackages::make_last_resort(cx, me, Suite::Classic)).unwrap();
    assert_eq!(forgot(&mut bob), 1);
    let package = alice.parse_package(&old[0]);
    let proposed = alice.commit(&id, Change::add([package]));
    assert_eq!(code(bob.join(&proposed.welcome.unwrap())), "no_key_package");
    assert_eq!((KeyPackages::wanted(20), KeyPackages::wanted(11), KeyPackages::wanted(10)), (0, 0, 10));
    assert_eq!(code(bob.step(|cx, me| KeyPackages::make(cx, me, Suite::Classic, 101))), "too_large");
}

#[test]
fn the_same_chance_makes_the_same_identity_and_another_makes_another() {
    let device = |seed| Phone::of_person(ALICE, &person(ALICE), seed).device();
    assert_eq!(device(7), device(7));
    assert_ne!(device(7).key, device(8).key);
    assert_eq!(device(7).person, device(8).person);
}
