//! End-to-end encryption: what sealing, opening, joining and changing a group cost in groups of 2 to 5,000 devices in both suites, with
//! the device's store in memory. Bytes are compared with the plain text that is sealed.

use std::time::Instant;

use crypto::mls::{
    Actor, Change, Cx, Device, Group, GroupId, Invitation, KeyPackage, KeyPackages, Me, MlsError, PersonKey, Plan,
    Policy, Proposed, Retention, SCHEMA, Sealed, Step, Suite, Verified,
};
use protocol::{Timestamp, UserId};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use sql::{Migration, Store, StoreLocation};

use crate::report::{Aim, Line, Report};

const DEVICES: [usize; 3] = [2, 50, 500];
/// A measure of its own in the hybrid suite, where making such a group takes minutes.
const CROWD: usize = 5_000;
/// As a message of two sentences.
const TEXT_BYTES: usize = 200;
const MESSAGES: usize = 100;
const NOW: Timestamp = Timestamp(1_800_000_000_000);

pub fn measure(report: &mut Report) {
    for suite in Suite::ALL {
        for devices in DEVICES {
            measure_group(report, suite, devices);
        }
    }
    measure_group(report, Suite::Classic, CROWD);
}

/// The largest group, in the suite that groups have.
pub fn measure_crowd(report: &mut Report) {
    measure_group(report, Suite::Hybrid, CROWD);
}

/// Everybody is known and may do everything.
struct Open;

impl Policy for Open {
    fn knows(&self, _: &Device) -> bool {
        true
    }

    fn allows(&self, _: &Actor, _: &Step) -> bool {
        true
    }
}

struct Phone {
    store: Store,
    rng: StdRng,
}

impl Phone {
    fn new(user: i64) -> Self {
        let mut store = Store::open(&StoreLocation::Memory, None).expect("a store in memory opens");
        let steps = [Migration::shared(1, "mls", SCHEMA)];
        store.write(|tx| sql::migrate(tx, &steps)).expect("the tables are made");
        let mut phone = Self { store, rng: StdRng::seed_from_u64(user.unsigned_abs()) };
        phone.become_device(user);
        phone
    }

    fn become_device(&mut self, user: i64) {
        let person = PersonKey::new(&mut StdRng::seed_from_u64(user.unsigned_abs()));
        self.raw(|cx| Me::create(cx, UserId(user), &person).map(|_| ()));
    }

    fn raw<T>(&mut self, work: impl FnOnce(&mut Cx<'_, '_>) -> Result<T, MlsError>) -> T {
        let rng = &mut self.rng;
        self.store.write(|tx| work(&mut Cx { tx, now: NOW, rng })).expect("the step succeeds")
    }

    fn step<T>(&mut self, work: impl FnOnce(&mut Cx<'_, '_>, &Me) -> Result<T, MlsError>) -> T {
        self.raw(|cx| {
            let me = Me::load(cx)?.expect("made at the beginning");
            work(cx, &me)
        })
    }

    fn package(&mut self, suite: Suite) -> Vec<u8> {
        self.step(|cx, me| KeyPackages::make(cx, me, suite, 1)).remove(0)
    }

    /// Opens a row with a group that is held in memory, as the engine holds it.
    fn open(&mut self, group: &mut Group, row: &[u8]) {
        self.step(|cx, _| match Sealed::parse(row)?.open(cx, group)?.verify(group, &Open)? {
            Verified::Commit(commit) => commit.apply(cx, group).map(|_| ()),
            _ => Ok(()),
        });
    }
}

fn measure_group(report: &mut Report, suite: Suite, devices: usize) {
    let name = if suite == Suite::Hybrid { "hybrid" } else { "classic" };
    let mut line = |what: &str, unit, ours: f64, raw: Option<f64>| {
        let what: &'static str = Box::leak(format!("h  mls {name}, {devices}: {what}").into_boxed_str());
        report.line(Line { what, unit, ours, raw, aim: Aim::None });
    };
    let (mut alice, mut bob, mut crowd) = (Phone::new(1), Phone::new(2), Phone::new(3));
    let id = GroupId::new(*b"bench").expect("a valid id");
    let plan = Plan { id, suite, retention: Retention::CHOSEN, server: None };
    let mut group = alice.step(|cx, me| Group::create(cx, me, &plan));
    let mut packages = vec![bob.package(suite)];
    for user in 3..=devices as i64 {
        crowd.become_device(user);
        packages.push(crowd.package(suite));
    }
    let package_bytes = packages[0].len();
    let packages: Vec<KeyPackage> =
        alice.step(|cx, _| packages.iter().map(|bytes| KeyPackage::parse(cx, bytes)).collect());
    let (add_ms, added) = timed(|| commit(&mut alice, &mut group, Change::add(packages)));
    let welcome = added.welcome.expect("a commit that adds has a welcome");
    let (join_ms, mut theirs) = timed(|| {
        bob.step(|cx, _| Invitation::parse(&welcome)?.open(cx, Retention::CHOSEN)?.verify(cx, &Open)?.join(cx))
    });
    let (commit_ms, refreshed) = timed(|| commit(&mut alice, &mut group, Change::refresh()));
    let (apply_ms, ()) = timed(|| bob.open(&mut theirs, &refreshed.commit));
    let text = vec![b'x'; TEXT_BYTES];
    let (seal_ms, sealed) = timed(|| {
        (0..MESSAGES)
            .map(|_| alice.step(|cx, me| group.seal(cx, me, &text, b"0190a1b2-0000-7000-8000-000000000000")))
            .collect::<Vec<_>>()
    });
    let (open_ms, ()) = timed(|| sealed.iter().for_each(|row| bob.open(&mut theirs, row)));
    let (load_ms, _) = timed(|| bob.raw(|cx| Group::load(cx, &plan.id)));
    // The state that each message writes grows with the epochs that are kept. At 5,000 this would take minutes.
    let kept_ms = (devices <= 500).then(|| {
        (0..Retention::CHOSEN.past_epochs).for_each(|_| drop(commit(&mut alice, &mut group, Change::refresh())));
        timed(|| alice.step(|cx, me| group.seal(cx, me, &text, b""))).0
    });
    line("seal a message", "ms", seal_ms / MESSAGES as f64, None);
    line("open a message", "ms", open_ms / MESSAGES as f64, None);
    if let Some(kept_ms) = kept_ms {
        line("seal with five past epochs kept", "ms", kept_ms, None);
    }
    line("message on the wire", "bytes", sealed[0].len() as f64, Some(TEXT_BYTES as f64));
    line("add all others, one commit", "ms", add_ms, None);
    line("its commit", "bytes", added.commit.len() as f64, None);
    line("its welcome", "bytes", welcome.len() as f64, None);
    line("join by the welcome", "ms", join_ms, None);
    line("first refresh: make", "ms", commit_ms, None);
    line("first refresh: apply", "ms", apply_ms, None);
    line("first refresh: commit", "bytes", refreshed.commit.len() as f64, None);
    line("key package", "bytes", package_bytes as f64, None);
    line("load from the store", "ms", load_ms, None);
}

/// Makes a commit that the server accepts at once.
fn commit(phone: &mut Phone, group: &mut Group, change: Change) -> Proposed {
    phone.step(|cx, me| {
        let proposed = group.commit(cx, me, change)?;
        group.confirm(cx, &proposed.commit)?;
        Ok(proposed)
    })
}

fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let started = Instant::now();
    let value = work();
    (started.elapsed().as_secs_f64() * 1_000.0, value)
}
