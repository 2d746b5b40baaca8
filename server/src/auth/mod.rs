//! Accounts' doors: register, log in, authenticate a connection, refresh, log out.
//!
//! A log-in makes a session: one access token after another, one family of refresh tokens. Each refresh token is traded in
//! once; a second time ends the session, unless it is the same request again and nobody has used what it was given: then
//! its reply got lost. That has no time limit, because a laptop may sleep just then; whoever knows both the token and the
//! request's id (122 random bits that are sent nowhere else) is the one who asked.

mod known;
pub mod password;
mod tables;
pub mod token;

use std::sync::Arc;

use protocol::frame::{self, AuthSuccess};
use protocol::limits::{ACCESS_TOKEN_SECONDS, NAME_CHARS_MAX, PASSWORD_BYTES_MAX, PASSWORD_CHARS_MIN};
use protocol::{ErrorCode, LocalId, ProtocolError, Timestamp, UserId};
use rand::Rng as _;
use tokio::sync::OnceCell;

use self::known::{KnownSessions, Said};
use self::password::{Checked, PasswordCost, Passwords};
pub use self::tables::SCHEMA;
use self::tables::{NewSession, StoredToken};
use self::token::{Keys, RefreshToken, refresh_hash};
use crate::domain::{Failure, names, users};
use crate::session::{Peer, SessionId, Who};
use crate::state::App;
use crate::store;

/// What the doors need: keys, password hashing, the sessions that live.
pub struct Auth {
    passwords: Passwords,
    keys: OnceCell<Keys>,
    known: KnownSessions,
}

/// Someone came in.
#[derive(Debug, Clone)]
pub struct Granted {
    /// Who.
    pub who: Who,
    /// What to answer.
    pub success: AuthSuccess,
}

impl Auth {
    /// The keys come from the database at the first use.
    pub fn new(cost: PasswordCost) -> Self {
        Self { passwords: Passwords::new(cost), keys: OnceCell::new(), known: KnownSessions::default() }
    }

    /// With passwords that cost nothing.
    pub fn for_tests() -> Self {
        Self::new(PasswordCost::Trifling)
    }

    async fn keys(&self, app: &App) -> Result<&Keys, ProtocolError> {
        self.keys
            .get_or_try_init(|| async {
                let fresh = random();
                let secret = app.write(UserId(0), move |cx| Ok(tables::secret(cx.tx, fresh)?)).await?;
                let secret: [u8; 32] =
                    secret.try_into().map_err(|_| Failure::refused(ErrorCode::Internal, "the secret is damaged"))?;
                Ok(Keys::new(&secret))
            })
            .await
            .map_err(Failure::into_protocol)
    }
}

/// Makes an account (`domain::users::create`) and logs in. Repeated with the same id and password, it logs in again.
///
/// # Errors
/// `username_taken`, `invalid_field`, `invitation_*`, `unavailable`.
pub async fn register(
    app: &App,
    peer: &Peer,
    local_id: Option<LocalId>,
    body: frame::Register,
) -> Result<Granted, ProtocolError> {
    check_password(&body.password)?;
    check_device(&body.device_name)?;
    let password_hash = app.auth.passwords.hash(body.password.clone()).await?;
    let made_by = local_id.map(|id| id.to_string());
    let session = new_session(peer, UserId(0), made_by.clone(), &body.device_name);
    let first = RefreshToken::first(random());
    let (session_id, hash) = (session.id, first.hash());
    let new = users::NewUser {
        username: body.username.clone(),
        password_hash,
        email: body.email,
        display_name: body.display_name,
        invitation: body.invitation,
        invitation_required: app.settings.invitation_required,
    };
    let made = app
        .write(UserId(0), move |cx| {
            let user = users::create(cx, &new)?;
            tables::insert_session(cx.tx, &NewSession { user_id: user.id, ..session }, cx.now)?;
            tables::insert_token(cx.tx, &hash, session_id, cx.now)?;
            Ok(user)
        })
        .await;
    match made {
        Ok(user) => grant(app, session_id, user.id, user.username.into(), first).await,
        Err(failure) => {
            let error = failure.into_protocol();
            match made_by {
                Some(made_by) if error.code == ErrorCode::UsernameTaken => {
                    register_again(app, made_by, body.username, body.password).await?.ok_or(error)
                }
                _ => Err(error),
            }
        }
    }
}

/// The registration was done already and its reply got lost: gives new tokens for the session it made.
async fn register_again(
    app: &App,
    made_by: String,
    username: String,
    password: String,
) -> Result<Option<Granted>, ProtocolError> {
    let found = app
        .read(UserId(0), move |cx| {
            let Some(account) = account(cx.tx, &username)? else { return Ok(None) };
            let session = tables::session_made_by(cx.tx, account.id, &made_by)?;
            Ok(session.map(|session| (account, session)))
        })
        .await
        .map_err(Failure::into_protocol)?;
    let Some((account, session_id)) = found else { return Ok(None) };
    if app.auth.passwords.check(password, Some(account.password_hash)).await? == Checked::Wrong {
        return Ok(None);
    }
    let first = RefreshToken::first(random());
    let hash = first.hash();
    app.write(account.id, move |cx| Ok(tables::insert_token(cx.tx, &hash, session_id, cx.now)?))
        .await
        .map_err(Failure::into_protocol)?;
    grant(app, session_id, account.id, account.username.into(), first).await.map(Some)
}

/// Logs in. An unknown name and a wrong password are told in the same words, after the same time.
///
/// # Errors
/// `invalid_credentials`, `unavailable`.
pub async fn login(
    app: &App,
    peer: &Peer,
    local_id: Option<LocalId>,
    body: frame::Login,
) -> Result<Granted, ProtocolError> {
    check_device(&body.device_name)?;
    let wrong = || ProtocolError::new(ErrorCode::InvalidCredentials, "wrong username or password");
    if body.password.len() > PASSWORD_BYTES_MAX {
        return Err(wrong());
    }
    let username = body.username;
    let account =
        app.read(UserId(0), move |cx| Ok(account(cx.tx, &username)?)).await.map_err(Failure::into_protocol)?;
    let stored = account.as_ref().map(|a| a.password_hash.clone());
    let checked = app.auth.passwords.check(body.password.clone(), stored).await?;
    let Some(account) = account.filter(|a| checked != Checked::Wrong && !a.deactivated) else { return Err(wrong()) };
    let stronger = match checked {
        Checked::RightButWeak => Some(app.auth.passwords.hash(body.password).await?),
        _ => None,
    };
    let session = new_session(peer, account.id, local_id.map(|id| id.to_string()), &body.device_name);
    let first = RefreshToken::first(random());
    let (session_id, hash, user_id) = (session.id, first.hash(), account.id);
    app.write(user_id, move |cx| {
        if let Some(stronger) = stronger {
            store::users::set_password_hash(cx.tx, user_id, &stronger)?;
        }
        tables::insert_session(cx.tx, &session, cx.now)?;
        Ok(tables::insert_token(cx.tx, &hash, session_id, cx.now)?)
    })
    .await
    .map_err(Failure::into_protocol)?;
    grant(app, session_id, user_id, account.username.into(), first).await
}

/// Checks an access token: whose it is, and that its session lives.
///
/// # Errors
/// `token_expired`, `token_invalid`.
pub async fn authenticate(app: &App, _peer: &Peer, body: frame::Auth) -> Result<Granted, ProtocolError> {
    let now = app.now();
    let claims = app.auth.keys(app).await?.read(&body.token, now)?;
    let over = || ProtocolError::new(ErrorCode::TokenInvalid, "this session is over");
    let session_id: SessionId = claims.sid.parse().map_err(|_| over())?;
    let (user_id, username) = live(app, session_id, now).await?.ok_or_else(over)?;
    if claims.user_id() != Some(user_id) {
        return Err(over());
    }
    let expires_at = Timestamp(claims.exp.saturating_mul(1_000));
    let expires_in = u32::try_from((expires_at.0 - now.0) / 1_000).unwrap_or(0);
    Ok(Granted {
        who: Who { user_id, session_id, expires_at },
        success: AuthSuccess {
            user_id,
            username: username.to_string(),
            expires_in,
            access_token: None,
            refresh_token: None,
        },
    })
}

/// The session has not ended. To be asked once more after a stream went live: a log-out before that closed nothing.
pub async fn is_live(app: &App, session_id: SessionId) -> Result<bool, ProtocolError> {
    Ok(live(app, session_id, app.now()).await?.is_some())
}

async fn live(app: &App, session: SessionId, now: Timestamp) -> Result<Option<(UserId, Arc<str>)>, ProtocolError> {
    match app.auth.known.get(session, now) {
        Said::Live(user_id, username) => return Ok(Some((user_id, username))),
        Said::Ended => return Ok(None),
        Said::Unknown => {}
    }
    let found = app
        .read(UserId(0), move |cx| {
            let Some(user_id) = tables::live_session(cx.tx, session)? else { return Ok(None) };
            let user = store::users::get(cx.tx, user_id)?.filter(|user| !user.deactivated);
            Ok(user.map(|user| (user_id, Arc::<str>::from(user.username))))
        })
        .await
        .map_err(Failure::into_protocol)?;
    Ok(found.filter(|(user_id, username)| app.auth.known.learn(session, *user_id, Arc::clone(username), now)))
}

/// What a refresh token turned out to be.
enum Traded {
    /// Here is its successor.
    For(RefreshToken, SessionId, UserId),
    /// It was used before: the session is ended.
    Reused(SessionId),
    /// Not a token of a live session.
    Unknown,
}

/// Trades a refresh token for new tokens.
///
/// # Errors
/// `token_invalid` (unknown, or past its time), `token_reused`.
pub async fn refresh(
    app: &App,
    _peer: &Peer,
    local_id: Option<LocalId>,
    body: frame::Refresh,
) -> Result<Granted, ProtocolError> {
    let nonce: String = random().iter().map(|b| format!("{b:02x}")).collect();
    let successor = app.auth.keys(app).await?.successor(&body.refresh_token, local_id, &nonce)?;
    let by = local_id.map(|id| id.to_string());
    let old = refresh_hash(&body.refresh_token);
    let traded = app
        .write(UserId(0), move |cx| {
            let Some(stored) = tables::token(cx.tx, &old)? else { return Ok(Traded::Unknown) };
            if stored.ended || stored.expires_at_ms <= cx.now.0 {
                return Ok(Traded::Unknown);
            }
            if stored.used_at_ms.is_some() {
                if is_retry(cx.tx, &stored, by.as_deref(), &successor, cx.now)? {
                    return Ok(Traded::For(successor, stored.session_id, stored.user_id));
                }
                tables::end_session(cx.tx, stored.session_id, cx.now)?;
                crate::domain::devices::session_ended(cx, stored.user_id, stored.session_id)?;
                return Ok(Traded::Reused(stored.session_id));
            }
            tables::use_token(cx.tx, &old, stored.session_id, by.as_deref(), cx.now)?;
            tables::insert_token(cx.tx, &successor.hash(), stored.session_id, cx.now)?;
            Ok(Traded::For(successor, stored.session_id, stored.user_id))
        })
        .await
        .map_err(Failure::into_protocol)?;
    let invalid = || ProtocolError::new(ErrorCode::TokenInvalid, "not a refresh token of a living session");
    match traded {
        Traded::For(successor, session_id, user_id) => {
            let (_, username) = live(app, session_id, app.now()).await?.ok_or_else(invalid)?;
            grant(app, session_id, user_id, username, successor).await
        }
        Traded::Reused(session_id) => {
            ended(app, session_id);
            tracing::warn!(%session_id, "a refresh token came twice; its session is ended");
            Err(ProtocolError::new(ErrorCode::TokenReused, "this refresh token was used before; log in again"))
        }
        Traded::Unknown => Err(invalid()),
    }
}

/// The same request again, and nobody has used what it was given: its reply was lost on the way.
fn is_retry(
    tx: &mut sql::Tx<'_>,
    stored: &StoredToken,
    by: Option<&str>,
    successor: &RefreshToken,
    now: Timestamp,
) -> Result<bool, sql::Error> {
    if by.is_none() || stored.used_by.as_deref() != by {
        return Ok(false);
    }
    let unused = |t: StoredToken| t.used_at_ms.is_none() && t.expires_at_ms > now.0;
    Ok(tables::token(tx, &successor.hash())?.is_some_and(unused))
}

/// Ends a session: its tokens die now, its streams close.
///
/// # Errors
/// `unavailable`.
pub async fn logout(app: &App, who: Who) -> Result<(), ProtocolError> {
    end(app, who.user_id, who.session_id).await
}

/// Ends a session of a person: tokens, streams, and what it was a device for.
///
/// # Errors
/// `unavailable`.
pub(crate) async fn end(app: &App, user_id: UserId, session_id: SessionId) -> Result<(), ProtocolError> {
    let end = move |cx: &mut crate::domain::Cx<'_, '_>| {
        tables::end_session(cx.tx, session_id, cx.now)?;
        crate::domain::devices::session_ended(cx, user_id, session_id)
    };
    app.write(user_id, end).await.map_err(Failure::into_protocol)?;
    ended(app, session_id);
    Ok(())
}

fn ended(app: &App, session_id: SessionId) {
    app.auth.known.end(session_id, app.now());
    app.hub.close_session(session_id, frame::CloseReason::SessionEnded);
}

async fn grant(
    app: &App,
    session_id: SessionId,
    user_id: UserId,
    username: Arc<str>,
    refresh: RefreshToken,
) -> Result<Granted, ProtocolError> {
    let now = app.now();
    let jti = uuid::Uuid::new_v4().to_string();
    let access = app.auth.keys(app).await?.access(user_id, &session_id.to_string(), jti, now)?;
    app.auth.known.learn(session_id, user_id, Arc::clone(&username), now);
    let expires_at = Timestamp(now.0.div_euclid(1_000) * 1_000 + i64::from(ACCESS_TOKEN_SECONDS) * 1_000);
    Ok(Granted {
        who: Who { user_id, session_id, expires_at },
        success: AuthSuccess {
            user_id,
            username: username.to_string(),
            expires_in: ACCESS_TOKEN_SECONDS,
            access_token: Some(access),
            refresh_token: Some(refresh.0),
        },
    })
}

/// What logging in needs to know of a person.
struct Account {
    id: UserId,
    username: String,
    password_hash: String,
    deactivated: bool,
}

fn account(tx: &mut sql::Tx<'_>, username: &str) -> Result<Option<Account>, sql::Error> {
    let found = store::users::credentials(tx, &names::username_key(username))?;
    Ok(found.map(|(id, username, password_hash, deactivated)| Account { id, username, password_hash, deactivated }))
}

fn new_session(peer: &Peer, user_id: UserId, made_by: Option<String>, device_name: &str) -> NewSession {
    NewSession {
        id: SessionId::new_v4(),
        user_id,
        made_by,
        device_name: device_name.to_owned(),
        client: peer.client.chars().take(NAME_CHARS_MAX).collect(),
        ip: peer.ip.map(|ip| ip.to_string()).unwrap_or_default(),
    }
}

fn check_password(password: &str) -> Result<(), ProtocolError> {
    if password.len() > PASSWORD_BYTES_MAX {
        return Err(ProtocolError::field("password", "longer than 256 bytes"));
    }
    if password.chars().count() < PASSWORD_CHARS_MIN {
        return Err(ProtocolError::field("password", "shorter than 8 characters"));
    }
    Ok(())
}

fn check_device(name: &str) -> Result<(), ProtocolError> {
    if name.chars().count() > NAME_CHARS_MAX {
        return Err(ProtocolError::field("device_name", "longer than 80 characters"));
    }
    Ok(())
}

/// 256 bits from the system's generator. Not from the context's: that one repeats in tests, secrets never do.
fn random() -> [u8; 32] {
    let mut bytes = [0; 32];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}
