//! When a person wants to hear nothing, and which words call them. One entry ([`crate::kept`]) that their devices share; the engine
//! reads its words, whoever shows notifications reads the rest. Reads no clock: the local time is given.

use protocol::Timestamp;
use serde::{Deserialize, Serialize};

/// The entry's key.
pub const NOTIFY: &str = "ui:notify";
/// Most words that call.
pub const KEYWORDS_MAX: usize = 20;
/// Longest of them, in characters.
pub const KEYWORD_CHARS_MAX: usize = 40;
/// Most spans of quiet hours.
pub const QUIET_MAX: usize = 6;
/// Until it is turned off: the end of the years that a date shows with four digits.
pub const FOREVER: Timestamp = Timestamp(253_402_300_799_000);
/// Minutes of a day.
pub const DAY_MINUTES: u16 = 24 * 60;

/// What the entry holds.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct NotifySettings {
    /// By hand: nothing is heard until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dnd_until: Option<Timestamp>,
    /// The quiet hours count.
    pub quiet_on: bool,
    /// Hours of the week in which nothing is heard.
    pub quiet: Vec<Quiet>,
    /// A message with one of them is a mention.
    pub keywords: Vec<String>,
}

/// The same hours of some days of the week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quiet {
    /// On which days it begins, from Monday.
    pub days: [bool; 7],
    /// The minute of the day in which it begins.
    pub from: u16,
    /// The minute in which it ends; not after `from`: on the next day.
    pub to: u16,
}

impl Default for Quiet {
    /// Every night from ten to eight.
    fn default() -> Self {
        Self { days: [true; 7], from: 22 * 60, to: 8 * 60 }
    }
}

/// What a clock on the wall shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Local {
    /// From 0, Monday.
    pub weekday: u8,
    /// Of the day.
    pub minute: u16,
}

impl Quiet {
    fn holds(&self, local: Local) -> bool {
        let on = |weekday: usize| self.days[weekday % 7];
        let today = usize::from(local.weekday);
        if self.from < self.to {
            return on(today) && (self.from..self.to).contains(&local.minute);
        }
        (on(today) && local.minute >= self.from) || (on(today + 6) && local.minute < self.to)
    }
}

impl NotifySettings {
    /// From the entry's value; what is too much is left out.
    pub fn read(value: Option<&str>) -> Self {
        let mut settings: Self = value.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
        settings.quiet.truncate(QUIET_MAX);
        settings.quiet.retain(|quiet| quiet.from < DAY_MINUTES && quiet.to <= DAY_MINUTES);
        settings.keywords = settings.keywords.iter().filter_map(|word| keyword(word)).take(KEYWORDS_MAX).collect();
        settings
    }

    /// As it is kept; nothing when all is as usual.
    pub fn value(&self) -> Option<String> {
        (*self != Self::default()).then(|| serde_json::to_string(self).expect("numbers and texts are JSON"))
    }

    /// Turned off by hand.
    pub fn is_dnd(&self, now: Timestamp) -> bool {
        self.dnd_until.is_some_and(|until| until > now)
    }

    /// Nothing is to be heard now.
    pub fn is_quiet(&self, now: Timestamp, local: Local) -> bool {
        self.is_dnd(now) || (self.quiet_on && self.quiet.iter().any(|quiet| quiet.holds(local)))
    }
}

/// A word that may call; `None` for one without letters or digits.
pub fn keyword(typed: &str) -> Option<String> {
    let word: String = typed.trim().chars().filter(|c| !c.is_control()).take(KEYWORD_CHARS_MAX).collect();
    word.chars().any(char::is_alphanumeric).then_some(word)
}

/// `22:30` as a minute of the day.
pub fn minute_of(clock: &str) -> Option<u16> {
    let (hour, minute) = clock.split_once(':')?;
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.get(..2).unwrap_or(minute).parse().ok()?);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

/// A minute of the day as `22:30`.
pub fn clock_of(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60 % 24, minute % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(weekday: u8, clock: &str) -> Local {
        Local { weekday, minute: minute_of(clock).unwrap_or_else(|| unreachable!("{clock}")) }
    }

    #[test]
    fn a_quiet_night_begins_on_its_days_and_ends_on_the_next_morning() {
        let workdays = [true, true, true, true, true, false, false];
        let settings = NotifySettings {
            quiet_on: true,
            quiet: vec![Quiet { days: workdays, ..Quiet::default() }],
            ..NotifySettings::default()
        };
        let quiet = |weekday, clock| settings.is_quiet(Timestamp(0), at(weekday, clock));
        assert!(quiet(0, "22:00") && quiet(1, "07:59") && quiet(4, "23:30") && quiet(5, "03:00"));
        assert!(!quiet(0, "21:59") && !quiet(1, "08:00") && !quiet(5, "23:00") && !quiet(0, "03:00"));
        let off = NotifySettings { quiet_on: false, ..settings.clone() };
        assert!(!off.is_quiet(Timestamp(0), at(0, "23:00")));
        let lunch = Quiet { days: workdays, from: 13 * 60, to: 14 * 60 };
        assert!(lunch.holds(at(2, "13:30")) && !lunch.holds(at(2, "14:00")) && !lunch.holds(at(6, "13:30")));
        assert!(Quiet { days: [true; 7], from: 0, to: 0 }.holds(at(3, "12:00")), "all day");
    }

    #[test]
    fn silence_by_hand_ends_at_its_moment() {
        let settings = NotifySettings { dnd_until: Some(Timestamp(10)), ..NotifySettings::default() };
        assert!(settings.is_quiet(Timestamp(9), at(0, "12:00")) && !settings.is_quiet(Timestamp(10), at(0, "12:00")));
    }

    #[test]
    fn what_another_version_kept_is_read_within_bounds() {
        let words: Vec<String> = (0..30).map(|n| format!("\"w{n}\"")).collect();
        let json = format!(
            "{{\"keywords\":[\" релиз \",\"!!\",{}],\"quiet\":[{{\"days\":[true,true,true,true,true,true,true],\"from\":9000,\"to\":0}}],\"new\":1}}",
            words.join(",")
        );
        let settings = NotifySettings::read(Some(&json));
        assert_eq!(
            (settings.keywords.len(), settings.keywords[0].as_str(), settings.quiet.len()),
            (KEYWORDS_MAX, "релиз", 0)
        );
        assert_eq!(NotifySettings::read(settings.value().as_deref()), settings);
        assert_eq!(NotifySettings::default().value(), None);
        assert_eq!((minute_of("24:00"), minute_of("7:05:00"), clock_of(425).as_str()), (None, Some(425), "07:05"));
    }
}
