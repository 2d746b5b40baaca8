//! A stream of frames, the same for WebSocket and TCP: answers, events, heartbeats, deadlines, and when to hang up.
//!
//! Mutations of one connection may be under way together (they share a commit and keep their order); anything that reads
//! or changes the session waits for them. All that is ready goes out in one write.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use protocol::codec::{decode_client, encode_server};
use protocol::frame::{CloseReason, Event};
use protocol::{ErrorCode, ProtocolError, RequestId, ServerFrame};
use tokio::time::{Instant, Sleep};

use super::Shared;
use crate::hub::{Connection, Frame};
use crate::session::{Peer, Session, SessionId};
use crate::{auth, service};

/// Most requests of one connection under way; above it nothing more is read from the socket.
const UNDER_WAY_MAX: usize = 64;
/// A list of frames that a burst made longer than this is given back.
const IDLE_FRAMES_MAX: usize = 64;

/// What came in.
pub(crate) enum Incoming<B> {
    /// A whole frame, not looked at yet.
    Frame(B),
    /// Something that is no frame, but after which the stream can go on.
    Nonsense(&'static str),
    /// Only a sign of life.
    Alive,
    /// A frame over the limit, or bytes after which no frame can be told any more.
    Broken(ErrorCode, &'static str),
    /// The peer is gone.
    Gone,
}

/// One transport's way to carry frames.
pub(crate) trait Wire: Send {
    /// A frame as it arrives.
    type Bytes: AsRef<[u8]> + Send;

    /// Waits for the next thing; cancel-safe.
    fn recv(&mut self) -> impl Future<Output = Incoming<Self::Bytes>> + Send;
    /// Writes all frames with one flush and empties the list.
    fn send(&mut self, frames: &mut Vec<Frame>) -> impl Future<Output = io::Result<()>> + Send;
    /// Asks for a sign of life where the transport has one; goes out with the next `send`.
    fn probe(&mut self) -> impl Future<Output = io::Result<()>> + Send;
    /// Says good-bye and waits a moment for the peer to have read it.
    fn close(&mut self, why: Goodbye) -> impl Future<Output = ()> + Send;
    /// Silence of the peer means that it is gone (it answers probes).
    const ANSWERS_PROBES: bool;
}

/// Why a conversation ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Goodbye {
    /// The peer is gone; nothing more to say.
    Silent,
    /// The server says why in a last `closing` frame.
    Closing(CloseReason),
    /// Logged out on this stream.
    LoggedOut,
    /// A frame over the limit.
    TooLarge,
    /// Too much nonsense, no log-in in time, or not text.
    Policy,
}

type Answers = Pin<Box<dyn Future<Output = Vec<ServerFrame>> + Send>>;

/// Requests that are not answered yet, in the order in which they came. Only the first is looked at: when it is answered,
/// those behind it that shared its commit are too.
#[derive(Default)]
struct UnderWay(VecDeque<Answers>);

impl UnderWay {
    /// The first one's answers, when they are there; `None` when nothing is under way.
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Vec<ServerFrame>>> {
        let Some(first) = self.0.front_mut() else { return Poll::Ready(None) };
        first.as_mut().poll(cx).map(|answers| {
            self.0.pop_front();
            Some(answers)
        })
    }

    async fn next(&mut self) -> Option<Vec<ServerFrame>> {
        poll_fn(|cx| self.poll_next(cx)).await
    }
}

/// One connection's side of a conversation.
pub(crate) struct Conversation {
    shared: Arc<Shared>,
    session: Session,
    /// The stream of events, once logged in, and for which log-in.
    live: Option<(Connection, SessionId)>,
    under_way: UnderWay,
    out: Vec<Frame>,
    bad_frames: u32,
    heard_at: Instant,
    said_at: Instant,
    began_at: Instant,
}

enum Step<B> {
    Incoming(Incoming<B>),
    Answered(Vec<ServerFrame>),
    Told(Option<CloseReason>),
    Timer,
    Stopping,
}

impl Conversation {
    pub(crate) fn new(shared: Arc<Shared>, peer: Peer) -> Self {
        let now = Instant::now();
        Self {
            shared,
            session: Session::new(peer),
            live: None,
            under_way: UnderWay::default(),
            out: Vec::new(),
            bad_frames: 0,
            heard_at: now,
            said_at: now,
            began_at: now,
        }
    }

    /// Talks until one side ends it.
    pub(crate) async fn run<W: Wire>(mut self, mut wire: W) {
        let mut timer = std::pin::pin!(tokio::time::sleep_until(self.next_check()));
        let goodbye = loop {
            let was = self.session.who;
            let step = self.wait(&mut wire, timer.as_mut()).await;
            if let Some(goodbye) = self.take(step, &mut wire).await {
                break goodbye;
            }
            if let Some(reason) = self.collect_ready().await {
                break Goodbye::Closing(reason);
            }
            if self.flush(&mut wire).await.is_err() {
                break Goodbye::Silent;
            }
            // Lazily: a timer that fires early looks and sleeps again; only another log-in may need an earlier one.
            if timer.is_elapsed() || was != self.session.who {
                timer.as_mut().reset(self.next_check());
            }
        };
        tracing::debug!(?goodbye, "a conversation ended");
        if goodbye != Goodbye::Silent && self.flush(&mut wire).await.is_ok() {
            let _ = tokio::time::timeout(self.shared.limits.write_deadline, wire.close(goodbye)).await;
        }
    }

    async fn wait<W: Wire>(&mut self, wire: &mut W, timer: Pin<&mut Sleep>) -> Step<W::Bytes> {
        let room = self.under_way.0.len() < UNDER_WAY_MAX;
        let (attached, busy) = (self.live.is_some(), !self.under_way.0.is_empty());
        tokio::select! {
            answers = self.under_way.next(), if busy => Step::Answered(answers.unwrap_or_default()),
            told = recv_events(&mut self.live, &mut self.out), if attached => Step::Told(told),
            incoming = wire.recv(), if room => Step::Incoming(incoming),
            () = timer => Step::Timer,
            () = self.shared.stop.cancelled(), if !attached => Step::Stopping,
        }
    }

    async fn take<W: Wire>(&mut self, step: Step<W::Bytes>, wire: &mut W) -> Option<Goodbye> {
        match step {
            Step::Answered(answers) => {
                self.say(answers);
                None
            }
            Step::Told(reason) => reason.map(Goodbye::Closing),
            Step::Stopping => Some(self.closing(CloseReason::Stopping)),
            Step::Timer => self.check_time(wire).await,
            Step::Incoming(incoming) => {
                self.heard_at = Instant::now();
                match incoming {
                    Incoming::Frame(bytes) => self.answer(bytes.as_ref()).await,
                    Incoming::Nonsense(problem) => {
                        self.refuse(None, ProtocolError::new(ErrorCode::MalformedFrame, problem))
                    }
                    Incoming::Alive => None,
                    Incoming::Broken(code, problem) => {
                        self.finish_under_way().await;
                        self.say(vec![ServerFrame::error(None, ProtocolError::new(code, problem))]);
                        Some(if code == ErrorCode::FrameTooLarge { Goodbye::TooLarge } else { Goodbye::Policy })
                    }
                    Incoming::Gone => Some(Goodbye::Silent),
                }
            }
        }
    }

    /// Answers one frame, now or when it is done.
    async fn answer(&mut self, bytes: &[u8]) -> Option<Goodbye> {
        let frame = match decode_client(bytes) {
            Ok(frame) => frame,
            Err(refused) => {
                let goodbye = self.refuse(refused.request_id, refused.error.clone());
                return if refused.error.code == ErrorCode::FrameTooLarge { Some(Goodbye::TooLarge) } else { goodbye };
            }
        };
        self.bad_frames = 0;
        let app = self.shared.app.clone();
        if service::changes_session(&frame.request) {
            self.finish_under_way().await;
            let was_in = self.session.who.is_some();
            let answers = service::handle(&app, &mut self.session, frame).await;
            self.say(answers);
            if was_in && self.session.who.is_none() {
                return Some(Goodbye::LoggedOut);
            }
            return self.follow_session().await;
        }
        if !service::is_mutation(&frame.request) {
            self.finish_under_way().await;
        }
        let mut answers: Answers = Box::pin(service::dispatch(app, self.session.who, frame));
        // The first poll takes the request's place in the order, so it happens here and not when there is time.
        match poll_fn(|cx| Poll::Ready(answers.as_mut().poll(cx))).await {
            Poll::Ready(answers) if self.under_way.0.is_empty() => self.say(answers),
            Poll::Ready(answers) => self.under_way.0.push_back(Box::pin(std::future::ready(answers))),
            Poll::Pending => self.under_way.0.push_back(answers),
        }
        None
    }

    /// Takes up the events of whoever is now logged in.
    async fn follow_session(&mut self) -> Option<Goodbye> {
        let Some(who) = self.session.who else {
            self.live = None;
            return None;
        };
        if self.live.as_ref().is_some_and(|(_, session)| *session == who.session_id) {
            return None;
        }
        self.live = None;
        let app = &self.shared.app;
        match service::attach(app, who).await {
            Ok(connection) => self.live = Some((connection, who.session_id)),
            Err(error) => {
                self.say(vec![ServerFrame::error(None, error)]);
                return Some(Goodbye::Policy);
            }
        }
        // Likewise a stop that began before this stream could be told.
        if self.shared.stop.is_cancelled() {
            return Some(self.closing(CloseReason::Stopping));
        }
        // A log-out between the token's check and the attaching has closed nothing here: look again.
        match auth::is_live(app, who.session_id).await {
            Ok(true) => None,
            _ => Some(self.closing(CloseReason::SessionEnded)),
        }
    }

    /// What a timer may find: no log-in in time, a token at its end, a peer gone, or that it is time for a heartbeat.
    async fn check_time<W: Wire>(&mut self, wire: &mut W) -> Option<Goodbye> {
        let limits = &self.shared.limits;
        let now = Instant::now();
        let Some(who) = self.session.who else {
            if now < self.began_at + limits.auth_deadline {
                return None;
            }
            let error = ProtocolError::new(ErrorCode::Unauthenticated, "no log-in in time");
            self.say(vec![ServerFrame::error(None, error)]);
            return Some(Goodbye::Policy);
        };
        if self.shared.app.now() >= who.expires_at {
            return Some(self.closing(CloseReason::TokenExpired));
        }
        if W::ANSWERS_PROBES && now >= self.heard_at + limits.heartbeat * 2 {
            return Some(Goodbye::Silent);
        }
        if now >= self.said_at + limits.heartbeat {
            if let Some((connection, _)) = &self.live {
                self.out.push(connection.heartbeat());
            }
            if wire.probe().await.is_err() {
                return Some(Goodbye::Silent);
            }
        }
        None
    }

    fn next_check(&self) -> Instant {
        let limits = &self.shared.limits;
        let Some(who) = self.session.who else { return self.began_at + limits.auth_deadline };
        let left = u64::try_from(who.expires_at.0 - self.shared.app.now().0).unwrap_or(0);
        let now = Instant::now();
        let heartbeat = (self.said_at + limits.heartbeat).max(now + limits.heartbeat / 8);
        heartbeat.min(now + Duration::from_millis(left.max(1)))
    }

    /// Refuses a frame; too many in a row end the conversation.
    fn refuse(&mut self, request_id: Option<RequestId>, error: ProtocolError) -> Option<Goodbye> {
        self.bad_frames += 1;
        let answer = ServerFrame::error(request_id, error);
        // In its order among the answers that are still under way.
        if self.under_way.0.is_empty() {
            self.say(vec![answer]);
        } else {
            self.under_way.0.push_back(Box::pin(std::future::ready(vec![answer])));
        }
        (self.bad_frames >= self.shared.limits.bad_frames_max).then_some(Goodbye::Policy)
    }

    async fn finish_under_way(&mut self) {
        while let Some(answers) = self.under_way.next().await {
            self.say(answers);
        }
    }

    /// Takes what is ready without waiting, answers and events, so that it goes out in the same write.
    async fn collect_ready(&mut self) -> Option<CloseReason> {
        let answered = |cx: &mut Context<'_>| {
            while let Poll::Ready(Some(answers)) = self.under_way.poll_next(cx) {
                self.say(answers);
            }
            Poll::Ready(())
        };
        poll_fn(answered).await;
        self.live.as_mut().and_then(|(connection, _)| connection.try_recv_many(&mut self.out))
    }

    fn say(&mut self, answers: Vec<ServerFrame>) {
        self.out.extend(answers.iter().map(|frame| Frame::from(encode_server(frame))));
    }

    fn closing(&mut self, reason: CloseReason) -> Goodbye {
        self.say(vec![ServerFrame::Event(Event::Closing { reason })]);
        Goodbye::Closing(reason)
    }

    async fn flush<W: Wire>(&mut self, wire: &mut W) -> io::Result<()> {
        if self.out.is_empty() {
            return Ok(());
        }
        self.said_at = Instant::now();
        let sent = tokio::time::timeout(self.shared.limits.write_deadline, wire.send(&mut self.out)).await;
        if self.out.capacity() > IDLE_FRAMES_MAX {
            self.out = Vec::new();
        }
        sent.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }
}

async fn recv_events(live: &mut Option<(Connection, SessionId)>, out: &mut Vec<Frame>) -> Option<CloseReason> {
    match live {
        Some((connection, _)) => connection.recv_many(out).await,
        None => std::future::pending().await,
    }
}
