//! The teams of one person in this app: a client for each, in a folder of its own, of which one is on the page. The others
//! stay connected, count what is unread and notify. Which teams there are is what folders there are.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use client::App;
use view::{HostUpdate, Stage, TeamRow, Update};

/// The first team's place; it is always there, and keeps what belongs to the profile (a passphrase's header).
pub const FIRST: u32 = 0;
/// Most teams in one app: each holds a connection, a thread and a cache.
const TEAMS_MAX: usize = 32;
/// The shell's file that says which team was on the page last.
const OPEN_FILE: &str = "open-team";

/// All teams.
pub struct Teams {
    folder: PathBuf,
    state: Mutex<State>,
}

struct State {
    /// On the page.
    open: u32,
    all: BTreeMap<u32, Team>,
}

#[derive(Default)]
struct Team {
    /// None until it runs.
    client: Option<Arc<App>>,
    name: String,
    unread: u64,
    mentions: u64,
    /// Someone is in.
    ready: bool,
    /// Someone was, until the session was ended elsewhere: the team stays in the list, to sign in again.
    ended: bool,
}

impl Team {
    /// Nobody is in, and nobody was.
    fn is_free(&self) -> bool {
        !self.ready && !self.ended
    }
}

/// What an update of a client means here.
pub struct Heard {
    /// The team is on the page: so the update goes there.
    pub open: bool,
    /// The list of teams is another one now.
    pub changed: bool,
    /// The person has signed out of the team on the page: this one shall be there instead.
    pub instead: Option<u32>,
}

impl Teams {
    /// `folder` is the profile's.
    pub fn new(folder: PathBuf) -> Self {
        let state = State { open: FIRST, all: BTreeMap::from([(FIRST, Team::default())]) };
        Self { folder, state: Mutex::new(state) }
    }

    /// Where a team's cache is.
    pub fn place(&self, team: u32) -> PathBuf {
        self.folder.join(if team == FIRST { "client".to_owned() } else { format!("client-{team}") })
    }

    /// The teams besides the first one that have a cache, by the folders that are there.
    pub fn others(&self) -> Vec<u32> {
        let mut found: Vec<u32> = std::fs::read_dir(&self.folder)
            .into_iter()
            .flatten()
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.strip_prefix("client-")?.parse().ok())
            .filter(|team| *team != FIRST && client::has_cache(&self.place(*team).display().to_string()))
            .collect();
        found.sort_unstable();
        found.truncate(TEAMS_MAX - 1);
        found
    }

    /// The team that was on the page last, if it is still there.
    pub fn last_open(&self) -> u32 {
        let said = std::fs::read_to_string(self.folder.join(OPEN_FILE)).ok();
        let said = said.and_then(|text| text.trim().parse().ok()).unwrap_or(FIRST);
        if self.others().contains(&said) { said } else { FIRST }
    }

    /// A running client that nobody is in, nor looks at: one can join a team with it.
    pub fn free(&self) -> Option<u32> {
        let state = self.lock();
        let free = |id: u32, team: &Team| team.is_free() && team.client.is_some() && id != state.open;
        state.all.iter().find(|(id, team)| free(**id, team)).map(|(id, _)| *id)
    }

    /// A place for one more team; `None` when there are enough.
    pub fn add(&self) -> Option<u32> {
        let mut state = self.lock();
        let next = state.all.last_key_value().map_or(FIRST, |(last, _)| last + 1).max(1);
        if state.all.len() >= TEAMS_MAX {
            return None;
        }
        // What a team that was given up may have left.
        let next = (next..).find(|team| !self.place(*team).exists())?;
        state.all.insert(next, Team::default());
        Some(next)
    }

    /// A team whose client is about to start: what it says from now on is heard.
    pub fn expect(&self, team: u32) {
        self.lock().all.entry(team).or_default();
    }

    /// Its client runs.
    pub fn started(&self, team: u32, client: Arc<App>) {
        self.lock().all.entry(team).or_default().client = Some(client);
    }

    /// The client of the team on the page, once it runs.
    pub fn client(&self) -> Option<Arc<App>> {
        let state = self.lock();
        state.all.get(&state.open)?.client.clone()
    }

    /// The client of any team.
    pub fn client_of(&self, team: u32) -> Option<Arc<App>> {
        self.lock().all.get(&team)?.client.clone()
    }

    /// All that run.
    pub fn clients(&self) -> Vec<Arc<App>> {
        self.lock().all.values().filter_map(|team| team.client.clone()).collect()
    }

    /// The team on the page.
    pub fn open(&self) -> u32 {
        self.lock().open
    }

    /// There is more than one to choose from.
    pub fn are_several(&self) -> bool {
        self.lock().all.values().filter(|team| team.ready).count() > 1
    }

    /// What people call it.
    pub fn name(&self, team: u32) -> String {
        self.lock().all.get(&team).map(|team| team.name.clone()).unwrap_or_default()
    }

    /// Unread messages and mentions of all of them.
    pub fn unread(&self) -> (u64, u64) {
        self.lock().all.values().fold((0, 0), |sum, team| (sum.0 + team.unread, sum.1 + team.mentions))
    }

    /// The list, for the page.
    pub fn told(&self) -> HostUpdate {
        self.lock().told()
    }

    /// Puts a team on the page; `tell` is called before anything that its client says can come there, and after the last
    /// word of the other one. Gives back the place of a team that nobody is in and nobody looks at any more.
    pub fn show(&self, team: u32, tell: impl FnOnce(HostUpdate)) -> Option<u32> {
        let mut state = self.lock();
        if !state.all.contains_key(&team) || state.open == team {
            return None;
        }
        let before = std::mem::replace(&mut state.open, team);
        // Only a hint for the next start.
        let _ = std::fs::write(self.folder.join(OPEN_FILE), team.to_string());
        let left = state.all.get(&before).is_some_and(Team::is_free) && before != FIRST;
        tell(state.told());
        left.then_some(before)
    }

    /// Ends all clients, and leaves the first team's place alone; waits until the caches are closed.
    pub fn stop(&self) {
        let all = {
            let mut state = self.lock();
            state.open = FIRST;
            std::mem::replace(&mut state.all, BTreeMap::from([(FIRST, Team::default())]))
        };
        // Not while they are held: each says a last word.
        drop(all);
        // Only a hint.
        let _ = std::fs::remove_file(self.folder.join(OPEN_FILE));
    }

    /// Takes a team out: its client and its folder. Only of one that nobody is in.
    pub fn remove(&self, team: u32) {
        let removed = self.lock().all.remove(&team);
        // Dropped first: it closes the cache.
        drop(removed);
        if team != FIRST
            && let Err(error) = std::fs::remove_dir_all(self.place(team))
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "the folder of a team that was left stays");
        }
    }

    /// Notes what a client says; `to_page` is called when the page is to hear it, in order with [`Self::show`].
    pub fn heard(&self, team: u32, update: &Update, to_page: impl FnOnce()) -> Heard {
        let mut state = self.lock();
        let open = state.open == team;
        let before = state.rows();
        let mut left = false;
        if let Some(known) = state.all.get_mut(&team) {
            match update {
                Update::Stage { stage: Stage::Ready { me } } => {
                    (known.ready, known.ended) = (true, false);
                    known.name.clone_from(&me.team);
                }
                Update::Stage { stage: Stage::Welcome { session_ended, .. } } => {
                    left = known.ready && !session_ended;
                    let (client, name) = (known.client.take(), std::mem::take(&mut known.name));
                    let name = if *session_ended { name } else { String::new() };
                    *known = Team { client, name, ended: *session_ended, ..Team::default() };
                }
                Update::Unread { messages, mentions } => (known.unread, known.mentions) = (*messages, *mentions),
                _ => {}
            }
        }
        let instead = if left && open { state.first_ready() } else { None };
        // A reply is for whoever asked, who may look at another team by now.
        if (open && instead.is_none()) || matches!(update, Update::Reply { .. }) {
            to_page();
        }
        Heard { open, changed: state.rows() != before, instead }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Each holder leaves a whole value.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn first_ready(&self) -> Option<u32> {
        self.all.iter().find(|(_, team)| team.ready).map(|(id, _)| *id)
    }

    /// Those that someone is or was in, and the one on the page.
    fn rows(&self) -> Vec<TeamRow> {
        let shown = self.all.iter().filter(|(id, team)| !team.is_free() || **id == self.open);
        shown
            .map(|(id, team)| TeamRow {
                id: *id,
                name: team.name.clone(),
                unread: team.unread,
                mentions: team.mentions,
            })
            .collect()
    }

    fn told(&self) -> HostUpdate {
        HostUpdate::Teams { teams: self.rows(), open: self.open }
    }
}

/// The name of a folder as the client takes it.
pub fn name_of(place: &Path) -> String {
    place.display().to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use view::{Me, PersonRow, PresenceStatus, UserId};

    use super::*;

    fn ready(team: &str) -> Update {
        let person = PersonRow {
            id: UserId(1),
            username: "alice".into(),
            name: "Алиса".into(),
            bio: String::new(),
            custom_status: String::new(),
            avatar: None,
            status_emoji: String::new(),
            status_until: None,
            email: String::new(),
            phone: String::new(),
            deactivated: false,
            blocked: false,
            seen_hidden: false,
            presence: PresenceStatus::Online,
            last_seen: None,
        };
        let me = Me { person, team: team.into(), address: "here:1".into(), hosting: false };
        Update::Stage { stage: Stage::Ready { me } }
    }

    fn welcome(session_ended: bool) -> Update {
        Update::Stage { stage: Stage::Welcome { can_host: true, here: None, session_ended } }
    }

    fn names(teams: &Teams) -> Vec<String> {
        let HostUpdate::Teams { teams, .. } = teams.told() else { panic!("the list is told") };
        teams.into_iter().map(|team| team.name).collect()
    }

    fn two_teams() -> (tempfile::TempDir, Teams) {
        let folder = tempfile::tempdir().unwrap();
        let teams = Teams::new(folder.path().to_owned());
        teams.heard(FIRST, &ready("Маяк"), || ());
        assert_eq!(teams.add(), Some(1));
        teams.heard(1, &ready("Лес"), || ());
        (folder, teams)
    }

    #[test]
    fn only_the_team_on_the_page_speaks_to_the_page_but_every_reply_finds_it() {
        let (_folder, teams) = two_teams();
        let reaches = |team, update: &Update| {
            let mut reached = false;
            teams.heard(team, update, || reached = true);
            reached
        };
        let unread = Update::Unread { messages: 3, mentions: 1 };
        assert!(reaches(FIRST, &unread));
        assert!(!reaches(1, &unread));
        assert_eq!(teams.unread(), (6, 2));
        let reply = Update::Reply { id: 7, reply: view::CommandReply::Ok { body: view::update::ReplyBody::Done } };
        assert!(reaches(1, &reply));
        assert_eq!(teams.show(1, |_| ()), None, "the other one stays, for someone is in");
        assert!(reaches(1, &unread));
        assert!(!reaches(FIRST, &unread));
    }

    #[test]
    fn who_signs_out_comes_to_another_team_and_the_place_is_given_up() {
        let (folder, teams) = two_teams();
        teams.show(1, |_| ());
        let heard = teams.heard(1, &welcome(false), || panic!("the page goes elsewhere"));
        assert_eq!(heard.instead, Some(FIRST));
        assert_eq!(teams.show(FIRST, |_| ()), Some(1));
        std::fs::create_dir(folder.path().join("client-1")).unwrap();
        teams.remove(1);
        assert_eq!(names(&teams), ["Маяк"]);
        assert!(!folder.path().join("client-1").exists());
    }

    #[test]
    fn an_ended_session_is_told_and_not_passed_over() {
        let (_folder, teams) = two_teams();
        let mut told = false;
        let heard = teams.heard(FIRST, &welcome(true), || told = true);
        assert!(told && heard.instead.is_none() && !heard.changed);
        teams.show(1, |_| ());
        assert_eq!(names(&teams), ["Маяк", "Лес"], "one can come back and sign in");
    }

    #[test]
    fn a_new_place_takes_no_folder_that_is_there_and_a_place_not_used_is_given_up() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("client-1")).unwrap();
        let teams = Teams::new(folder.path().to_owned());
        teams.heard(FIRST, &ready("Маяк"), || ());
        assert_eq!(teams.add(), Some(2));
        teams.show(2, |_| ());
        assert_eq!(names(&teams), ["Маяк", ""]);
        assert_eq!(teams.show(FIRST, |_| ()), Some(2));
    }

    #[test]
    fn the_last_team_is_remembered_as_long_as_it_has_a_cache() {
        let (folder, teams) = two_teams();
        teams.show(1, |_| ());
        assert_eq!(teams.last_open(), FIRST, "no cache is there");
        std::fs::create_dir(folder.path().join("client-1")).unwrap();
        std::fs::write(folder.path().join("client-1/cache.db"), "").unwrap();
        assert_eq!(teams.last_open(), 1);
        assert_eq!(teams.others(), [1]);
        std::fs::create_dir(folder.path().join("client-x")).unwrap();
        assert_eq!(teams.others(), [1]);
    }
}
