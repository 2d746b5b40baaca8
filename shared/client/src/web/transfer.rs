//! Moves files between the page and the server with `fetch`. A picked file is a handle that the browser holds open; it lives as
//! long as this worker, so a page that was loaded anew has to ask for it again. What is saved is put together from pieces that
//! the browser keeps where it likes, and given to the page whole. `fetch` tells nothing of a body before it is sent whole, so
//! progress counts pieces.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use crypto::FileSeal;
use engine::{Job, Picked, Progress, Source};
use js_sys::Array;
use protocol::{ErrorCode, FileId, file};
use view::{Failure, Way};
use wasm_bindgen::JsCast as _;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Blob, File, Headers, RequestInit, Response};

use super::queue::Queue;
use super::sleep::scope;
use crate::driver::{Access, Msg};
use crate::{pieces, tus};

/// What is given to the page to be saved: a name and a content.
pub(super) type OnSaved = Rc<dyn Fn(&str, &Blob)>;

/// Files that this worker holds, and jobs that run.
pub(super) struct Transfers {
    held: Rc<Held>,
    running: HashMap<(FileId, Way), AbortController>,
    on_saved: OnSaved,
}

/// What outlives a job.
#[derive(Default)]
pub(super) struct Held {
    picked: RefCell<HashMap<FileId, File>>,
    pieces: RefCell<HashMap<FileId, Vec<Blob>>>,
}

impl Held {
    /// Takes a file of the page in.
    pub(super) fn pick(&self, file_id: FileId, file: File) -> Picked {
        let name: String =
            file.name().chars().map(|c| if file::is_file_name(&format!("x{c}")) { c } else { '_' }).collect();
        let picked = Picked {
            file_id: file_id.clone(),
            name: if file::is_file_name(&name) { name } else { "file".to_owned() },
            size: file.size() as u64,
            modified_ms: file.last_modified() as i64,
            place: String::new(),
        };
        self.picked.borrow_mut().insert(file_id, file);
        picked
    }

    pub(super) fn picked(&self, file_id: &FileId) -> Option<File> {
        self.picked.borrow().get(file_id).cloned()
    }
}

impl Transfers {
    pub(super) fn new(held: Rc<Held>, on_saved: OnSaved) -> Self {
        Self { held, running: HashMap::new(), on_saved }
    }

    pub(super) fn start(&mut self, access: Access, job: Job, tell: Queue<Msg>) {
        let key = (job.file.id.clone(), job.way);
        // Without one the job only cannot be stopped.
        let Ok(abort) = AbortController::new() else { return };
        if let Some(earlier) = self.running.insert(key, abort.clone()) {
            earlier.abort();
        }
        let (held, on_saved) = (self.held.clone(), self.on_saved.clone());
        wasm_bindgen_futures::spawn_local(async move {
            let work = Work { access, job, tell, abort };
            let result = match work.job.way {
                Way::Up => work.upload(&held).await,
                Way::Down => work.download(&held, &on_saved).await,
            };
            if !work.abort.signal().aborted() {
                work.told(Progress::Ended(result));
            }
        });
    }

    pub(super) fn stop(&mut self, access: Option<Access>, file_id: &FileId, way: Way, forget: bool) {
        if let Some(running) = self.running.remove(&(file_id.clone(), way)) {
            running.abort();
        }
        if !forget {
            return;
        }
        self.held.pieces.borrow_mut().remove(file_id);
        if let (Way::Up, Some(access)) = (way, access) {
            self.held.picked.borrow_mut().remove(file_id);
            let path = tus::upload(file_id);
            // Asked once: a server forgets by itself what is not gone on with.
            wasm_bindgen_futures::spawn_local(
                async move { drop(ask(&access, "DELETE", &path, &[], None, None).await) },
            );
        }
    }

    pub(super) fn stop_all(&mut self) {
        self.running.drain().for_each(|(_, running)| running.abort());
    }
}

/// Where the content of an upload comes from.
enum Content<'a> {
    Picked(File),
    Elsewhere(&'a Source),
}

struct Work {
    access: Access,
    job: Job,
    tell: Queue<Msg>,
    abort: AbortController,
}

impl Work {
    fn told(&self, progress: Progress) {
        self.tell.push(Msg::Transfer { file_id: self.job.file.id.clone(), way: self.job.way, progress });
    }

    async fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, String)],
        body: Option<&Blob>,
    ) -> Result<Response, Failure> {
        ask(&self.access, method, path, headers, body, Some(&self.abort)).await
    }

    async fn upload(&self, held: &Held) -> Result<(), Failure> {
        let from = match &self.job.source {
            Some(source) => Content::Elsewhere(source),
            None => Content::Picked(held.picked(&self.job.file.id).ok_or(Failure::FileGone)?),
        };
        let path = tus::upload(&self.job.file.id);
        let mut there = match self.ask("HEAD", &path, &[], None).await {
            Ok(response) => offset(&response)?,
            Err(Failure::Refused { code: ErrorCode::NotFound }) => {
                offset(&self.ask("POST", tus::FILES, &tus::beginning(&self.job), None).await?)?
            }
            Err(failure) => return Err(failure),
        };
        while there < pieces::length(&self.job) {
            self.told(Progress::Moved(there));
            let piece = self.piece(&from, there).await?;
            let headers = [("content-type", tus::BODY_TYPE.to_owned()), (tus::OFFSET, there.to_string())];
            let now = offset(&self.ask("PATCH", &path, &headers, Some(&piece)).await?)?;
            if now <= there {
                return Err(Failure::Refused { code: ErrorCode::OffsetMismatch });
            }
            there = now;
        }
        Ok(())
    }

    /// What comes next of an upload, as the server is to have it.
    async fn piece(&self, from: &Content<'_>, there: u64) -> Result<Blob, Failure> {
        let piece = pieces::next(&self.job, there)?;
        let part = &piece.plain;
        let content = match from {
            Content::Picked(file) => {
                let slice = file.slice_with_f64_and_f64(part.start as f64, part.end as f64);
                let slice = slice.map_err(|_| Failure::FileGone)?;
                if self.job.seal.is_none() {
                    return Ok(slice);
                }
                bytes(&slice).await.ok_or(Failure::FileGone)?
            }
            Content::Elsewhere(source) => self.part_of(&source.file_id, source.seal.as_ref(), part).await?,
        };
        blob(&piece.sealed(&self.job, content)?)
    }

    /// A part of a content on the server, opened.
    async fn part_of(&self, file_id: &FileId, seal: Option<&FileSeal>, part: &Range<u64>) -> Result<Vec<u8>, Failure> {
        if part.is_empty() {
            return Ok(Vec::new());
        }
        let lies = pieces::lies_at(seal, part)?;
        let response = self.ask("GET", &tus::content(file_id), &tus::part(&lies), None).await?;
        let found = bytes(&blob_of(&response).await?).await.ok_or(Failure::Unreachable)?;
        if found.len() as u64 != lies.end - lies.start {
            return Err(Failure::Unreachable);
        }
        pieces::opened(seal, part, found)
    }

    async fn download(&self, held: &Held, on_saved: &OnSaved) -> Result<(), Failure> {
        let file = &self.job.file;
        let mut fetched = held.pieces.borrow_mut().remove(&file.id).unwrap_or_default();
        let result = self.fetch_pieces(&mut fetched).await;
        if result.is_err() {
            held.pieces.borrow_mut().insert(file.id.clone(), fetched);
            return result;
        }
        let list: Array = fetched.iter().collect();
        let whole = Blob::new_with_blob_sequence(&list).map_err(|_| Failure::Disk)?;
        on_saved(&file.name, &whole);
        Ok(())
    }

    async fn fetch_pieces(&self, fetched: &mut Vec<Blob>) -> Result<(), Failure> {
        let file = &self.job.file;
        let mut have: u64 = fetched.iter().map(|piece| piece.size() as u64).sum();
        while have < file.size {
            self.told(Progress::Moved(have));
            let part = have..(have + pieces::PIECE_BYTES).min(file.size);
            let piece = match &self.job.seal {
                Some(seal) => blob(&self.part_of(&file.id, Some(seal), &part).await?)?,
                None => blob_of(&self.ask("GET", &tus::content(&file.id), &tus::part(&part), None).await?).await?,
            };
            if piece.size() as u64 != part.end - part.start {
                return Err(Failure::Unreachable);
            }
            have = part.end;
            fetched.push(piece);
        }
        Ok(())
    }
}

/// A file's content, opened, of at most `bytes_max`.
pub(super) async fn content(
    access: &Access,
    file_id: &FileId,
    seal: Option<&FileSeal>,
    bytes_max: usize,
) -> Result<Blob, Failure> {
    let bytes_max = bytes_max.saturating_add(pieces::more(seal));
    let response = ask(access, "GET", &tus::content(file_id), &[], None, None).await?;
    let length = response.headers().get("content-length").ok().flatten().and_then(|text| text.parse::<usize>().ok());
    if length.is_none_or(|length| length > bytes_max) {
        return Err(Failure::Refused { code: ErrorCode::FileTooLarge });
    }
    let found = blob_of(&response).await?;
    if seal.is_none() {
        return Ok(found);
    }
    blob(&pieces::opened_whole(seal, bytes(&found).await.ok_or(Failure::Unreachable)?)?)
}

/// Bytes as the page takes them.
pub(super) fn blob(bytes: &[u8]) -> Result<Blob, Failure> {
    let parts = Array::of1(&js_sys::Uint8Array::from(bytes));
    Blob::new_with_u8_array_sequence(&parts).map_err(|_| Failure::Internal)
}

/// The bytes of a small content.
pub(super) async fn bytes(blob: &Blob) -> Option<Vec<u8>> {
    let buffer = JsFuture::from(blob.array_buffer()).await.ok()?;
    Some(js_sys::Uint8Array::new(&buffer).to_vec())
}

async fn blob_of(response: &Response) -> Result<Blob, Failure> {
    let blob = response.blob().map_err(|_| Failure::Unreachable)?;
    JsFuture::from(blob).await.ok().and_then(|blob| blob.dyn_into().ok()).ok_or(Failure::Unreachable)
}

fn offset(response: &Response) -> Result<u64, Failure> {
    let value = response.headers().get(tus::OFFSET).ok().flatten();
    value.and_then(|text| text.parse().ok()).ok_or(Failure::NotAServer)
}

async fn ask(
    access: &Access,
    method: &str,
    path: &str,
    headers: &[(&str, String)],
    body: Option<&Blob>,
    abort: Option<&AbortController>,
) -> Result<Response, Failure> {
    let internal = |_: JsValue| Failure::Internal;
    let said = Headers::new().map_err(internal)?;
    said.set("authorization", &format!("Bearer {}", access.token)).map_err(internal)?;
    said.set("tus-resumable", "1.0.0").map_err(internal)?;
    for (name, value) in headers {
        said.set(name, value).map_err(internal)?;
    }
    let init = RequestInit::new();
    init.set_method(method);
    init.set_headers(&said);
    if let Some(body) = body {
        init.set_body(body);
    }
    if let Some(abort) = abort {
        init.set_signal(Some(&abort.signal()));
    }
    let response = JsFuture::from(scope().fetch_with_str_and_init(path, &init)).await;
    let response: Response = response.map_err(|_| Failure::Unreachable)?.dyn_into().map_err(internal)?;
    if response.ok() {
        return Ok(response);
    }
    let text = match response.text() {
        Ok(text) => JsFuture::from(text).await.ok().and_then(|text| text.as_string()).unwrap_or_default(),
        Err(_) => String::new(),
    };
    Err(tus::refusal(response.status(), text.as_bytes()))
}
