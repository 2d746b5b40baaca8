//! The drawings of our icon set: one path each on a 20 × 20 grid, drawn with a round 1.6 px stroke.

/// A drawing of the set, named by what it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IconName {
    /// Something new.
    Add,
    /// To the latest.
    ArrowDown,
    /// Back.
    ArrowLeft,
    /// On.
    ArrowRight,
    /// Put away, kept.
    Archive,
    /// A mention.
    At,
    /// A file to send.
    Attach,
    /// Notifications.
    Bell,
    /// No notifications.
    BellOff,
    /// Kept out.
    Block,
    /// Strong text.
    Bold,
    /// Kept for oneself.
    Bookmark,
    /// A day.
    Calendar,
    /// Conversations.
    Chat,
    /// Chosen, done.
    Check,
    /// Opens downward.
    ChevronDown,
    /// Back, by one.
    ChevronLeft,
    /// On, by one.
    ChevronRight,
    /// Opens upward.
    ChevronUp,
    /// Waiting, time.
    Clock,
    /// Closes, removes.
    Close,
    /// Source text.
    Code,
    /// To the clipboard.
    Copy,
    /// The owner.
    Crown,
    /// For ever.
    Delete,
    /// Onto this device.
    Download,
    /// Change the text.
    Edit,
    /// Opens outside.
    External,
    /// Shown.
    Eye,
    /// Hidden.
    EyeOff,
    /// A folder.
    Folder,
    /// Said again elsewhere.
    Forward,
    /// A language, the web.
    Globe,
    /// A channel.
    Hash,
    /// Where the team lives.
    Home,
    /// A picture.
    Image,
    /// What came in.
    Inbox,
    /// Good to know.
    Info,
    /// Slanted text.
    Italic,
    /// Shortcuts.
    Keyboard,
    /// Out of here.
    Leave,
    /// An address.
    Link,
    /// Locked, encrypted.
    Lock,
    /// Into the team.
    LogIn,
    /// More places.
    Menu,
    /// Speak.
    Microphone,
    /// Farther away.
    Minus,
    /// The dark theme.
    Moon,
    /// More actions.
    More,
    /// No network.
    Offline,
    /// The right panel.
    Panel,
    /// Hold.
    Pause,
    /// Several people.
    People,
    /// A person.
    Person,
    /// One more person.
    PersonAdd,
    /// Kept at the top.
    Pin,
    /// Starts.
    Play,
    /// A question to vote on.
    Poll,
    /// A code to scan.
    Qr,
    /// Someone else's words.
    Quote,
    /// Adds a reaction.
    React,
    /// Answers.
    Reply,
    /// Once more.
    Retry,
    /// Finds.
    Search,
    /// Sends.
    Send,
    /// The team's server.
    Server,
    /// How the app behaves.
    Settings,
    /// Safe.
    Shield,
    /// Emoji.
    Smile,
    /// Stops.
    Stop,
    /// Struck-out text.
    Strike,
    /// The light theme.
    Sun,
    /// Messages under a message.
    Thread,
    /// On the server.
    Tick,
    /// On their devices.
    Ticks,
    /// Take care.
    Warning,
}

impl IconName {
    /// Every drawing, for the gallery.
    pub const ALL: &'static [IconName] = &[
        IconName::Add,
        IconName::ArrowDown,
        IconName::ArrowLeft,
        IconName::ArrowRight,
        IconName::Archive,
        IconName::At,
        IconName::Attach,
        IconName::Bell,
        IconName::BellOff,
        IconName::Block,
        IconName::Bold,
        IconName::Bookmark,
        IconName::Calendar,
        IconName::Chat,
        IconName::Check,
        IconName::ChevronDown,
        IconName::ChevronLeft,
        IconName::ChevronRight,
        IconName::ChevronUp,
        IconName::Clock,
        IconName::Close,
        IconName::Code,
        IconName::Copy,
        IconName::Crown,
        IconName::Delete,
        IconName::Download,
        IconName::Edit,
        IconName::External,
        IconName::Eye,
        IconName::EyeOff,
        IconName::Folder,
        IconName::Forward,
        IconName::Globe,
        IconName::Hash,
        IconName::Home,
        IconName::Image,
        IconName::Inbox,
        IconName::Info,
        IconName::Italic,
        IconName::Keyboard,
        IconName::Leave,
        IconName::Link,
        IconName::Lock,
        IconName::LogIn,
        IconName::Menu,
        IconName::Microphone,
        IconName::Minus,
        IconName::Moon,
        IconName::More,
        IconName::Offline,
        IconName::Panel,
        IconName::People,
        IconName::Person,
        IconName::PersonAdd,
        IconName::Pin,
        IconName::Play,
        IconName::Poll,
        IconName::Qr,
        IconName::Quote,
        IconName::React,
        IconName::Reply,
        IconName::Retry,
        IconName::Search,
        IconName::Send,
        IconName::Server,
        IconName::Settings,
        IconName::Shield,
        IconName::Smile,
        IconName::Stop,
        IconName::Strike,
        IconName::Sun,
        IconName::Thread,
        IconName::Tick,
        IconName::Ticks,
        IconName::Warning,
    ];

    /// The outline, for the `d` of a path.
    pub fn path(self) -> &'static str {
        match self {
            IconName::Add => "M10 4v12M4 10h12",
            IconName::ArrowDown => "M10 4v12M5 11l5 5 5-5",
            IconName::ArrowLeft => "M16 10H4M9 5l-5 5 5 5",
            IconName::ArrowRight => "M4 10h12M11 5l5 5-5 5",
            IconName::Archive => "M3.5 4.5h13v3.2h-13zM4.8 7.7v7.3a1 1 0 0 0 1 1h8.4a1 1 0 0 0 1-1V7.7M8 11h4",
            IconName::At => "M13 10a3 3 0 1 1-6 0 3 3 0 0 1 6 0zM13 7v4a2 2 0 0 0 4 0v-1a7 7 0 1 0-2.8 5.6",
            IconName::Attach => {
                "M15.8 9.2l-6 6a3.5 3.5 0 0 1-5-5l6.2-6.2a2.4 2.4 0 0 1 3.4 3.4l-6.1 6.1a1.2 1.2 0 0 1-1.7-1.7l5.5-5.5"
            }
            IconName::Bell => {
                "M10 3a4.6 4.6 0 0 0-4.6 4.6c0 3.6-1.2 4.9-1.9 5.9h13c-.7-1-1.9-2.3-1.9-5.9A4.6 4.6 0 0 0 10 3zM8.2 16.2a2 2 0 0 0 3.6 0"
            }
            IconName::BellOff => {
                "M3.5 3.5l13 13M5.9 5.8a4.6 4.6 0 0 0-.5 1.8c0 3.6-1.2 4.9-1.9 5.9h10.3M7.6 3.7A4.6 4.6 0 0 1 14.6 7.6c0 1.9.3 3.1.8 4M8.2 16.2a2 2 0 0 0 3.6 0"
            }
            IconName::Block => "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM5.2 5.2l9.6 9.6",
            IconName::Bold => "M6 4h4.8a3 3 0 0 1 0 6H6zM6 10h5.6a3 3 0 0 1 0 6H6z",
            IconName::Bookmark => "M6 3.5h8a1 1 0 0 1 1 1v12l-5-3.4-5 3.4v-12a1 1 0 0 1 1-1z",
            IconName::Calendar => {
                "M4.5 5h11a1 1 0 0 1 1 1v9.5a1 1 0 0 1-1 1h-11a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1zM3.5 8.8h13M7 3v3.2M13 3v3.2"
            }
            IconName::Chat => {
                "M4.5 4h11A1.5 1.5 0 0 1 17 5.5v7a1.5 1.5 0 0 1-1.5 1.5H9l-4 3v-3h-.5A1.5 1.5 0 0 1 3 12.5v-7A1.5 1.5 0 0 1 4.5 4z"
            }
            IconName::Check => "M4 10.5l4 4 8-9",
            IconName::ChevronDown => "M5 7.5l5 5 5-5",
            IconName::ChevronLeft => "M12.5 5l-5 5 5 5",
            IconName::ChevronRight => "M7.5 5l5 5-5 5",
            IconName::ChevronUp => "M5 12.5l5-5 5 5",
            IconName::Clock => "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM10 6.2v4l2.6 1.6",
            IconName::Close => "M5 5l10 10M15 5L5 15",
            IconName::Code => "M7 6l-4 4 4 4M13 6l4 4-4 4",
            IconName::Copy => {
                "M7 7V4.5A1.5 1.5 0 0 1 8.5 3h7A1.5 1.5 0 0 1 17 4.5v7a1.5 1.5 0 0 1-1.5 1.5H13M4.5 7h7A1.5 1.5 0 0 1 13 8.5v7a1.5 1.5 0 0 1-1.5 1.5h-7A1.5 1.5 0 0 1 3 15.5v-7A1.5 1.5 0 0 1 4.5 7z"
            }
            IconName::Crown => "M3.2 7l3.5 3L10 4.8 13.3 10l3.5-3-1.3 8.7h-11z",
            IconName::Delete => {
                "M4 5.5h12M8 5.5V4a1 1 0 0 1 1-1h2a1 1 0 0 1 1 1v1.5M5.5 5.5l.7 10a1.5 1.5 0 0 0 1.5 1.4h4.6a1.5 1.5 0 0 0 1.5-1.4l.7-10M8.5 9v4.5M11.5 9v4.5"
            }
            IconName::Download => "M10 3.5v9M6 9l4 4 4-4M4 16.5h12",
            IconName::Edit => "M4 16l.8-3.6 8.8-8.8a1.4 1.4 0 0 1 2 0l.8.8a1.4 1.4 0 0 1 0 2l-8.8 8.8zM12 5.2L14.8 8",
            IconName::External => {
                "M11.5 3.5h5v5M16.5 3.5L9 11M8 4.5H5A1.5 1.5 0 0 0 3.5 6v9A1.5 1.5 0 0 0 5 16.5h9a1.5 1.5 0 0 0 1.5-1.5v-3"
            }
            IconName::Eye => {
                "M2.5 10C4.3 6.6 6.9 5 10 5s5.7 1.6 7.5 5c-1.8 3.4-4.4 5-7.5 5s-5.7-1.6-7.5-5zM10 12.3a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6z"
            }
            IconName::EyeOff => {
                "M3.5 3.5l13 13M8.2 5.2c.6-.1 1.2-.2 1.8-.2 3.1 0 5.7 1.6 7.5 5-.5 1-1.2 1.9-1.9 2.6M12.4 14.6c-.8.3-1.6.4-2.4.4-3.1 0-5.7-1.6-7.5-5 .7-1.3 1.6-2.4 2.6-3.2M8.4 8.4a2.3 2.3 0 0 0 3.2 3.2"
            }
            IconName::Folder => {
                "M3 6.2a1.7 1.7 0 0 1 1.7-1.7h2.9l1.7 2h6A1.7 1.7 0 0 1 17 8.2v5.6a1.7 1.7 0 0 1-1.7 1.7H4.7A1.7 1.7 0 0 1 3 13.8z"
            }
            IconName::Forward => "M12 4.5l5 5-5 5M17 9.5H9c-3.6 0-6 2.2-6 6",
            IconName::Globe => {
                "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM3 10h14M10 3c2 2 3 4.3 3 7s-1 5-3 7c-2-2-3-4.3-3-7s1-5 3-7z"
            }
            IconName::Hash => "M7.6 3.5l-1.5 13M13.9 3.5l-1.5 13M3.8 7.5h13M3.2 12.5h13",
            IconName::Home => {
                "M3.5 9.5l6.5-6 6.5 6M5 8.2V16a.8.8 0 0 0 .8.8h8.4a.8.8 0 0 0 .8-.8V8.2M8 16.8v-4.6h4v4.6"
            }
            IconName::Inbox => "M3 11.5l2.4-7h9.2l2.4 7M3 11.5V16h14v-4.5M3 11.5h4.2l1 2h3.6l1-2H17",
            IconName::Info => "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM10 9.4v3.8M10 6.8h.01",
            IconName::Italic => "M8.5 4h6M5.5 16h6M11.6 4l-3.2 12",
            IconName::Keyboard => {
                "M3.6 5h12.8A1.6 1.6 0 0 1 18 6.6v6.8a1.6 1.6 0 0 1-1.6 1.6H3.6A1.6 1.6 0 0 1 2 13.4V6.6A1.6 1.6 0 0 1 3.6 5zM5.5 8.2h.01M8.5 8.2h.01M11.5 8.2h.01M14.5 8.2h.01M7 12h6"
            }
            IconName::Leave => {
                "M8 3.5H5A1.5 1.5 0 0 0 3.5 5v10A1.5 1.5 0 0 0 5 16.5h3M13 6.5l3.5 3.5-3.5 3.5M16.5 10H8"
            }
            IconName::Link => {
                "M8.5 11.5a3 3 0 0 0 4.3 0l2.8-2.8a3 3 0 0 0-4.3-4.3l-1 1M11.5 8.5a3 3 0 0 0-4.3 0l-2.8 2.8a3 3 0 0 0 4.3 4.3l1-1"
            }
            IconName::Lock => {
                "M5.5 9h9a1.5 1.5 0 0 1 1.5 1.5V15a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 4 15v-4.5A1.5 1.5 0 0 1 5.5 9zM6.8 9V6.5a3.2 3.2 0 0 1 6.4 0V9"
            }
            IconName::LogIn => {
                "M12 3.5h3A1.5 1.5 0 0 1 16.5 5v10a1.5 1.5 0 0 1-1.5 1.5h-3M8 6.5l3.5 3.5L8 13.5M11.5 10H3"
            }
            IconName::Image => {
                "M4 3.5h12a1 1 0 0 1 1 1v11a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1v-11a1 1 0 0 1 1-1zM3.5 14.5l4-4 3 3 2.5-2.5 3.5 3.5M13.5 7.2a.6.6 0 1 1-1.2 0 .6.6 0 0 1 1.2 0z"
            }
            IconName::Microphone => {
                "M10 3a2.4 2.4 0 0 1 2.4 2.4v4.2a2.4 2.4 0 0 1-4.8 0V5.4A2.4 2.4 0 0 1 10 3zM5 9.4a5 5 0 0 0 10 0M10 14.4V17M7.5 17h5"
            }
            IconName::Minus => "M4 10h12",
            IconName::Menu => "M3.5 6h13M3.5 10h13M3.5 14h13",
            IconName::Moon => "M16.5 11.8a6.8 6.8 0 0 1-8.3-8.3 6.8 6.8 0 1 0 8.3 8.3z",
            IconName::More => {
                "M4.9 10a.4.4 0 1 1-.8 0 .4.4 0 0 1 .8 0zM10.4 10a.4.4 0 1 1-.8 0 .4.4 0 0 1 .8 0zM15.9 10a.4.4 0 1 1-.8 0 .4.4 0 0 1 .8 0z"
            }
            IconName::Offline => {
                "M3 3l14 14M10 15.6h.01M7.2 12.7a4 4 0 0 1 4.4-.9M4.8 10a7.6 7.6 0 0 1 3-1.9M11.4 7.8a7.6 7.6 0 0 1 3.8 2.2M2.5 7.3a11 11 0 0 1 2.6-1.9M8.2 4.4a11 11 0 0 1 9.3 2.9"
            }
            IconName::Panel => {
                "M4.5 4h11A1.5 1.5 0 0 1 17 5.5v9a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 3 14.5v-9A1.5 1.5 0 0 1 4.5 4zM12.2 4v12"
            }
            IconName::Pause => "M7 4.5v11M13 4.5v11",
            IconName::People => {
                "M7.5 9.5a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6zM2.5 16c.4-2.6 2.3-4 5-4s4.6 1.4 5 4M12.8 4.2a2.7 2.7 0 0 1 0 5.1M14.2 12.2c1.8.4 3 1.7 3.3 3.8"
            }
            IconName::Person => {
                "M10 10a3.2 3.2 0 1 0 0-6.4A3.2 3.2 0 0 0 10 10zM3.8 16.6c.6-2.9 3-4.4 6.2-4.4s5.6 1.5 6.2 4.4"
            }
            IconName::PersonAdd => {
                "M8.5 9.8a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.8 16.4c.5-2.8 2.7-4.2 5.7-4.2s5.2 1.4 5.7 4.2M16 6.2v5M13.5 8.7h5"
            }
            IconName::Pin => "M7 3.5h6M8 3.5v4.7l-2.6 2.9v1.2h9.2v-1.2L12 8.2V3.5M10 12.3v4.4",
            IconName::Play => "M6.5 4.2v11.6l9-5.8z",
            IconName::Poll => "M4 16.5h12M5.5 13.5V9M10 13.5v-10M14.5 13.5V6.5",
            IconName::Qr => {
                "M3.5 3.5h5v5h-5zM11.5 3.5h5v5h-5zM3.5 11.5h5v5h-5zM11.5 11.5h2.2v2.2M16.5 11.5v.01M14.4 16.5h2.1v-2.1M11.5 16.5v-.4"
            }
            IconName::Quote => "M8.5 6.5h-4v4.5h4V6.5zm0 4.5c0 2-1 3-3 3.5M16.5 6.5h-4v4.5h4V6.5zm0 4.5c0 2-1 3-3 3.5",
            IconName::React => {
                "M16.7 9A6.8 6.8 0 1 1 11 3.3M7 11.6c.7 1.1 1.8 1.7 3 1.7s2.3-.6 3-1.7M7.7 8.2h.01M12.3 8.2h.01M15.6 2.2v5M13.1 4.7h5"
            }
            IconName::Reply => "M8 4.5L3 9.5l5 5M3 9.5h8c3.6 0 6 2.2 6 6",
            IconName::Retry => "M16 10a6 6 0 1 1-1.9-4.4M16.2 2.8v3.6h-3.6",
            IconName::Search => "M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM13 13l4 4",
            IconName::Send => "M3.4 9.2L16.8 3.2 12.2 17l-3-5.6zM9.2 11.4l7.6-8.2",
            IconName::Server => {
                "M4.5 3h11A1.5 1.5 0 0 1 17 4.5V7a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 3 7V4.5A1.5 1.5 0 0 1 4.5 3zM4.5 11.5h11A1.5 1.5 0 0 1 17 13v2.5a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 3 15.5V13a1.5 1.5 0 0 1 1.5-1.5zM6.2 5.75h.01M6.2 14.25h.01M9 5.75h4.8M9 14.25h4.8"
            }
            IconName::Settings => {
                "M3 6.5h6.5M13.5 6.5H17M3 13.5h3.5M10.5 13.5H17M13.5 6.5a2 2 0 1 1-4 0 2 2 0 0 1 4 0zM10.5 13.5a2 2 0 1 1-4 0 2 2 0 0 1 4 0z"
            }
            IconName::Shield => "M10 3l6 2.2v4.6c0 3.6-2.5 6-6 7.2-3.5-1.2-6-3.6-6-7.2V5.2zM7.5 10l1.8 1.8 3.4-3.6",
            IconName::Smile => {
                "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM7 11.6c.7 1.1 1.8 1.7 3 1.7s2.3-.6 3-1.7M7.7 8.2h.01M12.3 8.2h.01"
            }
            IconName::Stop => "M6 5h8a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1z",
            IconName::Strike => {
                "M3.5 10h13M13.8 6.4C13.2 4.9 11.8 4 10 4 7.8 4 6.2 5.2 6.2 7c0 .8.3 1.5.9 2M6 13.4c.6 1.6 2.1 2.6 4 2.6 2.3 0 4-1.2 4-3 0-.4-.1-.8-.2-1.1"
            }
            IconName::Sun => {
                "M10 13.2a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4zM10 2.5v1.3M10 16.2v1.3M2.5 10h1.3M16.2 10h1.3M4.7 4.7l.9.9M14.4 14.4l.9.9M4.7 15.3l.9-.9M14.4 5.6l.9-.9"
            }
            IconName::Thread => {
                "M4 4.5h9.5a1 1 0 0 1 1 1v5a1 1 0 0 1-1 1H8l-3 2.5v-2.5H4a1 1 0 0 1-1-1v-5a1 1 0 0 1 1-1zM9 14v.5a1 1 0 0 0 1 1h3.5l2.5 2v-2h.5a1 1 0 0 0 1-1V9"
            }
            IconName::Tick => "M4.5 10.5L8 14l7-8",
            IconName::Ticks => "M1.8 10.5L5.3 14l6.6-8M9.6 13.4l.6.6 7.6-8",
            IconName::Warning => "M10 3.5l7 12.4a.6.6 0 0 1-.5.9h-13a.6.6 0 0 1-.5-.9zM10 8.4v3.6M10 14.4h.01",
        }
    }
}
