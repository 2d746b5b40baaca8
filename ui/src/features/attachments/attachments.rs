//! All files of a message, in their order: pictures first, in one block.

use leptos::prelude::*;
use view::{Attachment, MessageRow};

use super::file_row::FileRow;
use super::kinds::Kind;
use super::media::Media;
use super::paper::Paper;
use super::picture::Picture;
use crate::features::voice::SoundPlayer;

/// The files of a message; nothing for none.
#[component]
pub fn Attachments(
    /// The message.
    row: ArcRwSignal<MessageRow>,
) -> impl IntoView {
    let own = row.with_untracked(|row| row.own);
    let files = Memo::new(move |_| row.with(|row| row.attachments.clone()));
    move || {
        let files = files.get();
        let (pictures, others): (Vec<Attachment>, Vec<Attachment>) =
            files.into_iter().partition(|file| Kind::of_attachment(file) == Kind::Picture);
        if pictures.is_empty() && others.is_empty() {
            return ().into_any();
        }
        let single = pictures.len() == 1;
        let pictures = (!pictures.is_empty()).then(|| {
            let all = pictures.into_iter().map(|file| view! { <Picture file=file own=own single=single /> });
            let class = if single { "attachments__picture" } else { "attachments__pictures" };
            view! { <div class=class>{all.collect_view()}</div> }
        });
        let others = others.into_iter().map(|file| match Kind::of_attachment(&file) {
            Kind::Sound => view! { <SoundPlayer file=file own=own /> }.into_any(),
            Kind::Video => view! { <Media file=file own=own /> }.into_any(),
            Kind::Paper | Kind::Text => view! { <Paper file=file own=own /> }.into_any(),
            _ => view! { <FileRow file=file own=own /> }.into_any(),
        });
        view! { <div class="attachments">{pictures}{others.collect_view()}</div> }.into_any()
    }
}
