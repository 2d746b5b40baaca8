//! The files of a message: pictures where they are, sound and video with the browser's own controls, all else as a row; and how
//! far each has come.

mod attachments;
mod blobs;
mod file_row;
mod kinds;
mod drop_zone;
mod measure;
mod media;
mod near;
mod picture;
mod viewer;

pub use attachments::Attachments;
pub use drop_zone::DropZone;
pub use kinds::{Kind, mime_of_name, size_words};
pub use measure::{Measured, measure};
pub use viewer::PictureViewer;
