//! Pictures of people and chats: where they show ([`face`]), how one is chosen, and its cropping to a square.

mod choice;
mod crop;
mod face;
mod square;

pub use choice::AvatarChoice;
pub use crop::CropDialog;
pub use face::{avatar_of, face, face_of, face_of_row};
