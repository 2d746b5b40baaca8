//! Asking to come into a chat by a link, and being let in by someone who may.

use protocol::{ChatId, ChatKind, ErrorCode, LocalId};
use rand::RngExt;
use view::update::ReplyBody;
use view::{Command, CommandReply, Failure};

use crate::world::{Stores, Weather, World};

const ALICE: usize = 0;
const BOB: usize = 1;

fn ask(world: &mut World, person: usize, command: Command) -> CommandReply {
    let id = world.command(person, command);
    world.run_for(500);
    world.people[person].screen.replies.get(&id).cloned().expect("it is answered")
}

#[test]
fn bob_asks_by_a_link_alice_sees_that_he_waits_and_lets_him_in() {
    let mut world = World::new(21, &["alice", "bob"], Weather::CALM, &mut Stores::default());
    world.run_for(1_000);
    let random: [u8; 10] = world.rng.random();
    let local_id = LocalId::from_parts(u64::try_from(world.now).unwrap(), random);
    let (kind, name, description) = (ChatKind::Group, "Планы".to_owned(), String::new());
    world.command(
        ALICE,
        Command::CreateChat { local_id, kind, name, description, members: vec![], public: false, encrypted: false },
    );
    world.run_for(1_000);
    let group = ChatId::from(local_id);
    let waiting = |world: &World| world.people[ALICE].screen.chat(&group).map(|chat| chat.join_requests);

    let link = format!("https://team.example/#join={group}");
    let asked = ask(&mut world, BOB, Command::AcceptInvitation { link });
    let CommandReply::Ok { body: ReplyBody::JoinRequested { title } } = asked else { panic!("{asked:?}") };
    assert_eq!(title, "Планы");
    assert!(world.people[BOB].screen.chat(&group).is_none(), "not yet");
    assert_eq!(waiting(&world), Some(1));
    let list = ask(&mut world, ALICE, Command::ListJoinRequests { chat_id: group.clone() });
    let CommandReply::Ok { body: ReplyBody::JoinRequests { waiting: people } } = list else { panic!("{list:?}") };
    assert_eq!(people.iter().map(|one| one.person.username.as_str()).collect::<Vec<_>>(), ["bob"]);
    let answer = Command::AnswerJoin { chat_id: group.clone(), user_id: people[0].person.id, accept: true };
    ask(&mut world, ALICE, answer);
    assert_eq!(waiting(&world), Some(0));
    assert!(world.people[BOB].screen.chat(&group).is_some_and(|chat| chat.role.is_some()));
}

#[test]
fn what_is_no_link_or_leads_nowhere_is_refused_in_words() {
    let mut world = World::new(22, &["alice", "bob"], Weather::CALM, &mut Stores::default());
    world.run_for(1_000);
    for link in ["", "привет", "https://example.org", "https://team.example/#join="] {
        let refused = ask(&mut world, BOB, Command::AcceptInvitation { link: link.to_owned() });
        assert_eq!(refused, CommandReply::Failed { failure: Failure::BadLink }, "{link}");
    }
    let nowhere = Command::AcceptInvitation { link: "https://team.example/#join=nowhere".to_owned() };
    let code = ErrorCode::InvitationInvalid;
    assert_eq!(ask(&mut world, BOB, nowhere), CommandReply::Failed { failure: Failure::Refused { code } });
}
