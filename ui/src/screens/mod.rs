//! The big screens; which one shows is decided by [`view::Stage`].
