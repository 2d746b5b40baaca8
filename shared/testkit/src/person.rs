//! Someone who speaks the protocol, frame by frame.

use std::collections::VecDeque;
use std::net::SocketAddr;

use futures_util::{SinkExt, StreamExt};
use protocol::codec::{decode_server, encode_client};
use protocol::frame::{Auth, Event, History, Login, MessageAccepted, PostMessage, Register, Reply, Request};
use protocol::{ChatId, ClientFrame, LocalId, Message, MessageType, ProtocolError, RequestId, ServerFrame, UserId};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message as Frame;

use crate::{Addresses, within};

/// Which transport a person speaks over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wire {
    /// WebSocket.
    WebSocket,
    /// Raw TCP, a frame a line.
    Tcp,
}

/// An open connection that is logged in.
pub struct Person {
    /// Their number on the server.
    pub id: UserId,
    /// The username.
    pub name: String,
    /// For [`Person::resume`].
    pub access_token: String,
    line: Line,
    /// Events that came while something else was waited for.
    events: VecDeque<Event>,
    requests: i64,
}

enum Line {
    WebSocket(Box<WebSocketStream<TcpStream>>),
    Tcp(Lines<BufReader<OwnedReadHalf>>, OwnedWriteHalf),
}

/// The connection is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gone;

/// The password of everyone in tests.
const PASSWORD: &str = "correct horse battery";

impl Person {
    /// Makes an account; panics when it is refused.
    pub async fn register(at: Addresses, wire: Wire, name: &str) -> Self {
        let request = Request::Register(Register {
            username: name.to_owned(),
            password: PASSWORD.to_owned(),
            email: None,
            display_name: String::new(),
            invitation: None,
            device_name: "testkit".to_owned(),
        });
        Self::enter(at, wire, request).await.expect("the connection holds").expect("registration is open")
    }

    /// Logs in on a new connection.
    pub async fn login(at: Addresses, wire: Wire, name: &str) -> Self {
        let (username, password) = (name.to_owned(), PASSWORD.to_owned());
        let request = Request::Login(Login { username, password, device_name: "testkit".to_owned() });
        Self::enter(at, wire, request).await.expect("the connection holds").expect("the password is right")
    }

    /// Authenticates a new connection with the access token of an earlier one; `None` when the server is not there.
    pub async fn resume(at: Addresses, wire: Wire, access_token: &str) -> Option<Self> {
        let request = Request::Auth(Auth { token: access_token.to_owned() });
        let mut person = Self::enter(at, wire, request).await.ok()?.expect("the token is valid");
        person.access_token = access_token.to_owned();
        Some(person)
    }

    async fn enter(at: Addresses, wire: Wire, request: Request) -> Result<Result<Self, ProtocolError>, Gone> {
        let line = Line::open(at, wire).await.ok_or(Gone)?;
        let nobody = UserId(0);
        let mut person = Self {
            id: nobody,
            name: String::new(),
            access_token: String::new(),
            line,
            events: VecDeque::new(),
            requests: 0,
        };
        match person.try_request(request, None).await? {
            Ok(Reply::AuthSuccess(success)) => {
                person.id = success.user_id;
                person.name = success.username;
                person.access_token = success.access_token.unwrap_or_default();
                Ok(Ok(person))
            }
            Ok(other) => panic!("expected auth_success, got {other:?}"),
            Err(refused) => Ok(Err(refused)),
        }
    }

    /// Sends a request and waits for its reply; events that come meanwhile are kept.
    ///
    /// # Errors
    /// [`Gone`] when the connection ends first; inside, the server's refusal.
    pub async fn try_request(
        &mut self,
        request: Request,
        local_id: Option<LocalId>,
    ) -> Result<Result<Reply, ProtocolError>, Gone> {
        self.requests += 1;
        let id = RequestId::Number(self.requests);
        self.send(ClientFrame { request_id: Some(id.clone()), local_id, request }).await?;
        loop {
            match self.next_frame().await? {
                ServerFrame::Event(event) => self.events.push_back(event),
                ServerFrame::Reply { request_id, reply } if request_id.as_ref() == Some(&id) => {
                    return Ok(match reply {
                        Reply::Error(body) => Err(body.into()),
                        reply => Ok(reply),
                    });
                }
                ServerFrame::Reply { .. } => {}
            }
        }
    }

    /// As [`Self::try_request`]; panics when it is refused or the connection ends.
    pub async fn request(&mut self, request: Request) -> Reply {
        let local_id = Some(new_local_id());
        self.try_request(request, local_id).await.expect("the connection holds").expect("the request is accepted")
    }

    /// Posts under a given id.
    ///
    /// # Errors
    /// As [`Self::try_request`].
    pub async fn post(
        &mut self,
        chat_id: &ChatId,
        local_id: LocalId,
        text: &str,
    ) -> Result<Result<MessageAccepted, ProtocolError>, Gone> {
        match self.try_request(post(chat_id, text), Some(local_id)).await? {
            Ok(Reply::MessageAccepted(accepted)) => Ok(Ok(accepted)),
            Ok(other) => panic!("expected message_accepted, got {other:?}"),
            Err(refused) => Ok(Err(refused)),
        }
    }

    /// Posts; panics when it is refused.
    pub async fn say(&mut self, chat_id: &ChatId, text: &str) -> MessageAccepted {
        let posted = self.post(chat_id, new_local_id(), text).await;
        posted.expect("the connection holds").expect("the message is accepted")
    }

    /// Waits for an event in which `pick` finds something; those before it are dropped.
    pub async fn wait_for<T>(&mut self, what: &str, mut pick: impl FnMut(Event) -> Option<T>) -> T {
        let found = async {
            loop {
                if let Some(found) = self.next_event().await.and_then(&mut pick) {
                    return found;
                }
            }
        };
        within(what, found).await
    }

    /// Waits for a message with this text.
    pub async fn hears(&mut self, text: &str) -> Message {
        self.wait_for(&format!("the message {text:?}"), |event| match event {
            Event::NewMessage { message, .. } if message.content == text => Some(message),
            _ => None,
        })
        .await
    }

    async fn next_event(&mut self) -> Option<Event> {
        if let Some(event) = self.events.pop_front() {
            return Some(event);
        }
        match self.next_frame().await.expect("the connection holds") {
            ServerFrame::Event(event) => Some(event),
            ServerFrame::Reply { .. } => None,
        }
    }

    /// A chat's whole history, oldest first.
    pub async fn history(&mut self, chat_id: &ChatId) -> Vec<Message> {
        let mut all: Vec<Message> = Vec::new();
        loop {
            let after = all.last().map_or(0, |message| message.seq);
            let (before_seq, around_seq) = (None, None);
            let page = History {
                chat_id: chat_id.clone(),
                before_seq,
                after_seq: Some(after),
                around_seq,
                around_time: None,
                limit: Some(200),
            };
            let Reply::HistoryPage(page) = self.request(Request::History(page)).await else {
                panic!("expected a history_page");
            };
            all.extend(page.messages);
            if !page.has_more_after {
                return all;
            }
        }
    }

    /// Sends a frame as it is.
    ///
    /// # Errors
    /// [`Gone`].
    pub async fn send(&mut self, frame: ClientFrame) -> Result<(), Gone> {
        let text = encode_client(&frame);
        let sent = match &mut self.line {
            Line::WebSocket(socket) => socket.send(Frame::text(text)).await.is_ok(),
            Line::Tcp(_, write) => write.write_all(format!("{text}\n").as_bytes()).await.is_ok(),
        };
        if sent { Ok(()) } else { Err(Gone) }
    }

    /// The next frame from the server, whatever it is.
    ///
    /// # Errors
    /// [`Gone`].
    pub async fn next_frame(&mut self) -> Result<ServerFrame, Gone> {
        let text = within("a frame from the server", self.line.next_text()).await.ok_or(Gone)?;
        Ok(decode_server(&text).unwrap_or_else(|e| panic!("the server sent {text:?}: {e}")))
    }
}

impl Line {
    async fn open(at: Addresses, wire: Wire) -> Option<Self> {
        let stream = |to: SocketAddr| async move {
            let stream = TcpStream::connect(to).await.ok()?;
            stream.set_nodelay(true).ok()?;
            Some(stream)
        };
        match wire {
            Wire::WebSocket => {
                let url = format!("ws://{}/ws", at.http);
                let (socket, _) = tokio_tungstenite::client_async(url, stream(at.http).await?).await.ok()?;
                Some(Line::WebSocket(Box::new(socket)))
            }
            Wire::Tcp => {
                let (read, write) = stream(at.tcp).await?.into_split();
                Some(Line::Tcp(BufReader::new(read).lines(), write))
            }
        }
    }

    async fn next_text(&mut self) -> Option<String> {
        match self {
            Line::WebSocket(socket) => loop {
                match socket.next().await?.ok()? {
                    Frame::Text(text) => return Some(text.to_string()),
                    Frame::Close(_) => return None,
                    _ => {}
                }
            },
            Line::Tcp(lines, _) => lines.next_line().await.ok()?,
        }
    }
}

/// A text message's request.
pub fn post(chat_id: &ChatId, text: &str) -> Request {
    Request::Message(PostMessage {
        chat_id: chat_id.clone(),
        content: text.to_owned(),
        message_type: MessageType::Text,
        reply_to: None,
        mentions: Vec::new(),
        reactions: Vec::new(),
        encrypt_for_recipients: false,
        attachments: Vec::new(),
        poll: None,
        everyone: None,
        forward_of: None,
        thread: None,
    })
}

/// A fresh id, as a client makes it.
pub fn new_local_id() -> LocalId {
    LocalId(uuid::Uuid::now_v7())
}
