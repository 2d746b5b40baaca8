//! Texts as a team writes them, half Russian, half English: words in their forms, common ones often, rare ones seldom.

use rand::RngExt as _;
use rand::rngs::StdRng;

/// Stems with the endings that they take: each pair stands for many words of a text.
const RUSSIAN: &[(&str, &[&str])] = &[
    ("встреч", &["а", "и", "е", "у", "ей", "ами"]),
    ("отчёт", &["", "а", "у", "ом", "е", "ы", "ов"]),
    ("задач", &["а", "и", "у", "ей", "ам", "ах"]),
    ("работ", &["а", "ы", "у", "ой", "ать", "ает", "али"]),
    ("проект", &["", "а", "у", "ом", "ы", "ов", "ах"]),
    ("сервер", &["", "а", "у", "ом", "ы", "ов", "ах"]),
    ("команд", &["а", "ы", "е", "у", "ой", "ам"]),
    ("вопрос", &["", "а", "у", "ом", "ы", "ов"]),
    ("сообщени", &["е", "я", "ю", "ем", "й", "ям"]),
    ("документ", &["", "а", "у", "ом", "ы", "ов"]),
    ("клиент", &["", "а", "у", "ом", "ы", "ов"]),
    ("исправ", &["ил", "ить", "лен", "или", "им"]),
    ("провер", &["ил", "ить", "ка", "ку", "ки", "яю"]),
    ("готов", &["", "а", "о", "ы", "ить"]),
    ("нов", &["ый", "ая", "ое", "ые", "ого", "ому"]),
    ("больш", &["ой", "ая", "ое", "ие", "ого"]),
    ("завтра", &[""]),
    ("сегодня", &[""]),
    ("уже", &[""]),
    ("надо", &[""]),
    ("и", &[""]),
    ("не", &[""]),
    ("в", &[""]),
    ("на", &[""]),
    ("что", &[""]),
    ("это", &[""]),
];
const ENGLISH: &[(&str, &[&str])] = &[
    ("deploy", &["", "s", "ed", "ing", "ment"]),
    ("review", &["", "s", "ed", "ing", "er"]),
    ("release", &["", "s", "d"]),
    ("meeting", &["", "s"]),
    ("report", &["", "s", "ed", "ing"]),
    ("branch", &["", "es", "ed"]),
    ("connect", &["", "s", "ed", "ion", "ions"]),
    ("test", &["", "s", "ed", "ing"]),
    ("customer", &["", "s"]),
    ("schedul", &["e", "es", "ed", "ing"]),
    ("message", &["", "s", "d"]),
    ("server", &["", "s"]),
    ("fix", &["", "es", "ed", "ing"]),
    ("look", &["", "s", "ed", "ing"]),
    ("ready", &[""]),
    ("tomorrow", &[""]),
    ("the", &[""]),
    ("and", &[""]),
    ("to", &[""]),
    ("is", &[""]),
    ("we", &[""]),
];
/// Of names, numbers and terms, each seldom.
const RARE: u32 = 60_000;

/// The forms of one rare word; one message of a thousand has one of them.
pub const PLANTED: &[&str] = &[
    "перламутровый",
    "перламутрового",
    "перламутровому",
    "перламутровая",
    "перламутровую",
    "перламутровые",
    "Перламутровых",
];
/// Every so many messages one is planted.
pub const PLANTED_EVERY: u64 = 1_000;

/// The text of message `number`.
pub fn text(number: u64, rng: &mut StdRng) -> String {
    let stock = if number.is_multiple_of(2) { RUSSIAN } else { ENGLISH };
    let mut text = String::with_capacity(120);
    for at in 0..rng.random_range(4..14) {
        if at > 0 {
            text.push(' ');
        }
        if rng.random_range(0..6) == 0 {
            // Small numbers are drawn more often, as words are.
            let rank = (f64::from(RARE)).powf(rng.random::<f64>()) as u32;
            text.push_str(&rare(rank, number.is_multiple_of(2)));
            continue;
        }
        let (stem, endings) = stock[rng.random_range(0..stock.len())];
        text.push_str(stem);
        text.push_str(endings[rng.random_range(0..endings.len())]);
    }
    if number.is_multiple_of(PLANTED_EVERY) {
        text.push(' ');
        text.push_str(PLANTED[(number / PLANTED_EVERY) as usize % PLANTED.len()]);
    }
    text
}

/// A word that is always the same for its rank.
fn rare(mut rank: u32, russian: bool) -> String {
    let (consonants, vowels): ([&str; 10], [&str; 5]) = if russian {
        (["б", "в", "г", "д", "к", "л", "м", "н", "р", "т"], ["а", "о", "и", "у", "е"])
    } else {
        (["b", "v", "g", "d", "k", "l", "m", "n", "r", "t"], ["a", "o", "i", "u", "e"])
    };
    let mut word = String::new();
    for _ in 0..4 {
        word.push_str(consonants[(rank % 10) as usize]);
        rank /= 10;
        word.push_str(vowels[(rank % 5) as usize]);
        rank /= 5;
    }
    word
}
