//! The list of what commands need from the system: how to see that it is there, and what each distribution calls it.
//! Add a line here when a crate starts to need a library; nothing else has to change.

use crate::setup::Need;

/// One thing that has to be on the machine.
pub struct Piece {
    /// For people.
    pub what: &'static str,
    /// Which commands need it.
    pub needs: &'static [Need],
    /// How to see that it is there.
    pub probe: Probe,
    /// Its packages on Debian and Ubuntu.
    pub apt: &'static [&'static str],
    /// On Fedora; `dnf` also takes files and pkg-config names, which stay the same from release to release.
    pub dnf: &'static [&'static str],
    /// On Arch.
    pub pacman: &'static [&'static str],
    /// Where else than on Linux it is needed, and how to get it there.
    pub elsewhere: &'static [(System, &'static str)],
}

/// Systems without a package manager of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// Apple's.
    MacOs,
    /// Microsoft's.
    Windows,
}

/// How to see that a piece is there.
pub enum Probe {
    /// Any of these programs is on the `PATH`.
    Program(&'static [&'static str]),
    /// Python 3 can import this module.
    PythonModule(&'static str),
    /// `pkg-config` knows the library with its headers.
    Library(&'static str),
    /// fontconfig finds a font for the pattern.
    Font(&'static str),
    /// A C compiler that can make wasm.
    WasmC,
    /// PostgreSQL's server programs; they are seldom on the `PATH`.
    Postgres,
}

impl Piece {
    /// Whether it is for any of these needs.
    pub fn is_for(&self, needs: &[Need]) -> bool {
        self.needs.iter().any(|need| needs.contains(need))
    }

    /// Whether this system needs it at all.
    pub fn applies_here(&self) -> bool {
        cfg!(target_os = "linux") || self.hint_here().is_some()
    }

    /// How to get it on macOS or Windows.
    pub fn hint_here(&self) -> Option<&'static str> {
        let here = if cfg!(target_os = "macos") {
            System::MacOs
        } else if cfg!(windows) {
            System::Windows
        } else {
            return None;
        };
        self.elsewhere.iter().find(|(system, _)| *system == here).map(|(_, hint)| *hint)
    }
}

const LINUX_ONLY: &[(System, &str)] = &[];

/// Everything, the more basic first.
pub const PIECES: &[Piece] = &[
    Piece {
        what: "a C compiler",
        needs: &[Need::Build],
        probe: Probe::Program(&["cc", "gcc"]),
        apt: &["build-essential"],
        dnf: &["gcc", "gcc-c++", "make"],
        pacman: &["base-devel"],
        elsewhere: LINUX_ONLY,
    },
    Piece {
        what: "pkg-config",
        needs: &[Need::Build],
        probe: Probe::Program(&["pkg-config"]),
        apt: &["pkg-config"],
        dnf: &["/usr/bin/pkg-config"],
        pacman: &["pkgconf"],
        elsewhere: LINUX_ONLY,
    },
    Piece {
        what: "OpenSSL with headers (for SQLCipher)",
        needs: &[Need::Build],
        probe: Probe::Library("libcrypto"),
        apt: &["libssl-dev"],
        dnf: &["pkgconfig(libcrypto)"],
        pacman: &["openssl"],
        elsewhere: LINUX_ONLY,
    },
    Piece {
        what: "clang that can make wasm (for SQLCipher in the browser)",
        needs: &[Need::Build],
        probe: Probe::WasmC,
        apt: &["clang"],
        dnf: &["/usr/bin/clang"],
        pacman: &["clang"],
        elsewhere: &[
            (System::MacOs, "brew install llvm (Apple's clang is built without wasm)"),
            (System::Windows, "winget install LLVM.LLVM"),
        ],
    },
    Piece {
        what: "ALSA with headers (for the microphone)",
        needs: &[Need::Desktop],
        probe: Probe::Library("alsa"),
        apt: &["libasound2-dev"],
        dnf: &["pkgconfig(alsa)"],
        pacman: &["alsa-lib"],
        elsewhere: LINUX_ONLY,
    },
    Piece {
        what: "WebKitGTK 4.1 with headers",
        needs: &[Need::Desktop],
        probe: Probe::Library("webkit2gtk-4.1"),
        apt: &["libwebkit2gtk-4.1-dev"],
        dnf: &["pkgconfig(webkit2gtk-4.1)"],
        pacman: &["webkit2gtk-4.1"],
        elsewhere: LINUX_ONLY,
    },
    Piece {
        what: "GTK 3 with headers",
        needs: &[Need::Desktop],
        probe: Probe::Library("gtk+-3.0"),
        apt: &["libgtk-3-dev"],
        dnf: &["pkgconfig(gtk+-3.0)"],
        pacman: &["gtk3"],
        elsewhere: LINUX_ONLY,
    },
    Piece {
        what: "the tray's library",
        needs: &[Need::Desktop],
        probe: Probe::Library("ayatana-appindicator3-0.1"),
        apt: &["libayatana-appindicator3-dev"],
        dnf: &["pkgconfig(ayatana-appindicator3-0.1)"],
        pacman: &["libayatana-appindicator"],
        elsewhere: LINUX_ONLY,
    },
    Piece {
        what: "librsvg with headers",
        needs: &[Need::Desktop],
        probe: Probe::Library("librsvg-2.0"),
        apt: &["librsvg2-dev"],
        dnf: &["pkgconfig(librsvg-2.0)"],
        pacman: &["librsvg"],
        elsewhere: LINUX_ONLY,
    },
    Piece {
        what: "PostgreSQL's server",
        needs: &[Need::Test],
        probe: Probe::Postgres,
        apt: &["postgresql"],
        dnf: &["postgresql-server"],
        pacman: &["postgresql"],
        elsewhere: LINUX_ONLY,
    },
    Piece {
        what: "python with venv (for moto, an S3 server)",
        needs: &[Need::Test],
        probe: Probe::PythonModule("ensurepip"),
        apt: &["python3", "python3-venv"],
        dnf: &["python3"],
        pacman: &["python"],
        elsewhere: LINUX_ONLY,
    },
    Piece {
        what: "clamd (uploads are shown to it)",
        needs: &[Need::Test],
        probe: Probe::Program(&["clamd"]),
        apt: &["clamav-daemon"],
        dnf: &["clamd"],
        pacman: &["clamav"],
        elsewhere: LINUX_ONLY,
    },
    Piece {
        what: "a screen without a monitor (Xvfb)",
        needs: &[Need::Test],
        probe: Probe::Program(&["Xvfb"]),
        apt: &["xvfb"],
        dnf: &["/usr/bin/Xvfb"],
        pacman: &["xorg-server-xvfb"],
        elsewhere: LINUX_ONLY,
    },
    Piece {
        what: "D-Bus",
        needs: &[Need::Test],
        probe: Probe::Program(&["dbus-run-session"]),
        apt: &["dbus", "dbus-x11"],
        dnf: &["/usr/bin/dbus-run-session"],
        pacman: &["dbus"],
        elsewhere: LINUX_ONLY,
    },
    Piece {
        what: "a keyring (gnome-keyring)",
        needs: &[Need::Test],
        probe: Probe::Program(&["gnome-keyring-daemon"]),
        apt: &["gnome-keyring"],
        dnf: &["gnome-keyring"],
        pacman: &["gnome-keyring"],
        elsewhere: LINUX_ONLY,
    },
    Piece {
        what: "the driver of WebKitGTK windows",
        needs: &[Need::Test],
        probe: Probe::Program(&["WebKitWebDriver"]),
        apt: &["webkit2gtk-driver"],
        dnf: &["/usr/bin/WebKitWebDriver"],
        pacman: &["webkitgtk-6.0"],
        elsewhere: LINUX_ONLY,
    },
    Piece {
        what: "Chromium",
        needs: &[Need::Test],
        probe: Probe::Program(&["chromium", "chromium-browser", "google-chrome"]),
        apt: &["chromium"],
        dnf: &["chromium"],
        pacman: &["chromium"],
        elsewhere: LINUX_ONLY,
    },
    Piece {
        what: "Chromium's driver",
        needs: &[Need::Test],
        probe: Probe::Program(&["chromedriver"]),
        apt: &["chromium-driver"],
        dnf: &["chromedriver"],
        pacman: &["chromium"],
        elsewhere: LINUX_ONLY,
    },
    Piece {
        what: "npm (for axe-core, which checks accessibility)",
        needs: &[Need::Test],
        probe: Probe::Program(&["npm"]),
        apt: &["npm"],
        dnf: &["/usr/bin/npm"],
        pacman: &["npm"],
        elsewhere: LINUX_ONLY,
    },
    Piece {
        what: "Python's `cryptography` (opens what we export)",
        needs: &[Need::Test],
        probe: Probe::PythonModule("cryptography"),
        apt: &["python3", "python3-cryptography"],
        dnf: &["python3", "python3-cryptography"],
        pacman: &["python", "python-cryptography"],
        elsewhere: LINUX_ONLY,
    },
    Piece {
        what: "fontconfig",
        needs: &[Need::Test],
        probe: Probe::Program(&["fc-list"]),
        apt: &["fontconfig"],
        dnf: &["/usr/bin/fc-list"],
        pacman: &["fontconfig"],
        elsewhere: LINUX_ONLY,
    },
    Piece {
        what: "a font with Cyrillic letters",
        needs: &[Need::Test],
        probe: Probe::Font(":lang=ru"),
        apt: &["fonts-noto-core"],
        dnf: &["google-noto-sans-fonts"],
        pacman: &["noto-fonts"],
        elsewhere: LINUX_ONLY,
    },
    Piece {
        what: "a font with emoji",
        needs: &[Need::Test],
        probe: Probe::Font(":charset=1f600"),
        apt: &["fonts-noto-color-emoji"],
        dnf: &["google-noto-color-emoji-fonts"],
        pacman: &["noto-fonts-emoji"],
        elsewhere: LINUX_ONLY,
    },
    Piece {
        what: "node with npx (for the bundler)",
        needs: &[Need::Bundle],
        probe: Probe::Program(&["npx"]),
        apt: &["nodejs", "npm"],
        dnf: &["nodejs", "nodejs-npm"],
        pacman: &["nodejs", "npm"],
        elsewhere: &[(System::MacOs, "brew install node"), (System::Windows, "winget install OpenJS.NodeJS.LTS")],
    },
    Piece {
        what: "xdg-utils (the AppImage carries xdg-open)",
        needs: &[Need::Bundle],
        probe: Probe::Program(&["xdg-open"]),
        apt: &["xdg-utils"],
        dnf: &["xdg-utils"],
        pacman: &["xdg-utils"],
        elsewhere: LINUX_ONLY,
    },
];
