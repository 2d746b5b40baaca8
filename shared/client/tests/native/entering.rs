//! Finding a server, being sure of it, and entering.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use client::KeySource;
use protocol::ErrorCode;
use view::update::ReplyBody;
use view::{Command, Failure, ServerTarget, Stage};

use crate::person::{Person, register};
use crate::team::{Team, invited};

fn newcomer(folder: &tempfile::TempDir) -> Person {
    Person::start(folder.path(), KeySource::None).unwrap()
}

fn probe(server: ServerTarget) -> Command {
    Command::Probe { server }
}

#[test]
fn alice_joins_by_link_and_the_pin_is_checked() {
    let (team, folder) = (Team::hosted(), tempfile::tempdir().unwrap());
    let alice = newcomer(&folder);
    let link = team.link(1);
    let found = alice.ok(probe(invited(&link)));
    let ReplyBody::ServerFound { invitation_required, pinned, .. } = found else { panic!("{found:?}") };
    assert!(invitation_required && pinned);
    alice.register(&invited(&link), "alice");
    let Stage::Ready { me } = alice.stage() else { panic!("not in") };
    assert_eq!(me.person.username, "alice");
    assert_eq!(me.address, link.addresses[0]);
}

#[test]
fn a_wrong_pin_is_refused_before_anything_is_said() {
    let (team, folder) = (Team::hosted(), tempfile::tempdir().unwrap());
    let alice = newcomer(&folder);
    let mut link = team.link(1);
    link.pin = link.pin.map(|mut pin| {
        pin[31] ^= 1;
        pin
    });
    assert_eq!(alice.failure(probe(invited(&link))), Failure::WrongPin);
    assert_eq!(alice.failure(register(&invited(&link), "alice")), Failure::WrongPin);
    // The right link still works: nothing was used up.
    link.pin = team.link(1).pin;
    alice.register(&invited(&link), "alice");
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_refused_without_a_pin() {
    let (team, folder) = (Team::hosted(), tempfile::tempdir().unwrap());
    let alice = newcomer(&folder);
    let address = format!("https://127.0.0.1:{}", team.port());
    assert_eq!(alice.failure(probe(ServerTarget::Address { address })), Failure::Untrusted);
    assert_eq!(alice.failure(probe(ServerTarget::Address { address: "http://192.0.2.1".into() })), Failure::Untrusted);
}

#[test]
fn expired_used_up_and_foreign_invitations_fail_with_their_own_words() {
    let (team, folder, second) = (Team::hosted(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (alice, bob) = (newcomer(&folder), newcomer(&second));
    let (once, soon_over) = (team.link(1), team.link(5));
    alice.register(&invited(&once), "alice");
    let refused = |code| Failure::Refused { code };
    assert_eq!(bob.failure(register(&invited(&once), "bob")), refused(ErrorCode::InvitationUsedUp));
    team.later_by_minutes(61);
    assert_eq!(bob.failure(register(&invited(&soon_over), "bob")), refused(ErrorCode::InvitationExpired));
    let mut foreign = team.link(1);
    foreign.secret = Some([9; 16]);
    assert_eq!(bob.failure(register(&invited(&foreign), "bob")), refused(ErrorCode::InvitationInvalid));
    foreign.secret = None;
    assert_eq!(bob.failure(register(&invited(&foreign), "bob")), refused(ErrorCode::InvitationRequired));
    assert_eq!(bob.failure(register(&invited(&team.link(1)), "ALICE")), refused(ErrorCode::UsernameTaken));
}

#[test]
fn the_first_address_of_a_link_that_answers_is_taken() {
    let (team, folder) = (Team::hosted(), tempfile::tempdir().unwrap());
    let alice = newcomer(&folder);
    let mut link = team.link(1);
    let dead = { TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string() };
    link.addresses.insert(0, dead);
    alice.register(&invited(&link), "alice");
}

#[test]
fn what_is_no_server_is_told_from_nobody_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let alice = newcomer(&folder);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap();
    let other = std::thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        let _ = socket.read(&mut [0; 1024]);
        let _ = socket.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n");
    });
    let address = |at| ServerTarget::Address { address: format!("{at}") };
    assert_eq!(alice.failure(probe(address(at))), Failure::NotAServer);
    other.join().unwrap();
    assert_eq!(alice.failure(probe(address(at))), Failure::Unreachable);
    assert_eq!(alice.failure(probe(ServerTarget::Here)), Failure::NotHere);
    assert_eq!(alice.failure(probe(ServerTarget::Invitation { link: "hello".into() })), Failure::BadLink);
}

#[test]
fn after_logging_out_nothing_is_left_and_another_account_can_enter() {
    let (team, folder) = (Team::open(), tempfile::tempdir().unwrap());
    let alice = newcomer(&folder);
    alice.register(&team.address(), "alice");
    alice.say("секрет на этой машине");
    alice.ok(Command::Logout);
    alice.wait("the welcome screen", |shown| {
        shown
            .iter()
            .rev()
            .find_map(|u| match u {
                view::Update::Stage { stage } => Some(matches!(stage, Stage::Welcome { .. })),
                _ => None,
            })?
            .then_some(())
    });
    alice.register(&team.address(), "bob");
    let Stage::Ready { me } = alice.stage() else { panic!("not in") };
    assert_eq!(me.person.username, "bob");
}

#[test]
fn a_session_that_ran_out_asks_to_log_in_again_and_keeps_what_waits() {
    let (mut team, folder, second) = (Team::open(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (alice, bob) = (newcomer(&folder), newcomer(&second));
    alice.register(&team.address(), "alice");
    bob.register(&team.address(), "bob");
    team.down();
    alice.offline();
    alice.say("before the long holiday");
    team.later_by_minutes(40 * 24 * 60);
    team.up();
    alice.ok(Command::Reconnect);
    alice.wait("the word that the session ended", |shown| {
        let ended =
            |u: &view::Update| matches!(u, view::Update::Stage { stage: Stage::Welcome { session_ended: true, .. } });
        shown.iter().any(ended).then_some(())
    });
    let login = |username: &str, password: &str| Command::Login {
        server: team.address(),
        username: username.to_owned(),
        password: password.to_owned(),
    };
    let wrong = Failure::Refused { code: ErrorCode::InvalidCredentials };
    assert_eq!(alice.failure(login("alice", "not her password")), wrong);
    alice.ok(login("ALICE", "correct horse battery"));
    alice.online();
    bob.ok(login("bob", "correct horse battery"));
    bob.online();
    bob.open();
    bob.reads("before the long holiday");
}
