//! The files of the demo.

use view::*;

use super::cast;

/// A file of the demo. Pictures have a size and a miniature.
fn file(number: u64, name: &str, kind: &str, size: u64) -> Attachment {
    let (width, height) = match number {
        1 => (1_600, 1_000),
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
        with(
            3,
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

/// A picture of the demo.
pub fn picture(file_id: &FileId) -> Option<web_sys::Blob> {
    let number = (1..=4).find(|number| file(*number, "", "", 0).file.id == *file_id)?;
    let (from, to, width, height) = match number {
        1 => ("#0b6e75", "#f2c36b", 1_600, 1_000),
        2 => ("#6b4fa0", "#f08a80", 900, 1_400),
        3 => ("#5a3a22", "#e2c9a6", 1_200, 1_200),
        _ => ("#1d4f91", "#8fd3e8", 1_200, 1_200),
    };
    let drawing = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' width='{width}' height='{height}'><defs><linearGradient id='g' x2='1' y2='1'>\
         <stop stop-color='{from}'/><stop offset='1' stop-color='{to}'/></linearGradient></defs><rect width='100%' height='100%' fill='url(#g)'/>\
         <circle cx='70%' cy='35%' r='14%' fill='{to}' opacity='.7'/></svg>"
    );
    let options = web_sys::BlobPropertyBag::new();
    options.set_type("image/svg+xml");
    web_sys::Blob::new_with_str_sequence_and_options(&js_sys::Array::of1(&drawing.into()), &options).ok()
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
