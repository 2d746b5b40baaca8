//! Who is in the group: commits that wait, race and lose, removals, a server that only proposes, ways back, successors.

use crypto::Key;
use crypto::mls::{
    Actor, Agreement, Change, Group, Leaf, MlsError, Plan, Retention, Sealed, ServerSigner, Step, Suite, Verified,
};

use crate::people::{ALICE, BOB, CAROL, Phone, group_id, person, together};

fn code<T>(result: Result<T, MlsError>) -> &'static str {
    result.err().map_or("ok", |error| error.code())
}

fn agree(id: &crypto::mls::GroupId, phones: &mut [&mut Phone]) -> bool {
    let first = phones[0].with(id, |_, _, group| Ok(group.authenticator())).unwrap();
    phones.iter_mut().all(|phone| phone.with(id, |_, _, group| Ok(group.compare(&first))).unwrap() == Agreement::Same)
}

#[test]
fn of_two_commits_in_one_epoch_the_loser_is_dropped_and_made_anew() {
    let (mut bob, mut carol) = (Phone::of(BOB, 2), Phone::of(CAROL, 3));
    let (mut alice, id) = together(Suite::Classic, Retention::CHOSEN, &mut [&mut bob, &mut carol]);
    let wins = alice.commit(&id, Change::refresh());
    let loses = bob.commit(&id, Change::refresh());
    assert_eq!(wins.epoch, loses.epoch);
    // The server accepts alice's; the log brings it to everyone, to alice too.
    assert!(alice.apply(&id, &wins.commit).unwrap().own);
    let applied = bob.apply(&id, &wins.commit).unwrap();
    assert!(applied.lost_own && !applied.own);
    carol.apply(&id, &wins.commit).unwrap();
    // Bob's old one is worth nothing now, to anyone.
    assert_eq!(code(carol.apply(&id, &loses.commit)), "stale_commit");
    assert_eq!(code(bob.apply(&id, &loses.commit)), "stale_commit");
    let again = bob.commit(&id, Change::refresh());
    assert_eq!(again.epoch, wins.epoch + 1);
    for phone in [&mut alice, &mut bob, &mut carol] {
        phone.apply(&id, &again.commit).unwrap();
    }
    assert!(agree(&id, &mut [&mut alice, &mut bob, &mut carol]));
    assert_eq!(carol.read(&id, &bob.seal(&id, "still together")).unwrap(), "still together");
}

#[test]
fn two_that_merge_their_own_commits_at_once_fork_for_good_and_can_see_it() {
    // The control of the test above: without the server's word the group breaks.
    let (mut bob, mut carol) = (Phone::of(BOB, 2), Phone::of(CAROL, 3));
    let (mut alice, id) = together(Suite::Classic, Retention::CHOSEN, &mut [&mut bob, &mut carol]);
    let wins = alice.commit(&id, Change::refresh());
    let too = bob.commit(&id, Change::refresh());
    alice.confirm(&id, &wins);
    bob.confirm(&id, &too);
    carol.apply(&id, &wins.commit).unwrap();
    assert!(!agree(&id, &mut [&mut alice, &mut bob]));
    assert_ne!(code(carol.read(&id, &bob.seal(&id, "lost"))), "ok");
}

#[test]
fn a_commit_waits_over_a_restart_and_a_withdrawn_one_leaves_no_trace() {
    let mut bob = Phone::of(BOB, 2);
    let (mut alice, id) = together(Suite::Classic, Retention::CHOSEN, &mut [&mut bob]);
    let waits = alice.commit(&id, Change::refresh());
    assert_eq!(code(alice.with(&id, |cx, me, group| group.commit(cx, me, Change::refresh()))), "pending");
    // Meanwhile the old epoch lives.
    assert_eq!(bob.read(&id, &alice.seal(&id, "meanwhile")).unwrap(), "meanwhile");
    assert!(alice.apply(&id, &waits.commit).unwrap().own);
    bob.apply(&id, &waits.commit).unwrap();
    let refused = alice.commit(&id, Change::refresh());
    alice.with(&id, |cx, _, group| group.withdraw(cx, &refused.commit)).unwrap();
    assert_eq!(code(alice.apply(&id, &refused.commit)), "not_authentic");
    // A late answer about one commit does not touch the next.
    let next = alice.commit(&id, Change::refresh());
    for late in [Group::withdraw, Group::confirm] {
        assert_eq!(code(alice.with(&id, |cx, _, group| late(group, cx, &refused.commit))), "nothing_pending");
    }
    alice.with(&id, |cx, _, group| group.withdraw(cx, &next.commit)).unwrap();
    assert_eq!(bob.read(&id, &alice.seal(&id, "as before")).unwrap(), "as before");
}

#[test]
fn bobs_two_devices_enter_with_one_commit_and_leave_with_one() {
    let (mut phone, mut laptop, mut carol) = (Phone::of(BOB, 2), Phone::of(BOB, 3), Phone::of(CAROL, 4));
    let (mut alice, id) = together(Suite::Classic, Retention::CHOSEN, &mut [&mut carol]);
    let added = alice.add(&id, Suite::Classic, &mut [&mut phone, &mut laptop]);
    let applied = carol.apply(&id, &added.commit).unwrap();
    let by = Actor::Device(alice.device());
    assert_eq!(applied.steps, [(by, Step::Add(phone.device())), (by, Step::Add(laptop.device()))]);
    let bobs = [phone.device().id, laptop.device().id];
    let leaves = alice
        .with(&id, |_, _, group| bobs.map(|id| group.leaf_of(id).transpose().unwrap()).into_iter().collect())
        .unwrap();
    let leaves: Vec<Leaf> = leaves;
    let removed = alice.commit(&id, Change::remove(leaves));
    alice.confirm(&id, &removed);
    carol.apply(&id, &removed.commit).unwrap();
    assert!(phone.apply(&id, &removed.commit).unwrap().evicted);
    let sealed = carol.seal(&id, "without bob");
    assert_eq!(alice.read(&id, &sealed).unwrap(), "without bob");
    assert_eq!(code(phone.read(&id, &sealed)), "evicted");
    // The laptop slept through its removal and cannot read on either.
    assert_eq!(code(laptop.read(&id, &sealed)), "not_yet");
    let readers = carol.with(&id, |_, _, group| group.readers()).unwrap();
    assert_eq!(readers.iter().map(|reader| reader.device.user).collect::<Vec<_>>(), [ALICE, CAROL]);
}

#[test]
fn who_was_removed_can_be_invited_again() {
    let mut bob = Phone::of(BOB, 2);
    let (mut alice, id) = together(Suite::Classic, Retention::CHOSEN, &mut [&mut bob]);
    let removed = alice.commit(&id, Change::remove([Leaf(1)]));
    alice.confirm(&id, &removed);
    bob.apply(&id, &removed.commit).unwrap();
    alice.add(&id, Suite::Classic, &mut [&mut bob]);
    assert_eq!(bob.read(&id, &alice.seal(&id, "again")).unwrap(), "again");
    // But nobody replaces a group that bob is in.
    let package = bob.packages(Suite::Classic, 1).remove(0);
    let mut mallory = Phone::of(CAROL, 9);
    mallory.create(&id, Suite::Classic, None);
    let package = mallory.parse_package(&package);
    let false_welcome = mallory.commit(&id, Change::add([package])).welcome.unwrap();
    assert_eq!(code(bob.join(&false_welcome)), "already_member");
}

#[test]
fn a_device_that_its_person_has_not_signed_does_not_get_in() {
    // The server makes itself a phone of bob's, under a key of its own.
    let (mut bob, mut carol) = (Phone::of(BOB, 2), Phone::of(CAROL, 3));
    let (mut alice, id) = together(Suite::Classic, Retention::CHOSEN, &mut [&mut bob, &mut carol]);
    // Carol has heard of bob, and so knows his key.
    carol.read(&id, &bob.seal(&id, "I am bob")).unwrap();
    let mut ghost = Phone::of_person(BOB, &person(CAROL), 66);
    let package = ghost.packages(Suite::Classic, 1).remove(0);
    let package = alice.parse_package(&package);
    let added = alice.commit(&id, Change::add([package]));
    assert_eq!(code(carol.apply(&id, &added.commit)), "not_allowed");
    // And a credential that nobody signed is no key package at all.
    let mut bytes = ghost.packages(Suite::Classic, 1).remove(0);
    let at = bytes.windows(8).position(|part| part == BOB.0.to_be_bytes()).unwrap();
    bytes[at + 7] ^= 1;
    assert_ne!(code(carol.step(|cx, _| crypto::mls::KeyPackage::parse(cx, &bytes))), "ok");
}

#[test]
fn the_server_proposes_a_removal_and_a_member_carries_it_out() {
    let server = ServerSigner::new(&Key::from_bytes([5; 32]));
    let id = group_id("chat/1");
    let (mut alice, mut bob, mut carol) = (Phone::of(ALICE, 1), Phone::of(BOB, 2), Phone::of(CAROL, 3));
    alice.create(&id, Suite::Classic, Some(server.key()));
    alice.add(&id, Suite::Classic, &mut [&mut bob, &mut carol]);
    let leaf = alice.with(&id, |_, _, group| group.leaf_of(carol_id(&mut carol))).unwrap().unwrap();
    let proposal = server.propose_removal(&id, 1, leaf).unwrap();
    for phone in [&mut alice, &mut bob] {
        queue(phone, &id, &proposal).unwrap();
    }
    // Nothing is sent to carol any more, not even by mistake.
    assert_eq!(code(alice.with(&id, |cx, me, group| group.seal(cx, me, b"x", b""))), "commit_first");
    // Alice would remove her as well: one removal is enough.
    let commit = alice.commit(&id, Change::remove([leaf]));
    alice.confirm(&id, &commit);
    let applied = bob.apply(&id, &commit.commit).unwrap();
    assert_eq!(applied.steps, [(Actor::Server, Step::Remove(carol.device()))]);
    assert_eq!(bob.read(&id, &alice.seal(&id, "she is out")).unwrap(), "she is out");
    // Invited again, she does not find her own removal waiting.
    queue(&mut carol, &id, &proposal).unwrap();
    assert!(carol.apply(&id, &commit.commit).unwrap().evicted);
    let again = alice.add(&id, Suite::Classic, &mut [&mut carol]);
    bob.apply(&id, &again.commit).unwrap();
    assert_eq!(bob.read(&id, &carol.seal(&id, "back")).unwrap(), "back");
    // Somebody else's key does not propose, and an old proposal does nothing.
    let other = ServerSigner::new(&Key::from_bytes([6; 32])).propose_removal(&id, 3, Leaf(1)).unwrap();
    assert_eq!(code(queue(&mut alice, &id, &other)), "not_authentic");
    assert_eq!(code(queue(&mut alice, &id, &proposal)), "stale_commit");
}

fn carol_id(carol: &mut Phone) -> crypto::mls::DeviceId {
    carol.device().id
}

fn queue(phone: &mut Phone, id: &crypto::mls::GroupId, proposal: &[u8]) -> Result<(), MlsError> {
    let policy = std::mem::take(&mut phone.policy);
    let result =
        phone.with(id, |cx, _, group| match Sealed::parse(proposal)?.open(cx, group)?.verify(group, &policy)? {
            Verified::Proposal(proposal) => proposal.queue(cx, group),
            _ => panic!("not a proposal"),
        });
    phone.policy = policy;
    result
}

#[test]
fn bob_comes_back_by_himself_after_losing_his_state() {
    for suite in Suite::ALL {
        let (mut bob, mut carol) = (Phone::of(BOB, 2), Phone::of(CAROL, 3));
        let (mut alice, id) = together(suite, Retention::CHOSEN, &mut [&mut bob, &mut carol]);
        let info = alice.with(&id, |cx, me, group| group.info(cx, me)).unwrap();
        let rejoin = |bob: &mut Phone| {
            let (policy, retention) = (std::mem::take(&mut bob.policy), bob.retention);
            bob.step(|cx, me| {
                Group::rejoin(cx, me, &info, retention, &policy).map(|rejoined| (rejoined.epoch, rejoined.commit))
            })
        };
        assert_eq!(code(rejoin(&mut bob)), "already_member");
        bob.step(|cx, _| Group::load(cx, &id)?.unwrap().forget(cx)).unwrap();
        let (epoch, commit) = rejoin(&mut bob).unwrap();
        assert_eq!(epoch, 1);
        // Until the server has accepted it he sends nothing.
        assert_eq!(code(bob.with(&id, |cx, me, group| group.seal(cx, me, b"x", b""))), "pending");
        assert!(bob.apply(&id, &commit).unwrap().own);
        let applied = carol.apply(&id, &commit).unwrap();
        let device = bob.device();
        assert_eq!(applied.steps, [(Actor::Device(device), Step::Rejoin(device))]);
        alice.apply(&id, &commit).unwrap();
        assert_eq!(carol.read(&id, &bob.seal(&id, "back")).unwrap(), "back");
        assert_eq!(bob.read(&id, &alice.seal(&id, "good")).unwrap(), "good");
        assert_eq!(bob.with(&id, |_, _, group| group.readers()).unwrap().len(), 3);
    }
}

#[test]
fn a_stranger_with_the_groups_info_does_not_get_in_by_himself() {
    let (mut bob, mut mallory) = (Phone::of(BOB, 2), Phone::of(CAROL, 3));
    let (mut alice, id) = together(Suite::Classic, Retention::CHOSEN, &mut [&mut bob]);
    let info = alice.with(&id, |cx, me, group| group.info(cx, me)).unwrap();
    let policy = std::mem::take(&mut mallory.policy);
    let entered = mallory
        .step(|cx, me| Group::rejoin(cx, me, &info, Retention::CHOSEN, &policy).map(|rejoined| rejoined.commit))
        .unwrap();
    assert_eq!(code(bob.apply(&id, &entered)), "not_allowed");
    assert_eq!(bob.read(&id, &alice.seal(&id, "among us")).unwrap(), "among us");
}

#[test]
fn a_group_moves_to_another_suite_through_a_successor() {
    let mut bob = Phone::of(BOB, 2);
    let (mut alice, old) = together(Suite::Classic, Retention::CHOSEN, &mut [&mut bob]);
    let plan = Plan { id: group_id("chat/1/2"), suite: Suite::Hybrid, retention: Retention::CHOSEN, server: None };
    alice.with(&old, |cx, me, group| group.succeed(cx, me, &plan).map(|_| ())).unwrap();
    let package = bob.packages(Suite::Hybrid, 1).remove(0);
    let package = alice.parse_package(&package);
    let added = alice.commit(&plan.id, Change::add([package]));
    alice.confirm(&plan.id, &added);
    bob.join(&added.welcome.unwrap()).unwrap();
    assert_eq!(bob.read(&plan.id, &alice.seal(&plan.id, "here now")).unwrap(), "here now");
    for phone in [&mut alice, &mut bob] {
        let successor = phone.with(&old, |_, _, group| Ok(group.successor().cloned())).unwrap();
        assert_eq!(successor.as_ref(), Some(&plan.id));
    }
}

#[test]
fn a_group_that_only_claims_to_continue_ours_is_not_entered() {
    let (mut bob, mut mallory) = (Phone::of(BOB, 2), Phone::of(CAROL, 3));
    let (_alice, old) = together(Suite::Classic, Retention::CHOSEN, &mut [&mut bob]);
    // Mallory has a group of the same name, and so knows everything but the epoch's secret.
    let mut dave = Phone::of(crate::people::CAROL, 4);
    mallory.create(&old, Suite::Classic, None);
    mallory.add(&old, Suite::Classic, &mut [&mut dave]);
    let plan = Plan { id: group_id("chat/1/2"), suite: Suite::Classic, retention: Retention::CHOSEN, server: None };
    mallory.with(&old, |cx, me, group| group.succeed(cx, me, &plan).map(|_| ())).unwrap();
    let package = bob.packages(Suite::Classic, 1).remove(0);
    let package = mallory.parse_package(&package);
    let added = mallory.commit(&plan.id, Change::add([package]));
    assert_eq!(code(bob.join(&added.welcome.unwrap())), "wrong_predecessor");
}

#[test]
fn nobody_is_added_twice_and_nobody_removes_who_is_not_there() {
    let mut bob = Phone::of(BOB, 2);
    let (mut alice, id) = together(Suite::Classic, Retention::CHOSEN, &mut [&mut bob]);
    let package = bob.packages(Suite::Classic, 1).remove(0);
    let package = alice.parse_package(&package);
    let twice = alice.with(&id, |cx, me, group| group.commit(cx, me, Change::add([package])));
    assert_eq!(code(twice), "mls");
    let nobody = alice.with(&id, |cx, me, group| group.commit(cx, me, Change::remove([Leaf(7)])));
    assert_eq!(code(nobody), "mls");
    assert_eq!(bob.read(&id, &alice.seal(&id, "unharmed")).unwrap(), "unharmed");
}
