//! The model server's part in encrypted chats: devices, key packages, one commit for each epoch, welcomes. It can lie.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use crypto::mls::{Kind, Sealed};
use protocol::frame::{
    ClaimedKey, ClientFrame, Commit, CommitAccepted, Commits, Event, Keys, ListCommits, PublishKeys, Reply,
};
use protocol::{
    Admission, ChatId, ChatKind, Device, DeviceId, ErrorCode, Group, GroupDevice, Handshake, ProtocolError, Request,
    Row, Scope, Timestamp, UserId,
};

use crate::server::{Server, Told, refuse};

/// A device with what can be added by.
#[derive(Clone)]
pub struct Kept {
    pub device: Device,
    pub user: UserId,
    keys: Vec<String>,
    last_resort: String,
    claimed: BTreeMap<ChatId, String>,
}

/// A chat's group.
#[derive(Clone, Default)]
pub struct GroupState {
    pub group: Option<Group>,
    pub roster: BTreeMap<DeviceId, UserId>,
    pub commits: Vec<Handshake>,
}

#[derive(Clone, Default)]
pub struct Delivery {
    pub person: BTreeMap<UserId, String>,
    pub devices: BTreeMap<DeviceId, Kept>,
    pub groups: BTreeMap<ChatId, GroupState>,
    pub admissions: BTreeMap<(ChatId, DeviceId), (UserId, Admission)>,
    /// Commits that came too late.
    pub races: u32,
    /// The longest frame with a commit, in bytes.
    pub longest: usize,
}

type Answer = Result<Reply, ProtocolError>;

impl Server {
    /// The server takes part in encryption from now on.
    pub fn encrypts(&mut self) {
        self.delivery = Some(Delivery::default());
    }

    pub fn delivery(&mut self) -> &mut Delivery {
        self.delivery.as_mut().unwrap()
    }

    fn own_rev(&mut self, user: UserId) -> u64 {
        let rev = self.user_rev.entry(user).or_default();
        *rev += 1;
        *rev
    }

    fn chat_rev(&mut self, chat: &ChatId) -> u64 {
        let state = self.chats.get_mut(chat).unwrap();
        state.rev += 1;
        state.rev
    }

    fn tell_own(&self, user: UserId, row: Row, told: &mut Vec<Told>) {
        told.push(Told { to: vec![user], event: Event::RowChanged { scope: Scope::User(user), row } });
    }

    pub(crate) fn publish(&mut self, user: UserId, body: PublishKeys, now: i64, told: &mut Vec<Told>) -> Answer {
        let delivery = self.delivery();
        let known = delivery.devices.get(&body.device_id).cloned();
        if known.as_ref().is_some_and(|known| known.user != user || known.device.removed) {
            return refuse(ErrorCode::IdTaken);
        }
        let person = delivery.person.entry(user).or_insert_with(|| body.person.clone()).clone();
        let mut gone = Vec::new();
        if person != body.person {
            if !body.reset {
                return refuse(ErrorCode::OtherPersonKey);
            }
            delivery.person.insert(user, body.person.clone());
            let others = delivery.devices.values().filter(|kept| kept.user == user && !kept.device.removed);
            gone = others.map(|kept| kept.device.id.clone()).collect();
        }
        for device in gone {
            self.remove_device(user, &device, told);
        }
        let rev = self.own_rev(user);
        let new = known.is_none();
        let mut kept = known.unwrap_or_else(|| Kept {
            device: Device {
                id: body.device_id.clone(),
                name: String::new(),
                person: body.person.clone(),
                created_at: Timestamp(now),
                last_seen_at: Timestamp(now),
                keys_left: 0,
                removed: false,
                rev,
            },
            user,
            keys: Vec::new(),
            last_resort: String::new(),
            claimed: BTreeMap::new(),
        });
        kept.keys.extend(body.keys);
        kept.last_resort = body.last_resort.unwrap_or(kept.last_resort);
        kept.device.keys_left = u32::try_from(kept.keys.len()).unwrap();
        kept.device.rev = rev;
        let device = kept.device.clone();
        self.delivery().devices.insert(device.id.clone(), kept);
        self.tell_own(user, Row::Device(device.clone()), told);
        if new {
            self.refresh_groups(told);
        }
        Ok(Reply::DeviceState { device })
    }

    pub fn remove_device(&mut self, user: UserId, id: &DeviceId, told: &mut Vec<Told>) {
        let rev = self.own_rev(user);
        let kept = self.delivery().devices.get_mut(id).unwrap();
        (kept.device.removed, kept.device.rev) = (true, rev);
        let device = kept.device.clone();
        self.tell_own(user, Row::Device(device), told);
        self.refresh_groups(told);
    }

    pub(crate) fn claim(&mut self, user: UserId, chat: &ChatId) -> Answer {
        self.may_read(user, chat)?;
        let (missing, _) = self.todo(chat);
        let members = self.audience(chat);
        let delivery = self.delivery();
        let group = delivery.groups.get(chat).and_then(|state| state.group.clone());
        let mut keys = Vec::new();
        for device in missing {
            let kept = delivery.devices.get_mut(&device.device_id).unwrap();
            let content = match kept.claimed.get(chat) {
                Some(content) => content.clone(),
                None if !kept.keys.is_empty() => {
                    let content = kept.keys.remove(0);
                    kept.claimed.insert(chat.clone(), content.clone());
                    content
                }
                None => kept.last_resort.clone(),
            };
            keys.push(ClaimedKey { device_id: device.device_id, user_id: device.user_id, content });
        }
        let has = |user: &UserId| delivery.devices.values().any(|kept| kept.user == *user && !kept.device.removed);
        let without = members.into_iter().filter(|user| !has(user)).collect();
        Ok(Reply::Keys(Keys {
            chat_id: chat.clone(),
            generation: group.as_ref().map_or(0, |group| group.generation),
            epoch: group.as_ref().map_or(0, |group| group.epoch),
            keys,
            more: false,
            without,
        }))
    }

    pub(crate) fn commit(&mut self, user: UserId, body: Commit, told: &mut Vec<Told>) -> Answer {
        self.may_read(user, &body.chat_id)?;
        let chat = body.chat_id.clone();
        let frame = ClientFrame { request_id: None, local_id: None, request: Request::Commit(body.clone()) };
        let bytes = protocol::codec::encode_client(&frame);
        assert!(bytes.len() <= protocol::codec::frame_bytes_max(bytes.as_bytes()), "a commit that fits into no frame");
        let (kind, encrypted) = (self.chats[&chat].chat.chat_type, self.chats[&chat].chat.encrypted);
        if kind == ChatKind::Channel || (kind == ChatKind::Group && !encrypted) {
            return refuse(ErrorCode::Forbidden);
        }
        let delivery = self.delivery();
        delivery.longest = delivery.longest.max(bytes.len());
        let state = delivery.groups.entry(chat.clone()).or_default();
        let (generation, epoch) = state.group.as_ref().map_or((0, 0), |group| (group.generation, group.epoch));
        let begins = body.generation == generation + 1 && body.epoch == 0;
        if !begins && (body.generation, body.epoch) != (generation, epoch) {
            delivery.races += 1;
            return refuse(ErrorCode::StaleEpoch);
        }
        if begins {
            state.roster = BTreeMap::from([(body.device_id.clone(), user)]);
        } else if !state.roster.contains_key(&body.device_id) {
            return refuse(ErrorCode::Forbidden);
        }
        for device in &body.removed {
            state.roster.remove(device);
        }
        let rev = self.chat_rev(&chat);
        let handshake = Handshake {
            generation: body.generation,
            epoch: body.epoch,
            sender_id: user,
            device_id: body.device_id,
            content: body.content,
            rev,
        };
        let state = self.delivery().groups.get_mut(&chat).unwrap();
        state.commits.push(handshake.clone());
        state.group = Some(Group {
            generation: body.generation,
            epoch: body.epoch + 1,
            missing: vec![],
            surplus: vec![],
            rev: 0,
        });
        self.tell_row(&chat, Row::Handshake(handshake), told);
        for device in &body.added {
            let kept = self.delivery().devices.get_mut(device).unwrap();
            kept.claimed.remove(&chat);
            let owner = kept.user;
            self.delivery().groups.get_mut(&chat).unwrap().roster.insert(device.clone(), owner);
            let admission = Admission {
                chat_id: chat.clone(),
                device_id: device.clone(),
                generation: body.generation,
                epoch: body.epoch + 1,
                content: body.welcome.clone().unwrap(),
                rev: self.own_rev(owner),
            };
            self.delivery().admissions.insert((chat.clone(), device.clone()), (owner, admission.clone()));
            self.tell_own(owner, Row::Admission(admission), told);
        }
        let state = self.chats.get_mut(&chat).unwrap();
        if !state.chat.encrypted {
            state.rev += 1;
            (state.chat.encrypted, state.chat.rev) = (true, state.rev);
            let row = Row::Chat(self.chat_now(&chat));
            self.tell_row(&chat, row, told);
        }
        self.refresh_group(&chat, true, told);
        Ok(Reply::CommitAccepted(CommitAccepted {
            chat_id: chat,
            generation: body.generation,
            epoch: body.epoch + 1,
            rev,
        }))
    }

    pub(crate) fn commits(&mut self, user: UserId, body: &ListCommits) -> Answer {
        self.may_read(user, &body.chat_id)?;
        let all = self.delivery().groups.get(&body.chat_id).map(|state| state.commits.clone()).unwrap_or_default();
        let from = |commit: &Handshake| commit.generation == body.generation && commit.epoch >= body.from_epoch;
        let commits: Vec<Handshake> = all.into_iter().filter(from).take(3).collect();
        Ok(Reply::Commits(Commits { chat_id: body.chat_id.clone(), more: commits.len() == 3, commits }))
    }

    /// Which devices are missing in a chat's group, and which are surplus.
    fn todo(&self, chat: &ChatId) -> (Vec<GroupDevice>, Vec<GroupDevice>) {
        let delivery = self.delivery.as_ref().unwrap();
        let roster = delivery.groups.get(chat).map(|state| state.roster.clone()).unwrap_or_default();
        let members: BTreeSet<UserId> = self.audience(chat).into_iter().collect();
        let device = |(id, user): (&DeviceId, &UserId)| GroupDevice { device_id: id.clone(), user_id: *user };
        let live = |id: &DeviceId| delivery.devices.get(id).is_some_and(|kept| !kept.device.removed);
        let missing = delivery.devices.values().filter(|kept| {
            !kept.device.removed && members.contains(&kept.user) && !roster.contains_key(&kept.device.id)
        });
        let missing = missing.map(|kept| device((&kept.device.id, &kept.user))).collect();
        let surplus = roster.iter().filter(|(id, user)| !live(id) || !members.contains(user)).map(device).collect();
        (missing, surplus)
    }

    pub(crate) fn refresh_groups(&mut self, told: &mut Vec<Told>) {
        let Some(delivery) = &self.delivery else { return };
        let chats: Vec<ChatId> = delivery.groups.keys().cloned().collect();
        for chat in chats {
            self.refresh_group(&chat, false, told);
        }
    }

    fn refresh_group(&mut self, chat: &ChatId, always: bool, told: &mut Vec<Told>) {
        let (missing, surplus) = self.todo(chat);
        let Some(mut group) = self.delivery().groups.get(chat).and_then(|state| state.group.clone()) else { return };
        if !always && group.missing == missing && group.surplus == surplus {
            return;
        }
        group.rev = self.chat_rev(chat);
        (group.missing, group.surplus) = (missing, surplus);
        self.delivery().groups.get_mut(chat).unwrap().group = Some(group.clone());
        self.tell_row(chat, Row::Group(group), told);
    }

    /// What is said in an encrypted chat is sealed for its present group.
    pub(crate) fn check_sealed(&self, chat: &ChatId, content: &str, sealed: bool) -> Result<(), ProtocolError> {
        if !self.chats[chat].chat.encrypted {
            return Ok(());
        }
        if !sealed {
            return refuse(ErrorCode::PlaintextRefused);
        }
        let Some(group) = self.delivery.as_ref().and_then(|delivery| delivery.groups.get(chat)?.group.clone()) else {
            return refuse(ErrorCode::StaleEpoch);
        };
        let message = URL_SAFE_NO_PAD.decode(content).ok().and_then(|bytes| Sealed::parse(&bytes).ok());
        let Some(message) = message.filter(|message| message.kind() == Kind::Message) else {
            return refuse(ErrorCode::InvalidField);
        };
        let of = message.group_id().is_ok_and(|id| id.bytes() == format!("{chat}/{}", group.generation).as_bytes());
        if !of || message.epoch() > group.epoch || message.epoch() + 5 < group.epoch {
            return refuse(ErrorCode::StaleEpoch);
        }
        Ok(())
    }

    /// The rows of encryption in a person's scope.
    pub(crate) fn own_rows(&self, user: UserId) -> Vec<Row> {
        let Some(delivery) = &self.delivery else { return Vec::new() };
        let devices = delivery.devices.values().filter(|kept| kept.user == user);
        let admissions = delivery.admissions.values().filter(|(owner, _)| *owner == user);
        devices
            .map(|kept| Row::Device(kept.device.clone()))
            .chain(admissions.map(|(_, admission)| Row::Admission(admission.clone())))
            .collect()
    }

    /// The rows of encryption in a chat's scope; of a snapshot without commits.
    pub(crate) fn group_rows(&self, chat: &ChatId, after: Option<u64>) -> Vec<Row> {
        let Some(state) = self.delivery.as_ref().and_then(|delivery| delivery.groups.get(chat)) else {
            return Vec::new();
        };
        let commits = state.commits.iter().filter(|commit| after.is_some_and(|rev| commit.rev > rev));
        let commits = commits.cloned().map(Row::Handshake);
        state.group.clone().map(Row::Group).into_iter().chain(commits).collect()
    }
}
