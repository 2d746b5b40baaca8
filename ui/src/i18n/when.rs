//! Moments in words: clock times, days, "5 minutes ago". The pure half takes "now" and the local calendar as given.

use view::Timestamp;

use super::{Language, language, t, t_with};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

/// How a moment is shown by `Intl`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Shape {
    Clock,
    Weekday,
    DayMonth,
    DayMonthShort,
    DayMonthYear,
    MonthYear,
    Numbers,
    Full,
}

/// How far apart two local days are and whether they share a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Distance {
    days: i64,
    same_year: bool,
}

/// `14:05`, `2:05 PM`: the local clock time. Tracks the language.
pub fn clock(at: Timestamp) -> String {
    shaped(at, Shape::Clock)
}

/// The full date and time, for tooltips. Tracks the language.
pub fn full(at: Timestamp) -> String {
    shaped(at, Shape::Full)
}

/// "Today", "Yesterday", "12 November", "12 November 2023": for the divider of days. Tracks the language.
pub fn day(at: Timestamp) -> String {
    match distance(at, now()) {
        Distance { days: 0, .. } => t("when-today"),
        Distance { days: 1, .. } => t("when-yesterday"),
        Distance { same_year: true, .. } => shaped(at, Shape::DayMonth),
        _ => shaped(at, Shape::DayMonthYear),
    }
}

/// "November 2026": for what is grouped by month. Tracks the language.
pub fn month(at: Timestamp) -> String {
    shaped(at, Shape::MonthYear)
}

/// For the chat list: the clock today, the weekday within a week, else the date. Tracks the language.
pub fn short(at: Timestamp) -> String {
    match distance(at, now()) {
        Distance { days: ..=0, .. } => clock(at),
        Distance { days: 1..=6, .. } => shaped(at, Shape::Weekday),
        Distance { same_year: true, .. } => shaped(at, Shape::DayMonthShort),
        _ => shaped(at, Shape::Numbers),
    }
}

/// "just now", "5 minutes ago", "yesterday at 14:05": when someone was last there. Tracks the language.
pub fn ago(at: Timestamp) -> String {
    let now = now();
    let passed = now.0 - at.0;
    match passed {
        ..MINUTE_MS => t("when-just-now"),
        MINUTE_MS..HOUR_MS => t_with("when-minutes-ago", &[("count", (passed / MINUTE_MS).into())]),
        HOUR_MS..DAY_MS => t_with("when-hours-ago", &[("count", (passed / HOUR_MS).into())]),
        _ if distance(at, now).days == 1 => t_with("when-yesterday-at", &[("time", clock(at).into())]),
        _ => t_with("when-on-day", &[("day", day(at).into())]),
    }
}

/// A moment to come, after "until": the clock today, else the day. Tracks the language.
pub fn until(at: Timestamp) -> String {
    match distance(at, now()) {
        Distance { days: 0, .. } => clock(at),
        Distance { same_year: true, .. } => shaped(at, Shape::DayMonth),
        _ => shaped(at, Shape::DayMonthYear),
    }
}

/// The number of the local day, to group messages by day.
pub fn local_day(at: Timestamp) -> i64 {
    (at.0 - offset_ms(at)).div_euclid(DAY_MS)
}

fn distance(at: Timestamp, now: Timestamp) -> Distance {
    Distance { days: local_day(now) - local_day(at), same_year: year(at) == year(now) }
}

/// Now, by the clock of this device.
#[cfg(target_arch = "wasm32")]
pub fn now() -> Timestamp {
    Timestamp(js_sys::Date::now() as i64)
}

/// Now; tests run at a fixed moment, 2026-11-22T12:00:00Z.
#[cfg(not(target_arch = "wasm32"))]
pub fn now() -> Timestamp {
    Timestamp(1_795_348_800_000)
}

#[cfg(target_arch = "wasm32")]
fn offset_ms(at: Timestamp) -> i64 {
    let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(at.0 as f64));
    date.get_timezone_offset() as i64 * MINUTE_MS
}

#[cfg(not(target_arch = "wasm32"))]
fn offset_ms(_: Timestamp) -> i64 {
    0
}

#[cfg(target_arch = "wasm32")]
fn year(at: Timestamp) -> u32 {
    js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(at.0 as f64)).get_full_year()
}

#[cfg(not(target_arch = "wasm32"))]
fn year(at: Timestamp) -> u32 {
    at.to_string().get(..4).and_then(|year| year.parse().ok()).unwrap_or(1970)
}

#[cfg(target_arch = "wasm32")]
fn shaped(at: Timestamp, shape: Shape) -> String {
    browser::format(language(), shape, at)
}

#[cfg(not(target_arch = "wasm32"))]
fn shaped(at: Timestamp, shape: Shape) -> String {
    let text = at.to_string();
    let range = match shape {
        Shape::Clock => 11..16,
        Shape::Weekday | Shape::DayMonth | Shape::DayMonthShort => 5..10,
        Shape::DayMonthYear | Shape::Numbers => 0..10,
        Shape::MonthYear => 0..7,
        Shape::Full => 0..16,
    };
    let _: Language = language();
    text.get(range).unwrap_or_default().to_owned()
}

/// `Intl.DateTimeFormat`, made once per language and shape (making one costs about 50 µs).
#[cfg(target_arch = "wasm32")]
mod browser {
    use std::cell::RefCell;
    use std::collections::HashMap;

    use js_sys::{Array, Function, Intl, Object, Reflect};
    use view::Timestamp;
    use wasm_bindgen::JsValue;

    use super::{Language, Shape};

    thread_local! {
        static FORMATS: RefCell<HashMap<(Language, Shape), Function>> = RefCell::new(HashMap::new());
    }

    pub fn format(language: Language, shape: Shape, at: Timestamp) -> String {
        FORMATS.with_borrow_mut(|formats| {
            let format = formats.entry((language, shape)).or_insert_with(|| make(language, shape));
            let date = js_sys::Date::new(&JsValue::from_f64(at.0 as f64));
            format.call1(&JsValue::UNDEFINED, &date).ok().and_then(|text| text.as_string()).unwrap_or_default()
        })
    }

    fn make(language: Language, shape: Shape) -> Function {
        let options = Object::new();
        let parts: &[(&str, &str)] = match shape {
            Shape::Clock if language == Language::En => &[("hour", "numeric"), ("minute", "2-digit")],
            Shape::Clock => &[("hour", "2-digit"), ("minute", "2-digit")],
            Shape::Weekday => &[("weekday", "short")],
            Shape::DayMonth => &[("day", "numeric"), ("month", "long")],
            Shape::DayMonthShort => &[("day", "numeric"), ("month", "short")],
            Shape::Numbers => &[("day", "2-digit"), ("month", "2-digit"), ("year", "2-digit")],
            Shape::MonthYear => &[("month", "long"), ("year", "numeric")],
            Shape::DayMonthYear => &[("day", "numeric"), ("month", "long"), ("year", "numeric")],
            Shape::Full => &[("dateStyle", "full"), ("timeStyle", "short")],
        };
        for (name, value) in parts {
            // Setting a field of a fresh plain object cannot fail.
            let _ = Reflect::set(&options, &JsValue::from_str(name), &JsValue::from_str(value));
        }
        let locales = Array::of1(&JsValue::from_str(language.tag()));
        Intl::DateTimeFormat::new(&locales, &options).format()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a valid moment")
    }

    #[test]
    fn the_list_shows_the_clock_today_and_a_date_last_year() {
        assert_eq!(short(at("2026-11-22T09:30:00Z")), "09:30");
        assert_eq!(short(at("2025-11-22T09:30:00Z")), "2025-11-22");
    }

    #[test]
    fn ago_counts_minutes_then_hours_then_days() {
        assert_eq!(ago(at("2026-11-22T11:59:30Z")), t("when-just-now"));
        assert!(ago(at("2026-11-22T11:55:00Z")).contains('5'));
        assert!(ago(at("2026-11-22T10:00:00Z")).contains('2'));
        assert!(ago(at("2026-11-21T10:00:00Z")).contains("10:00"));
    }
}
