//! Recording a voice: by the shell where the page is in its window, else by the browser's own recorder. What was said comes as a
//! picked file, like any other.

use std::cell::RefCell;
use std::rc::Rc;

use futures_channel::oneshot;
use leptos::prelude::*;
use view::update::ReplyBody;
use view::{Command, Failure, PickedRow};
use wasm_bindgen::JsCast as _;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AnalyserNode, AudioContext, Blob, BlobEvent, DomException, File, FilePropertyBag, MediaRecorder,
    MediaRecorderOptions, MediaStream, MediaStreamConstraints, MediaStreamTrack,
};

use super::files::offer;
use super::{ask, tauri};
use crate::state::AppState;

/// So often one hears how loud it is, in milliseconds.
pub const LEVEL_MS: u64 = 50;
/// Kinds of file in the order of our liking; every browser has one of them.
const KINDS: [&str; 3] = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];

/// A recording that runs.
pub enum Recording {
    /// The shell's.
    Host,
    /// The browser's.
    Page(Page),
    /// The demo's, which hears nothing.
    #[cfg(feature = "demo")]
    Demo,
}

/// The browser's recorder, with what measures the loudness.
pub struct Page {
    recorder: MediaRecorder,
    stream: MediaStream,
    audio: AudioContext,
    ticks: IntervalHandle,
    parts: Rc<RefCell<Vec<Blob>>>,
    started: f64,
    // Called until it ends.
    _on_data: Closure<dyn FnMut(BlobEvent)>,
}

/// Begins; `level` is told how loud it is, 0 to 255.
///
/// # Errors
/// `NoMicrophone`, `MicrophoneDenied`.
pub async fn start(state: AppState, level: impl Fn(u8) + Copy + 'static) -> Result<Recording, Failure> {
    #[cfg(feature = "demo")]
    if super::demo::Scene::of_page().is_some_and(|scene| scene.has("recording")) {
        (0..73_u32).for_each(|at| level(u8::try_from(at * 53 % 200 * (at % 7 + 2) / 8).unwrap_or(u8::MAX)));
        return Ok(Recording::Demo);
    }
    if tauri::is_there() {
        ask(Command::StartRecording).await?;
        Effect::new(move |first: Option<()>| {
            let (_, loud) = state.level.get();
            if first.is_some() {
                level(loud);
            }
        });
        return Ok(Recording::Host);
    }
    page(level).await.map(Recording::Page)
}

impl Recording {
    /// Ends it; the file and how long it plays. `name` is without an ending.
    ///
    /// # Errors
    /// `NoMicrophone` when nothing was heard.
    pub async fn finish(self, state: AppState, name: &str) -> Result<(PickedRow, u64), Failure> {
        let (picked, duration_ms) = match self {
            Recording::Host => {
                let picked = state.files.expect(&format!("{name}.ogg"));
                match ask(Command::StopRecording { name: name.to_owned(), keep: true }).await? {
                    ReplyBody::Recorded { duration_ms } => (picked, duration_ms),
                    _ => return Err(Failure::NoMicrophone),
                }
            }
            Recording::Page(page) => {
                let duration_ms = (js_sys::Date::now() - page.started).max(0.0) as u64;
                let file = page.end(name).await.ok_or(Failure::NoMicrophone)?;
                let picked = state.files.expect(&file.name());
                offer(vec![file]);
                (picked, duration_ms)
            }
            #[cfg(feature = "demo")]
            Recording::Demo => return Err(Failure::NoMicrophone),
        };
        picked.await.map(|row| (row, duration_ms)).map_err(|_| Failure::Internal)
    }

    /// Ends it, and nothing is kept.
    pub fn drop_it(self) {
        match self {
            Recording::Host => super::tell_quietly(Command::StopRecording { name: String::new(), keep: false }),
            Recording::Page(page) => page.close(),
            #[cfg(feature = "demo")]
            Recording::Demo => {}
        }
    }
}

impl Page {
    async fn end(self, name: &str) -> Option<File> {
        let (done, ended) = oneshot::channel::<()>();
        let on_stop = Closure::once_into_js(move || {
            // Who waited has gone when this fails.
            let _ = done.send(());
        });
        self.recorder.set_onstop(Some(on_stop.unchecked_ref()));
        self.recorder.stop().ok()?;
        ended.await.ok()?;
        let kind = self.recorder.mime_type();
        let kind = kind.split(';').next().unwrap_or_default().to_owned();
        let ending = match kind.as_str() {
            "audio/ogg" => "ogg",
            "audio/mp4" => "m4a",
            _ => "webm",
        };
        let parts: js_sys::Array = self.parts.borrow().iter().collect();
        self.close();
        let options = FilePropertyBag::new();
        options.set_type(&kind);
        let file = File::new_with_blob_sequence_and_options(&parts, &format!("{name}.{ending}"), &options).ok()?;
        (file.size() > 0.0).then_some(file)
    }

    fn close(self) {
        self.ticks.clear();
        for track in self.stream.get_tracks() {
            if let Ok(track) = track.dyn_into::<MediaStreamTrack>() {
                track.stop();
            }
        }
        // Whether it is closed already matters to nobody.
        let _ = self.audio.close();
    }
}

async fn page(level: impl Fn(u8) + Copy + 'static) -> Result<Page, Failure> {
    let stream = microphone().await?;
    let none = |_: JsValue| Failure::NoMicrophone;
    let options = MediaRecorderOptions::new();
    if let Some(kind) = KINDS.into_iter().find(|kind| MediaRecorder::is_type_supported(kind)) {
        options.set_mime_type(kind);
    }
    options.set_audio_bits_per_second(24_000);
    let recorder = MediaRecorder::new_with_media_stream_and_media_recorder_options(&stream, &options).map_err(none)?;
    let parts = Rc::new(RefCell::new(Vec::new()));
    let taken = parts.clone();
    let on_data = Closure::<dyn FnMut(BlobEvent)>::new(move |event: BlobEvent| {
        taken.borrow_mut().extend(event.data().filter(|part| part.size() > 0.0));
    });
    recorder.set_ondataavailable(Some(on_data.as_ref().unchecked_ref()));
    let audio = AudioContext::new().map_err(none)?;
    let analyser = audio.create_analyser().map_err(none)?;
    let source = audio.create_media_stream_source(&stream).map_err(none)?;
    source.connect_with_audio_node(&analyser).map_err(none)?;
    recorder.start_with_time_slice(1_000).map_err(none)?;
    let mut samples = vec![0.0_f32; 2_048];
    let tick = std::time::Duration::from_millis(LEVEL_MS);
    let measure = RefCell::new(move || level(loudness(&analyser, &mut samples)));
    let ticks = set_interval_with_handle(move || (measure.borrow_mut())(), tick).map_err(none)?;
    Ok(Page { recorder, stream, audio, ticks, parts, started: js_sys::Date::now(), _on_data: on_data })
}

/// The microphone, once the person allows it. Pages without a secure address have none.
async fn microphone() -> Result<MediaStream, Failure> {
    let devices = window().navigator().media_devices().map_err(|_| Failure::MicrophoneDenied)?;
    if devices.is_undefined() {
        return Err(Failure::MicrophoneDenied);
    }
    let wish = MediaStreamConstraints::new();
    wish.set_audio(&JsValue::TRUE);
    let asked = devices.get_user_media_with_constraints(&wish).map_err(|_| Failure::NoMicrophone)?;
    let given = JsFuture::from(asked).await.map_err(|error| {
        let denied = error.dyn_ref::<DomException>().is_some_and(|error| error.name() == "NotAllowedError");
        if denied { Failure::MicrophoneDenied } else { Failure::NoMicrophone }
    })?;
    given.dyn_into().map_err(|_| Failure::NoMicrophone)
}

fn loudness(analyser: &AnalyserNode, samples: &mut [f32]) -> u8 {
    analyser.get_float_time_domain_data(samples);
    let peak = samples.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    (peak.min(1.0) * 255.0) as u8
}
