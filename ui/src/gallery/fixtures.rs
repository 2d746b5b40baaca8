//! People and messages to show. The words are samples, in the language of the interface.

use leptos::prelude::untrack;
use view::rows::PersonMention;
use view::{
    Delivery, ErrorCode, MessageContent, MessageId, MessageRow, PersonRow, PresenceStatus, QuoteRow, ReactionRow,
    SystemNote, Timestamp, UserId,
};

use crate::i18n::{Language, language, when};

const MINUTE_MS: i64 = 60_000;

/// Picks by language.
pub(super) fn say(ru: &str, en: &str) -> String {
    let now = untrack(language);
    if now == Language::Ru { ru } else { en }.to_owned()
}

/// A person.
pub(super) fn person(id: i64, username: &str, name: &str, presence: PresenceStatus) -> PersonRow {
    PersonRow {
        id: UserId(id),
        username: username.to_owned(),
        name: name.to_owned(),
        bio: String::new(),
        custom_status: String::new(),
        avatar: None,
        status_emoji: String::new(),
        status_until: None,
        email: String::new(),
        phone: String::new(),
        blocked: false,
        seen_hidden: false,
        presence,
        last_seen: None,
        deactivated: false,
    }
}

/// A small team; the second is oneself.
pub(super) fn team() -> Vec<PersonRow> {
    vec![
        person(1, "anna", &say("Анна Петрова", "Anna Peters"), PresenceStatus::Online),
        person(2, "mark", &say("Марк", "Mark"), PresenceStatus::Online),
        person(3, "sofia", &say("София Ланге", "Sofia Lange"), PresenceStatus::Away),
        person(4, "timur", &say("Тимур Алиев", "Timur Aliev"), PresenceStatus::Dnd),
        person(5, "vera", &say("Вера", "Vera Novak"), PresenceStatus::Offline),
        person(6, "leo", &say("Лев Ким", "Leo Kim"), PresenceStatus::Offline),
    ]
}

/// A message `minutes` ago.
pub(super) fn message(number: u64, author: &PersonRow, minutes: i64, content: MessageContent) -> MessageRow {
    let own = author.id == UserId(2);
    MessageRow {
        id: MessageId::new(format!("sample-{number}")).unwrap_or_else(|| unreachable!("letters and digits are an id")),
        order: number,
        seq: number,
        author: author.clone(),
        own,
        content,
        at: Timestamp(when::now().0 - minutes * MINUTE_MS),
        quote: None,
        reactions: Vec::new(),
        mentions: Vec::new(),
        mentions_me: false,
        everyone: None,
        expires_at: None,
        thread: None,
        replies: None,
        attachments: Vec::new(),
        poll: None,
        preview: None,
        forwarded: None,
        pinned: false,
        saved: false,
        edited: false,
        delivery: own.then_some(Delivery::Read),
        failure: None,
        can_pin: true,
        can_edit: own,
        can_delete: own,
    }
}

fn text(ru: &str, en: &str) -> MessageContent {
    MessageContent::Text { text: say(ru, en) }
}

fn reaction(emoji: &str, count: u32, own: bool, names: &[&PersonRow]) -> ReactionRow {
    let names = names.iter().map(|person| person.name.clone()).collect();
    ReactionRow { emoji: emoji.to_owned(), count, own, names }
}

/// A conversation with every kind of message, oldest first.
pub(super) fn conversation() -> Vec<MessageRow> {
    let team = team();
    let [anna, mark, sofia, timur, ..] = team.as_slice() else { return Vec::new() };
    let mut rows = vec![
        message(1, anna, 1_600, MessageContent::System { note: SystemNote::ChatCreated { by: anna.name.clone() } }),
        message(
            2,
            anna,
            1_590,
            text(
                "Всем привет! Это наш новый чат — сервер крутится прямо у меня на ноутбуке.",
                "Hi all! This is our new chat. The server runs right on my laptop.",
            ),
        ),
        message(
            3,
            sofia,
            1_580,
            text(
                "Ого, и телефон подключился по QR за пару секунд",
                "Wow, my phone joined by QR in a couple of seconds",
            ),
        ),
        message(4, sofia, 1_579, text("🎉", "🎉")),
        message(5, timur, 1_570, MessageContent::System { note: SystemNote::MemberJoined { who: timur.name.clone() } }),
        message(
            6,
            timur,
            190,
            text(
                "Собрал сборку. Проверьте, пожалуйста, **до обеда**:\n- установка с нуля\n- вход по приглашению\n- офлайн: написать, выключить сеть, включить\n\nПодробности: https://wiki.team.example/release/1.0",
                "The build is ready. Please check it **before lunch**:\n- a fresh install\n- joining by invitation\n- offline: write, lose the network, get it back\n\nDetails: https://wiki.team.example/release/1.0",
            ),
        ),
        message(
            7,
            mark,
            186,
            text(
                "Беру офлайн. Вот чем проверял `outbox`:\n```rust\nfn next_try(now: Millis, attempt: u32) -> Millis {\n    now + (1 << attempt.min(6)) * 500\n}\n```",
                "I take offline. This is what I checked `outbox` with:\n```rust\nfn next_try(now: Millis, attempt: u32) -> Millis {\n    now + (1 << attempt.min(6)) * 500\n}\n```",
            ),
        ),
        message(
            8,
            mark,
            185,
            text("Всё дошло по одному разу и *в том же порядке*", "Everything arrived once and *in the same order*"),
        ),
        message(
            9,
            anna,
            61,
            text(
                "@mark отлично! А что у нас с ||сюрпризом для Веры||? ~~Пятница~~ Четверг подходит всем?",
                "@mark great! And what about the ||surprise for Vera||? ~~Friday~~ Thursday suits everyone?",
            ),
        ),
        message(10, mark, 60, text("Подходит, закажу торт", "It does, I will order the cake")),
        message(11, sofia, 42, MessageContent::Deleted),
        message(
            12,
            sofia,
            41,
            text(
                "> Тишина — тоже интерфейс.\nПравки по макету списка чатов уже внутри, посмотрите на светлую тему.",
                "> Silence is an interface too.\nThe changes to the chat list are in. Have a look at the light theme.",
            ),
        ),
        message(13, timur, 6, text("Смотрю", "Looking")),
        message(
            14,
            mark,
            3,
            text("Уже лучше! Ещё бы отступ у даты чуть больше", "Better! The date could have a bit more room"),
        ),
        message(15, mark, 2, text("И галочки видно сразу 👌", "And the ticks are easy to see 👌")),
        message(16, mark, 2, text("Готово к релизу?", "Ready to ship?")),
        message(17, mark, 1, text("Отправляю с поезда, связи почти нет", "Sending from a train, almost no network")),
        message(18, mark, 0, text("Это не ушло", "This one did not go out")),
    ];
    decorate(&mut rows, anna, sofia, timur);
    rows
}

fn decorate(rows: &mut [MessageRow], anna: &PersonRow, sofia: &PersonRow, timur: &PersonRow) {
    let mark = rows[6].author.clone();
    let quoted = |row: &MessageRow| QuoteRow {
        id: row.id.clone(),
        author: row.author.name.clone(),
        author_id: row.author.id,
        text: if let MessageContent::Text { text } = &row.content {
            crate::features::markdown::plain_text(text)
        } else {
            String::new()
        },
        deleted: matches!(row.content, MessageContent::Deleted),
    };
    rows[1].reactions =
        vec![reaction("👋", 3, true, &[&mark, sofia, timur]), reaction("🔥", 14, false, &[sofia, timur])];
    rows[6].quote = Some(quoted(&rows[5]));
    rows[7].reactions = vec![reaction("🚀", 2, false, &[anna, timur])];
    rows[8].mentions = vec![PersonMention { id: mark.id, username: mark.username.clone(), name: mark.name.clone() }];
    rows[8].mentions_me = true;
    rows[9].quote = Some(quoted(&rows[8]));
    rows[9].edited = true;
    rows[11].reactions = vec![reaction("❤️", 1, true, &[&mark])];
    rows[12].quote = Some(quoted(&rows[10]));
    rows[13].delivery = Some(Delivery::Read);
    rows[14].delivery = Some(Delivery::Delivered);
    rows[15].delivery = Some(Delivery::Sent);
    rows[16].delivery = Some(Delivery::Queued);
    rows[17].delivery = Some(Delivery::Failed);
    rows[17].failure = Some(ErrorCode::RateLimited);
    for row in &mut rows[16..] {
        row.seq = 0;
    }
}

/// A hundred thousand (or so) messages of every length.
pub(super) fn long(count: u64) -> Vec<MessageRow> {
    let team = team();
    let words = [
        "да",
        "нет, позже",
        "посмотрю сегодня вечером",
        "Готово: **всё** собралось и прошло тесты, можно смотреть",
        "https://team.example/build — сборка",
    ];
    let one = |number: u64| {
        let author = &team[(number / 3 % team.len() as u64) as usize];
        let base = words[(number % words.len() as u64) as usize];
        let repeat = if number.is_multiple_of(17) { 12 } else { 1 + (number % 3) as usize };
        let content = MessageContent::Text { text: format!("{number}: {}", [base].repeat(repeat).join(", ")) };
        let mut row = message(number, author, (count - number) as i64 * 2, content);
        if number.is_multiple_of(11) {
            row.reactions = vec![reaction("👍", 2, false, &[&team[0], &team[2]])];
        }
        row
    };
    (1..=count).map(one).collect()
}
