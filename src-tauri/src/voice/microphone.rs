//! The default microphone, on a thread of its own: what it hears is encoded while it is heard.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use cpal::traits::{DeviceTrait as _, HostTrait as _, StreamTrait as _};
use cpal::{Error, ErrorKind, FromSample, Sample, SampleFormat, SizedSample, Stream, SupportedStreamConfig};
use view::Failure;

use super::ogg_opus::{OggOpus, RATE};
use super::resample::Resample;

/// Longest recording; it goes on to its end, and what is said after that is lost.
const DURATION_MS_MAX: u64 = 60 * 60 * 1_000;
/// So often the page hears how loud it is.
const LEVEL_SAMPLES: usize = RATE as usize / 20;
/// What the device may be ahead by: a second or so, in pieces.
const PIECES_MAX: usize = 256;
/// A device that says nothing for so long is gone.
const SILENT: Duration = Duration::from_secs(5);

/// A recording that runs; dropped, it is thrown away.
pub(super) struct Recording {
    stop: Sender<()>,
    thread: Option<JoinHandle<Result<Taken, Failure>>>,
}

/// What was recorded.
pub(super) struct Taken {
    /// Opus in Ogg.
    pub(super) file: Vec<u8>,
    /// How long it plays.
    pub(super) duration_ms: u64,
}

impl Recording {
    /// Opens the default microphone; returns once it is heard. `level` gets how loud it was, twenty times a second: 0 to 255.
    ///
    /// # Errors
    /// `NoMicrophone`, `MicrophoneDenied`.
    pub(super) fn start(level: impl Fn(u8) + Send + 'static) -> Result<Self, Failure> {
        let (stop, stopped) = channel();
        let (opened, is_open) = sync_channel(1);
        let run = move || record(&opened, &stopped, level);
        let thread = std::thread::Builder::new().name("voice".to_owned()).spawn(run).map_err(|_| Failure::Internal)?;
        is_open.recv().map_err(|_| Failure::Internal)??;
        Ok(Self { stop, thread: Some(thread) })
    }

    /// Ends it.
    ///
    /// # Errors
    /// `NoMicrophone` when nothing was heard, or the microphone went away at once.
    pub(super) fn end(mut self) -> Result<Taken, Failure> {
        // It has ended by itself when this fails.
        let _ = self.stop.send(());
        let thread = self.thread.take().ok_or(Failure::Internal)?;
        thread.join().map_err(|_| Failure::Internal)?
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        let _ = self.stop.send(());
    }
}

/// The thread: the stream lives and dies here, for on some systems it may not leave its thread.
fn record(
    opened: &SyncSender<Result<(), Failure>>,
    stopped: &Receiver<()>,
    level: impl Fn(u8),
) -> Result<Taken, Failure> {
    let (pieces, heard) = sync_channel(PIECES_MAX);
    let (_stream, rate) = match open(pieces) {
        Ok(open) => open,
        Err(failure) => {
            // The one who waits gets it either way.
            let _ = opened.send(Err(failure));
            return Err(failure);
        }
    };
    let _ = opened.send(Ok(()));
    let mut encoder = OggOpus::new(uuid::Uuid::now_v7().as_u128() as u32)?;
    let mut resample = Resample::new(rate, RATE);
    let mut loudness = Loudness::default();
    while stopped.try_recv().is_err() && encoder.duration_ms() < DURATION_MS_MAX {
        let piece: Vec<f32> = match heard.recv_timeout(Duration::from_millis(50)) {
            Ok(piece) => piece,
            Err(RecvTimeoutError::Timeout) => {
                loudness.silent += Duration::from_millis(50);
                if loudness.silent >= SILENT {
                    break;
                }
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => break,
        };
        loudness.silent = Duration::ZERO;
        let samples = resample.push(&piece);
        loudness.push(&samples, &level);
        encoder.push(&samples)?;
    }
    let duration_ms = encoder.duration_ms();
    if duration_ms == 0 {
        return Err(Failure::NoMicrophone);
    }
    Ok(Taken { file: encoder.finish()?, duration_ms })
}

/// How loud the last moment was.
#[derive(Default)]
struct Loudness {
    peak: f32,
    samples: usize,
    silent: Duration,
}

impl Loudness {
    fn push(&mut self, samples: &[f32], level: &impl Fn(u8)) {
        for sample in samples {
            self.peak = self.peak.max(sample.abs());
            self.samples += 1;
            if self.samples >= LEVEL_SAMPLES {
                level((self.peak.min(1.0) * 255.0) as u8);
                (self.peak, self.samples) = (0.0, 0);
            }
        }
    }
}

/// The stream and its rate; pieces are one channel.
fn open(pieces: SyncSender<Vec<f32>>) -> Result<(Stream, u32), Failure> {
    let device = cpal::default_host().default_input_device().ok_or(Failure::NoMicrophone)?;
    let config = device.default_input_config().map_err(|error| failure(&error))?;
    let rate = config.sample_rate();
    let stream = match config.sample_format() {
        SampleFormat::I16 => listen::<i16>(&device, &config, pieces),
        SampleFormat::I32 => listen::<i32>(&device, &config, pieces),
        SampleFormat::U8 => listen::<u8>(&device, &config, pieces),
        SampleFormat::U16 => listen::<u16>(&device, &config, pieces),
        SampleFormat::F64 => listen::<f64>(&device, &config, pieces),
        _ => listen::<f32>(&device, &config, pieces),
    };
    let stream = stream.map_err(|error| failure(&error))?;
    stream.play().map_err(|error| failure(&error))?;
    Ok((stream, rate))
}

fn listen<T>(
    device: &cpal::Device,
    config: &SupportedStreamConfig,
    pieces: SyncSender<Vec<f32>>,
) -> Result<Stream, Error>
where
    T: SizedSample,
    f32: FromSample<T>,
{
    let channels = usize::from(config.channels()).max(1);
    let hear = move |samples: &[T], _: &cpal::InputCallbackInfo| {
        let mono = samples.chunks(channels).map(|frame| {
            let sum: f32 = frame.iter().map(|sample| f32::from_sample(*sample)).sum();
            sum / channels as f32
        });
        // A full queue means that the machine cannot follow: this piece is lost rather than the sound card stopped.
        let _ = pieces.try_send(mono.collect());
    };
    let problem = |error: Error| tracing::info!(%error, "the microphone stumbled");
    device.build_input_stream((*config).into(), hear, problem, None)
}

fn failure(error: &Error) -> Failure {
    tracing::info!(%error, "no microphone");
    if error.kind() == ErrorKind::PermissionDenied { Failure::MicrophoneDenied } else { Failure::NoMicrophone }
}
