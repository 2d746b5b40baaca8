//! Voice messages: recorded in the composer ([`RecordingBar`]), played in messages ([`SoundPlayer`]), as is any other sound.

mod bar;
mod player;
mod playing;
mod recorder;
mod waveform;

pub use bar::RecordingBar;
pub use player::SoundPlayer;
pub use recorder::{Recorder, Stage};
pub use waveform::clock;
