//! The conversation that enters a server: hello, then register or log in. Performs no I/O: a transport of its own gives
//! it what comes and sends what it says.

use protocol::frame::{AuthSuccess, Hello, Login, Register, Reply};
use protocol::{ClientFrame, ErrorCode, Request, RequestId, ServerFrame, UserId, VERSIONS};
use view::Failure;

/// What the conversation is for.
pub(crate) enum Purpose {
    /// To look who is there.
    Probe,
    /// To make an account.
    Register { username: String, password: String, display_name: String },
    /// To enter with one.
    Login { username: String, password: String },
}

/// What came of it.
pub(crate) enum Entered {
    /// After [`Purpose::Probe`].
    Found { name: String, invitation_required: bool },
    /// In: who, where, and the session.
    In {
        user_id: UserId,
        username: String,
        server_id: String,
        team: String,
        access: String,
        refresh: String,
        expires_in: u32,
    },
}

/// What to do next.
pub(crate) enum Next {
    /// Wait for another frame.
    Wait,
    /// Send this, then wait.
    Send(Box<ClientFrame>),
    /// Over; close.
    Done(Result<Entered, Failure>),
}

/// A conversation under way: `hello` → `welcome` → `register` or `login` → `auth_success`.
pub(crate) struct Entry {
    purpose: Option<Purpose>,
    invitation: Option<String>,
    device_name: String,
    /// The server's id and name, once it has said them.
    welcome: Option<(String, String)>,
}

const HELLO: RequestId = RequestId::Number(1);
const ENTER: RequestId = RequestId::Number(2);

impl Entry {
    pub(crate) fn new(purpose: Purpose, invitation: Option<String>, device_name: String) -> Self {
        Self { purpose: Some(purpose), invitation, device_name, welcome: None }
    }

    /// The first frame.
    pub(crate) fn hello(&self) -> ClientFrame {
        let client = format!("hybrid-messenger/{}", env!("CARGO_PKG_VERSION"));
        frame(HELLO, Request::Hello(Hello { versions: VERSIONS.to_vec(), client }))
    }

    /// Takes the next frame of the server.
    pub(crate) fn step(&mut self, frame: ServerFrame) -> Next {
        let ServerFrame::Reply { request_id, reply } = frame else { return Next::Wait };
        if request_id.as_ref().is_some_and(|id| *id != HELLO && *id != ENTER) {
            return Next::Wait;
        }
        match reply {
            Reply::Error(e) if e.code == ErrorCode::VersionUnsupported => Next::Done(Err(Failure::Version)),
            Reply::Error(e) => Next::Done(Err(Failure::Refused { code: e.code })),
            Reply::Welcome(welcome) => {
                if !VERSIONS.contains(&welcome.version) {
                    return Next::Done(Err(Failure::Version));
                }
                self.welcome = Some((welcome.server_id, welcome.name.clone()));
                self.enter(welcome.name, welcome.invitation_required)
            }
            Reply::AuthSuccess(success) => Next::Done(self.entered(success)),
            _ => Next::Wait,
        }
    }

    fn enter(&mut self, name: String, invitation_required: bool) -> Next {
        let device_name = self.device_name.clone();
        let request = match self.purpose.take() {
            None => return Next::Done(Err(Failure::NotAServer)),
            Some(Purpose::Probe) => return Next::Done(Ok(Entered::Found { name, invitation_required })),
            Some(Purpose::Register { username, password, display_name }) => Request::Register(Register {
                username,
                password,
                email: None,
                display_name,
                invitation: self.invitation.take(),
                device_name,
            }),
            Some(Purpose::Login { username, password }) => Request::Login(Login { username, password, device_name }),
        };
        Next::Send(Box::new(frame(ENTER, request)))
    }

    fn entered(&mut self, success: AuthSuccess) -> Result<Entered, Failure> {
        let (server_id, team) = self.welcome.take().ok_or(Failure::NotAServer)?;
        let (Some(access), Some(refresh)) = (success.access_token, success.refresh_token) else {
            return Err(Failure::NotAServer);
        };
        let AuthSuccess { user_id, username, expires_in, .. } = success;
        Ok(Entered::In { user_id, username, server_id, team, access, refresh, expires_in })
    }
}

fn frame(id: RequestId, request: Request) -> ClientFrame {
    ClientFrame { request_id: Some(id), local_id: None, request }
}
