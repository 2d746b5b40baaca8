//! What will be sent with the text: small pictures and names, each with a cross.

use leptos::prelude::*;
use view::{About, Command, FileId, PickedRow, SendFile};

use crate::bridge;
use crate::bridge::files::offer;
use crate::features::attachments::canvas::named;
use crate::features::attachments::{Measured, measure, mime_of_name, size_words};
use crate::i18n::{t, t_with};
use crate::primitives::{ControlSize, Icon, IconButton, IconName};
use crate::state::AppState;

/// Most files of one message: the protocol's bound.
const FILES_MAX: usize = 10;

/// A file in the tray.
#[derive(Clone, PartialEq)]
struct TrayFile {
    row: PickedRow,
    mime_type: &'static str,
    /// Once it is known that it is a picture.
    measured: ArcRwSignal<Option<Measured>>,
}

/// The files of one composer.
#[derive(Clone, Copy)]
pub struct Tray {
    files: RwSignal<Vec<TrayFile>>,
    number: u64,
}

impl Tray {
    /// Empty.
    pub fn new() -> Self {
        let number = AppState::try_get().map_or(0, |state| state.files.next_taker());
        Self { files: RwSignal::new(Vec::new()), number }
    }

    /// Nothing is in it; tracks that.
    pub fn is_empty(self) -> bool {
        self.files.with(Vec::is_empty)
    }

    /// From now on picked files come here.
    pub fn use_this(self, state: AppState) {
        state.files.taker.set(self.number);
    }

    /// Takes what was picked for it, as long as the owner lives.
    pub(super) fn take_picked(self, state: AppState) {
        Effect::new(move || {
            let taker = state.files.taker.get();
            let any = state.files.picked.with(|picked| !picked.is_empty());
            if any && (taker == self.number || taker == 0) {
                let picked = state.files.picked.try_update(std::mem::take).unwrap_or_default();
                picked.into_iter().for_each(|row| self.add(state, row));
            }
        });
        on_cleanup(move || {
            if state.files.taker.get_untracked() == self.number {
                state.files.taker.set(0);
            }
        });
    }

    fn add(self, state: AppState, row: PickedRow) {
        if self.files.with_untracked(Vec::len) >= FILES_MAX {
            state.toasts.refused(untrack(|| t("files-too-many")));
            return bridge::tell_quietly(Command::DropPicked { file_id: row.file_id });
        }
        let file = TrayFile { mime_type: mime_of_name(&row.name), row, measured: ArcRwSignal::new(None) };
        let (id, kind, size, measured) =
            (file.row.file_id.clone(), file.mime_type, file.row.size, file.measured.clone());
        self.files.update(|files| files.push(file));
        leptos::task::spawn_local(async move {
            let Some((mut found, thumbnail)) = measure(&id, kind, size).await else { return };
            measured.set(Some(found.clone()));
            if let Some(small) = thumbnail.and_then(|blob| named(&blob, "thumbnail")) {
                let picked = state.files.expect(&small.name());
                offer(vec![small]);
                // Whoever sends before it is there sends the large one alone.
                found.about.thumbnail_id = picked.await.ok().map(|row| row.file_id);
                measured.set(Some(found));
            }
        });
    }

    fn remove(self, file_id: &FileId) {
        self.files.update(|files| files.retain(|file| file.row.file_id != *file_id));
        bridge::tell_quietly(Command::DropPicked { file_id: file_id.clone() });
    }

    /// Empties it without sending.
    pub fn drop_all(self) {
        for file in self.take() {
            bridge::tell_quietly(Command::DropPicked { file_id: file.file_id });
        }
    }

    /// Empties it for a message.
    pub(super) fn take(self) -> Vec<SendFile> {
        let files = self.files.try_update(std::mem::take).unwrap_or_default();
        let send = |file: TrayFile| SendFile {
            file_id: file.row.file_id,
            mime_type: file.mime_type.to_owned(),
            about: file.measured.get_untracked().map_or_else(About::default, |measured| measured.about),
        };
        files.into_iter().map(send).collect()
    }
}

impl Default for Tray {
    fn default() -> Self {
        Self::new()
    }
}

/// The tray above the text; nothing while it is empty.
#[component]
pub(super) fn TrayBar(tray: Tray) -> impl IntoView {
    let item = move |file: TrayFile| {
        let (id, name, measured) = (file.row.file_id.clone(), file.row.name.clone(), file.measured.clone());
        let size = file.row.size;
        let title = name.clone();
        view! {
            <li class="tray__file">
                {move || match measured.get().and_then(|found| found.address) {
                    Some(address) => view! { <img class="tray__picture" src=address alt="" /> }.into_any(),
                    None => view! { <span class="tray__icon" aria-hidden="true"><Icon name=IconName::Attach /></span> }.into_any(),
                }}
                <span class="tray__words">
                    <strong title=title.clone()>{title.clone()}</strong>
                    <span>{move || size_words(size)}</span>
                </span>
                <IconButton
                    icon=IconName::Close
                    label=move || t_with("files-remove", &[("name", name.clone().into())])
                    size=ControlSize::Small
                    on_press=move || tray.remove(&id)
                />
            </li>
        }
    };
    view! {
        <Show when=move || !tray.is_empty()>
            <ul class="tray" aria-label=move || t("files-tray")>
                <For each=move || tray.files.get() key=|file| file.row.file_id.clone() children=item />
            </ul>
        </Show>
    }
}

/// What is dragged over are files; then the drop is ours.
pub(super) fn takes_files(event: &web_sys::DragEvent) -> bool {
    let types = event.data_transfer().map(|data| data.types());
    let files = types.is_some_and(|types| types.includes(&"Files".into(), 0));
    if files {
        event.prevent_default();
    }
    files
}

/// The files that are pasted or dropped; `None` for none.
pub(super) fn files_of(data: Option<web_sys::DataTransfer>) -> Option<Vec<web_sys::File>> {
    let list = data?.files()?;
    let files: Vec<web_sys::File> = (0..list.length()).filter_map(|at| list.get(at)).collect();
    (!files.is_empty()).then_some(files)
}
