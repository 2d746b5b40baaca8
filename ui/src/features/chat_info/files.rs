//! The files of a chat: pictures of a month in a grid, all else below as rows.

use leptos::prelude::*;
use view::{Attachment, SharedRow};

use super::shared::{Feed, FeedView, Origin};
use crate::features::attachments::{FileRow, Kind, Picture};
use crate::i18n::key;
use crate::primitives::IconName;

/// The list.
#[component]
pub fn FilesTab(
    /// What is known.
    feed: Feed,
) -> impl IntoView {
    view! {
        <FeedView feed=feed icon=IconName::Attach none=key("info-files-none") help=key("info-files-help") month=month />
    }
}

fn month(rows: Vec<SharedRow>) -> impl IntoView {
    let files = rows.into_iter().flat_map(|row| {
        let files = row.files.clone();
        files.into_iter().map(move |file| (row.clone(), file))
    });
    let (pictures, others): (Vec<(SharedRow, Attachment)>, Vec<_>) =
        files.partition(|(_, file)| Kind::of_attachment(file) == Kind::Picture);
    let grid = (!pictures.is_empty()).then(|| {
        let pictures = pictures.into_iter().map(|(_, file)| view! { <Picture file=file own=false single=false /> });
        view! { <div class="shared__pictures">{pictures.collect_view()}</div> }
    });
    let others = others.into_iter().map(|(row, file)| {
        view! {
            <li class="shared__file">
                <FileRow file=file own=false />
                <Origin row=row />
            </li>
        }
    });
    view! {
        {grid}
        <ul class="shared__rows">{others.collect_view()}</ul>
    }
}
