//! The files of the demo.

use view::*;

use super::cast;

/// A PDF file of two pages.
const SAMPLE: &[u8] = include_bytes!("sample.pdf");
/// A text file.
const NOTES: &str = "# 1.4\n\n* Карта огней открывается без сети.\n* The log can be exported as CSV.\n* Исправлено: горн звучал дважды после полуночи.\n\n\
    # 1.3\n\n* Смены видны на неделю вперёд.\n* Faster start on old machines.\n\n    lamp --test --minutes 10\n    horn --list\n";

/// A file of the demo. Pictures have a size and a miniature.
fn file(number: u64, name: &str, kind: &str, size: u64) -> Attachment {
    let (width, height) = match number {
        1 | 7 => (1_600, 1_000),
        2 => (900, 1_400),
        _ => (1_200, 1_200),
    };
    let picture = kind.starts_with("image/");
    let about = About {
        width: picture.then_some(width),
        height: picture.then_some(height),
        thumbhash: picture.then(|| "1QcSHQRnh493V4dIh4eXh1h4kJUI".to_owned()),
        ..About::default()
    };
    let id = FileId::from(update::local_id(number as f64, [9; 10]));
    let file = FileInfo {
        id,
        name: name.into(),
        size,
        mime_type: kind.into(),
        hash: String::new(),
        uploaded_at: cast::ago(2),
        encrypted: false,
        encryption_key_id: None,
    };
    Attachment { file, about }
}

/// A voice message of the demo.
fn voice() -> Attachment {
    let bars: Vec<u8> = (0..64_u32).map(|at| ((at * 37 % 61) * (at % 9 + 3) * 255 / (61 * 11)) as u8).collect();
    let about = About {
        duration_ms: Some(42_000),
        waveform: Some(crate::features::attachments::base64::encode(&bars)),
        ..About::default()
    };
    Attachment { about, ..file(11, "Голосовое сообщение.ogg", "audio/ogg", 126_000) }
}

/// Messages with files of every kind; `count` messages stand before them.
pub fn files(count: u64) -> Vec<MessageRow> {
    let with = |number, author, text: &str, attachments| MessageRow {
        attachments,
        ..cast::message(count + number, author, 2, text)
    };
    vec![
        with(1, 2, "Вот новый экран, как договорились:", vec![file(1, "экран.png", "image/png", 734_003)]),
        with(
            2,
            5,
            "",
            vec![
                file(2, "poster.jpg", "image/jpeg", 2_411_724),
                file(3, "кофе.jpg", "image/jpeg", 1_153_434),
                file(4, "logo.webp", "image/webp", 88_064),
            ],
        ),
        with(3, 3, "", vec![voice()]),
        with(
            4,
            1,
            "",
            vec![
                file(
                    5,
                    "Смета на третий квартал — согласованная версия, последняя.xlsx",
                    "application/octet-stream",
                    48_231,
                ),
                file(6, "запись созвона.mp3", "audio/mpeg", 12_582_912),
                file(7, "проход по стенду.mp4", "video/mp4", 734_003_200),
                file(8, "резервная копия.tar.zst", "application/octet-stream", 2_147_483_648),
            ],
        ),
    ]
}

/// Messages with documents; `count` messages stand before them.
pub fn documents(count: u64) -> Vec<MessageRow> {
    let with = |number, author, text: &str, attachments| MessageRow {
        attachments,
        ..cast::message(count + number, author, 2, text)
    };
    let paper = file(12, "Handbook.pdf", "application/pdf", SAMPLE.len() as u64);
    let about = About {
        width: Some(595),
        height: Some(842),
        thumbhash: Some("1QcSHQRnh493V4dIh4eXh1h4kJUI".to_owned()),
        thumbnail_id: Some(file(14, "", "", 0).file.id),
        ..About::default()
    };
    let broken = file(15, "Скан договора (повреждён).pdf", "application/pdf", 12_288);
    let notes = file(13, "release-notes.txt", "text/plain", NOTES.len() as u64);
    vec![
        with(1, 2, "Памятка для новых смотрителей:", vec![Attachment { about, ..paper }]),
        with(2, 1, "", vec![notes, broken]),
    ]
}

/// Emoji and stickers of the demo's team.
pub fn team_emoji() -> Vec<TeamEmoji> {
    let one = |number: u64, name: &str, pack: &str| TeamEmoji {
        name: name.into(),
        file_id: face_id(number),
        sticker: !pack.is_empty(),
        pack: pack.into(),
        by: UserId(1),
        removed: false,
        rev: number,
    };
    vec![
        one(2, "anna_yes", ""),
        one(5, "bravo", ""),
        one(9, "logo", ""),
        one(7, "wei_ok", "Маяк"),
        one(9, "ура", "Маяк"),
    ]
}

/// As many as a team may have.
pub fn many_emoji() -> Vec<TeamEmoji> {
    let stock = team_emoji();
    let one = |number: usize| TeamEmoji {
        name: format!("own_{number}"),
        sticker: false,
        pack: String::new(),
        ..stock[number % stock.len()].clone()
    };
    (0..10_000).map(one).collect()
}

/// Messages with emoji of the team's own; `count` messages stand before them.
pub fn with_team_emoji(count: u64) -> Vec<MessageRow> {
    let react =
        |emoji: &str, own| ReactionRow {
            emoji: emoji.into(), count: 2, own, names: vec!["Анна Петрова".into()]
        };
    let first = cast::message(count + 1, 2, 3, "Новый логотип готов :logo: — кто за? :bravo:");
    vec![
        MessageRow { reactions: vec![react(":anna_yes:", true), react("👍", false)], ..first },
        cast::message(count + 2, 7, 2, ":wei_ok:"),
        cast::message(count + 3, 1, 1, ":bravo:"),
    ]
}

/// Messages with links, and what stands behind them; `count` messages stand before them.
pub fn links(count: u64) -> Vec<MessageRow> {
    let preview = |url: &str, title: &str, description: &str, site_name: &str, image: Option<u64>| LinkPreview {
        url: url.into(),
        title: title.into(),
        description: description.into(),
        site_name: site_name.into(),
        image: image.map(|number| file(number, "preview.png", "image/png", 88_064).file),
    };
    let with = |number, author, text: &str, preview| MessageRow {
        preview: Some(preview),
        ..cast::message(count + number, author, 2, text)
    };
    let lighthouse = "https://ru.wikipedia.org/wiki/Маяк";
    let guide = "https://docs.example.org/guide/getting-started/installation-on-several-machines";
    vec![
        with(
            1,
            2,
            &format!("Кстати, о названии: {lighthouse}"),
            preview(
                lighthouse,
                "Маяк — Википедия",
                "Маяк — средство навигационного оборудования, башня с фонарём, по которой суда определяют своё место.",
                "Википедия",
                Some(1),
            ),
        ),
        with(
            2,
            1,
            &format!("The [guide]({guide}) is up to date"),
            preview(
                guide,
                "Installation on several machines: what to copy, what to leave, and how to see that it worked",
                "",
                "docs.example.org",
                None,
            ),
        ),
        with(
            3,
            3,
            "https://example.com/coffee",
            preview("https://example.com/coffee", "Кофе", "Three kinds, two of them good.", "example.com", Some(3)),
        ),
    ]
}

/// What was shared: nothing in chats without files.
pub fn shared(what: SharedKind, any: bool, here: bool) -> update::ReplyBody {
    let row = |row: MessageRow, text: &str, days: i64| SharedRow {
        message_id: row.id,
        order: row.order,
        author: row.author,
        at: Timestamp(row.at.0 - days * 24 * 3_600_000),
        text: text.into(),
        files: row.attachments,
    };
    let rows: Vec<SharedRow> = match what {
        _ if !any => Vec::new(),
        SharedKind::Files => {
            files(100).into_iter().rev().enumerate().map(|(n, one)| row(one, "", n as i64 * 40)).collect()
        }
        SharedKind::Links => {
            let texts = [
                "[Смета на стенд](https://docs.example.org/budget/2026/q3?view=all)",
                "Вот дорожка: https://maps.example.org/route/12345/от-вокзала-до-павильона и [план зала](https://expo.example/hall-3.pdf)",
                "https://example.org",
            ];
            let one = |n: usize, text| row(cast::message(200 - n as u64, 2 + n as i64, 2, text), text, n as i64 * 30);
            texts.into_iter().enumerate().map(|(n, text)| one(n, text)).collect()
        }
    };
    let next = (any && !here).then(|| "1".to_owned());
    update::ReplyBody::Shared { rows: if here { rows.into_iter().take(2).collect() } else { rows }, next }
}

/// How files of the demo move: up, paused, failed.
pub fn transfers() -> Vec<TransferRow> {
    let row = |number: u64, way, done, size, state| TransferRow {
        file_id: file(number, "", "", 0).file.id,
        way,
        done,
        size,
        state,
    };
    vec![
        row(6, Way::Up, 4_404_019, 12_582_912, TransferState::Running),
        row(7, Way::Up, 210_763_776, 734_003_200, TransferState::Paused),
        row(8, Way::Up, 0, 2_147_483_648, TransferState::Failed { failure: Failure::FileGone }),
    ]
}

/// The picture of a person of the demo, by their number; 9 is a chat's.
pub fn face_id(number: u64) -> FileId {
    FileId::from(update::local_id(number as f64, [8; 10]))
}

/// A head and shoulders before a colour.
fn face(number: u64) -> String {
    let (back, skin, hair, shirt) = match number {
        2 => ("#f3d9a4", "#f0c2a0", "#7a3f1d", "#2f6f6b"),
        5 => ("#b9d7ea", "#e9b796", "#2b2320", "#a8324a"),
        7 => ("#d4e6c3", "#eac7a3", "#15171c", "#3b4a8f"),
        _ => ("#31295f", "#f2a65a", "#f2a65a", "#7fd1c7"),
    };
    if number == 9 {
        return format!(
            "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 96 96' width='512' height='512'><rect width='96' height='96' fill='{back}'/>\
             <circle cx='38' cy='42' r='22' fill='{skin}'/><rect x='44' y='44' width='32' height='32' rx='6' fill='{shirt}' opacity='.85'/></svg>"
        );
    }
    format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 96 96' width='512' height='512'><rect width='96' height='96' fill='{back}'/>\
         <ellipse cx='48' cy='98' rx='36' ry='30' fill='{shirt}'/><path d='M24 44a24 26 0 0 1 48 0v16H24z' fill='{hair}'/>\
         <ellipse cx='48' cy='50' rx='18' ry='21' fill='{skin}'/><path d='M28 42a20 20 0 0 1 40-2c-12 4-26 2-32-6-1 4-4 7-8 8z' fill='{hair}'/></svg>"
    )
}

/// A picture of the demo.
pub fn picture(file_id: &FileId) -> Option<web_sys::Blob> {
    if let Some(number) = (1..=9).find(|number| face_id(*number) == *file_id) {
        return drawing(&face(number));
    }
    let number = (1..=15).find(|number| file(*number, "", "", 0).file.id == *file_id)?;
    match number {
        1..=4 => {}
        12 => return blob(SAMPLE, "application/pdf"),
        13 => return blob(NOTES.as_bytes(), "text/plain"),
        14 => return drawing(FIRST_PAGE),
        15 => return blob(b"%PDF-1.4 and nothing behind", "application/pdf"),
        _ => return None,
    }
    let (from, to, width, height) = match number {
        1 => ("#0b6e75", "#f2c36b", 1_600, 1_000),
        2 => ("#6b4fa0", "#f08a80", 900, 1_400),
        3 => ("#5a3a22", "#e2c9a6", 1_200, 1_200),
        _ => ("#1d4f91", "#8fd3e8", 1_200, 1_200),
    };
    let drawn = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' width='{width}' height='{height}'><defs><linearGradient id='g' x2='1' y2='1'>\
         <stop stop-color='{from}'/><stop offset='1' stop-color='{to}'/></linearGradient></defs><rect width='100%' height='100%' fill='url(#g)'/>\
         <circle cx='70%' cy='35%' r='14%' fill='{to}' opacity='.7'/></svg>"
    );
    drawing(&drawn)
}

/// The first page of the PDF file, as its sender's app would have drawn it.
const FIRST_PAGE: &str = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 595 842' width='595' height='842'><rect width='595' height='842' fill='white'/>\
    <rect width='595' height='100' fill='#0b6e75'/><g font-family='Inter, sans-serif' fill='white'><text x='56' y='62' font-size='30' font-weight='bold'>Lighthouse keepers' handbook</text>\
    <text x='56' y='84' font-size='13'>Third edition, for the team</text></g><g font-family='Inter, sans-serif' fill='#1a1f26'><text x='56' y='142' font-size='18' font-weight='bold'>1. The light</text>\
    <text x='56' y='170' font-size='12'>The lamp is lit at sunset and put out at sunrise. Whoever is on watch writes both</text>\
    <text x='56' y='188' font-size='12'>moments into the log, with the weather and the ships that were seen.</text>\
    <text x='56' y='224' font-size='12'>A lamp that fails is reported at once to the next station.</text></g>\
    <g fill='#0b6e75'><rect x='72' y='402' width='40' height='60'/><rect x='136' y='352' width='40' height='110'/><rect x='200' y='367' width='40' height='95'/></g></svg>";

fn blob(bytes: &[u8], kind: &str) -> Option<web_sys::Blob> {
    let options = web_sys::BlobPropertyBag::new();
    options.set_type(kind);
    let bytes = js_sys::Uint8Array::from(bytes);
    web_sys::Blob::new_with_u8_array_sequence_and_options(&js_sys::Array::of1(&bytes), &options).ok()
}

fn drawing(svg: &str) -> Option<web_sys::Blob> {
    let options = web_sys::BlobPropertyBag::new();
    options.set_type("image/svg+xml");
    web_sys::Blob::new_with_str_sequence_and_options(&js_sys::Array::of1(&svg.into()), &options).ok()
}

/// What stands in the tray.
pub fn picked() -> Vec<PickedRow> {
    let row =
        |number: u64, name: &str, size| PickedRow { file_id: file(number, "", "", 0).file.id, name: name.into(), size };
    vec![
        row(1, "экран.png", 734_003),
        row(9, "Смета на третий квартал — последняя.xlsx", 48_231),
        row(10, "notes.txt", 912),
    ]
}
