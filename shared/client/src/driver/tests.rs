//! The driver over a platform of paper: clocks are turned by hand, connections are only written down.
#![allow(clippy::unwrap_used)]

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crypto::Pin;
use protocol::frame::{AuthSuccess, Invitation, Reply, Welcome};
use protocol::{ClientFrame, InvitationLink, Request, ServerFrame, Timestamp, UserId};
use sql::{Store, StoreLocation};
use view::update::ReplyBody;
use view::{Command, CommandEnvelope, CommandReply, Connection, Failure, Preferences, Stage, Update};

use super::{Core, Entered, Entry, Msg, OpenError, Platform, Setup};
use crate::config::Endpoint;

#[derive(Default)]
struct World {
    wall: Cell<i64>,
    mono: Cell<u64>,
    connects: RefCell<Vec<u64>>,
    disconnects: Cell<u32>,
    shown: RefCell<Vec<Update>>,
    sent: RefCell<Vec<ClientFrame>>,
    /// The cache's files, in order of opening; `None` fails.
    caches: RefCell<Vec<Option<String>>>,
}

struct Paper(Rc<World>);

impl Platform for Paper {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.wall.get())
    }

    fn monotonic_ms(&self) -> u64 {
        self.0.mono.get()
    }

    fn updates(&mut self, updates: Vec<Update>) {
        self.0.shown.borrow_mut().extend(updates);
    }

    fn connect(&mut self, conn: u64, _endpoint: Endpoint) {
        self.0.connects.borrow_mut().push(conn);
    }

    fn send(&mut self, frame: &ClientFrame) {
        self.0.sent.borrow_mut().push(frame.clone());
    }

    fn disconnect(&mut self) {
        self.0.disconnects.set(self.0.disconnects.get() + 1);
    }

    fn enter(&mut self, _command: u32, _endpoint: Endpoint, _entry: Entry) {}

    fn open_store(&mut self, _passphrase: Option<&str>) -> Result<Store, OpenError> {
        match self.0.caches.borrow_mut().remove(0) {
            Some(path) => Ok(Store::open(&StoreLocation::File(path), None)?),
            None => Err(OpenError::Disk("the disk is away".to_owned())),
        }
    }

    fn transfer(&mut self, _access: super::Access, _job: engine::Job) {}

    fn stop_transfer(
        &mut self,
        _access: Option<super::Access>,
        _file_id: protocol::FileId,
        _way: view::Way,
        _forget: Option<String>,
    ) {
    }

    fn stop_transfers(&mut self) {}

    fn look(&mut self, _url: String) {}

    fn erase_store(&mut self) {}
}

fn driver(caches: &[Option<String>]) -> (Rc<World>, Core<Paper>) {
    let world = Rc::new(World::default());
    world.wall.set(1_700_000_000_000);
    world.caches.replace(caches.to_vec());
    let setup = Setup { can_host: false, device_name: "paper".to_owned(), here: None, look_ms: 0 };
    let core = Core::open(Paper(world.clone()), setup).unwrap();
    (world, core)
}

fn command(id: u32, command: Command) -> [Msg; 1] {
    [Msg::Command(CommandEnvelope { id, command })]
}

fn log_in(core: &mut Core<Paper>) {
    log_in_at(core, Endpoint { addresses: vec!["127.0.0.1:8080".to_owned()], pin: None, tls: false, here: false });
}

fn log_in_at(core: &mut Core<Paper>, endpoint: Endpoint) {
    let text = str::to_owned;
    let result = Ok(Entered::In {
        user_id: UserId(7),
        username: text("alice"),
        server_id: text("server"),
        team: text("Team"),
        access: text("a"),
        refresh: text("r"),
        expires_in: 900,
    });
    core.handle([Msg::Entered { command: 1, endpoint, result }]);
}

fn replies(world: &World, of: u32) -> Vec<CommandReply> {
    let shown = world.shown.borrow();
    let mine = shown.iter().filter_map(|u| match u {
        Update::Reply { id, reply } if *id == of => Some(reply.clone()),
        _ => None,
    });
    mine.collect()
}

fn pass(world: &World, ms: u64) {
    world.mono.set(world.mono.get() + ms);
    world.wall.set(world.wall.get() + i64::try_from(ms).unwrap());
}

fn cache(folder: &tempfile::TempDir, name: &str) -> Option<String> {
    Some(folder.path().join(name).to_str().unwrap().to_owned())
}

#[test]
fn a_machine_that_slept_connects_anew_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let (world, mut core) = driver(&[cache(&folder, "a")]);
    core.handle(command(1, Command::Start));
    log_in(&mut core);
    let first = world.connects.borrow().clone();
    assert_eq!(first.len(), 1);
    core.handle([Msg::Opened { conn: first[0] }]);
    pass(&world, 9_000);
    core.tick();
    assert_eq!(world.connects.borrow().len(), 1, "nothing happened");
    // Eight hours by the wall, a second by the monotonic clock.
    world.wall.set(world.wall.get() + 8 * 3_600_000);
    world.mono.set(world.mono.get() + 1_000);
    core.tick();
    let connects = world.connects.borrow().clone();
    assert_eq!(connects.len(), 2);
    // What the old connection still says is not heard.
    world.shown.borrow_mut().clear();
    core.handle([Msg::Closed { conn: first[0], reason: Some(Failure::TimedOut) }]);
    let offline = |u: &Update| matches!(u, Update::Connection { connection: Connection::Offline { .. } });
    assert!(!world.shown.borrow().iter().any(offline));
    core.handle([Msg::Closed { conn: connects[1], reason: Some(Failure::TimedOut) }]);
    assert!(world.shown.borrow().iter().any(offline));
}

#[test]
fn a_failed_connection_is_tried_again_when_the_timer_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let (world, mut core) = driver(&[cache(&folder, "a")]);
    core.handle(command(1, Command::Start));
    log_in(&mut core);
    for tries in 2..6 {
        let conn = *world.connects.borrow().last().unwrap();
        core.handle([Msg::Closed { conn, reason: Some(Failure::Unreachable) }]);
        let at = core.next_deadline().unwrap();
        pass(&world, at - world.mono.get());
        core.tick();
        assert_eq!(world.connects.borrow().len(), tries);
    }
}

#[test]
fn a_cache_that_fails_is_told_and_tried_again_without_end_or_haste() {
    let folder = tempfile::tempdir().unwrap();
    let (bad, good) = (cache(&folder, "bad"), cache(&folder, "good"));
    let (world, mut core) = driver(&[bad.clone(), None, None, good]);
    core.handle(command(1, Command::Start));
    let mut other = Store::open(&StoreLocation::File(bad.unwrap()), None).unwrap();
    other.write(|tx| tx.batch("DROP TABLE preferences")).unwrap();
    let set = |id| command(id, Command::SetPreferences { preferences: Preferences::default() });
    core.handle(set(2));
    assert!(matches!(replies(&world, 2)[..], [CommandReply::Failed { .. }]));
    // The first new try was at once and failed, and so does the one that a command brings.
    core.handle(set(3));
    assert_eq!(replies(&world, 3), [CommandReply::Failed { failure: Failure::Disk }]);
    let at = core.next_deadline().unwrap();
    assert!(at > world.mono.get());
    pass(&world, at - world.mono.get());
    core.tick();
    core.handle(set(4));
    assert!(matches!(replies(&world, 4)[..], [CommandReply::Ok { .. }]));
    assert!(world.caches.borrow().is_empty());
}

#[test]
fn the_welcome_screen_comes_without_an_account_and_hosting_belongs_to_the_shell() {
    let folder = tempfile::tempdir().unwrap();
    let (world, mut core) = driver(&[cache(&folder, "a")]);
    core.handle(command(1, Command::Start));
    let welcome = Stage::Welcome { can_host: false, here: None, session_ended: false };
    assert!(world.shown.borrow().contains(&Update::Stage { stage: welcome }));
    core.handle(command(2, Command::Host { host: view::HostCommand::Status }));
    assert_eq!(replies(&world, 2), [CommandReply::Failed { failure: Failure::NotHere }]);
}

/// Plays the server: answers what was sent last of this kind.
fn answer(world: &World, core: &mut Core<Paper>, asked: fn(&Request) -> bool, reply: Reply) {
    let id = world.sent.borrow().iter().rev().find(|frame| asked(&frame.request)).unwrap().request_id.clone();
    let conn = *world.connects.borrow().last().unwrap();
    core.handle([Msg::Frame { conn, frame: Box::new(ServerFrame::reply(id, reply)) }]);
}

/// The link of an invitation that is made on a connection to this endpoint, whose server names this pin.
fn link_made_at(endpoint: Endpoint, told: Option<Pin>) -> InvitationLink {
    let folder = tempfile::tempdir().unwrap();
    let (world, mut core) = driver(&[cache(&folder, "a")]);
    core.handle(command(1, Command::Start));
    log_in_at(&mut core, endpoint);
    core.handle([Msg::Opened { conn: *world.connects.borrow().last().unwrap() }]);
    let welcome = Welcome {
        version: 1,
        versions: vec![1],
        server_id: "server".to_owned(),
        incarnation: "one".to_owned(),
        name: "Team".to_owned(),
        invitation_required: true,
        heartbeat_ms: 25_000,
        encryption: false,
        server_time: None,
        pin: told.map(|pin| pin.to_string()),
    };
    answer(&world, &mut core, |request| matches!(request, Request::Hello(_)), Reply::Welcome(welcome));
    let (access_token, refresh_token) = (None, None);
    let username = "alice".to_owned();
    let success = AuthSuccess { user_id: UserId(7), username, expires_in: 900, access_token, refresh_token };
    answer(&world, &mut core, |request| matches!(request, Request::Auth(_)), Reply::AuthSuccess(success));
    core.handle(command(
        2,
        Command::CreateInvitation { chat_id: None, expires_in: None, uses_max: None, approval: false },
    ));
    let invitation = Invitation {
        invitation_id: "i".to_owned(),
        secret: crypto::Secret::from_bytes([5; 16]).reveal(),
        expires_at: Timestamp(1_800_000_000_000),
        uses_max: 10,
        approval: false,
    };
    let asked: fn(&Request) -> bool = |request| matches!(request, Request::CreateInvitation(_));
    answer(&world, &mut core, asked, Reply::Invitation(invitation));
    let CommandReply::Ok { body: ReplyBody::Invitation { link, .. } } = replies(&world, 2).remove(0) else {
        panic!("no invitation: {:?}", replies(&world, 2));
    };
    InvitationLink::parse(&link).unwrap()
}

#[test]
fn an_invitation_made_where_no_certificate_is_seen_carries_the_pin_that_the_server_names() {
    let at = |pin: Option<Pin>, tls| {
        let addresses = vec![if tls { "192.168.1.5:8443" } else { "127.0.0.1:8080" }.to_owned()];
        Endpoint { addresses, pin: pin.map(|pin| pin.to_string()), tls, here: false }
    };
    let (checked, told) = (Pin([1; 32]), Pin([2; 32]));
    assert_eq!(link_made_at(at(None, true), Some(told)).pin, Some(told.0));
    assert_eq!(link_made_at(at(None, true), None).pin, None, "an ordinary certificate");
    assert_eq!(link_made_at(at(Some(checked), true), Some(told)).pin, Some(checked.0), "what was checked, counts");
    assert_eq!(link_made_at(at(None, false), Some(told)).pin, None, "without TLS there is nothing to compare with");
}
