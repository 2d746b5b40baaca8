//! What a message's content is to this device: plain, or sealed. The one place where encryption will open and seal.

/// Content as it is stored and sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content<'a> {
    /// Readable by the server too.
    Plain(&'a str),
    /// An envelope that only members' devices open; none is opened by this version.
    Sealed(&'a str),
}

impl<'a> Content<'a> {
    pub(crate) fn of(content: &'a str, sealed: bool) -> Self {
        if sealed { Content::Sealed(content) } else { Content::Plain(content) }
    }

    /// The text to show and to search, if this device can read it.
    pub(crate) fn readable(self) -> Option<&'a str> {
        match self {
            Content::Plain(text) => Some(text),
            Content::Sealed(_) => None,
        }
    }
}
