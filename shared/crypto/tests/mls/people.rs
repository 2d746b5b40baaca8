//! Devices for tests: each a person's, with a store of its own. Every step is one transaction and starts from the rows.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crypto::mls::{
    Actor, Applied, Change, Cx, Device, Group, GroupId, Invitation, KeyPackage, KeyPackages, Me, MlsError, PersonId,
    PersonKey, Plan, Policy, Proposed, Retention, SCHEMA, Sealed, ServerKey, Step, Suite, Verified,
};
use protocol::{Timestamp, UserId};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use sql::{Migration, Store, StoreLocation};

pub const ALICE: UserId = UserId(1);
pub const BOB: UserId = UserId(2);
pub const CAROL: UserId = UserId(3);

/// Remembers the first key of each person and lets everybody do everything but enter unasked.
#[derive(Default)]
pub struct Trusting {
    known: RefCell<BTreeMap<UserId, PersonId>>,
}

impl Policy for Trusting {
    fn knows(&self, device: &Device) -> bool {
        *self.known.borrow_mut().entry(device.user).or_insert(device.person) == device.person
    }

    fn allows(&self, by: &Actor, step: &Step) -> bool {
        !matches!((by, step), (Actor::Device(by), Step::Add(added)) if by == added)
    }
}

/// One device.
pub struct Phone {
    pub store: Store,
    pub now: Timestamp,
    pub policy: Trusting,
    pub retention: Retention,
    rng: ChaCha20Rng,
}

/// A person's key, the same for the same number.
pub fn person(user: UserId) -> PersonKey {
    PersonKey::new(&mut ChaCha20Rng::seed_from_u64(1_000 + user.0.unsigned_abs()))
}

pub fn group_id(name: &str) -> GroupId {
    GroupId::new(name.as_bytes()).unwrap()
}

impl Phone {
    pub fn of(user: UserId, seed: u64) -> Self {
        Self::of_person(user, &person(user), seed)
    }

    pub fn of_person(user: UserId, person: &PersonKey, seed: u64) -> Self {
        Self::at(&StoreLocation::Memory, user, person, seed)
    }

    pub fn at(location: &StoreLocation, user: UserId, person: &PersonKey, seed: u64) -> Self {
        let mut store = Store::open(location, None).unwrap();
        store.write(|tx| sql::migrate(tx, &[Migration::shared(1, "mls", SCHEMA)])).unwrap();
        let now = Timestamp(1_800_000_000_000);
        let rng = ChaCha20Rng::seed_from_u64(seed);
        let mut phone = Self { store, now, policy: Trusting::default(), retention: Retention::CHOSEN, rng };
        phone.raw(|cx| Me::create(cx, user, person).map(|_| ())).unwrap();
        phone
    }

    fn raw<T>(&mut self, work: impl FnOnce(&mut Cx<'_, '_>) -> Result<T, MlsError>) -> Result<T, MlsError> {
        let (now, rng) = (self.now, &mut self.rng);
        self.store.write(|tx| work(&mut Cx { tx, now, rng }))
    }

    /// One step: a transaction that commits when it returns `Ok`.
    pub fn step<T>(&mut self, work: impl FnOnce(&mut Cx<'_, '_>, &Me) -> Result<T, MlsError>) -> Result<T, MlsError> {
        self.raw(|cx| {
            let me = Me::load(cx)?.unwrap();
            work(cx, &me)
        })
    }

    /// A step with the group in it.
    pub fn with<T>(
        &mut self,
        id: &GroupId,
        work: impl FnOnce(&mut Cx<'_, '_>, &Me, &mut Group) -> Result<T, MlsError>,
    ) -> Result<T, MlsError> {
        self.step(|cx, me| {
            let mut group = Group::load(cx, id)?.unwrap();
            work(cx, me, &mut group)
        })
    }

    pub fn device(&mut self) -> Device {
        self.step(|_, me| Ok(me.device())).unwrap()
    }

    pub fn create(&mut self, id: &GroupId, suite: Suite, server: Option<ServerKey>) {
        let plan = Plan { id: id.clone(), suite, retention: self.retention, server };
        self.step(|cx, me| Group::create(cx, me, &plan).map(|_| ())).unwrap();
    }

    pub fn packages(&mut self, suite: Suite, count: u32) -> Vec<Vec<u8>> {
        self.step(|cx, me| KeyPackages::make(cx, me, suite, count)).unwrap()
    }

    pub fn parse_package(&mut self, bytes: &[u8]) -> KeyPackage {
        self.step(|cx, _| KeyPackage::parse(cx, bytes)).unwrap()
    }

    pub fn commit(&mut self, id: &GroupId, change: Change) -> Proposed {
        self.with(id, |cx, me, group| group.commit(cx, me, change)).unwrap()
    }

    /// The server accepted it.
    pub fn confirm(&mut self, id: &GroupId, proposed: &Proposed) {
        self.with(id, |cx, _, group| group.confirm(cx, &proposed.commit)).unwrap();
    }

    pub fn seal(&mut self, id: &GroupId, text: &str) -> Vec<u8> {
        self.with(id, |cx, me, group| group.seal(cx, me, text.as_bytes(), b"id")).unwrap()
    }

    pub fn open(&mut self, id: &GroupId, sealed: &[u8]) -> Result<Verified, MlsError> {
        let policy = std::mem::take(&mut self.policy);
        let result = self.with(id, |cx, _, group| Sealed::parse(sealed)?.open(cx, group)?.verify(group, &policy));
        self.policy = policy;
        result
    }

    /// The text of a message.
    pub fn read(&mut self, id: &GroupId, sealed: &[u8]) -> Result<String, MlsError> {
        match self.open(id, sealed)? {
            Verified::Message { content, .. } => Ok(String::from_utf8(content).unwrap()),
            _ => panic!("not a message of another"),
        }
    }

    /// Opens, verifies and applies a commit in one step.
    pub fn apply(&mut self, id: &GroupId, commit: &[u8]) -> Result<Applied, MlsError> {
        let policy = std::mem::take(&mut self.policy);
        let result =
            self.with(id, |cx, _, group| match Sealed::parse(commit)?.open(cx, group)?.verify(group, &policy)? {
                Verified::Commit(commit) => commit.apply(cx, group),
                _ => panic!("not a commit"),
            });
        self.policy = policy;
        result
    }

    /// Opens, verifies and enters in one step.
    pub fn join(&mut self, welcome: &[u8]) -> Result<(), MlsError> {
        let (policy, retention) = (std::mem::take(&mut self.policy), self.retention);
        let result = self
            .step(|cx, _| Invitation::parse(welcome)?.open(cx, retention)?.verify(cx, &policy)?.join(cx).map(|_| ()));
        self.policy = policy;
        result
    }

    /// Adds devices in one commit that the server accepts at once. The others of the group apply it themselves.
    pub fn add(&mut self, id: &GroupId, suite: Suite, others: &mut [&mut Phone]) -> Proposed {
        let packages: Vec<_> = others.iter_mut().flat_map(|other| other.packages(suite, 1)).collect();
        let packages: Vec<_> = packages.iter().map(|bytes| self.parse_package(bytes)).collect();
        let proposed = self.commit(id, Change::add(packages));
        self.confirm(id, &proposed);
        for other in others {
            other.join(proposed.welcome.as_ref().unwrap()).unwrap();
        }
        proposed
    }
}

/// Alice's phone with a group that holds the others too.
pub fn together(suite: Suite, retention: Retention, others: &mut [&mut Phone]) -> (Phone, GroupId) {
    let id = group_id("chat/1");
    let mut alice = Phone::of(ALICE, 1);
    alice.retention = retention;
    for other in others.iter_mut() {
        other.retention = retention;
    }
    alice.create(&id, suite, None);
    alice.add(&id, suite, others);
    (alice, id)
}
