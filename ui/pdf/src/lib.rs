//! Pages of PDF files as pictures, in a worker of their own: `ui/static/pdf.js` starts it, the page that shows them ends it. A file is
//! anybody's: what it does wrong costs this worker, whose memory is bounded (`build.rs`) and whose time is the page's to end.

mod document;
#[cfg(target_arch = "wasm32")]
mod worker;

pub use document::{Document, FILE_BYTES_MAX, PIXELS_MAX, Picture, Refused};
