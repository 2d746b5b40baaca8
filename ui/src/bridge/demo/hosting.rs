//! The demo's host mode: its state, teams on the network and in the app, invitations.

use view::host::ConnectedPerson;
use view::update::ReplyBody;
use view::*;

use crate::i18n::when::now;

/// Host mode is so now.
pub fn host(state: HostState) -> Update {
    Update::Host { host: HostUpdate::State { state } }
}

/// The app lock is so now.
pub fn app_lock(on: bool, minutes: u32) -> Update {
    Update::Host { host: HostUpdate::Lock { lock: LockState { on, minutes, has_passphrase: false } } }
}

/// What a command about the lock brings.
pub fn lock(command: &HostCommand) -> Result<Vec<Update>, Failure> {
    Ok(match command {
        HostCommand::SetLock { minutes, .. } | HostCommand::LockAfter { minutes } => vec![app_lock(true, *minutes)],
        HostCommand::RemoveLock { passphrase } if passphrase == "wrong" => {
            return Err(Failure::TooManyTries { seconds: 21 });
        }
        HostCommand::RemoveLock { .. } => vec![app_lock(false, 0)],
        HostCommand::LockNow => vec![Update::Stage { stage: Stage::Locked { new: false, lock: true } }],
        _ => Vec::new(),
    })
}

/// Host mode with people connected.
pub fn running() -> HostState {
    let connected = [("Анна Петрова", 2), ("Bob Miller", 1), ("Wei Zhang", 1)];
    HostState::Running {
        name: "Маяк".into(),
        addresses: vec!["192.168.1.20:8080".into(), "10.8.0.2:8080".into()],
        port: 8080,
        tcp_port: 8081,
        folder: "/home/marina/.local/share/hybrid-messenger/team".into(),
        fingerprint: "7F3A 91C2 04DE B86A".into(),
        connected: connected.map(|(name, connections)| ConnectedPerson { name: name.into(), connections }).into(),
        since: Timestamp(now().0 - 3 * 3_600_000),
    }
}

/// The teams of the app: one, or several.
pub fn own_teams(several: bool, open: u32) -> HostUpdate {
    let all = [("Маяк", 131, 1), ("Studio North", 12, 2), ("Лесная школа", 3, 0)];
    let shown = if several { &all[..] } else { &all[..1] };
    let row = |(id, (name, unread, mentions)): (u32, &(&str, u64, u64))| TeamRow {
        id,
        name: (*name).into(),
        unread: *unread,
        mentions: *mentions,
    };
    HostUpdate::Teams { teams: (0..).zip(shown).map(row).collect(), open }
}

/// Teams on the network.
pub fn teams() -> Vec<DiscoveredTeam> {
    let team = |name: &str, address: &str, fingerprint: &str| DiscoveredTeam {
        name: name.into(),
        address: address.into(),
        fingerprint: fingerprint.into(),
        own: false,
    };
    vec![
        team("Маяк", "192.168.1.20:8080", "7F3A 91C2 04DE B86A"),
        team("Маяк", "192.168.1.57:8080", "2B10 9E4D 77C3 0A15"),
        team("Studio North", "192.168.1.31:8080", "C0DE 1180 92AF 33B1"),
    ]
}

/// A fresh invitation.
pub fn invitation(seconds: u32, uses_max: u32, approval: bool) -> ReplyBody {
    ReplyBody::Invitation {
        link: "hybrid://join/192.168.1.20:8080,10.8.0.2:8080?pin=q1w2e3r4t5y6u7i8o9p0a1s2d3f4g5h6j7k8l9z0x1c&secret=AbCdEfGhIjKlMnOpQrStUv&name=%D0%9C%D0%B0%D1%8F%D0%BA".into(),
        web: "https://192.168.1.20:8080/#join=AbCdEfGhIjKlMnOpQrStUv".into(),
        expires_at: Timestamp(now().0 + i64::from(seconds) * 1_000),
        uses_max,
        approval,
    }
}
