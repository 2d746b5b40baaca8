//! What the keys do: one table from chords to actions, independent of the keyboard's layout.
