//! The past of an encrypted group for its newcomers: whom somebody lets in reads it, if the group wants it so, whatever breaks
//! meanwhile; and nobody else does, whatever the server says.

use protocol::encryption::PAST;
use protocol::{ChatId, Rights, Role};
use view::{Command, DeviceStanding};

use crate::encryption::{ALICE, BOB, STORM, confirm_by, further_device, offline, reconnect, send};
use crate::groups::{CAROL, DAVE, add, group, shown, team};
use crate::world::{Weather, World};

fn let_newcomers(world: &mut World, by: usize, chat: &ChatId, past: bool) {
    let rights = Some(Rights { past, ..Rights::default() });
    let (name, description, public) = (None, None, None);
    world.command(by, Command::UpdateChat { chat_id: chat.clone(), name, description, public, rights });
    world.run_for(2_000);
}

/// Entries of a person's own data that others wrote and nobody took away.
fn waiting(world: &World, person: usize) -> usize {
    let user = world.user(person);
    let items = world.server.items.get(&user);
    items.map_or(0, |items| items.values().filter(|item| item.key.starts_with(PAST) && item.value.is_some()).count())
}

/// Alice and bob have said so much in a group whose newcomers get the past.
fn talked(seed: u64, names: &[&str], messages: usize) -> (World, ChatId) {
    let mut world = team(seed, names);
    let chat = group(&mut world, &[BOB], true);
    let_newcomers(&mut world, ALICE, &chat, true);
    for n in 0..messages {
        send(&mut world, [ALICE, BOB][n % 2], &chat, &format!("раньше {n}"));
        world.run_for(300);
    }
    world.run_for(5_000);
    (world, chat)
}

fn said(messages: usize) -> Vec<String> {
    (0..messages).map(|n| format!("раньше {n}")).collect()
}

#[test]
fn whoever_is_let_in_reads_what_was_said_before() {
    let (mut world, chat) = talked(1, &["alice", "bob", "carol"], 5);
    add(&mut world, ALICE, &chat, CAROL);
    world.run_for(10_000);
    send(&mut world, BOB, &chat, "теперь");
    world.run_for(5_000);
    let mut all = said(5);
    all.push("теперь".to_owned());
    assert_eq!(shown(&mut world, CAROL, &chat), all);
    assert_eq!(waiting(&world, CAROL), 0, "what was read is taken away");
    let kept = format!("{:?}", world.server.items);
    assert!(!kept.contains("раньше"), "the server reads nothing of it");
    // The past is no news: nobody is told of it.
    assert!(world.people[CAROL].screen.notices.iter().all(|notice| !notice.text.contains("раньше")));
}

#[test]
fn a_long_past_comes_whole_and_a_further_device_of_the_newcomer_has_it_too() {
    let (mut world, chat) = talked(2, &["alice", "bob", "carol", "her tablet"], 80);
    add(&mut world, BOB, &chat, CAROL);
    world.run_for(15_000);
    assert_eq!(waiting(&world, CAROL), 0);
    let last = said(80).pop();
    assert_eq!(shown(&mut world, CAROL, &chat).last().cloned(), last);
    let hits = |world: &mut World, person: usize| {
        let id = world.command(person, Command::Search { query: "раньше".to_owned(), chat_id: Some(chat.clone()) });
        match world.people[person].screen.replies.get(&id) {
            Some(view::CommandReply::Ok { body: view::update::ReplyBody::Found { hits } }) => hits.len(),
            other => panic!("{other:?}"),
        }
    };
    assert!(hits(&mut world, CAROL) > 0, "it is found by its words");
    // The archive is written after 20 seconds.
    world.run_for(30_000);
    further_device(&mut world, 3, CAROL);
    confirm_by(&mut world, 3, CAROL);
    assert_eq!(world.people[3].screen.standing, DeviceStanding::Ready);
    world.run_for(20_000);
    assert_eq!(shown(&mut world, 3, &chat).last().cloned(), last);
}

#[test]
fn without_the_setting_nothing_is_handed_over() {
    let mut world = team(3, &["alice", "bob", "carol", "dave"]);
    let chat = group(&mut world, &[BOB], true);
    send(&mut world, BOB, &chat, "раньше 0");
    world.run_for(5_000);
    add(&mut world, ALICE, &chat, CAROL);
    world.run_for(10_000);
    assert_eq!(shown(&mut world, CAROL, &chat), ["?"]);
    // Turned on later, it is for those who come later.
    let_newcomers(&mut world, ALICE, &chat, true);
    world.run_for(30_000);
    assert_eq!(shown(&mut world, CAROL, &chat), ["?"]);
    add(&mut world, ALICE, &chat, DAVE);
    world.run_for(10_000);
    assert_eq!(shown(&mut world, DAVE, &chat), ["раньше 0"]);
    assert_eq!(shown(&mut world, CAROL, &chat), ["?"], "what is for another is not for her");
}

#[test]
fn a_server_that_lets_somebody_in_by_itself_and_claims_the_setting_gets_nothing() {
    let mut world = team(4, &["alice", "bob", "carol"]);
    let chat = group(&mut world, &[BOB], true);
    send(&mut world, BOB, &chat, "раньше 0");
    world.run_for(5_000);
    // Nobody asked for it: the server says that carol is a member, and that newcomers get the past.
    let carol = world.user(CAROL);
    world.server.chats.get_mut(&chat).unwrap().chat.rights.past = true;
    let mut told = Vec::new();
    world.server.join(&chat, carol, Role::Member, &mut told);
    world.fan_out(&told);
    world.run_for(60_000);
    send(&mut world, BOB, &chat, "теперь");
    world.run_for(5_000);
    assert_eq!(shown(&mut world, CAROL, &chat), ["?", "теперь"]);
    assert_eq!(waiting(&world, CAROL), 0);
}

#[test]
fn it_goes_on_where_it_stopped_after_restarts_of_either_side() {
    let (mut world, chat) = talked(5, &["alice", "bob", "carol"], 70);
    offline(&mut world, CAROL);
    add(&mut world, ALICE, &chat, CAROL);
    for _ in 0..6 {
        world.run_for(40);
        world.kill_and_start(ALICE);
        reconnect(&mut world, ALICE);
    }
    reconnect(&mut world, CAROL);
    for _ in 0..4 {
        world.run_for(30);
        world.kill_and_start(CAROL);
        reconnect(&mut world, CAROL);
    }
    world.run_for(20_000);
    assert_eq!(waiting(&world, CAROL), 0);
    let last = said(70).pop();
    assert_eq!(shown(&mut world, CAROL, &chat).last().cloned(), last);
}

#[test]
fn in_bad_weather_too_newcomers_read_all_that_was_said() {
    for seed in 0..8 {
        let (mut world, chat) = talked(600 + seed, &["alice", "bob", "carol", "dave"], 9);
        world.weather = STORM;
        add(&mut world, ALICE, &chat, CAROL);
        world.run_for(20_000);
        add(&mut world, BOB, &chat, DAVE);
        world.run_for(60_000);
        world.weather = Weather::CALM;
        for person in [ALICE, BOB, CAROL, DAVE] {
            world.cut(person);
            reconnect(&mut world, person);
        }
        world.run_for(90_000);
        for person in [CAROL, DAVE] {
            let there = world.server.chats[&chat].members.get(&world.user(person)).is_some_and(|member| !member.left);
            if there {
                let rows = shown(&mut world, person, &chat);
                assert!(rows.len() > 3 && said(9).ends_with(&rows), "seed {seed}, person {person}: {rows:?}");
            }
        }
    }
}
