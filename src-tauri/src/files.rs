//! Files of the desktop: dialogs, what is dragged onto the window, saved files. The page learns names and bytes, never a place.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tauri::http::HeaderMap;
use tauri::ipc::{InvokeBody, Request, Response};
use tauri::{AppHandle, DragDropEvent, Manager as _, State};
use tauri_plugin_dialog::{DialogExt as _, FilePath};
use tauri_plugin_opener::OpenerExt as _;
use view::update::ReplyBody;
use view::{Command, CommandEnvelope, CommandReply, ExportFormat, Failure, FileId, FileInfo, Update};

use crate::shell::{DONE, Shell};
use crate::words::{self, language_of};

/// Largest file that the page gets to show, in bytes.
const SHOWN_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Largest file that the page hands over, in bytes: something pasted.
const PASTED_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Pasted files are kept until they are sent; older ones than this are deleted at the start.
const PASTED_KEPT: std::time::Duration = std::time::Duration::from_secs(30 * 86_400);

/// Does what only the shell can; gives back what is the client's.
pub fn command(shell: &Arc<Shell>, envelope: CommandEnvelope) -> Option<CommandEnvelope> {
    let id = envelope.id;
    match envelope.command {
        Command::PickFiles => pick(shell),
        Command::SaveFile { file } => save(shell, file),
        Command::Export { passphrase, format } => return export(shell, id, passphrase, format),
        Command::OpenFile { file_id } => return with_saved(shell, id, file_id, open),
        Command::ShowFile { file_id } => return with_saved(shell, id, file_id, show),
        _ => return Some(envelope),
    }
    reply(shell, id, Ok(DONE));
    None
}

/// Files were dragged onto the window.
pub fn on_drag_drop(app: &AppHandle, event: &DragDropEvent) {
    if let (DragDropEvent::Drop { paths, .. }, Some(shell)) = (event, app.try_state::<Arc<Shell>>()) {
        shell.pick(paths);
    }
}

/// The page wants to show a file of a message, or a picked one.
#[tauri::command]
pub async fn bridge_load(shell: State<'_, Arc<Shell>>, file_id: String) -> Result<Response, String> {
    let id = FileId::new(file_id).ok_or("no id")?;
    let shell = Arc::clone(&shell);
    let client = shell.client().filter(|_| !shell.is_locked()).ok_or("not yet")?;
    client.load(&id, SHOWN_BYTES_MAX).await.map(Response::new).map_err(|failure| format!("{failure:?}"))
}

/// The page hands over a file that is nowhere on the disk: a pasted picture. The body is its content, a header its name.
#[tauri::command]
pub async fn bridge_paste(shell: State<'_, Arc<Shell>>, request: Request<'_>) -> Result<(), String> {
    let InvokeBody::Raw(bytes) = request.body() else { return Err("no bytes".to_owned()) };
    if bytes.len() > PASTED_BYTES_MAX || shell.is_locked() {
        return Err("too large".to_owned());
    }
    let folder = shell.profile.file("pasted").join(uuid::Uuid::now_v7().to_string());
    let path = folder.join(safe_name(request.headers()));
    let kept = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&path, bytes));
    kept.map_err(|error| error.to_string())?;
    shell.pick(&[path]);
    Ok(())
}

/// Deletes pasted files that were sent long ago, or never.
pub fn forget_old_pasted(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok) {
        let age = entry.metadata().ok().and_then(|about| about.modified().ok()).and_then(|at| at.elapsed().ok());
        if age.is_some_and(|age| age > PASTED_KEPT) {
            // One that cannot be deleted is tried again at the next start.
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

fn pick(shell: &Arc<Shell>) {
    let shell = Arc::clone(shell);
    let dialog =
        shell.handle.dialog().file().set_title(words::ATTACH.in_language(language_of(&shell.preferences().language)));
    dialog.pick_files(move |chosen| {
        let paths: Vec<PathBuf> =
            chosen.into_iter().flatten().filter_map(|path: FilePath| path.into_path().ok()).collect();
        shell.pick(&paths);
    });
}

fn save(shell: &Arc<Shell>, file: FileInfo) {
    let shell = Arc::clone(shell);
    let mut dialog = shell.handle.dialog().file().set_file_name(&file.name);
    if let Ok(folder) = shell.handle.path().download_dir() {
        dialog = dialog.set_directory(folder);
    }
    dialog.save_file(move |chosen| {
        if let (Some(place), Some(client)) = (chosen.and_then(|path| path.into_path().ok()), shell.client()) {
            client.save(file, &place);
        }
    });
}

/// Asks where to, seals all that can be read here, and writes it there. Answers when it is written or given up.
fn export(shell: &Arc<Shell>, id: u32, passphrase: String, format: ExportFormat) -> Option<CommandEnvelope> {
    let shell = Arc::clone(shell);
    let mut dialog = shell.handle.dialog().file().set_file_name(format!("hybrid-messenger.{}", format.ending()));
    if let Ok(folder) = shell.handle.path().document_dir() {
        dialog = dialog.set_directory(folder);
    }
    dialog.save_file(move |chosen| {
        let Some(place) = chosen.and_then(|path| path.into_path().ok()) else {
            return reply(&shell, id, Ok(ReplyBody::Exported { name: None }));
        };
        tauri::async_runtime::spawn(async move {
            let made = match shell.client() {
                Some(client) => client.export(passphrase, format).await,
                None => Err(Failure::Internal),
            };
            let written = made.and_then(|bytes| {
                write_whole(&place, &bytes).map_err(|error| {
                    tracing::info!(%error, "an export could not be written");
                    Failure::Disk
                })
            });
            let name = place.file_name().map(|name| name.to_string_lossy().into_owned());
            reply(&shell, id, written.map(|()| ReplyBody::Exported { name }));
        });
    });
    None
}

/// Writes a file that only this person may read, whole or not at all: a full disk costs nothing of what was there before.
fn write_whole(place: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut fresh = tempfile::NamedTempFile::new_in(folder)?;
    fresh.write_all(bytes)?;
    fresh.as_file().sync_all()?;
    fresh.persist(place)?;
    Ok(())
}

/// Does something with a file that was saved, if it is still there.
fn with_saved(
    shell: &Arc<Shell>,
    id: u32,
    file_id: FileId,
    act: fn(&AppHandle, &Path) -> Result<(), tauri_plugin_opener::Error>,
) -> Option<CommandEnvelope> {
    let shell = Arc::clone(shell);
    tauri::async_runtime::spawn(async move {
        let place = match shell.client() {
            Some(client) => client.saved(&file_id).await.filter(|place| place.exists()),
            None => None,
        };
        let done = match place {
            None => Err(Failure::FileGone),
            Some(place) => act(&shell.handle, &place).map(|()| DONE).map_err(|error| {
                tracing::info!(%error, "a saved file could not be opened");
                Failure::FileGone
            }),
        };
        reply(&shell, id, done);
    });
    None
}

/// Opens it with the system's program for it. What would run instead is shown in its folder: a sender's file runs by nobody's press here.
fn open(app: &AppHandle, place: &Path) -> Result<(), tauri_plugin_opener::Error> {
    if runs(place) {
        return show(app, place);
    }
    app.opener().open_path(place.to_string_lossy(), None::<&str>)
}

/// Files that systems run, or that carry what is run, by their ends.
fn runs(place: &Path) -> bool {
    const RUN: [&str; 34] = [
        "app",
        "appimage",
        "appref-ms",
        "bat",
        "bin",
        "chm",
        "cmd",
        "com",
        "command",
        "cpl",
        "deb",
        "desktop",
        "dmg",
        "exe",
        "hta",
        "jar",
        "js",
        "jse",
        "lnk",
        "msi",
        "msix",
        "pif",
        "pkg",
        "ps1",
        "py",
        "reg",
        "rpm",
        "run",
        "scr",
        "sh",
        "url",
        "vbs",
        "wsf",
        "workflow",
    ];
    let ending = place.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    ending.is_none_or(|ending| RUN.contains(&ending.as_str()))
}

fn show(app: &AppHandle, place: &Path) -> Result<(), tauri_plugin_opener::Error> {
    app.opener().reveal_item_in_dir(place)
}

fn reply(shell: &Shell, id: u32, result: Result<ReplyBody, Failure>) {
    let reply = match result {
        Ok(body) => CommandReply::Ok { body },
        Err(failure) => CommandReply::Failed { failure },
    };
    shell.tell(&Update::Reply { id, reply });
}

/// The last part of the name in the header, percent-decoded; `picture.png` when there is none.
fn safe_name(headers: &HeaderMap) -> String {
    let said = headers.get("name").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut bytes = Vec::with_capacity(said.len());
    let mut rest = said.as_bytes();
    while let [first, after @ ..] = rest {
        let pair = after.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        let decoded = pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()).filter(|_| *first == b'%');
        bytes.push(decoded.unwrap_or(*first));
        rest = if decoded.is_some() { &after[2..] } else { after };
    }
    let name = String::from_utf8(bytes).unwrap_or_default();
    let name: String = name.chars().filter(|c| !c.is_control() && !r#"/\\:*?"<>|"#.contains(*c)).take(80).collect();
    let name = name.trim_matches(['.', ' ']).to_owned();
    if name.is_empty() { "picture.png".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_run_is_not_opened() {
        for risky in ["/home/a/Отчёт.desktop", "/home/a/x.EXE", "/home/a/no-ending"] {
            assert!(runs(Path::new(risky)), "{risky}");
        }
        assert!(!runs(Path::new("/home/a/отчёт.pdf")));
    }

    #[test]
    fn what_is_written_replaces_what_was_there_whole_or_not_at_all() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let place = folder.path().join("мой архив.export");
        for content in ["first", "and the second, which is longer", "third"] {
            write_whole(&place, content.as_bytes()).expect("it can be written");
            assert_eq!(std::fs::read(&place).expect("it is there"), content.as_bytes());
        }
        let blocked = folder.path().join("a folder");
        std::fs::create_dir(&blocked).expect("a folder");
        assert!(write_whole(&blocked, b"no").is_err());
        assert!(write_whole(&folder.path().join("nowhere/x"), b"no").is_err());
        assert_eq!(std::fs::read_dir(folder.path()).expect("it is there").count(), 2, "nothing half-done stays");
    }

    #[test]
    fn a_pasted_files_name_is_no_path() {
        let name = |said: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("name", said.parse().unwrap_or_else(|_| panic!("{said} is no header")));
            safe_name(&headers)
        };
        assert_eq!(name("%D1%84%D0%BE%D1%82%D0%BE.png"), "фото.png");
        assert_eq!(name("..%2F..%2Fetc%2Fpasswd"), "etcpasswd");
        assert_eq!(name("%2e%2e"), "picture.png");
        assert_eq!(name("100%.txt"), "100%.txt");
    }
}
