//! Moments that one may mean by "later", in the person's own time zone. Which days and hours are offered is pure.

#[cfg(not(target_arch = "wasm32"))]
use view::When;

/// A moment that is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// An hour from now.
    InAnHour,
    /// Today at six in the evening.
    ThisEvening,
    /// Tomorrow at nine.
    Tomorrow,
    /// Next Monday at nine.
    Monday,
}

/// What the calendar and the clock show now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// From 0, Sunday.
    pub weekday: u32,
    /// From 0.
    pub hour: u32,
}

/// Days from today, and the hour then; `None` for what counts from this very moment.
type Place = Option<(u32, u32)>;

/// What is offered now, in order.
pub fn choices(now: Shown) -> Vec<(Choice, Place)> {
    let mut choices = vec![(Choice::InAnHour, None)];
    if now.hour < 17 {
        choices.push((Choice::ThisEvening, Some((0, 18))));
    }
    choices.push((Choice::Tomorrow, Some((1, 9))));
    // On Sunday, tomorrow is Monday.
    if now.weekday != 0 {
        choices.push((Choice::Monday, Some((8 - now.weekday, 9))));
    }
    choices
}

/// What a field for date and time holds, `2026-11-25T09:30`: year, month from 1, day, hour, minute.
pub fn parts(text: &str) -> Option<[u32; 5]> {
    let (date, time) = text.split_once('T')?;
    let mut numbers = date.splitn(3, '-').chain(time.split(':').take(2)).map(|part| part.parse::<u32>().ok());
    let mut next = || numbers.next().flatten();
    let parts = [next()?, next()?, next()?, next()?, next()?];
    let [year, month, day, hour, minute] = parts;
    let valid = (1970..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    (valid && hour < 24 && minute < 60).then_some(parts)
}

#[cfg(target_arch = "wasm32")]
pub use browser::{of_choice, of_field, shown_now, wall_after, wall_of};

/// Here is no clock: what is offered on a Wednesday at noon.
#[cfg(not(target_arch = "wasm32"))]
pub fn shown_now() -> Shown {
    Shown { weekday: 3, hour: 12 }
}

/// Here is no calendar.
#[cfg(not(target_arch = "wasm32"))]
pub fn of_choice(_: Place) -> When {
    When { at: crate::i18n::when::now(), zone: None, wall: None }
}

/// Here is no calendar.
#[cfg(not(target_arch = "wasm32"))]
pub fn of_field(text: &str) -> Option<When> {
    parts(text).map(|_| of_choice(None))
}

/// Here is no calendar.
#[cfg(not(target_arch = "wasm32"))]
pub fn wall_after(_: i64) -> String {
    "2026-11-25T12:00".to_owned()
}

/// Here is no calendar.
#[cfg(not(target_arch = "wasm32"))]
pub fn wall_of(_: view::Timestamp) -> String {
    wall_after(0)
}

#[cfg(target_arch = "wasm32")]
mod browser {
    use js_sys::{Array, Date, Intl, Object, Reflect};
    use view::{Timestamp, When};

    use super::{Place, Shown, parts};

    const HOUR_MS: f64 = 3_600_000.0;

    /// What the clock and the calendar show now.
    pub fn shown_now() -> Shown {
        let now = Date::new_0();
        Shown { weekday: now.get_day(), hour: now.get_hours() }
    }

    /// The moment that is offered.
    pub fn of_choice(place: Place) -> When {
        let now = Date::new_0();
        match place {
            None => When { at: Timestamp((now.get_time() + HOUR_MS) as i64), zone: None, wall: None },
            Some((days, hour)) => {
                let day = now.get_date() as i32 + days as i32;
                let date = Date::new_with_year_month_day_hr_min(
                    now.get_full_year(),
                    now.get_month() as i32,
                    day,
                    hour as i32,
                    0,
                );
                on_the_wall(&date, wall(&date))
            }
        }
    }

    /// The moment in a field for date and time.
    pub fn of_field(text: &str) -> Option<When> {
        let [year, month, day, hour, minute] = parts(text)?;
        let date = Date::new_with_year_month_day_hr_min(year, month as i32 - 1, day as i32, hour as i32, minute as i32);
        date.get_time().is_finite().then(|| on_the_wall(&date, text.to_owned()))
    }

    /// What the clock shows so many milliseconds from now.
    pub fn wall_after(ms: i64) -> String {
        wall(&Date::new(&(Date::now() + ms as f64).into()))
    }

    /// What the clock shows at a moment.
    pub fn wall_of(at: Timestamp) -> String {
        wall(&Date::new(&(at.0 as f64).into()))
    }

    fn wall(date: &Date) -> String {
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}",
            date.get_full_year(),
            date.get_month() + 1,
            date.get_date(),
            date.get_hours(),
            date.get_minutes()
        )
    }

    fn on_the_wall(date: &Date, wall: String) -> When {
        let options = Intl::DateTimeFormat::new(&Array::new(), &Object::new()).resolved_options();
        let zone = Reflect::get(&options, &"timeZone".into()).ok().and_then(|zone| zone.as_string());
        let wall = zone.is_some().then_some(wall);
        When { at: Timestamp(date.get_time() as i64), zone, wall }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn monday_is_the_next_one_and_the_evening_is_offered_while_it_is_ahead() {
        let offered = |weekday, hour| choices(Shown { weekday, hour });
        assert_eq!(offered(1, 8)[3], (Choice::Monday, Some((7, 9))));
        assert_eq!(offered(6, 8)[3], (Choice::Monday, Some((2, 9))));
        assert!(offered(0, 8).iter().all(|(choice, _)| *choice != Choice::Monday), "tomorrow is Monday");
        assert!(offered(3, 17).iter().all(|(choice, _)| *choice != Choice::ThisEvening));
    }

    #[test]
    fn a_field_is_read_with_or_without_seconds_and_nonsense_is_not() {
        assert_eq!(parts("2026-11-25T09:30"), Some([2026, 11, 25, 9, 30]));
        assert_eq!(parts("2026-11-25T09:30:15"), Some([2026, 11, 25, 9, 30]));
        for wrong in ["", "2026-11-25", "2026-13-01T00:00", "2026-11-25T24:00", "T"] {
            assert_eq!(parts(wrong), None, "{wrong}");
        }
    }
}
