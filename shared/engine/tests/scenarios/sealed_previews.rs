//! Previews in encrypted chats: the sender's device looks behind the link before it seals, everybody else reads what it saw. The tablet
//! is alice's second device.

use engine::SeenLink;
use protocol::preview::first_link;
use protocol::{ChatId, FileId, LinkPreview, MessageId};
use view::{Command, MessageContent, NO_SEALED_PREVIEWS};

use crate::encryption::{
    ALICE, BOB, STORM, TABLET, confirm, fresh, offline, on_the_server, open, reconnect, second_device, send, shown,
    world,
};
use crate::world::{Weather, World};

const LINK: &str = "https://example.com/sea";
const HILL: &str = "https://example.com/hill";
/// A site that answers after everybody has lost patience.
const SLOW: &str = "https://slow.example/";

/// A JPEG as far as engines look at it.
fn picture(side: u8) -> Vec<u8> {
    vec![0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0, side, 0, side, 1, 1, 0x11, 0, 0xff, 0xda, 0, 2, 7]
}

fn site(title: &str) -> SeenLink {
    let (description, site_name) = ("о тайном".to_owned(), "Пример".to_owned());
    SeenLink { title: title.to_owned(), description, site_name, picture: Some(picture(90)) }
}

/// Alice and bob in their chat, with some sites to look at.
fn two(seed: u64) -> (World, ChatId) {
    let mut world = world(seed);
    let sites = [(LINK, "Тайное море", 700), (HILL, "Тайная гора", 200), (SLOW, "Тайна", 60_000)];
    world.sites = sites.map(|(link, title, after)| (link.to_owned(), (site(title), after))).into();
    let chat = open(&mut world, ALICE);
    send(&mut world, ALICE, &chat, "начало");
    world.run_for(5_000);
    open(&mut world, BOB);
    (world, chat)
}

fn said(world: &mut World, person: usize, chat: &ChatId, text: &str) -> MessageId {
    let id = send(world, person, chat, text);
    world.run_for(5_000);
    id
}

fn preview(world: &World, person: usize, id: &MessageId) -> Option<LinkPreview> {
    world.people[person].screen.rows.iter().find(|row| row.id == *id).expect("the message is shown").preview.clone()
}

fn title(world: &World, person: usize, id: &MessageId) -> Option<String> {
    preview(world, person, id).map(|preview| preview.title)
}

fn titles(world: &World, id: &MessageId) -> [Option<String>; 2] {
    [ALICE, BOB].map(|person| title(world, person, id))
}

fn both(title: &str) -> [Option<String>; 2] {
    [Some(title.to_owned()), Some(title.to_owned())]
}

fn image(world: &World, person: usize, id: &MessageId) -> Option<FileId> {
    preview(world, person, id)?.image.map(|image| image.id)
}

fn edit(chat: &ChatId, id: &MessageId, text: &str) -> Command {
    Command::Edit { chat_id: chat.clone(), message_id: id.clone(), text: text.to_owned(), mentions: Vec::new() }
}

fn remove(chat: &ChatId, id: &MessageId) -> Command {
    Command::RemovePreview { chat_id: chat.clone(), message_id: id.clone() }
}

fn text(world: &World, person: usize, id: &MessageId) -> String {
    let row = world.people[person].screen.rows.iter().find(|row| row.id == *id).unwrap();
    match &row.content {
        MessageContent::Text { text } => text.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_senders_device_looks_and_the_other_one_reads_what_it_saw_and_the_server_learns_nothing() {
    let (mut world, chat) = two(501);
    world.listen();
    let id = said(&mut world, ALICE, &chat, &format!("смотри {LINK}"));
    assert_eq!(titles(&world, &id), both("Тайное море"));
    let his = preview(&world, BOB, &id).unwrap();
    assert_eq!((his.url.as_str(), his.description.as_str(), his.site_name.as_str()), (LINK, "о тайном", "Пример"));
    for person in [ALICE, BOB] {
        let image = image(&world, person, &id).expect("its picture");
        assert_eq!(world.people[person].kept(&image), Some(picture(90)));
    }
    assert_eq!((&world.people[ALICE].looks[..], world.people[BOB].looks.len()), (&[LINK.to_owned()][..], 0));
    let row = world.people[BOB].screen.rows.iter().find(|row| row.id == id).unwrap();
    assert!(!row.edited, "it came with its message");
    // There offline, after a restart.
    offline(&mut world, BOB);
    world.kill(BOB);
    world.start(BOB);
    shown(&mut world, BOB);
    assert_eq!(preview(&world, BOB, &id), Some(his));
    let outside = format!("{} {}", on_the_server(&world), world.heard());
    assert!(outside.contains(id.as_str()), "the search itself works");
    for secret in ["example.com", "Тайное", "тайном", "Пример", "preview."] {
        assert!(!outside.contains(secret), "{secret}");
    }
}

#[test]
fn a_message_waits_for_a_slow_site_no_longer_than_a_moment_and_then_goes_without() {
    let (mut world, chat) = two(502);
    let id = send(&mut world, ALICE, &chat, SLOW);
    world.run_for(50);
    assert_eq!(text(&world, ALICE, &id), SLOW, "the writer sees it at once");
    let next = send(&mut world, ALICE, &chat, "следом");
    world.run_for(3_400);
    assert_eq!(shown(&mut world, BOB), ["начало", SLOW, "следом"]);
    assert_eq!(titles(&world, &id), [None, None]);
    assert!(world.people[ALICE].screen.rows.iter().all(|row| row.id != next || row.seq > 0));
    // Nobody looks again for the next message; what came late is good for it.
    let again = said(&mut world, ALICE, &chat, &format!("ещё раз {SLOW}"));
    assert_eq!((titles(&world, &again), world.people[ALICE].looks.len()), ([None, None], 1));
    world.run_for(60_000);
    let late = said(&mut world, ALICE, &chat, &format!("и ещё {SLOW}"));
    assert_eq!((titles(&world, &late), world.people[ALICE].looks.len()), (both("Тайна"), 1));
}

#[test]
fn what_is_thrown_away_or_rewritten_while_the_site_is_asked_is_not_sent_as_it_was() {
    let (mut world, chat) = two(503);
    let gone = send(&mut world, ALICE, &chat, LINK);
    world.run_for(100);
    world.command(ALICE, Command::DiscardSend { chat_id: chat.clone(), message_id: gone });
    let id = send(&mut world, ALICE, &chat, LINK);
    world.run_for(100);
    world.command(ALICE, edit(&chat, &id, HILL));
    world.run_for(5_000);
    assert_eq!(shown(&mut world, BOB), ["начало", HILL]);
    assert_eq!(titles(&world, &id), both("Тайная гора"));
}

#[test]
fn nobody_looks_when_the_writer_wants_none_or_the_text_or_the_chat_asks_for_none() {
    let (mut world, chat) = two(504);
    for quiet in [format!("`{LINK}`"), format!("||{LINK}||"), format!("<{LINK}>"), "без ссылки".to_owned()] {
        said(&mut world, ALICE, &chat, &quiet);
    }
    let general = ChatId::general();
    said(&mut world, ALICE, &general, LINK);
    let wish =
        |value: Option<&str>| Command::Keep { key: NO_SEALED_PREVIEWS.to_owned(), value: value.map(str::to_owned) };
    world.command(ALICE, wish(Some("true")));
    let id = said(&mut world, ALICE, &chat, LINK);
    assert_eq!((titles(&world, &id), world.people[ALICE].looks.len()), ([None, None], 0));
    world.command(ALICE, wish(None));
    let id = said(&mut world, ALICE, &chat, LINK);
    assert_eq!((titles(&world, &id), world.people[ALICE].looks.len()), (both("Тайное море"), 1), "the control");
}

#[test]
fn an_edit_keeps_the_preview_of_the_same_link_and_brings_that_of_another_one() {
    let (mut world, chat) = two(505);
    let id = said(&mut world, ALICE, &chat, LINK);
    let first = image(&world, BOB, &id).unwrap();
    world.command(ALICE, edit(&chat, &id, &format!("так лучше: {LINK}")));
    world.run_for(5_000);
    assert_eq!((titles(&world, &id), world.people[ALICE].looks.len()), (both("Тайное море"), 1));
    assert_eq!(image(&world, BOB, &id), Some(first.clone()));
    world.sites.get_mut(HILL).unwrap().0.picture = Some(picture(40));
    world.command(ALICE, edit(&chat, &id, HILL));
    world.run_for(5_000);
    assert_eq!(titles(&world, &id), both("Тайная гора"));
    let second = image(&world, BOB, &id).unwrap();
    assert_eq!((world.people[BOB].kept(&first), world.people[BOB].kept(&second)), (None, Some(picture(40))));
    world.command(ALICE, edit(&chat, &id, "больше ничего"));
    world.run_for(5_000);
    assert_eq!((titles(&world, &id), world.people[BOB].kept(&second)), ([None, None], None));
}

#[test]
fn a_preview_that_its_writer_takes_away_offline_is_gone_at_once_and_stays_away() {
    let (mut world, chat) = two(506);
    let id = said(&mut world, ALICE, &chat, &format!("смотри {LINK}"));
    offline(&mut world, ALICE);
    world.command(ALICE, edit(&chat, &id, &format!("лучше так: {LINK}")));
    world.command(ALICE, remove(&chat, &id));
    world.run_for(50);
    assert_eq!(title(&world, ALICE, &id), None, "before any network");
    assert!(title(&world, BOB, &id).is_some());
    world.kill(ALICE);
    world.start(ALICE);
    reconnect(&mut world, ALICE);
    shown(&mut world, ALICE);
    assert_eq!(titles(&world, &id), [None, None]);
    for person in [ALICE, BOB] {
        assert_eq!(text(&world, person, &id), format!("лучше так: {LINK}"), "the words stay as they were changed");
    }
    world.command(ALICE, edit(&chat, &id, &format!("и так: {LINK}")));
    world.run_for(5_000);
    assert_eq!((titles(&world, &id), world.people[ALICE].looks.len()), ([None, None], 1));
    // Both at once, the other way round.
    let id = said(&mut world, ALICE, &chat, &format!("ещё {LINK}"));
    world.command(ALICE, remove(&chat, &id));
    world.command(ALICE, edit(&chat, &id, &format!("снова {LINK}")));
    world.run_for(5_000);
    assert_eq!(titles(&world, &id), [None, None]);
    assert_eq!(text(&world, BOB, &id), format!("снова {LINK}"));
    // Nobody else can.
    let id = said(&mut world, ALICE, &chat, &format!("и ещё {LINK}"));
    world.command(BOB, remove(&chat, &id));
    world.run_for(5_000);
    assert_eq!(titles(&world, &id), both("Тайное море"));
}

#[test]
fn what_a_changed_program_claims_is_bounded_and_a_picture_that_is_none_is_not_shown() {
    let (mut world, chat) = two(507);
    let long = SeenLink { picture: Some(picture(161)), ..site(&"щ\u{202e}\n".repeat(9_000)) };
    world.sites.insert(LINK.to_owned(), (long, 10));
    let id = said(&mut world, ALICE, &chat, LINK);
    let seen = preview(&world, BOB, &id);
    assert!(seen.is_none(), "too long to travel: {seen:?}");
    assert_eq!(text(&world, BOB, &id), LINK, "and the words arrive");
    let odd = SeenLink { picture: Some(picture(161)), ..site(&"щ\u{202e}\n".repeat(900)) };
    world.sites.insert(HILL.to_owned(), (odd, 10));
    let id = said(&mut world, ALICE, &chat, HILL);
    let seen = preview(&world, BOB, &id).unwrap();
    assert_eq!((seen.title.chars().count(), seen.title.contains('\u{202e}'), seen.image), (200, false, None));
}

#[test]
fn a_preview_that_the_server_puts_beside_a_sealed_message_is_not_believed() {
    let (mut world, chat) = two(508);
    let lie = LinkPreview {
        url: "https://bank.example/".to_owned(),
        title: "Ваш банк".to_owned(),
        description: String::new(),
        site_name: String::new(),
        image: None,
    };
    for (text, online) in [("https://bank.example/ вот", true), ("https://bank.example/ и вот", false)] {
        if !online {
            offline(&mut world, BOB);
        }
        let id = said(&mut world, ALICE, &chat, text);
        assert_eq!(first_link(text), Some(lie.url.as_str()));
        let to = world.server.audience(&chat);
        let state = world.server.chats.get_mut(&chat).unwrap();
        state.rev += 1;
        let message = state.messages.iter_mut().find(|message| message.id == id).unwrap();
        (message.rev, message.preview) = (state.rev, Some(Box::new(lie.clone())));
        let told = crate::server::Told {
            to,
            event: protocol::frame::Event::RowChanged {
                scope: protocol::Scope::Chat(chat.clone()),
                row: protocol::Row::Message(message.clone()),
            },
        };
        world.fan_out(&[told]);
        world.run_for(1_000);
        if !online {
            reconnect(&mut world, BOB);
        }
        shown(&mut world, BOB);
        assert_eq!((self::text(&world, BOB, &id).as_str(), titles(&world, &id)), (text, [None, None]));
    }
}

#[test]
fn a_device_that_is_added_later_reads_previews_and_only_their_pictures_stay_behind() {
    let (mut world, chat) = two(509);
    let id = said(&mut world, BOB, &chat, LINK);
    world.run_for(60_000);
    second_device(&mut world);
    confirm(&mut world);
    world.run_for(60_000);
    world.command(TABLET, Command::OpenChat { chat_id: chat.clone() });
    world.run_for(1_000);
    let hers = preview(&world, TABLET, &id).unwrap();
    assert_eq!((hers.title.as_str(), hers.image), ("Тайное море", None));
    assert!(image(&world, ALICE, &id).is_some() && world.people[TABLET].looks.is_empty());
    assert!(!on_the_server(&world).contains("Тайное"));
}

#[test]
fn a_forwarded_link_goes_without_a_preview_and_nobody_looks() {
    let (mut world, chat) = two(510);
    let id = said(&mut world, ALICE, &chat, LINK);
    let forward = Command::Forward { chat_id: chat.clone(), message_ids: vec![id], to: vec![chat.clone()] };
    world.command(BOB, forward);
    world.run_for(5_000);
    shown(&mut world, ALICE);
    let again = world.people[ALICE].screen.rows.last().unwrap();
    assert!(again.forwarded.is_some() && again.preview.is_none());
    assert_eq!(world.people[BOB].looks.len(), 0);
}

#[test]
fn a_deleted_message_leaves_no_picture_on_any_device() {
    let (mut world, chat) = two(511);
    let id = said(&mut world, ALICE, &chat, LINK);
    let image = image(&world, BOB, &id).unwrap();
    world.command(ALICE, Command::Delete { chat_id: chat.clone(), message_id: id });
    world.run_for(5_000);
    for person in [ALICE, BOB] {
        assert_eq!(world.people[person].kept(&image), None);
        assert_eq!(world.people[person].count("SELECT count(*) FROM preview_pictures"), 0);
    }
}

#[test]
fn in_bad_weather_messages_with_links_arrive_once_and_with_what_was_seen_or_nothing() {
    for seed in 520..526 {
        let (mut world, chat) = two(seed);
        world.weather = STORM;
        let mut texts = vec!["начало".to_owned()];
        for n in 0..12 {
            let link = [LINK, HILL, SLOW][n % 3];
            let text = format!("{n} {link}");
            let local_id = fresh(&mut world);
            let send = Command::Send {
                chat_id: chat.clone(),
                local_id,
                draft: view::Draft { text: text.clone(), reply_to: None },
                mentions: Vec::new(),
                thread: None,
            };
            if world.command_commits(ALICE, send) {
                texts.push(text);
            }
            world.run_for(2_500);
        }
        world.weather = Weather::CALM;
        for person in [ALICE, BOB] {
            if world.people[person].engine.is_none() {
                world.start(person);
            }
            reconnect(&mut world, person);
        }
        world.run_for(60_000);
        for person in [ALICE, BOB] {
            assert_eq!(shown(&mut world, person), texts, "seed {seed}");
            for row in &world.people[person].screen.rows {
                let MessageContent::Text { text } = &row.content else { panic!("{:?}", row.content) };
                let right = row.preview.as_ref().is_none_or(|preview| first_link(text) == Some(&preview.url));
                assert!(right, "seed {seed}: {text} has {:?}", row.preview);
            }
        }
        let (hers, his) = (&world.people[ALICE].screen.rows, &world.people[BOB].screen.rows);
        assert!(hers.iter().map(|row| &row.preview).eq(his.iter().map(|row| &row.preview)), "seed {seed}");
        assert!(his.iter().any(|row| row.preview.is_some()), "seed {seed}: none came");
    }
}
