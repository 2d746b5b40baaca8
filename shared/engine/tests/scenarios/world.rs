//! The world in virtual time: one server, some people, and the network between them with all its faults. Everything that
//! happens comes from one seed.

use std::collections::{BTreeMap, BinaryHeap, HashMap};

use engine::{Input, Output, SeenLink, Timer};
use protocol::frame::{ClientFrame, CloseReason, Event, Reply};
use protocol::{ErrorCode, ProtocolError, Request, ServerFrame, UserId};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sql::Store;
use view::Command;

use crate::person::{Crash, Person, Screen, new_store, wipe};
use crate::server::{Server, Session};

/// How bad the world is.
#[derive(Debug, Clone, Copy)]
pub struct Weather {
    /// Delay of one frame, at most.
    pub delay_ms: u32,
    /// Of 1,000 events: late beyond others, twice, or lost.
    pub event_late: u32,
    pub event_twice: u32,
    pub event_lost: u32,
    /// Of 1,000 replies: twice, or lost.
    pub reply_twice: u32,
    pub reply_lost: u32,
    /// Of 1,000 frames: the connection is cut right there.
    pub cut: u32,
    /// Of 1,000 steps of a client: the process dies before, or after, its commit.
    pub crash_before: u32,
    pub crash_after: u32,
    /// Of 1,000 requests: the server does it, then dies before it answers.
    pub server_dies: u32,
    /// Of 1,000 changes: refused for now.
    pub refused_for_now: u32,
}

impl Weather {
    pub const CALM: Weather = Weather {
        delay_ms: 5,
        event_late: 0,
        event_twice: 0,
        event_lost: 0,
        reply_twice: 0,
        reply_lost: 0,
        cut: 0,
        crash_before: 0,
        crash_after: 0,
        server_dies: 0,
        refused_for_now: 0,
    };
}

enum What {
    ToServer {
        connection: u64,
        frame: Box<ClientFrame>,
    },
    ToClient {
        connection: u64,
        frame: Box<ServerFrame>,
    },
    /// The other end is gone.
    Closed {
        connection: u64,
    },
    Open {
        person: usize,
        life: u64,
    },
    Timer {
        person: usize,
        life: u64,
        timer: Timer,
        version: u64,
    },
    Restart {
        person: usize,
        life: u64,
    },
    Heartbeat {
        connection: u64,
    },
    /// A driver has looked behind a link.
    Looked {
        person: usize,
        life: u64,
        url: String,
    },
}

struct Coming {
    at: i64,
    turn: u64,
    what: What,
}

impl PartialEq for Coming {
    fn eq(&self, other: &Self) -> bool {
        (self.at, self.turn) == (other.at, other.turn)
    }
}
impl Eq for Coming {}
impl PartialOrd for Coming {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Coming {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (other.at, other.turn).cmp(&(self.at, self.turn))
    }
}

struct Line {
    person: usize,
    session: Session,
    /// The last arrival each way: a stream keeps its order.
    up_at: i64,
    down_at: i64,
}

/// Stores are kept from one world to the next: making tables costs more than a whole scenario.
#[derive(Default)]
pub struct Stores {
    free: Vec<Store>,
}

pub struct World {
    pub now: i64,
    pub weather: Weather,
    pub server: Server,
    pub people: Vec<Person>,
    pub rng: ChaCha8Rng,
    /// Nobody reaches the server.
    pub server_down: bool,
    pub unreachable: Vec<bool>,
    /// What stands behind links, and after how many milliseconds that is seen. Behind others there is nothing.
    pub sites: BTreeMap<String, (SeenLink, i64)>,
    lines: BTreeMap<u64, Line>,
    coming: BinaryHeap<Coming>,
    turn: u64,
    /// `HYBRID_TRACE=1` tells everything that happens.
    trace: bool,
    /// What clients sent since [`World::listen`].
    heard: Option<String>,
}

/// A Sunday in 2026, so that ids and orders look like real ones.
const START: i64 = 1_795_000_000_000;

impl World {
    pub fn new(seed: u64, names: &[&str], weather: Weather, stores: &mut Stores) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut server = Server::new();
        let mut world_people = Vec::new();
        let mut logins = Vec::new();
        for name in names {
            let mut store = stores.free.pop().unwrap_or_else(new_store);
            wipe(&mut store);
            let (id, access, refresh) = server.register(name, START);
            logins.push((access, refresh));
            world_people.push(Person {
                id,
                name: (*name).to_owned(),
                store,
                engine: None,
                life: 0,
                timers: HashMap::new(),
                timer_count: 0,
                connection: None,
                jobs: Vec::new(),
                looks: Vec::new(),
                screen: Screen::default(),
                retention: None,
                clock_skew: if rng.random_range(0..4) == 0 {
                    rng.random_range(-300_000_000_000..300_000_000_000)
                } else {
                    0
                },
                rng: ChaCha8Rng::seed_from_u64(rng.random()),
                command_id: 0,
                steps: 0,
            });
        }
        let count = world_people.len();
        let mut world = Self {
            now: START,
            weather,
            server,
            people: world_people,
            rng,
            server_down: false,
            unreachable: vec![false; count],
            sites: BTreeMap::new(),
            lines: BTreeMap::new(),
            coming: BinaryHeap::new(),
            turn: 0,
            trace: std::env::var_os("HYBRID_TRACE").is_some(),
            heard: None,
        };
        for (person, (access, refresh)) in logins.into_iter().enumerate() {
            world.people[person].open();
            let p = &world.people[person];
            let (account, tokens) = (p.account(), p.tokens(access, refresh, START, world.server.token_life_s));
            world.input_with(person, Input::LoggedIn { account, tokens }, Crash::No);
            world.command(person, Command::Start);
        }
        world
    }

    /// Gives the stores back.
    pub fn end(self, stores: &mut Stores) {
        stores.free.extend(self.people.into_iter().map(|person| person.store));
    }

    fn chance(&mut self, of_1000: u32) -> bool {
        of_1000 > 0 && self.rng.random_range(0..1_000) < of_1000
    }

    fn at(&mut self, at: i64, what: What) {
        self.turn += 1;
        self.coming.push(Coming { at, turn: self.turn, what });
    }

    fn delay(&mut self) -> i64 {
        i64::from(self.rng.random_range(0..=self.weather.delay_ms))
    }

    /// Lets time pass.
    pub fn run_for(&mut self, ms: i64) {
        let until = self.now + ms;
        while self.coming.peek().is_some_and(|next| next.at <= until) {
            let Some(next) = self.coming.pop() else { break };
            self.now = self.now.max(next.at);
            self.happen(next.what);
        }
        self.now = until;
        self.let_go();
    }

    /// The server, while it runs, lets messages go when their time is up.
    fn let_go(&mut self) {
        if !self.server_down {
            let told = self.server.let_go(self.now);
            self.fan_out(&told);
        }
    }

    /// Lets time pass until `done`, at most `ms`.
    pub fn run_until(&mut self, ms: i64, mut done: impl FnMut(&World) -> bool) -> bool {
        let until = self.now + ms;
        while self.now < until {
            if done(self) {
                return true;
            }
            self.run_for(200);
        }
        done(self)
    }

    fn happen(&mut self, what: What) {
        self.let_go();
        match what {
            What::ToServer { connection, frame } => self.serve(connection, *frame),
            What::ToClient { connection, frame } => {
                if let Some(person) = self.person_on(connection) {
                    self.input(person, Input::Frame(*frame));
                }
            }
            What::Closed { connection } => {
                self.lines.remove(&connection);
                if let Some(person) = self.person_on(connection) {
                    self.people[person].connection = None;
                    self.input(person, Input::Disconnected { reason: None });
                }
            }
            What::Open { person, life } => self.open_line(person, life),
            What::Timer { person, life, timer, version } => {
                let p = &mut self.people[person];
                if p.life == life && p.timers.get(&timer) == Some(&version) {
                    p.timers.remove(&timer);
                    self.input(person, Input::Timer(timer));
                }
            }
            What::Restart { person, life } => {
                if self.people[person].life == life && self.people[person].engine.is_none() {
                    self.start(person);
                }
            }
            What::Looked { person, life, url } => {
                if self.people[person].life == life {
                    let seen = self.sites.get(&url).map(|(seen, _)| Box::new(seen.clone()));
                    self.input(person, Input::Looked { url, seen });
                }
            }
            What::Heartbeat { connection } => {
                if let Some(user) = self.lines.get(&connection).and_then(|line| line.session.user) {
                    let expired = self.lines[&connection].session.token_until <= self.now;
                    if expired {
                        self.send_down(
                            connection,
                            ServerFrame::Event(Event::Closing { reason: CloseReason::TokenExpired }),
                        );
                        self.cut_line(connection, false);
                        return;
                    }
                    let heads = self.server.heads(user);
                    self.send_down(connection, ServerFrame::Event(heads));
                }
                if self.lines.contains_key(&connection) {
                    self.at(self.now + 5_000, What::Heartbeat { connection });
                }
            }
        }
    }

    fn person_on(&self, connection: u64) -> Option<usize> {
        self.people.iter().position(|p| p.connection == Some(connection))
    }

    fn open_line(&mut self, person: usize, life: u64) {
        if self.people[person].life != life || self.people[person].connection.is_some() {
            return;
        }
        if self.server_down || self.unreachable[person] {
            self.input(person, Input::Disconnected { reason: Some(view::Failure::Unreachable) });
            return;
        }
        self.turn += 1;
        let connection = self.turn;
        let line = Line { person, session: Session::default(), up_at: self.now, down_at: self.now };
        self.lines.insert(connection, line);
        self.people[person].connection = Some(connection);
        self.at(self.now + 5_000, What::Heartbeat { connection });
        self.input(person, Input::Connected);
    }

    /// The server does one request.
    fn serve(&mut self, connection: u64, frame: ClientFrame) {
        let Some(line) = self.lines.get_mut(&connection) else { return };
        let mut session = line.session.clone();
        let is_change = frame.local_id.is_some() && !matches!(frame.request, Request::Refresh(_));
        let wants_reply = frame.request_id.is_some();
        let refused = is_change && self.chance(self.weather.refused_for_now);
        // Half of the refusals come after it was done: the answer of a server that fell over its own feet.
        let done_anyway = refused && self.chance(500);
        let (mut replies, mut told) = (Vec::new(), Vec::new());
        if !refused || done_anyway {
            (replies, told) = self.server.handle(&mut session, frame.local_id, frame.request, self.now);
        }
        if refused {
            let code =
                [ErrorCode::Unavailable, ErrorCode::RateLimited, ErrorCode::Internal][self.rng.random_range(0..3)];
            let mut error = ProtocolError::new(code, "not now");
            error.retry_after_ms = (code == ErrorCode::RateLimited).then_some(700);
            replies = vec![Reply::Error(error.into())];
        }
        if let Some(line) = self.lines.get_mut(&connection) {
            line.session = session;
        }
        if self.chance(self.weather.server_dies) {
            self.restart_server();
            return;
        }
        // Events may overtake the reply and the other way round.
        let events_first = self.rng.random();
        if events_first {
            self.fan_out(&told);
        }
        for reply in replies {
            if wants_reply {
                self.send_down(connection, ServerFrame::Reply { request_id: frame.request_id.clone(), reply });
            }
        }
        if !events_first {
            self.fan_out(&told);
        }
    }

    /// Sends events to all connections of those they are for.
    pub fn fan_out(&mut self, told: &[crate::server::Told]) {
        for told in told {
            let to: Vec<u64> = self
                .lines
                .iter()
                .filter(|(_, line)| line.session.user.is_some_and(|user| told.to.contains(&user)))
                .map(|(id, _)| *id)
                .collect();
            for connection in to {
                self.send_down(connection, ServerFrame::Event(told.event.clone()));
            }
        }
    }

    fn send_down(&mut self, connection: u64, frame: ServerFrame) {
        if self.chance(self.weather.cut) {
            self.cut_line(connection, true);
            return;
        }
        let event = matches!(frame, ServerFrame::Event(_));
        let (twice, lost) = if event {
            (self.weather.event_twice, self.weather.event_lost)
        } else {
            (self.weather.reply_twice, self.weather.reply_lost)
        };
        if self.chance(lost) {
            return;
        }
        let delay = self.delay();
        let late = event && self.chance(self.weather.event_late);
        let Some(line) = self.lines.get_mut(&connection) else { return };
        let mut at = (self.now + delay).max(line.down_at);
        if late {
            at += 300 + delay * 20;
        } else {
            line.down_at = at;
        }
        if self.chance(twice) {
            let again = at + self.delay() * 3;
            self.at(again, What::ToClient { connection, frame: Box::new(frame.clone()) });
        }
        self.at(at, What::ToClient { connection, frame: Box::new(frame) });
    }

    /// Cuts a connection; the client is told, or not (a half-open connection).
    pub fn cut_line(&mut self, connection: u64, sudden: bool) {
        let Some(line) = self.lines.remove(&connection) else { return };
        let half_open = sudden && self.rng.random_range(0..8) == 0;
        if !half_open {
            let at = if sudden { self.now + self.delay() } else { line.down_at };
            self.at(at, What::Closed { connection });
        }
    }

    /// Cuts a person's connection so that both ends notice, also a half-open one.
    pub fn cut(&mut self, person: usize) {
        if let Some(connection) = self.people[person].connection {
            self.at(self.now, What::Closed { connection });
        }
        let lines: Vec<u64> = self.lines.iter().filter(|(_, l)| l.person == person).map(|(id, _)| *id).collect();
        for connection in lines {
            self.lines.remove(&connection);
        }
    }

    /// The server process ends and starts: connections are gone, its database stays.
    pub fn restart_server(&mut self) {
        let lines: Vec<u64> = self.lines.keys().copied().collect();
        for connection in lines {
            self.cut_line(connection, true);
        }
    }

    /// A command from the person; returns its number. The step may crash with the weather.
    pub fn command(&mut self, person: usize, command: Command) -> u32 {
        let envelope = self.people[person].envelope(command);
        let id = envelope.id;
        let crash = self.crash();
        self.input_with(person, Input::Command(envelope), crash);
        id
    }

    /// Like [`World::command`]; `true` when the step was committed.
    pub fn command_commits(&mut self, person: usize, command: Command) -> bool {
        if self.people[person].engine.is_none() {
            return false;
        }
        let envelope = self.people[person].envelope(command);
        let crash = self.crash();
        self.input_with(person, Input::Command(envelope), crash);
        crash != Crash::BeforeCommit
    }

    fn crash(&mut self) -> Crash {
        if self.chance(self.weather.crash_before) {
            Crash::BeforeCommit
        } else if self.chance(self.weather.crash_after) {
            Crash::AfterCommit
        } else {
            Crash::No
        }
    }

    pub fn input(&mut self, person: usize, input: Input) {
        let crash = self.crash();
        self.input_with(person, input, crash);
    }

    fn input_with(&mut self, person: usize, input: Input, crash: Crash) {
        let now = self.now;
        if self.trace {
            let shown = format!("{input:?}");
            eprintln!("{:>7} {} ← {crash:?} {:.600}", now - START, self.people[person].name, shown);
        }
        match self.people[person].step(now, input, crash) {
            Some(outputs) => self.release(person, outputs),
            None if crash != Crash::No => self.after_death(person),
            None => {}
        }
    }

    /// The process died: the socket closes, and someone starts it again.
    fn after_death(&mut self, person: usize) {
        let lines: Vec<u64> = self.lines.iter().filter(|(_, l)| l.person == person).map(|(id, _)| *id).collect();
        for connection in lines {
            self.lines.remove(&connection);
        }
        let life = self.people[person].life;
        let at = self.now + i64::from(self.rng.random_range(0..3_000u32));
        self.at(at, What::Restart { person, life });
    }

    /// Kills the process; [`World::start`] starts it.
    pub fn kill(&mut self, person: usize) {
        self.people[person].die();
        let lines: Vec<u64> = self.lines.iter().filter(|(_, l)| l.person == person).map(|(id, _)| *id).collect();
        for connection in lines {
            self.lines.remove(&connection);
        }
    }

    /// The process ends and starts at once.
    pub fn kill_and_start(&mut self, person: usize) {
        self.kill(person);
        self.start(person);
    }

    pub fn start(&mut self, person: usize) {
        self.people[person].open();
        self.input(person, Input::Started);
        if self.people[person].engine.is_some() {
            self.command(person, Command::Start);
        }
    }

    fn release(&mut self, person: usize, outputs: Vec<Output>) {
        for output in outputs {
            if self.trace && !matches!(output, Output::Update(_)) {
                eprintln!("        {} → {:.600}", self.people[person].name, format!("{output:?}"));
            }
            match output {
                Output::Send(frame) => self.send_up(person, frame),
                Output::Update(update) => self.people[person].draw(*update),
                Output::SetTimer(timer, after) => {
                    let p = &mut self.people[person];
                    p.timer_count += 1;
                    let (version, life) = (p.timer_count, p.life);
                    p.timers.insert(timer.clone(), version);
                    self.at(self.now + i64::from(after), What::Timer { person, life, timer, version });
                }
                Output::ClearTimer(timer) => {
                    self.people[person].timers.remove(&timer);
                }
                Output::Connect { .. } => {
                    assert!(self.people[person].connection.is_none(), "connects twice");
                    let (at, life) = (self.now + self.delay() + 1, self.people[person].life);
                    self.at(at, What::Open { person, life });
                }
                Output::Disconnect => {
                    if let Some(connection) = self.people[person].connection.take() {
                        self.lines.remove(&connection);
                    }
                }
                Output::SessionEnded => self.people[person].screen.session_ended = true,
                Output::Erase => self.people[person].screen.erased = true,
                Output::Transfer(job) => self.people[person].jobs.push(*job),
                Output::StopTransfer { file_id, way, .. } => {
                    self.people[person].jobs.retain(|job| job.file.id != file_id || job.way != way);
                }
                Output::Look { url } => {
                    let after = self.sites.get(&url).map_or(1, |(_, after)| *after);
                    self.people[person].looks.push(url.clone());
                    let life = self.people[person].life;
                    self.at(self.now + after, What::Looked { person, life, url });
                }
                Output::Invitation { .. } => {}
            }
        }
    }

    /// From now on all frames of clients are written down.
    pub fn listen(&mut self) {
        self.heard = Some(String::new());
    }

    pub fn heard(&self) -> &str {
        self.heard.as_deref().unwrap_or_default()
    }

    fn send_up(&mut self, person: usize, frame: Box<ClientFrame>) {
        if let Some(heard) = &mut self.heard {
            heard.push_str(&serde_json::to_string(&frame).unwrap());
        }
        let Some(connection) = self.people[person].connection else { return };
        if self.chance(self.weather.cut) {
            self.cut_line(connection, true);
            return;
        }
        let delay = self.delay();
        // A half-open line: nobody is there to hear it.
        let Some(line) = self.lines.get_mut(&connection) else { return };
        line.up_at = line.up_at.max(self.now + delay);
        let at = line.up_at;
        self.at(at, What::ToServer { connection, frame });
    }

    /// The driver entered an account.
    pub fn log_in(&mut self, person: usize, account: engine::Account, tokens: engine::AuthTokens) {
        self.input(person, Input::LoggedIn { account, tokens });
        self.command(person, Command::Start);
    }

    pub fn user(&self, person: usize) -> UserId {
        self.people[person].id
    }
}
