//! The files of a message: pictures where they are, sound and video with the browser's own controls, all else as a row; and how
//! far each has come.

mod attachments;
pub mod base64;
mod blobs;
pub mod canvas;
mod drop_zone;
mod file_row;
mod kinds;
mod measure;
mod media;
mod near;
mod paper;
mod picture;
mod still;
mod viewer;

pub use attachments::Attachments;
pub use blobs::address as blob_address;
pub use drop_zone::DropZone;
pub use file_row::{FileName, FileRow, Moving};
pub use kinds::{Kind, mime_of_name, size_words};
pub use measure::{Measured, measure};
pub use picture::Picture;
pub use viewer::PictureViewer;
