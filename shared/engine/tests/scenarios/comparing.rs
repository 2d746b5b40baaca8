//! People make sure of each other: by codes and digits of their own pair and present keys, and by nothing else.

use protocol::ChatId;
use view::update::ReplyBody;
use view::{CodeCheck, Command, CommandReply, Failure};

use crate::encryption::{ALICE, BOB, TABLET, confirm, offline, open, readers, readers_of, second_device, send, world};
use crate::world::World;

const CAROL: usize = 2;

/// Compares, on one person's device, what another one's screen shows.
fn compare(world: &mut World, person: usize, with: usize, code: &str) -> CodeCheck {
    let user_id = world.user(with);
    let id = world.command(person, Command::CompareCode { user_id, code: code.to_owned() });
    world.run_for(100);
    match world.people[person].screen.reply(id) {
        Some(ReplyBody::Compared { check }) => *check,
        other => panic!("{other:?}"),
    }
}

/// The code and the digits that a person's panel shows beside the other one.
fn shows(world: &mut World, person: usize) -> (String, String) {
    let readers = readers(world, person);
    assert!(readers[0].safety_code.is_none() && readers[0].safety_number.is_none(), "none of oneself");
    (readers[1].safety_code.clone().unwrap(), readers[1].safety_number.clone().unwrap())
}

fn is_verified(world: &mut World, person: usize) -> bool {
    readers(world, person)[1].verified
}

#[test]
fn alice_is_sure_of_bob_after_scanning_his_code_and_bob_after_typing_her_digits() {
    let mut world = world(61);
    let chat = open(&mut world, ALICE);
    send(&mut world, ALICE, &chat, "это правда ты?");
    world.run_for(5_000);
    assert_eq!(shows(&mut world, ALICE), shows(&mut world, BOB), "the same on both screens");
    let (code, _) = shows(&mut world, BOB);
    assert_eq!(compare(&mut world, ALICE, BOB, &code), CodeCheck::Same);
    assert!(is_verified(&mut world, ALICE) && !is_verified(&mut world, BOB));
    let (_, digits) = shows(&mut world, ALICE);
    assert_eq!(compare(&mut world, BOB, ALICE, &digits), CodeCheck::Same);
    assert!(is_verified(&mut world, BOB));

    let user_id = world.user(BOB);
    world.command(ALICE, Command::UnverifyPerson { user_id });
    world.run_for(100);
    assert!(!is_verified(&mut world, ALICE));
}

#[test]
fn a_code_of_another_pair_or_of_nothing_makes_nobody_verified() {
    let mut world = world(62);
    let chat = open(&mut world, ALICE);
    send(&mut world, ALICE, &chat, "раз");
    let user_id = world.user(CAROL);
    world.command(ALICE, Command::OpenPrivate { user_id });
    let other = ChatId::private(world.user(ALICE), world.user(CAROL));
    send(&mut world, ALICE, &other, "два");
    world.run_for(10_000);
    let code = readers_of(&mut world, CAROL, &other)[1].safety_code.clone().unwrap();
    let (own, digits) = shows(&mut world, ALICE);
    for (said, check) in [
        (code.as_str(), CodeCheck::OtherPeople),
        (&readers_of(&mut world, CAROL, &other)[1].safety_number.clone().unwrap(), CodeCheck::Different),
        (&digits[..59], CodeCheck::NoCode),
        ("hybrid://join/x", CodeCheck::NoCode),
        (&own.replace("HMSN1", "HMSN7"), CodeCheck::Newer),
    ] {
        assert_eq!(compare(&mut world, ALICE, BOB, said), check, "{said}");
        assert!(!is_verified(&mut world, ALICE));
    }
    // Somebody whose key this device never saw.
    let id = world.command(BOB, Command::CompareCode { user_id, code });
    world.run_for(100);
    let refused = CommandReply::Failed { failure: Failure::NotHere };
    assert_eq!(world.people[BOB].screen.replies.get(&id), Some(&refused));
}

#[test]
fn the_code_of_a_key_that_was_given_up_is_refused_and_says_whose_key_it_is() {
    let mut world = world(63);
    let chat = open(&mut world, ALICE);
    send(&mut world, ALICE, &chat, "раньше");
    world.run_for(5_000);
    let (old_code, old_digits) = shows(&mut world, BOB);
    offline(&mut world, ALICE);
    second_device(&mut world);
    world.command(TABLET, Command::BeginAnew);
    world.run_for(90_000);
    send(&mut world, TABLET, &chat, "это снова я");
    world.run_for(10_000);

    assert_eq!(compare(&mut world, BOB, ALICE, &old_code), CodeCheck::TheirKey);
    assert_eq!(compare(&mut world, BOB, ALICE, &old_digits), CodeCheck::Different);
    assert_eq!(compare(&mut world, TABLET, BOB, &old_code), CodeCheck::OwnKey);
    let reader = readers(&mut world, BOB)[1].clone();
    assert!(!reader.verified && reader.changed_at.is_some());

    let (code, _) = shows(&mut world, TABLET);
    assert_eq!(compare(&mut world, BOB, ALICE, &code), CodeCheck::Same);
    let reader = readers(&mut world, BOB)[1].clone();
    assert!(reader.verified && reader.changed_at.is_none());
}

#[test]
fn all_devices_of_a_person_show_one_code() {
    let mut world = world(64);
    let chat = open(&mut world, ALICE);
    second_device(&mut world);
    confirm(&mut world);
    send(&mut world, BOB, &chat, "обоим");
    world.run_for(20_000);
    assert_eq!(shows(&mut world, ALICE), shows(&mut world, TABLET));
    let (code, _) = shows(&mut world, TABLET);
    assert_eq!(compare(&mut world, BOB, ALICE, &code), CodeCheck::Same);
}
