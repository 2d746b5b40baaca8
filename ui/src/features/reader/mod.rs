//! Documents over the whole page: PDF files page by page, texts as they are.

mod pages;
mod paper;
mod reader;
mod text;

pub use pages::Pages;
pub use reader::Reader;
