//! The people, chats and messages of the demo.

use view::rows::PersonMention;
use view::*;

use super::shown_files::face_id;
use crate::i18n::when::now;

/// Minutes before now.
pub fn ago(minutes: i64) -> Timestamp {
    Timestamp(now().0 - minutes * 60_000)
}

/// A person of the demo, by number from 1; 1 is oneself.
pub fn person(number: i64) -> PersonRow {
    use PresenceStatus::*;
    let (username, name, bio, status, presence, seen) = match number {
        1 => ("marina", "Марина Соколова", "Дизайн и чай", "На связи до шести", Online, None),
        2 => ("anna", "Анна Петрова", "Фронтенд. Велосипед. Собака Буся", "", Online, None),
        3 => ("bob", "Bob Miller", "Backend, mostly before noon", "In a meeting", Dnd, None),
        4 => ("mikhail", "Михаил Константинопольский", "", "", Away, None),
        5 => ("chloe", "Chloé Lefèvre", "Product", "", Offline, Some(ago(42))),
        6 => ("ivan", "Иван Грозов", "Инфраструктура", "В отпуске до понедельника", Offline, Some(ago(60 * 30))),
        7 => ("wei", "Wei Zhang", "", "", Online, None),
        _ => ("old", "Пётр Старый", "", "", Offline, None),
    };
    PersonRow {
        id: UserId(number),
        username: username.into(),
        name: name.into(),
        bio: bio.into(),
        custom_status: status.into(),
        avatar: [2, 5, 7].contains(&number).then(|| face_id(number as u64)),
        status_emoji: match number {
            1 => "☕",
            3 => "📅",
            6 => "🌴",
            _ => "",
        }
        .into(),
        status_until: (number == 3).then(|| Timestamp(now().0 + 40 * 60_000)),
        email: if number == 2 { "anna@example.com".into() } else { String::new() },
        phone: if number == 2 { "+7 900 000-00-00".into() } else { String::new() },
        blocked: false,
        seen_hidden: number == 8,
        presence,
        last_seen: seen,
        deactivated: number > 7,
    }
}

/// Everyone, by name.
pub fn people() -> Vec<PersonRow> {
    let mut people: Vec<_> = (1..=8).map(person).collect();
    people.sort_by(|a, b| a.name.cmp(&b.name));
    people
}

/// The members of a group.
pub fn members() -> Vec<MemberRow> {
    let role = |number| match number {
        1 => Role::Owner,
        2 => Role::Admin,
        7 => Role::ReadOnly,
        _ => Role::Member,
    };
    (1..=7).map(|n| MemberRow { person: person(n), role: role(n), can_manage: n > 1 }).collect()
}

fn id(text: &str) -> ChatId {
    ChatId::new(text).unwrap_or_else(ChatId::general)
}

fn chat(chat_id: &str, kind: ChatKind, title: &str, last: (&str, &str, i64)) -> ChatRow {
    ChatRow {
        id: id(chat_id),
        kind,
        title: title.into(),
        description: String::new(),
        avatar: (chat_id == "design").then(|| face_id(9)),
        person: None,
        role: Some(Role::Member),
        public: kind == ChatKind::Channel,
        encrypted: false,
        waits: false,
        rights: Rights::default(),
        may_post: true,
        may_invite: kind == ChatKind::Group,
        may_mention_everyone: kind != ChatKind::Private,
        disappear_after: None,
        may_set_timer: true,
        member_count: 7,
        join_requests: 0,
        last_text: last.1.into(),
        last_author: last.0.into(),
        last_own: false,
        last_note: None,
        last_delivery: None,
        last_at: Some(ago(last.2)),
        unread: 0,
        unread_mentions: 0,
        draft: String::new(),
        typing: Vec::new(),
        settings: view::ChatSettings::default(),
        archived: false,
        last_seq: 0,
    }
}

fn private(number: i64, text: &str, minutes: i64) -> ChatRow {
    let person = person(number);
    let chat_id = ChatId::private(UserId(1), person.id);
    let row = chat(chat_id.as_str(), ChatKind::Private, &person.name, ("", text, minutes));
    ChatRow { person: Some(person), public: false, encrypted: true, member_count: 2, ..row }
}

/// Fills the list up to 2,000 chats.
pub fn crowd(chats: &mut Vec<ChatRow>) {
    let stock = chats.clone();
    for number in chats.len()..2_000 {
        let of = &stock[number % stock.len()];
        let id = ChatId::new(format!("chat-{number}")).unwrap_or_else(ChatId::general);
        let title = format!("{} {number}", of.title);
        chats.push(ChatRow {
            id,
            title,
            person: None,
            kind: ChatKind::Group,
            settings: ChatSettings::default(),
            ..of.clone()
        });
    }
}

/// The chat list, newest first.
pub fn chats() -> Vec<ChatRow> {
    use ChatKind::*;
    let general =
        chat("general", Channel, "general", ("Анна Петрова", "Всем доброе утро! Релиз сегодня в 15:00 ☕", 1));
    let note = SystemNote::MemberJoined { who: "Wei Zhang".into() };
    let mut rows = vec![
        ChatRow {
            settings: ChatSettings { pinned_at: Some(ago(60)), ..ChatSettings::default() },
            unread: 3,
            unread_mentions: 1,
            description: "Обо всём, что касается всех".into(),
            ..general
        },
        ChatRow {
            typing: vec!["Анна Петрова".into()], ..private(2, "Скину макеты через минуту", 2)
        },
        ChatRow {
            draft: "Про сроки: думаю, что".into(),
            role: Some(Role::Owner),
            ..chat("design", Group, "Дизайн-ревью", ("Chloé Lefèvre", "The new icons look great", 12))
        },
        ChatRow { last_own: true, last_delivery: Some(Delivery::Read), ..private(3, "Thanks, merged it ✅", 47) },
        ChatRow {
            unread: 128,
            settings: ChatSettings { muted_until: Some(Timestamp(i64::MAX)), ..ChatSettings::default() },
            ..chat("builds", Channel, "сборки", ("Wei Zhang", "main #4127 прошла за 6 мин 12 с", 63))
        },
        ChatRow {
            last_own: true, last_delivery: Some(Delivery::Sent), ..private(4, "Позвоню после обеда", 190)
        },
        ChatRow {
            last_note: Some(note),
            encrypted: true,
            ..chat("launch", Group, "Запуск: планы, риски и очень длинное название проекта", ("", "", 60 * 20))
        },
        ChatRow { last_own: true, last_delivery: Some(Delivery::Queued), ..private(5, "Bon voyage !", 60 * 27) },
        private(6, "Сервер переехал, всё работает", 60 * 24 * 3),
        ChatRow {
            role: None,
            may_post: false,
            may_invite: false,
            may_mention_everyone: false,
            may_set_timer: false,
            ..chat("old", Group, "Старый проект", ("Bob Miller", "See you in the next one", 60 * 24 * 400))
        },
    ];
    let mut notes = private(1, "Купить кофе, ответить Ивану", 60 * 24 * 9);
    notes.last_own = true;
    rows.insert(8, notes);
    let summer = chat("summer", Group, "Летний отпуск", ("Анна Петрова", "Вернулась, всем спасибо!", 60 * 24 * 90));
    rows.push(ChatRow { archived: true, ..summer });
    rows
}

/// The team with Bob blocked.
pub fn block_bob(rows: &mut [MessageRow], chats: &mut [ChatRow]) {
    rows.iter_mut()
        .map(|row| &mut row.author)
        .filter(|author| author.id == UserId(3))
        .for_each(|bob| bob.blocked = true);
    for row in chats {
        if let Some(bob) = row.person.as_mut().filter(|person| person.id == UserId(3)) {
            bob.blocked = true;
            row.may_post = false;
        }
    }
}

/// The end of a chat whose messages go after a day.
pub fn disappearing(rows: &mut Vec<MessageRow>) {
    let number = rows.len() as u64 + 1;
    let mut note = message(number, 2, 6, "");
    note.content = MessageContent::System {
        note: SystemNote::Disappearing { by: "Анна Петрова".into(), after: Some(86_400) },
    };
    rows.push(note);
    let lines = [(2, 5, "@all код от переговорной сегодня 4417, не пересылайте"), (1, 3, "Спасибо! Запишу на бумаге")];
    for (at, (author, minutes, text)) in lines.into_iter().enumerate() {
        let mut row = message(number + 1 + at as u64, author, minutes, text);
        row.expires_at = Some(Timestamp(row.at.0 + 86_400_000));
        row.everyone = text.contains("@all").then_some(Everyone::All);
        row.mentions_me = row.everyone.is_some();
        rows.push(row);
    }
}

/// A text message of the demo.
pub fn message(number: u64, author: i64, minutes: i64, text: &str) -> MessageRow {
    let own = author == 1;
    MessageRow {
        id: MessageId::from(update::local_id(number as f64, [number as u8; 10])),
        order: number,
        seq: number,
        author: person(author),
        own,
        content: MessageContent::Text { text: text.into() },
        at: ago(minutes),
        quote: None,
        reactions: Vec::new(),
        mentions: Vec::new(),
        mentions_me: text.contains("@marina"),
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

/// The open chat: several days, both languages, every kind of row.
pub fn messages() -> Vec<MessageRow> {
    let mut rows: Vec<MessageRow> = (1..=40)
        .map(|n| {
            message(n, [2, 3, 1, 4][n as usize / 3 % 4], 60 * 24 * 2 - n as i64 * 7, LINES[n as usize % LINES.len()])
        })
        .collect();
    let next = |rows: &mut Vec<MessageRow>, author, minutes, text: &str| {
        let number = rows.len() as u64 + 1;
        rows.push(message(number, author, minutes, text));
    };
    next(&mut rows, 3, 65, "Morning! The build is green: `cargo xtask test` took **1 min 48 s** on my machine.");
    next(
        &mut rows,
        3,
        64,
        "```rust\nfn next_try(now: Millis, attempt: u32) -> Millis {\n    now + backoff(attempt)\n}\n```",
    );
    next(
        &mut rows,
        1,
        50,
        "Отлично! Тогда сегодня выпускаем. Список того, что осталось:\n- подписи к иконкам\n- тёмная тема\n- ~~анимации~~ не в этот раз",
    );
    rows.last_mut().into_iter().for_each(|row| {
        row.reactions = vec![
            ReactionRow {
                emoji: "👍".into(),
                count: 3,
                own: false,
                names: vec!["Анна Петрова".into(), "Bob Miller".into(), "Wei Zhang".into()],
            },
            ReactionRow {
                emoji: "🎉".into(), count: 1, own: true, names: vec!["Марина Соколова".into()]
            },
        ];
    });
    let asked = rows.last().map(|row| QuoteRow {
        id: row.id.clone(),
        author: row.author.name.clone(),
        author_id: row.author.id,
        text: "Отлично! Тогда сегодня выпускаем. Список того, что осталось: подписи к иконкам".into(),
        deleted: false,
    });
    rows.last_mut().into_iter().for_each(|row| {
        row.pinned = true;
        row.replies = Some(RepliesRow { count: 3, last_at: ago(20), people: vec![person(7), person(3)], unread: true });
    });
    next(&mut rows, 7, 48, "Dark theme is done, see https://example.org/shots/dark");
    rows.last_mut().into_iter().for_each(|row| row.quote = asked.clone());
    next(&mut rows, 3, 44, "Стенд обновлён, можно проверять. Логин прежний.");
    rows.last_mut().into_iter().for_each(|row| {
        row.saved = true;
        row.edited = true;
        let (author, chat_id) = (person(6), Some(ChatId::general()));
        row.forwarded = Some(ForwardRow { author, at: ago(300), chat_id, message_id: row.id.clone() });
    });
    next(&mut rows, 4, 40, "");
    rows.last_mut().into_iter().for_each(|row| row.content = MessageContent::Deleted);
    next(&mut rows, 7, 39, "");
    let joined = SystemNote::MemberJoined { who: "Chloé Lefèvre".into() };
    rows.last_mut().into_iter().for_each(|row| row.content = MessageContent::System { note: joined.clone() });
    next(&mut rows, 5, 30, "Bonjour! Happy to be here 👋");
    next(&mut rows, 2, 3, "@marina посмотри, пожалуйста, пустое состояние списка: кажется, там не хватает воздуха.");
    rows.last_mut().into_iter().for_each(|row| {
        row.mentions = vec![PersonMention {
            id: UserId(1), username: "marina".into(), name: "Марина Соколова".into()
        }];
    });
    next(&mut rows, 2, 1, "Всем доброе утро! Релиз сегодня в 15:00 ☕");
    rows
}

/// Polls of every kind, after `count` messages: open, voted in, a quiz answered wrongly, a closed one.
pub fn polls(count: u64) -> Vec<MessageRow> {
    let poll = |answers: [(&str, u32); 3], own: Option<usize>, right: Option<usize>| {
        let option = |(n, (text, votes)): (usize, (&str, u32))| PollOptionRow {
            text: text.into(),
            votes,
            own: own == Some(n),
            right: right.map(|right| right == n),
        };
        PollRow {
            voters: answers.iter().map(|(_, votes)| votes).sum(),
            options: answers.into_iter().enumerate().map(option).collect(),
            multiple: false,
            quiz: right.is_some(),
            anonymous: false,
            closes_at: None,
            closed: false,
            voted: own.is_some(),
            explanation: String::new(),
            can_vote: right.is_none(),
            can_close: false,
        }
    };
    let lunch =
        [("Столовая на первом этаже", 4), ("Пицца", 2), ("Сегодня работаю из дома и обедаю там же, спасибо", 0)];
    let capital = [("Сидней", 5), ("Канберра", 6), ("Мельбурн", 1)];
    let date = [("Friday the 27th", 11), ("Monday the 30th", 3), ("Later", 1)];
    let open = PollRow { anonymous: true, multiple: true, closes_at: Some(ago(-90)), ..poll(lunch, None, None) };
    let voted = poll(lunch, Some(0), None);
    let explanation = "Столицу построили между соперниками, Сиднеем и Мельбурном; парламент там с 1927 года.".into();
    let quiz = PollRow { explanation, anonymous: true, ..poll(capital, Some(0), Some(1)) };
    let closed = PollRow { closed: true, can_vote: false, ..poll(date, Some(1), None) };
    let asked = [
        (2, "Где обедаем завтра?", open),
        (4, "Где обедаем **сегодня**?", voted),
        (7, "Столица Австралии?", quiz),
        (3, "When do we ship?", closed),
    ];
    let row = |(n, (author, question, poll)): (u64, (i64, &str, PollRow))| MessageRow {
        poll: Some(poll),
        can_edit: false,
        ..message(count + n, author, 0, question)
    };
    (1..).zip(asked).map(row).collect()
}

/// What stands under the message that has a thread; the message itself first.
pub fn thread() -> Vec<MessageRow> {
    let root: Vec<MessageRow> = messages().into_iter().filter(|row| row.replies.is_some()).collect();
    let last = root.last().map_or(0, |row| row.order);
    let under = [(7, 47, "Подписи беру на себя."), (3, 46, "I can do the dark theme."), (7, 20, "Готово ✅")];
    let under = (1..).zip(under).map(|(n, (author, minutes, text))| MessageRow {
        thread: root.first().map(|row| row.id.clone()),
        ..message(last + 1_000 + n, author, minutes, text)
    });
    root.iter().cloned().chain(under).collect()
}

/// What one wrote without a network: one that waits, one that was refused. `count` messages stand before them.
pub fn unsent(count: u64) -> Vec<MessageRow> {
    let own = |number, text: &str, delivery| MessageRow {
        seq: 0,
        delivery: Some(delivery),
        ..message(count + number, 1, 0, text)
    };
    let refused = own(2, "И ещё список рассылки", Delivery::Failed);
    vec![
        own(1, "Пишу из поезда, связи почти нет: отправится само.", Delivery::Queued),
        MessageRow { failure: Some(ErrorCode::RateLimited), ..refused },
    ]
}

const LINES: [&str; 6] = [
    "Кто-нибудь видел, почему вчера падала сборка?",
    "It was the cache: cleared, fine now.",
    "Спасибо! Я уже начала подозревать свой ноутбук.",
    "Предлагаю созвониться после обеда и решить, что идёт в релиз, а что подождёт. У меня есть полчаса в 14:30, и ещё раз в 17:00, если кому-то удобнее позже.",
    "👍",
    "Works for me.",
];

/// Messages that wait for their time; of the last, it has passed.
pub fn scheduled() -> Vec<ScheduledRow> {
    let row = |number: u64, chat: ChatRow, text: &str, minutes: i64| ScheduledRow {
        id: view::update::local_id(number as f64, [7; 10]),
        chat_id: chat.id,
        chat_title: chat.title,
        text: text.into(),
        reply_to: None,
        mentions: Vec::new(),
        thread: None,
        when: When { at: ago(-minutes), zone: None, wall: None },
        refused: None,
        unsent: false,
    };
    let mut chats = chats().into_iter();
    let rows = [
        ("Доброе утро! Напоминаю: в 10:00 созвон с поставщиком, повестка в закрепе.", 60 * 15),
        ("С днём рождения! 🎂", 60 * 39),
        ("Релиз вышел, спасибо всем.", -5),
    ];
    let mut rows: Vec<_> = rows
        .into_iter()
        .enumerate()
        .filter_map(|(at, (text, minutes))| Some(row(at as u64, chats.next()?, text, minutes)))
        .collect();
    if let Some(last) = rows.last_mut() {
        last.refused = Some(ErrorCode::NotAMember);
    }
    if let Some(second) = rows.get_mut(1) {
        second.unsent = true;
    }
    rows
}

/// Folders of the chat list, as own devices keep them.
pub fn folders() -> Vec<Kept> {
    let folder = |id: &str, name: &str, icon: &str, place: u32, rule: FolderRule| {
        let folder = Folder { id: id.into(), name: name.into(), icon: icon.into(), place, rule, ..Folder::default() };
        Kept { key: folder.key(), value: Some(folder.value()) }
    };
    let rule = FolderRule::default;
    vec![
        folder("new", "Новое", "🔔", 0, FolderRule { unread: true, ..rule() }),
        folder("people", "Личное", "💬", 1, FolderRule { private: true, ..rule() }),
        folder("teams", "Наши группы", "👥", 2, FolderRule { groups: true, ..rule() }),
        folder("channels", "Все каналы", "📣", 3, FolderRule { channels: true, ..rule() }),
        folder("reports", "Отчёты", "", 4, FolderRule { name: "нет такого".into(), ..rule() }),
    ]
}

/// Themes that the person made.
pub fn themes() -> Vec<Kept> {
    let lines = [
        ("dusk", "hybrid-theme #241b2f #2e2440 #f3ecff #ffb86b Сумерки"),
        ("paper", "hybrid-theme #fbf4e4 #f1e7d0 #3b2f22 #a2431c Бумага"),
    ];
    let themes = lines.into_iter().filter_map(|(id, line)| {
        let theme = themes::OwnTheme { id: id.into(), ..themes::OwnTheme::from_shared(line)? };
        Some(Kept { key: theme.key(), value: Some(theme.value()) })
    });
    themes.collect()
}
