//! What the keys do: one table from chords to actions, independent of the keyboard's layout.
//!
//! [`press`] reads a key event, [`chord`] says which key is meant whatever the layout, [`table`] holds the chords,
//! [`keymap`] lays a person's own over them, [`live`] is the keymap of the page,
//! [`dispatch`] listens on the window, [`escape`] is the chain of what Esc closes, [`regions`] moves between the parts
//! of the window. Features that act on an action watch [`crate::state::AppState::action`].

pub mod chord;
pub mod dispatch;
pub mod escape;
pub mod keymap;
pub mod live;
pub mod press;
pub mod regions;
pub mod table;

pub use chord::{Chord, Key, Named};
pub use press::KeyPress;
pub use table::{Action, BINDINGS};
