//! A file as a row: what it is called, how large, how far it has come, and what can be done with it.

use leptos::prelude::*;
use view::{Attachment, Command, FileId, TransferRow, TransferState, Way};

use super::kinds::{ending_of, name_parts, size_words};
use crate::bridge::{self, tauri};
use crate::i18n::{failure_words, key, t, t_with};
use crate::primitives::{ControlSize, Icon, IconButton, IconName};
use crate::state::AppState;

/// A file with its buttons.
#[component]
pub fn FileRow(
    /// The file.
    file: Attachment,
    /// Of an own message, which may be on its way.
    own: bool,
    /// What else can be done with it.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let state = AppState::get();
    let file = StoredValue::new(file.file);
    let id = move || file.with_value(|file| file.id.clone());
    let up = Memo::new(move |_| if own { state.files.of(&id(), Way::Up) } else { None });
    let down = Memo::new(move |_| state.files.of(&id(), Way::Down));
    let going_up = move || up.with(|row| row.as_ref().is_some_and(|row| row.state != TransferState::Done));
    let saved = move || down.with(|row| row.as_ref().is_some_and(|row| row.state == TransferState::Done));
    let coming = move || down.with(Option::is_some) && !saved();
    let tell = move |command: Command| bridge::tell(state, command);
    let is_failed =
        |row: &Option<TransferRow>| row.as_ref().is_some_and(|row| matches!(row.state, TransferState::Failed { .. }));
    let failed = move || up.with(is_failed) || down.with(is_failed);
    let detail = move || {
        let row = if going_up() { up.get() } else { down.get().filter(|_| coming()) };
        row.map_or_else(|| size_words(file.with_value(|file| file.size)), |row| standing(&row))
    };
    view! {
        <div class="file-row">
            <span class="file-row__icon" aria-hidden="true">
                {match file.with_value(|file| ending_of(&file.name)) {
                    Some(ending) => view! { <span class="file-row__ending">{ending}</span> }.into_any(),
                    None => view! { <Icon name=IconName::Attach /> }.into_any(),
                }}
            </span>
            <div class="file-row__words">
                <FileName name=file.with_value(|file| file.name.clone()) />
                <span class="file-row__detail" class:file-row__detail--failed=failed>{detail}</span>
            </div>
            {children.map(|children| children())}
            <Show when=going_up><Moving file_id=id() way=Way::Up over=false /></Show>
            <Show when=coming><Moving file_id=id() way=Way::Down over=false /></Show>
            <Show when=move || saved() && tauri::is_there()>
                <IconButton icon=IconName::External label=move || t("files-open") size=ControlSize::Small on_press=move || tell(Command::OpenFile { file_id: id() }) />
                <IconButton icon=IconName::Folder label=move || t("files-show") size=ControlSize::Small on_press=move || tell(Command::ShowFile { file_id: id() }) />
            </Show>
            <Show when=move || !going_up() && !coming()>
                <IconButton icon=IconName::Download label=move || t("files-save") size=ControlSize::Small on_press=move || tell(Command::SaveFile { file: file.get_value() }) />
            </Show>
        </div>
    }
}

/// A file's name in one line; what does not fit is left out before its ending.
#[component]
pub fn FileName(
    /// All of it.
    name: String,
) -> impl IntoView {
    let (head, tail) = name_parts(&name);
    view! {
        <strong class="file-name" title=name>
            <span class="file-name__head">{head}</span>
            <span class="file-name__tail">{tail}</span>
        </strong>
    }
}

/// How a file stands, in words.
fn standing(row: &TransferRow) -> String {
    let share =
        |words: &str| t_with(words, &[("done", size_words(row.done).into()), ("size", size_words(row.size).into())]);
    match row.state {
        TransferState::Waiting => share(key("files-waiting")),
        TransferState::Running => share(key("files-running")),
        TransferState::Paused => share(key("files-paused")),
        TransferState::Failed { failure } => failure_words(failure),
        TransferState::Done | TransferState::Gone => size_words(row.size),
    }
}

/// A bar and buttons for a file that is under way; nothing once it is there.
#[component]
pub fn Moving(
    /// Which.
    file_id: FileId,
    /// Which way.
    way: Way,
    /// Over a picture, with words.
    over: bool,
) -> impl IntoView {
    let state = AppState::get();
    let id = StoredValue::new(file_id);
    let row = Memo::new(move |_| state.files.of(&id.get_value(), way).filter(|row| row.state != TransferState::Done));
    let held = move || {
        row.with(|row| {
            row.as_ref().is_some_and(|row| matches!(row.state, TransferState::Paused | TransferState::Failed { .. }))
        })
    };
    let failed =
        move || row.with(|row| row.as_ref().is_some_and(|row| matches!(row.state, TransferState::Failed { .. })));
    let hold_or_go = move || {
        let file_id = id.get_value();
        let command =
            if held() { Command::ResumeTransfer { file_id, way } } else { Command::PauseTransfer { file_id, way } };
        bridge::tell(state, command);
    };
    let cancel = move || bridge::tell(state, Command::CancelTransfer { file_id: id.get_value(), way });
    let icon = Signal::derive(move || match (failed(), held()) {
        (true, _) => IconName::Retry,
        (false, true) => IconName::Play,
        (false, false) => IconName::Pause,
    });
    let label = move || match (failed(), held()) {
        (true, _) => t("files-retry"),
        (false, true) => t("files-resume"),
        (false, false) => t("files-pause"),
    };
    let share = move || row.with(|row| row.as_ref().map_or(0.0, |row| row.done as f64 / row.size.max(1) as f64));
    let words = move || row.with(|row| row.as_ref().map(standing).unwrap_or_default());
    view! {
        <Show when=move || row.with(Option::is_some)>
            <div class="moving" class:moving--over=over class:moving--failed=failed>
                {over.then(|| view! { <span class="moving__words">{words}</span> })}
                <progress class="moving__bar" max="1" prop:value=share aria-label=move || t("files-progress") />
                <IconButton icon=icon label=label size=ControlSize::Small on_press=hold_or_go />
                <IconButton icon=IconName::Close label=move || t("files-cancel") size=ControlSize::Small on_press=cancel />
            </div>
        </Show>
    }
}
