//! A long life of one encrypted chat: many devices that come, go, sleep and die, in bad weather. Nothing that was said is unreadable
//! on any device of the two people, nobody forks, and a device that was removed reads nothing of what is said later.
//!
//! `HYBRID_SOAK=full` runs it with 50 devices and 100,000 messages, for an hour and more in a release build, `HYBRID_SOAK=20x5000`
//! with as many of both as it says; `HYBRID_SEED=n` chooses another life.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use crypto::mls::{Cx, Group, GroupId, Retention, Sealed};
use protocol::{ChatId, MessageId, Timestamp};
use rand::RngExt;
use view::{Command, CommandReply, Connection, Draft, Failure, MessageContent};

use crate::encryption::{
    ALICE, BOB, STORM, confirm, confirm_by, fresh, further_device, offline, open, readers_of, reconnect, second_device,
    send, shown,
};
use crate::groups::{CAROL, DAVE, group, team};
use crate::world::{Stores, Weather, World};

/// People look at the newest again after so many messages, as one does who comes back.
const LOOK_EVERY: usize = 500;
/// Rows that a screen gathers before it goes on from the last of them.
const ROWS_MAX: usize = 500;

/// How long the life is.
#[derive(Clone, Copy)]
struct Length {
    devices: usize,
    messages: usize,
}

impl Length {
    fn asked() -> Self {
        match std::env::var("HYBRID_SOAK").ok().as_deref() {
            None | Some("") => Self { devices: 7, messages: 400 },
            Some("full") => Self { devices: 50, messages: 100_000 },
            Some(said) => {
                let parts = said.split_once('x').and_then(|(devices, messages)| {
                    Some(Self { devices: devices.parse().ok()?, messages: messages.parse().ok()? })
                });
                parts.unwrap_or_else(|| panic!("HYBRID_SOAK={said}: neither `full` nor DEVICESxMESSAGES"))
            }
        }
    }

    /// Of so many steps, one or two let a device come, go, or a guest in or out: in a long life they are rarer, for each brings the
    /// whole past to a new device.
    fn steps_per_coming(&self) -> usize {
        (self.messages / 150).max(33)
    }
}

struct Life {
    world: World,
    chat: ChatId,
    /// Places of the first devices of those who stay to the end.
    homes: Vec<usize>,
    /// In a group: somebody who is put out and let in again, and the number of messages when they were put out.
    guest: Option<(usize, Option<usize>)>,
    /// Places whose devices are in use; the first ones of those who stay are always.
    used: BTreeSet<usize>,
    /// Places that are free, or hold what is left of a device that was removed, with the number of messages by then.
    free: Vec<(usize, Option<usize>)>,
    /// What was said, and on which device.
    said: Vec<(MessageId, String, usize)>,
}

impl Life {
    fn new(seed: u64, devices: usize) -> Self {
        let names: Vec<String> = (2..devices).map(|n| format!("p{n}")).collect();
        let names: Vec<&str> = ["alice", "bob"].into_iter().chain(names.iter().map(String::as_str)).collect();
        let mut world = World::new(seed, &names, Weather::CALM, &mut Stores::default());
        world.server.encrypts();
        world.run_for(1_000);
        // The others' places are empty until a device stands there.
        for place in 2..devices {
            world.kill(place);
        }
        for place in [ALICE, BOB] {
            world.cut(place);
            awake(&mut world, place);
        }
        let chat = open(&mut world, ALICE);
        open(&mut world, BOB);
        let free = (2..devices).map(|place| (place, None)).collect();
        let homes = vec![ALICE, BOB];
        Self { world, chat, homes, guest: None, used: BTreeSet::from([ALICE, BOB]), free, said: Vec::new() }
    }

    /// A group of three who stay and a guest.
    fn of_group(seed: u64, devices: usize) -> Self {
        let names: Vec<String> = (4..devices).map(|n| format!("p{n}")).collect();
        let names: Vec<&str> =
            ["alice", "bob", "carol", "dave"].into_iter().chain(names.iter().map(String::as_str)).collect();
        let mut world = team(seed, &names);
        for place in 4..devices {
            world.kill(place);
        }
        let chat = group(&mut world, &[BOB, CAROL, DAVE], true);
        world.run_for(5_000);
        let free = (4..devices).map(|place| (place, None)).collect();
        let homes = vec![ALICE, BOB, CAROL];
        let used = homes.iter().copied().collect();
        Self { world, chat, homes, guest: Some((DAVE, None)), used, free, said: Vec::new() }
    }

    /// The guest is put out, or let in again: what was said between does not open with what they have.
    fn let_in_or_out(&mut self) {
        let Some((place, out)) = self.guest else { return };
        let weather = std::mem::replace(&mut self.world.weather, Weather::CALM);
        let (chat_id, user_id) = (self.chat.clone(), self.world.user(place));
        let command = match out {
            None => Command::RemoveMember { chat_id, user_id },
            Some(from) => {
                self.check_removed(place, from);
                Command::AddMember { chat_id, user_id }
            }
        };
        self.press(ALICE, &command);
        self.world.run_for(40_000);
        self.world.weather = weather;
        let now = self.world.server.chats[&self.chat].messages.len();
        self.guest = Some((place, if out.is_none() { Some(now) } else { None }));
    }

    /// Whoever is told that it cannot be done while they are offline presses again.
    fn press(&mut self, place: usize, command: &Command) {
        for _ in 0..10 {
            awake(&mut self.world, place);
            let id = self.world.command(place, command.clone());
            self.world.run_until(30_000, |world| world.people[place].screen.replies.contains_key(&id));
            match self.world.people[place].screen.replies.get(&id) {
                None | Some(CommandReply::Failed { failure: Failure::Offline }) => {}
                // A failure says that it was done before.
                Some(_) => return,
            }
        }
        panic!("{command:?} is never answered");
    }

    fn any(&mut self) -> usize {
        let at = self.world.rng.random_range(0..self.used.len());
        *self.used.iter().nth(at).expect("there are two at least")
    }

    fn say(&mut self, place: usize) {
        let (local_id, text) = (fresh(&mut self.world), format!("слово {}", self.said.len()));
        let draft = Draft { text: text.clone(), reply_to: None };
        let send = Command::Send { chat_id: self.chat.clone(), local_id, draft, mentions: vec![], thread: None };
        if self.world.command_commits(place, send) {
            self.said.push((local_id.into(), text, place));
        }
    }

    /// Everybody reads the newest of this chat's changes.
    fn react(&mut self, place: usize) {
        let at = self.world.rng.random_range(0..self.said.len().max(1));
        let Some((message_id, ..)) = self.said.get(at).cloned() else { return };
        let react = Command::React { chat_id: self.chat.clone(), message_id, emoji: "👍".to_owned(), on: true };
        if self.world.people[place].engine.is_some() {
            self.world.command(place, react);
        }
    }

    /// A further device of alice or bob, confirmed by their first one, while the others do what they do.
    fn come(&mut self) {
        let Some((place, left)) = self.free.pop() else { return };
        if let Some(from) = left {
            self.check_removed(place, from);
        }
        let by = self.homes[self.world.rng.random_range(0..self.homes.len())];
        let weather = std::mem::replace(&mut self.world.weather, Weather::CALM);
        awake(&mut self.world, by);
        self.world.unreachable[place] = false;
        further_device(&mut self.world, place, by);
        confirm_by(&mut self.world, place, by);
        self.world.weather = weather;
        self.used.insert(place);
    }

    /// A device is lost: its person takes it out. What is left of it reads the wire, see [`Life::check_removed`].
    fn go(&mut self, place: usize) {
        if self.homes.contains(&place) {
            return;
        }
        let user = self.world.user(place);
        let Some(by) = self.homes.iter().copied().find(|home| self.world.user(*home) == user) else { return };
        let weather = std::mem::replace(&mut self.world.weather, Weather::CALM);
        awake(&mut self.world, by);
        awake(&mut self.world, place);
        let device_id = self.world.people[place].screen.devices.iter().find(|device| device.this).map(|d| d.id.clone());
        self.world.run_for(20_000);
        self.world.kill(place);
        // What it could not send in that time is lost with it.
        let sent: BTreeSet<&MessageId> = self.world.server.chats[&self.chat].messages.iter().map(|m| &m.id).collect();
        self.said.retain(|(id, _, by)| *by != place || sent.contains(id));
        if let Some(device_id) = device_id {
            self.press(by, &Command::RemoveDevice { device_id });
        }
        self.world.weather = weather;
        self.used.remove(&place);
        // Those that were sealed before the commit that takes it out are for it, too.
        self.world.run_for(40_000);
        let sealed = self.world.server.chats[&self.chat].messages.len();
        self.free.insert(0, (place, Some(sealed)));
    }

    /// What was said since it was removed does not open with what is left of it.
    fn check_removed(&mut self, place: usize, from: usize) {
        let chat = self.chat.clone();
        let read = opened_with_what_is_left(&mut self.world, place, &chat, from);
        assert_eq!(read, 0, "a removed device reads {read} of what was said after {from}");
    }

    fn live(&mut self, length: Length) {
        self.world.weather = STORM;
        let (mut looked, started) = (0, std::time::Instant::now());
        while self.said.len() < length.messages {
            if self.said.len() / LOOK_EVERY > looked {
                looked = self.said.len() / LOOK_EVERY;
                self.look_again();
                eprintln!("{:?}: {} messages, {} devices", started.elapsed(), self.said.len(), self.used.len());
            }
            let place = self.any();
            // The first half of the devices comes soon.
            let few = self.used.len() < length.devices / 2;
            let steps = if few { 33 } else { length.steps_per_coming() };
            match self.world.rng.random_range(0..3 * steps) {
                0..3 => self.come(),
                3..5 => self.go(place),
                5..7 => self.let_in_or_out(),
                _ => {}
            }
            match self.world.rng.random_range(7..100) {
                7..12 => {
                    self.world.unreachable[place] = true;
                    self.world.cut(place);
                }
                12..20 => self.world.unreachable[place] = false,
                20..24 if self.world.people[place].engine.is_some() => self.world.kill_and_start(place),
                24..28 => self.react(place),
                _ => self.say(place),
            }
            let pause = self.world.rng.random_range(0..2_500);
            self.world.run_for(pause);
        }
        self.world.weather = Weather::CALM;
        for place in self.used.clone() {
            awake(&mut self.world, place);
        }
        // The last ones who came still take the past in.
        self.world.run_for(300_000.max(length.messages as i64 * 60));
        for (place, left) in self.free.clone() {
            left.into_iter().for_each(|from| self.check_removed(place, from));
        }
        if let Some((place, Some(from))) = self.guest {
            self.check_removed(place, from);
        }
    }

    /// A screen keeps every row that it was ever told, and checks them all with each change: nobody leaves one open for so long.
    fn look_again(&mut self) {
        for place in self.used.clone() {
            self.world.people[place].screen.notices.clear();
            if self.world.people[place].screen.open.is_some() && self.world.people[place].engine.is_some() {
                self.world.command(place, Command::JumpToLatest { chat_id: self.chat.clone() });
            }
        }
    }

    /// Messages that a device has but cannot read, or does not have, with who said them when.
    fn unreadable(&mut self, place: usize) -> Vec<String> {
        let chat_id = self.chat.clone();
        let mut shown = BTreeMap::new();
        self.world.command(place, Command::OpenChat { chat_id: chat_id.clone() });
        self.world.run_for(1_000);
        if let Some((message_id, ..)) = self.said.first().cloned() {
            self.world.command(place, Command::JumpTo { chat_id: chat_id.clone(), message_id });
            self.world.run_for(500);
        }
        let mut idle = 0;
        while idle < 3 {
            let screen = &self.world.people[place].screen;
            let (known, newer) = (shown.len(), screen.has_newer);
            for row in &screen.rows {
                shown.insert(row.id.clone(), (row.seq, row.author.id, row.content.clone()));
            }
            let last = screen.rows.last().map(|row| row.id.clone()).filter(|_| screen.rows.len() > ROWS_MAX);
            if !newer {
                break;
            }
            idle = if shown.len() == known { idle + 1 } else { 0 };
            let command = match last {
                Some(message_id) => Command::JumpTo { chat_id: chat_id.clone(), message_id },
                None => Command::LoadNewer { chat_id: chat_id.clone() },
            };
            self.world.command(place, command);
            self.world.run_for(500);
        }
        let lost = self.said.iter().filter_map(|(id, text, _)| {
            let row = shown.get(id);
            let same = row
                .is_some_and(|(.., content)| matches!(content, MessageContent::Text { text: shown } if shown == text));
            (!same).then(|| format!("{text}: {row:?}"))
        });
        lost.collect()
    }
}

/// How many of the sealed messages from this place on open with what a device has kept, whoever brings them to it.
pub fn opened_with_what_is_left(world: &mut World, place: usize, chat: &ChatId, from: usize) -> u32 {
    let sealed = world.server.chats[chat].messages[from..].iter().filter(|message| message.sealed);
    let messages: Vec<String> = sealed.map(|message| message.content.clone()).collect();
    let generation = world.server.delivery().groups[chat].group.as_ref().map_or(0, |group| group.generation);
    let now = Timestamp(world.now);
    let person = &mut world.people[place];
    let (store, rng) = (&mut person.store, &mut person.rng);
    store
        .write(|tx| {
            let mut read = 0;
            for generation in 1..=generation {
                let id = GroupId::new(format!("{chat}/{generation}")).expect("a short id");
                for content in &messages {
                    let mut cx = Cx { tx: &mut *tx, now, rng: &mut *rng };
                    let Some(mut group) = Group::load(&mut cx, &id).unwrap() else { continue };
                    let sealed = Sealed::parse(&URL_SAFE_NO_PAD.decode(content).unwrap()).unwrap();
                    read += u32::from(sealed.open(&mut cx, &mut group).is_ok());
                }
            }
            Ok::<_, sql::Error>(read)
        })
        .unwrap()
}

/// The device runs, and is there.
fn awake(world: &mut World, place: usize) {
    world.unreachable[place] = false;
    if world.people[place].engine.is_none() {
        world.start(place);
    }
    world.command(place, Command::Reconnect);
    let online = |world: &World| world.people[place].screen.connection == Some(Connection::Online);
    assert!(world.run_until(120_000, online), "never online again");
    world.run_for(2_000);
}

const NOTHING: [String; 0] = [];

fn seed(usual: u64) -> u64 {
    std::env::var("HYBRID_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(usual)
}

#[test]
fn in_a_long_life_with_many_devices_no_message_is_unreadable_and_nobody_forks() {
    let (length, seed) = (Length::asked(), seed(71));
    whole_life(Life::new(seed, length.devices), seed, length);
}

#[test]
fn in_a_long_life_of_a_group_no_message_is_unreadable_and_who_was_put_out_reads_nothing() {
    let (length, seed) = (Length::asked(), seed(73));
    let length = Length { devices: length.devices + 2, messages: length.messages / 2 };
    whole_life(Life::of_group(seed, length.devices), seed, length);
}

fn whole_life(mut life: Life, seed: u64, length: Length) {
    life.live(length);
    for place in life.used.clone() {
        assert_eq!(life.unreadable(place), NOTHING, "seed {seed}, device {place} of {:?}", life.used);
    }
    // Each says something more, and all read it: there is one group.
    for place in life.used.clone() {
        life.say(place);
        life.world.run_for(5_000);
    }
    let chat = life.chat.clone();
    let who = readers_of(&mut life.world, ALICE, &chat);
    for place in life.used.clone() {
        assert_eq!(life.unreadable(place), NOTHING, "seed {seed}, device {place} forked");
    }
    let devices: u32 = who.iter().map(|reader| reader.devices).sum();
    let guests = usize::from(matches!(life.guest, Some((_, None))));
    assert_eq!(devices as usize, life.used.len() + guests, "seed {seed}");
    let races = life.world.server.delivery().races;
    let epoch = life.world.server.delivery().groups[&life.chat].group.as_ref().map_or(0, |group| group.epoch);
    eprintln!("{} messages, {devices} devices at the end, epoch {epoch}, {races} lost races", life.said.len());
    assert!(epoch > 5, "seed {seed}: nobody came or went");
}

/// What alice reads of a message that was sealed before a commit and sent after it: bob fell silent between the two.
fn what_comes_an_epoch_late(retention: Option<Retention>) -> Vec<String> {
    let mut world = crate::encryption::world(72);
    for place in [ALICE, BOB] {
        world.people[place].retention = retention;
        world.kill_and_start(place);
        awake(&mut world, place);
    }
    let chat = open(&mut world, ALICE);
    world.weather.refused_for_now = 1_000;
    send(&mut world, BOB, &chat, "со второй попытки");
    world.run_for(100);
    assert!(world.server.chats[&chat].messages.is_empty(), "the server took it at once: another seed is needed");
    world.weather.refused_for_now = 0;
    offline(&mut world, BOB);
    second_device(&mut world);
    confirm(&mut world);
    world.run_for(20_000);
    assert_eq!(world.server.delivery().groups[&chat].group.as_ref().unwrap().epoch, 2);
    reconnect(&mut world, BOB);
    world.run_for(5_000);
    assert_eq!(world.server.chats[&chat].messages.len(), 1);
    shown(&mut world, ALICE)
}

#[test]
fn a_message_that_comes_an_epoch_late_is_read_and_would_not_be_with_the_librarys_own_settings() {
    assert_eq!(what_comes_an_epoch_late(None), ["со второй попытки"]);
    assert_eq!(what_comes_an_epoch_late(Some(Retention::LIBRARY)), ["?"]);
}
