//! The people of the team, by number; kept in memory as they are asked for.

use std::collections::HashMap;

use protocol::{FileId, User, UserId};
use sql::{Error, Row, Tx, params};

/// A person as the cache has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) id: UserId,
    pub(crate) username: String,
    pub(crate) display_name: String,
    pub(crate) bio: String,
    pub(crate) custom_status: String,
    pub(crate) avatar: Option<FileId>,
    pub(crate) status_emoji: String,
    pub(crate) status_until: Option<i64>,
    pub(crate) email: String,
    pub(crate) phone: String,
    pub(crate) deactivated: bool,
}

impl Person {
    /// What to show; never empty.
    pub(crate) fn name(&self) -> &str {
        if self.display_name.is_empty() { &self.username } else { &self.display_name }
    }

    /// Someone of whom nothing is known yet.
    pub(crate) fn unknown(id: UserId) -> Self {
        Person {
            id,
            username: format!("#{id}"),
            display_name: String::new(),
            bio: String::new(),
            custom_status: String::new(),
            avatar: None,
            status_emoji: String::new(),
            status_until: None,
            email: String::new(),
            phone: String::new(),
            deactivated: false,
        }
    }
}

const COLUMNS: &str =
    "id, username, display_name, bio, custom_status, deactivated, status_emoji, status_until_ms, email, phone,
     avatar";

fn read(r: &Row<'_>) -> Result<Person, Error> {
    Ok(Person {
        id: UserId(r.int(0)?),
        username: r.text(1)?,
        display_name: r.text(2)?,
        bio: r.text(3)?,
        custom_status: r.text(4)?,
        deactivated: r.flag(5)?,
        avatar: r.opt_text(10)?.and_then(FileId::new),
        status_emoji: r.text(6)?,
        status_until: r.opt_int(7)?,
        email: r.text(8)?,
        phone: r.text(9)?,
    })
}

/// The cache of people in memory; a miss reads the table.
#[derive(Default)]
pub(crate) struct People {
    seen: HashMap<UserId, Option<Person>>,
}

impl People {
    pub(crate) fn get(&mut self, tx: &mut Tx<'_>, id: UserId) -> Result<Person, Error> {
        Ok(self.find(tx, id)?.cloned().unwrap_or_else(|| Person::unknown(id)))
    }

    fn find(&mut self, tx: &mut Tx<'_>, id: UserId) -> Result<Option<&Person>, Error> {
        if let std::collections::hash_map::Entry::Vacant(slot) = self.seen.entry(id) {
            let row = tx.row(&format!("SELECT {COLUMNS} FROM people WHERE id = ?1"), params![id.0], read)?;
            slot.insert(row);
        }
        Ok(self.seen.get(&id).and_then(Option::as_ref))
    }

    /// Takes in a profile; `true` when it is news.
    pub(crate) fn put(&mut self, tx: &mut Tx<'_>, user: &User) -> Result<bool, Error> {
        let changed = tx.execute(
            "INSERT INTO people (id, username, display_name, bio, custom_status, deactivated, rev, status_emoji,
                 status_until_ms, email, phone, avatar)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
             ON CONFLICT (id) DO UPDATE SET username = excluded.username, display_name = excluded.display_name,
                 bio = excluded.bio, custom_status = excluded.custom_status, deactivated = excluded.deactivated,
                  rev = excluded.rev, status_emoji = excluded.status_emoji, status_until_ms = excluded.status_until_ms,
                 email = excluded.email, phone = excluded.phone, avatar = excluded.avatar
             WHERE excluded.rev > people.rev",
            params![
                user.id.0,
                user.username,
                user.display_name,
                user.bio,
                user.custom_status,
                user.deactivated,
                user.rev,
                user.status_emoji,
                user.status_until.map(|until| until.0),
                user.email.as_deref().unwrap_or_default(),
                user.phone.as_deref().unwrap_or_default(),
                user.avatar.as_ref().map(FileId::as_str)
            ],
        )?;
        self.seen.remove(&user.id);
        Ok(changed > 0)
    }

    /// Notes the username of someone whose profile has not come yet; `true` when it was not known.
    pub(crate) fn hear_of(&mut self, tx: &mut Tx<'_>, id: UserId, username: &str) -> Result<bool, Error> {
        if id.0 <= 0 || username.is_empty() || self.find(tx, id)?.is_some() {
            return Ok(false);
        }
        tx.execute(
            "INSERT INTO people (id, username, display_name, bio, custom_status, deactivated, rev)
             VALUES (?1, ?2, '', '', '', 0, 0) ON CONFLICT (id) DO NOTHING",
            params![id.0, username],
        )?;
        self.seen.remove(&id);
        Ok(true)
    }

    /// Everyone, by number.
    pub(crate) fn all(&self, tx: &mut Tx<'_>) -> Result<Vec<Person>, Error> {
        tx.rows(&format!("SELECT {COLUMNS} FROM people ORDER BY id"), &[], read)
    }

    /// Another account begins.
    pub(crate) fn clear(&mut self) {
        self.seen.clear();
    }
}
