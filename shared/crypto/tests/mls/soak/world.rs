//! The devices of the soak and the network between them and the server, in virtual time from a seed.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use crypto::Key;
use crypto::mls::{Change, Group, GroupId, Kind, Leaf, MlsError, Retention, Sealed, ServerSigner, Suite, Verified};
use protocol::UserId;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

use super::server::{Answer, Packet, Server};
use crate::people::{ALICE, BOB, CAROL, Phone, group_id};

const PEOPLE: [UserId; 5] = [ALICE, ALICE, BOB, BOB, CAROL];
/// How many of a device's own messages may be under way, first to last: the tolerance of the receivers, with some room.
const WINDOW: u64 = 60;

/// What a life came to.
#[derive(Debug)]
pub struct Outcome {
    pub messages: usize,
    pub epochs: u64,
    pub races: usize,
    /// Messages that were written in an older epoch than they were accepted in.
    pub late: usize,
    pub rejoins: usize,
    pub evictions: usize,
    /// Rows that a member of their time could not read.
    pub unreadable: Vec<String>,
    /// Messages that a member of their time never saw.
    pub missing: usize,
    pub forked: bool,
}

enum Event {
    Act(usize),
    Arrive(usize, Packet),
    Answered(usize, u64, Answer),
    Resend(usize, u64),
    Row(usize, usize),
    Fetch(usize),
}

/// A time in the group: from which row and epoch on, and up to which row.
struct Stay {
    from: usize,
    epoch: u64,
    to: Option<usize>,
}

struct Member {
    phone: Phone,
    /// The next row; `None` while not in the group.
    cursor: Option<usize>,
    stays: Vec<Stay>,
    inbox: BTreeMap<usize, String>,
    outbox: BTreeMap<u64, (Packet, Option<(u64, String)>)>,
    sent: u64,
    lost_state: bool,
}

pub struct World {
    rng: ChaCha20Rng,
    now: u64,
    queue: BinaryHeap<Reverse<(u64, u64)>>,
    events: BTreeMap<(u64, u64), Event>,
    ticket: u64,
    calm: bool,
    id: GroupId,
    suite: Suite,
    server: Server,
    signer: ServerSigner,
    members: Vec<Member>,
    texts: BTreeMap<u64, String>,
    rejoins: usize,
    evictions: usize,
    unreadable: Vec<String>,
}

impl World {
    pub fn new(seed: u64, suite: Suite, retention: Retention) -> Self {
        let id = group_id("soak");
        let signer = ServerSigner::new(&Key::from_bytes([9; 32]));
        let mut members: Vec<Member> = PEOPLE
            .iter()
            .enumerate()
            .map(|(number, user)| {
                let mut phone = Phone::of(*user, seed * 100 + number as u64);
                phone.retention = retention;
                Member {
                    phone,
                    cursor: None,
                    stays: Vec::new(),
                    inbox: BTreeMap::new(),
                    outbox: BTreeMap::new(),
                    sent: 0,
                    lost_state: false,
                }
            })
            .collect();
        members[0].phone.create(&id, suite, Some(signer.key()));
        members[0].cursor = Some(0);
        members[0].stays.push(Stay { from: 0, epoch: 0, to: None });
        let mut server = Server::default();
        server.members.insert(0);
        let mut world = Self {
            rng: ChaCha20Rng::seed_from_u64(seed),
            now: 0,
            queue: BinaryHeap::new(),
            events: BTreeMap::new(),
            ticket: 0,
            calm: false,
            id,
            suite,
            server,
            signer,
            members,
            texts: BTreeMap::new(),
            rejoins: 0,
            evictions: 0,
            unreadable: Vec::new(),
        };
        for device in 0..PEOPLE.len() {
            world.at(device as u64 * 10, Event::Act(device));
            world.at(500, Event::Fetch(device));
        }
        world
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.rng.next_u64() % bound
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn at(&mut self, after: u64, event: Event) {
        self.ticket += 1;
        let key = (self.now + after, self.ticket);
        self.queue.push(Reverse(key));
        self.events.insert(key, event);
    }

    /// Over the network: late, sometimes twice, sometimes not at all.
    fn send(&mut self, make: impl Fn() -> Event) {
        let copies = if self.calm { 1 } else { u64::from(!self.chance(20)) + u64::from(self.chance(10)) };
        for _ in 0..copies {
            let delay = if self.calm { 1 } else { 5 + self.below(1_500) };
            self.at(delay, make());
        }
    }

    /// Lives until the time.
    pub fn run(&mut self, until: u64) {
        while let Some(Reverse(key)) = self.queue.peek().copied() {
            if key.0 > until {
                break;
            }
            self.queue.pop();
            self.now = key.0;
            if let Some(event) = self.events.remove(&key) {
                self.handle(event);
            }
        }
        self.now = until;
    }

    /// The network heals, nobody starts anything new, everything under way arrives.
    pub fn settle(&mut self) {
        self.calm = true;
        self.run(self.now + 60_000);
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::Act(device) => {
                let pause = 100 + self.below(700);
                self.at(pause, Event::Act(device));
                self.act(device);
            }
            Event::Arrive(device, packet) => self.arrive(device, &packet),
            Event::Answered(device, local_id, answer) => self.answered(device, local_id, answer),
            Event::Resend(device, local_id) => self.transmit(device, local_id),
            Event::Row(device, row) => {
                if self.members[device].cursor == Some(row) {
                    self.apply(device);
                }
            }
            Event::Fetch(device) => {
                let pause = 500 + self.below(1_500);
                self.at(pause, Event::Fetch(device));
                self.fetch(device);
            }
        }
    }

    fn act(&mut self, device: usize) {
        if self.members[device].cursor.is_none() {
            if self.members[device].lost_state && self.members[device].outbox.is_empty() {
                self.rejoin(device);
            }
            return;
        }
        let waits = self.group(device, |group| group.has_proposals());
        if waits {
            return self.commit(device, Change::default(), Vec::new(), Vec::new());
        }
        if self.calm {
            return;
        }
        match self.below(100) {
            0..70 => {
                let count = 1 + self.below(10);
                (0..count).for_each(|_| self.say(device));
            }
            70..85 => self.commit(device, Change::refresh(), Vec::new(), Vec::new()),
            85..95 => self.change_members(device),
            95..97 => self.propose_removal(),
            _ => self.lose_state(device),
        }
    }

    fn group<T>(&mut self, device: usize, look: impl FnOnce(&Group) -> T) -> T {
        let id = self.id.clone();
        self.members[device].phone.with(&id, |_, _, group| Ok(look(group))).unwrap()
    }

    fn say(&mut self, device: usize) {
        let member = &mut self.members[device];
        let oldest = member.outbox.values().filter_map(|(_, text)| text.as_ref().map(|(number, _)| *number)).min();
        if oldest.is_some_and(|oldest| member.sent - oldest >= WINDOW) {
            return;
        }
        member.sent += 1;
        let text = format!("{device} says {}", member.sent);
        let number = member.sent;
        self.seal(device, number, text, None);
    }

    fn seal(&mut self, device: usize, number: u64, text: String, local_id: Option<u64>) {
        let id = self.id.clone();
        let member = &mut self.members[device];
        let sealed = member.phone.with(&id, |cx, me, group| group.seal(cx, me, text.as_bytes(), b"about"));
        let bytes = match sealed {
            Ok(bytes) => bytes,
            // Not sent, and never shown as sent: the outbox would try again later.
            Err(MlsError::CommitFirst | MlsError::Pending) => return,
            Err(error) => panic!("{error}"),
        };
        self.ticket += 1;
        let local_id = local_id.unwrap_or(self.ticket);
        self.texts.insert(local_id, text.clone());
        let packet = Packet { local_id, bytes, welcome: None, added: Vec::new(), removed: Vec::new() };
        self.members[device].outbox.insert(local_id, (packet, Some((number, text))));
        self.transmit(device, local_id);
    }

    fn commit(&mut self, device: usize, change: Change, added: Vec<usize>, removed: Vec<usize>) {
        if self.group(device, Group::is_pending) {
            return;
        }
        let mut removed = removed;
        removed.extend(self.proposed_removals(device));
        if removed.contains(&device) {
            // Nobody commits its own removal; another member will.
            return;
        }
        let id = self.id.clone();
        let proposed = self.members[device].phone.with(&id, |cx, me, group| group.commit(cx, me, change));
        let proposed = match proposed {
            Ok(proposed) => proposed,
            Err(error) => panic!("device {device} adds {added:?}, removes {removed:?}: {error}"),
        };
        self.ticket += 1;
        let (local_id, bytes) = (self.ticket, proposed.commit);
        let packet = Packet { local_id, bytes, welcome: proposed.welcome, added, removed };
        self.members[device].outbox.insert(local_id, (packet, None));
        self.transmit(device, local_id);
    }

    /// The devices that the proposals of this epoch remove, as this device has seen them.
    fn proposed_removals(&mut self, device: usize) -> Vec<usize> {
        let (cursor, epoch) = (self.members[device].cursor.unwrap(), self.group(device, Group::epoch));
        let seen = self.server.log[..cursor].iter().filter(|row| row.kind == Kind::Proposal && row.epoch == epoch);
        seen.map(|row| {
            usize::try_from(u64::from_be_bytes(row.bytes[row.bytes.len() - 8..].try_into().unwrap())).unwrap()
        })
        .collect()
    }

    fn change_members(&mut self, device: usize) {
        let out: Vec<usize> = (0..PEOPLE.len()).filter(|other| self.members[*other].cursor.is_none()).collect();
        let (in_group, busy) = (self.server.members.clone(), self.group(device, Group::is_pending));
        if busy {
            return;
        }
        let wanted: Vec<usize> = out
            .into_iter()
            .filter(|other| !in_group.contains(other) && !self.members[*other].lost_state)
            .take(2)
            .collect();
        if !wanted.is_empty() {
            let suite = self.suite;
            let packages: Vec<Vec<u8>> =
                wanted.iter().flat_map(|other| self.members[*other].phone.packages(suite, 1)).collect();
            let packages: Vec<_> =
                packages.iter().map(|bytes| self.members[device].phone.parse_package(bytes)).collect();
            // Somebody that this device has not yet seen leave cannot be added; it will be, later.
            let here: BTreeSet<_> = self.readers(device).into_keys().collect();
            if wanted.iter().all(|other| !here.contains(other)) {
                self.commit(device, Change::add(packages), wanted, Vec::new());
            }
        } else if self.alive() > 2 {
            let readers = self.readers(device);
            let others: Vec<(usize, Leaf)> = readers.into_iter().filter(|(other, _)| *other != device).collect();
            if others.len() < 2 {
                return;
            }
            let (gone, leaf) = others[self.below(others.len() as u64) as usize];
            self.commit(device, Change::remove([leaf]), Vec::new(), vec![gone]);
        }
    }

    /// Members that have their state. Some must: when all are wiped at once the group is gone, whatever we do.
    fn alive(&self) -> usize {
        self.server.members.iter().filter(|device| self.members[**device].cursor.is_some()).count()
    }

    /// Where each device is in the group, as this device sees it.
    fn readers(&mut self, device: usize) -> BTreeMap<usize, Leaf> {
        let readers = self.group(device, |group| group.readers().unwrap());
        let ids: Vec<_> = self.members.iter_mut().map(|member| member.phone.device().id).collect();
        readers
            .into_iter()
            .map(|reader| (ids.iter().position(|id| *id == reader.device.id).unwrap(), reader.leaf))
            .collect()
    }

    /// The server ends a session: it proposes the removal in the epoch that its log is in.
    fn propose_removal(&mut self) {
        let epoch = self.server.epoch;
        let current = self.server.members.clone().into_iter().find(|device| {
            self.members[*device].cursor == Some(self.server.log.len()) && self.group(*device, Group::epoch) == epoch
        });
        let Some(witness) = current else { return };
        let readers: Vec<(usize, Leaf)> = self.readers(witness).into_iter().collect();
        let waits = self.server.log.iter().any(|row| row.kind == Kind::Proposal && row.epoch == epoch);
        if self.alive() < 3 || waits {
            return;
        }
        let (gone, leaf) = readers[self.below(readers.len() as u64) as usize];
        let mut bytes = self.signer.propose_removal(&self.id, epoch, leaf).unwrap();
        // What the server tells beside the row.
        bytes.extend_from_slice(&(gone as u64).to_be_bytes());
        self.server.append_proposal(bytes);
        self.announce(self.server.log.len() - 1);
    }

    fn lose_state(&mut self, device: usize) {
        if self.alive() < 3 || !self.server.members.contains(&device) {
            return;
        }
        let (id, member) = (self.id.clone(), &mut self.members[device]);
        // What is under way may still arrive.
        member.outbox.clear();
        member.phone.step(|cx, _| Group::load(cx, &id)?.unwrap().forget(cx)).unwrap();
        self.leave(device);
        self.members[device].lost_state = true;
    }

    fn leave(&mut self, device: usize) {
        let member = &mut self.members[device];
        let cursor = member.cursor.take();
        if let Some(stay) = member.stays.last_mut() {
            stay.to = cursor;
        }
    }

    /// Back by an own commit, with the info of any member that is where the log is.
    fn rejoin(&mut self, device: usize) {
        let (id, epoch) = (self.id.clone(), self.server.epoch);
        if self.members[device].phone.step(|cx, _| Ok(Group::load(cx, &id)?.is_some())).unwrap() {
            // On its way: accepted, and not yet seen in the log.
            return;
        }
        let helper = self.server.members.clone().into_iter().find(|other| {
            *other != device
                && self.members[*other].cursor.is_some()
                && self.group(*other, |group| group.epoch() == epoch && !group.has_proposals())
        });
        let Some(helper) = helper else { return };
        let info = self.members[helper].phone.with(&id, |cx, me, group| group.info(cx, me)).unwrap();
        let phone = &mut self.members[device].phone;
        let (policy, retention) = (std::mem::take(&mut phone.policy), phone.retention);
        let rejoined =
            phone.step(|cx, me| Group::rejoin(cx, me, &info, retention, &policy).map(|rejoined| rejoined.commit));
        phone.policy = policy;
        self.ticket += 1;
        let local_id = self.ticket;
        let packet =
            Packet { local_id, bytes: rejoined.unwrap(), welcome: None, added: vec![device], removed: Vec::new() };
        self.members[device].outbox.insert(local_id, (packet, None));
        self.transmit(device, local_id);
    }

    /// Sends what waits under this id, and again until there is an answer.
    fn transmit(&mut self, device: usize, local_id: u64) {
        let Some((packet, _)) = self.members[device].outbox.get(&local_id) else { return };
        let packet = packet.clone();
        self.send(|| Event::Arrive(device, packet.clone()));
        self.at(2_000, Event::Resend(device, local_id));
    }

    fn arrive(&mut self, device: usize, packet: &Packet) {
        let before = self.server.log.len();
        let answer = self.server.receive(device, packet);
        if self.server.log.len() > before {
            self.announce(before);
        }
        let local_id = packet.local_id;
        self.send(|| Event::Answered(device, local_id, answer));
    }

    fn announce(&mut self, row: usize) {
        for device in 0..PEOPLE.len() {
            self.send(|| Event::Row(device, row));
        }
    }

    fn answered(&mut self, device: usize, local_id: u64, answer: Answer) {
        let Some((packet, text)) = self.members[device].outbox.remove(&local_id) else { return };
        let in_group = self.members[device].cursor.is_some();
        match (answer, text) {
            (Answer::Accepted, _) | (Answer::Stranger, Some(_)) => {}
            (Answer::Stale, Some((number, text))) if in_group => {
                // First what the log has: a message sealed in the old epoch again would be refused again.
                self.fetch(device);
                if self.members[device].cursor.is_some() {
                    self.seal(device, number, text, Some(local_id));
                }
            }
            (Answer::Stale | Answer::Stranger, _) => {
                let (id, phone) = (self.id.clone(), &mut self.members[device].phone);
                if packet.added == [device] && packet.welcome.is_none() {
                    // The way back was too slow: forget, and try again with a newer info. Or it is closed: somebody
                    // removed the device meanwhile, and may invite it.
                    phone.step(|cx, _| Group::load(cx, &id)?.unwrap().forget(cx)).unwrap();
                    self.members[device].lost_state = answer == Answer::Stale;
                } else if in_group {
                    match phone.with(&id, |cx, _, group| group.withdraw(cx, &packet.bytes)) {
                        // The winner was applied before the answer came.
                        Ok(()) | Err(MlsError::NothingPending) => {}
                        Err(error) => panic!("{error}"),
                    }
                }
            }
        }
    }

    /// Reads the log from the cursor on; without one, looks for a welcome or for the own way back.
    fn fetch(&mut self, device: usize) {
        if self.members[device].cursor.is_none() {
            self.enter(device);
        }
        while self.members[device].cursor.is_some_and(|cursor| cursor < self.server.log.len()) {
            if !self.apply(device) {
                break;
            }
        }
    }

    fn enter(&mut self, device: usize) {
        // The newest invitation, if the device is still in: an older one leads to a group that it has left since.
        let newest = self.server.welcomes.iter().rposition(|(invited, ..)| *invited == device);
        if let Some(place) = newest
            && !self.members[device].lost_state
            && self.server.members.contains(&device)
        {
            let (_, at, welcome) = self.server.welcomes.remove(place);
            if !self.calm && self.alive() > 2 && self.chance(20) {
                // Lost for good, with the key package it was for: the device comes in by itself.
                self.members[device].lost_state = true;
                return;
            }
            self.members[device].phone.join(&welcome).unwrap();
            self.begin(device, at + 1);
            return;
        }
        // An own way back stands in the log: the group is here already and waits for it.
        let back = self.server.log.iter().rposition(|row| row.kind == Kind::Commit && row.sender == Some(device));
        let id = self.id.clone();
        let waits = self.members[device]
            .phone
            .step(|cx, _| Ok(Group::load(cx, &id)?.is_some_and(|group| group.is_pending() && group.is_member())))
            .unwrap();
        if let (Some(at), true) = (back, waits)
            && self.members[device].phone.apply(&id, &self.server.log[at].bytes).is_ok()
        {
            self.rejoins += 1;
            self.members[device].lost_state = false;
            self.begin(device, at + 1);
        }
    }

    fn begin(&mut self, device: usize, from: usize) {
        let epoch = self.group(device, Group::epoch);
        self.members[device].cursor = Some(from);
        self.members[device].stays.push(Stay { from, epoch, to: None });
    }

    /// Applies the next row. `false` when the device is out, or stuck.
    fn apply(&mut self, device: usize) -> bool {
        let Some(cursor) = self.members[device].cursor.filter(|cursor| *cursor < self.server.log.len()) else {
            return false;
        };
        let (row, id) = (&self.server.log[cursor], self.id.clone());
        let told = if row.kind == Kind::Proposal { 8 } else { 0 };
        let bytes = &row.bytes[..row.bytes.len() - told];
        let (kind, epoch, local_id) = (row.kind, row.epoch, row.local_id);
        // What this device sent it has kept: it is not opened.
        if kind == Kind::Message && row.sender == Some(device) {
            self.members[device].inbox.insert(cursor, self.texts[&local_id].clone());
            self.members[device].cursor = Some(cursor + 1);
            return true;
        }
        let member = &mut self.members[device];
        let since = member.stays.last().map_or(0, |stay| stay.epoch);
        let policy = std::mem::take(&mut member.phone.policy);
        let result = member.phone.with(&id, |cx, _, group| {
            match Sealed::parse(bytes)?.open(cx, group)?.verify(group, &policy)? {
                Verified::Message { content, .. } => Ok(Some(String::from_utf8(content).unwrap())),
                Verified::Own { .. } => panic!("an own message that this device does not know"),
                Verified::Proposal(proposal) => proposal.queue(cx, group).map(|()| None),
                Verified::Commit(commit) => commit.apply(cx, group).map(|_| None),
            }
        });
        member.phone.policy = policy;
        member.cursor = Some(cursor + 1);
        match result {
            Ok(Some(text)) => {
                self.members[device].inbox.insert(cursor, text);
            }
            Ok(None) => {}
            // Written before this device was here, or a proposal that a commit has overtaken.
            Err(_) if kind == Kind::Message && epoch < since => {}
            Err(MlsError::StaleCommit) if kind == Kind::Proposal => {}
            Err(error) => self.unreadable.push(format!("row {cursor} ({kind:?}) at {device}: {}", error.code())),
        }
        if kind == Kind::Commit && !self.group(device, Group::is_member) {
            self.evictions += 1;
            self.leave(device);
            return false;
        }
        true
    }

    pub fn outcome(&mut self) -> Outcome {
        let mut missing = 0;
        for member in &self.members {
            for (index, row) in self.server.log.iter().enumerate().filter(|(_, row)| row.kind == Kind::Message) {
                let of_its_time = member
                    .stays
                    .iter()
                    .any(|stay| stay.from <= index && stay.to.is_none_or(|to| index < to) && stay.epoch <= row.epoch);
                let seen = member.inbox.get(&index);
                if of_its_time && seen != self.texts.get(&row.local_id) {
                    missing += 1;
                }
            }
        }
        let here: Vec<usize> = self.server.members.iter().copied().collect();
        let first = self.group(here[0], Group::authenticator);
        let len = self.server.log.len();
        let forked = here.iter().any(|device| {
            let there = self.members[*device].cursor == Some(len);
            !there || self.group(*device, Group::authenticator) != first
        });
        let messages = self.server.log.iter().filter(|row| row.kind == Kind::Message).count();
        Outcome {
            messages,
            epochs: self.server.epoch,
            races: self.server.races,
            late: self.server.late,
            rejoins: self.rejoins,
            evictions: self.evictions,
            unreadable: std::mem::take(&mut self.unreadable),
            missing,
            forked,
        }
    }
}
