//! What a server is told at its start: by a program that embeds it ([`ServerConfig`]), or by flags, environment and file.
//!
//! Later ones win: defaults, the file of `--config` (TOML), `HYBRID_…`, flags. Every flag has all three forms:
//! `--tls-cert FILE`, `HYBRID_TLS_CERT=FILE`, `tls_cert = "FILE"`.

mod bucket;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use figment::Figment;
use figment::providers::{Format as _, Serialized, Toml};
use protocol::limits;
use serde::{Deserialize, Serialize};

use crate::auth::password::PasswordCost;
use crate::domain::files::Room;
use crate::files::{BucketConfig, Scanner};
use crate::previews::PreviewsConfig;

const MIB: u64 = 1024 * 1024;

/// Who may make an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Registration {
    /// Whoever reaches the server.
    #[default]
    Open,
    /// Who brings an invitation.
    Invitation,
}

/// Where the certificate comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum TlsSource {
    /// No TLS: for loopback, or behind a proxy that ends TLS.
    #[default]
    None,
    /// Made and kept in the data folder; clients trust the pin from their invitation (host mode).
    Own,
    /// PEM files.
    Files {
        /// The chain, own certificate first.
        certificate: PathBuf,
        /// The key.
        key: PathBuf,
    },
}

/// How patient and how generous the transports are. The defaults are the protocol's; tests shorten them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransportLimits {
    /// Most connections at once, all transports together; more are refused at once.
    pub connections_max: usize,
    /// A WebSocket or TCP connection that has not authenticated by then is closed.
    pub auth_deadline: Duration,
    /// The server says something after this silence of its own; a peer silent for twice this is gone.
    pub heartbeat: Duration,
    /// A request's head must be complete by then, and so must a TLS handshake.
    pub head_deadline: Duration,
    /// A REST request must be answered by then.
    pub request_deadline: Duration,
    /// A socket that takes nothing for this long is closed.
    pub write_deadline: Duration,
    /// This many bad frames without a good one between them close a connection.
    pub bad_frames_max: u32,
    /// How long a stop waits for connections to finish.
    pub stop_deadline: Duration,
}

impl Default for TransportLimits {
    fn default() -> Self {
        Self {
            connections_max: 20_000,
            auth_deadline: Duration::from_millis(limits::AUTH_DEADLINE_MS.into()),
            heartbeat: Duration::from_millis(limits::HEARTBEAT_MS.into()),
            head_deadline: Duration::from_secs(10),
            request_deadline: Duration::from_secs(30),
            write_deadline: Duration::from_secs(30),
            bad_frames_max: 10,
            stop_deadline: Duration::from_secs(5),
        }
    }
}

/// All that [`crate::Server::start`] needs.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// Everything the server keeps lies here; made if need be.
    pub data_dir: PathBuf,
    /// Where HTTP and WebSocket listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where raw TCP listens; port 0 takes a free one, `None` for no raw TCP.
    pub tcp: Option<SocketAddr>,
    /// `postgres://…`; without it SQLite in the data folder.
    pub database_url: Option<String>,
    /// What people call this server, 1–80 characters.
    pub name: String,
    /// Who may make an account.
    pub registration: Registration,
    /// The certificate.
    pub tls: TlsSource,
    /// Host name or `host:port` under which others reach this server, where it differs from what it sees itself.
    pub advertised: Option<String>,
    /// Bounds of the transports.
    pub limits: TransportLimits,
    /// How much room there is for files.
    pub files_room: Room,
    /// S3-compatible storage for whole files; without it they lie in the data folder.
    pub bucket: Option<BucketConfig>,
    /// Who looks at files before others may read them.
    pub scanner: Option<Scanner>,
    /// Whether and how links are previewed.
    pub previews: PreviewsConfig,
    /// How dear a password guess is.
    pub password_cost: PasswordCost,
}

impl ServerConfig {
    /// A server for this machine alone: the default ports on loopback, SQLite, no TLS, open registration.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            listen: loopback(8080),
            tcp: Some(loopback(8081)),
            database_url: None,
            name: "Hybrid".to_owned(),
            registration: Registration::Open,
            tls: TlsSource::None,
            advertised: None,
            limits: TransportLimits::default(),
            files_room: Room::default(),
            bucket: None,
            scanner: None,
            previews: PreviewsConfig::usual(),
            password_cost: PasswordCost::Standard,
        }
    }

    /// As [`Self::new`], on free ports, with passwords that cost nothing, and without a look at links: for tests.
    pub fn for_tests(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            listen: loopback(0),
            tcp: Some(loopback(0)),
            password_cost: PasswordCost::Trifling,
            previews: PreviewsConfig::default(),
            ..Self::new(data_dir)
        }
    }
}

fn loopback(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

/// The command line of `hybrid-server`.
#[derive(Debug, Parser)]
#[command(name = "hybrid-server", version, about = "The Hybrid Messenger server.")]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: CliCommand,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum CliCommand {
    /// Runs the server until it is told to stop (Ctrl+C, SIGTERM).
    Serve(Box<ServeFlags>),
    /// Makes an invitation and prints its link, then ends; the server must not be running on the same SQLite data.
    Invite(Box<ServeFlags>),
    /// Opens what a person exported from the app (either format) and prints it as JSON Lines. The passphrase is
    /// `HYBRID_PASSPHRASE`, or the first line of the standard input.
    OpenExport {
        /// The file.
        file: std::path::PathBuf,
    },
}

/// How the log looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// The flags of `serve`, each also `HYBRID_…` and a key of the configuration file.
#[derive(Debug, Clone, Default, Args, Serialize)]
pub struct ServeFlags {
    /// A TOML file with the same names, `-` written `_`.
    #[arg(long, env = "HYBRID_CONFIG")]
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// Folder for everything the server keeps [default: ./hybrid-data].
    #[arg(long, value_name = "DIR", env = "HYBRID_DATA")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<PathBuf>,
    /// Where HTTP and WebSocket listen [default: 127.0.0.1:8080].
    #[arg(long, value_name = "ADDR:PORT", env = "HYBRID_LISTEN")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<SocketAddr>,
    /// Where raw TCP listens [default: 127.0.0.1:8081].
    #[arg(long, value_name = "ADDR:PORT", env = "HYBRID_TCP")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tcp: Option<SocketAddr>,
    /// PostgreSQL instead of SQLite in the data folder.
    #[arg(long, value_name = "URL", env = "HYBRID_DATABASE_URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database_url: Option<String>,
    /// What people call this server [default: Hybrid].
    #[arg(long, env = "HYBRID_NAME")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Who may make an account [default: open].
    #[arg(long, value_enum, env = "HYBRID_REGISTRATION")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registration: Option<Registration>,
    /// Certificate chain (PEM); with --tls-key.
    #[arg(long, value_name = "FILE", env = "HYBRID_TLS_CERT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_cert: Option<PathBuf>,
    /// Private key (PEM); with --tls-cert.
    #[arg(long, value_name = "FILE", env = "HYBRID_TLS_KEY")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_key: Option<PathBuf>,
    /// Make and keep an own certificate in the data folder; invitations carry its pin.
    #[arg(long, num_args = 0..=1, default_missing_value = "true", value_name = "BOOL", env = "HYBRID_TLS_OWN")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_own: Option<bool>,
    /// Host name, or HOST:PORT, that invitations name.
    #[arg(long, value_name = "HOST[:PORT]", env = "HYBRID_ADVERTISED")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advertised: Option<String>,
    /// Most connections at once [default: 20000].
    #[arg(long, value_name = "N", env = "HYBRID_CONNECTIONS_MAX")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connections_max: Option<usize>,
    /// Largest file, in MiB [default: 4096].
    #[arg(long, value_name = "MIB", env = "HYBRID_FILE_MIB_MAX")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_mib_max: Option<u64>,
    /// Room for one person's files, in MiB [default: 51200].
    #[arg(long, value_name = "MIB", env = "HYBRID_FILES_PERSON_MIB_MAX")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files_person_mib_max: Option<u64>,
    /// Room for all files, in MiB [default: 1048576].
    #[arg(long, value_name = "MIB", env = "HYBRID_FILES_MIB_MAX")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files_mib_max: Option<u64>,
    /// S3-compatible storage for files: its address, `https://s3.eu-central-1.amazonaws.com` [default: files lie in the data folder].
    #[arg(long, value_name = "URL", env = "HYBRID_S3_ENDPOINT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub s3_endpoint: Option<String>,
    /// The bucket there.
    #[arg(long, value_name = "NAME", env = "HYBRID_S3_BUCKET")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub s3_bucket: Option<String>,
    /// Before the names of files there, for other things may lie in the bucket [default: content/].
    #[arg(long, value_name = "TEXT", env = "HYBRID_S3_PREFIX")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub s3_prefix: Option<String>,
    /// Its region [default: us-east-1].
    #[arg(long, value_name = "NAME", env = "HYBRID_S3_REGION")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub s3_region: Option<String>,
    /// The name of the key that opens it.
    #[arg(long, value_name = "NAME", env = "HYBRID_S3_ACCESS_KEY", hide_env_values = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub s3_access_key: Option<String>,
    /// The file that holds the key itself, on one line.
    #[arg(long, value_name = "FILE", env = "HYBRID_S3_SECRET_KEY_FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub s3_secret_key_file: Option<PathBuf>,
    /// clamd, which looks at files before others may read them: the path of its socket, or HOST:PORT [default: nobody looks].
    #[arg(long, value_name = "ADDRESS", env = "HYBRID_CLAMD")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clamd: Option<String>,
    /// Show what stands behind links in messages that are not encrypted; this server fetches them [default: true].
    #[arg(long, num_args = 0..=1, default_missing_value = "true", value_name = "BOOL", env = "HYBRID_LINK_PREVIEWS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link_previews: Option<bool>,
    /// Ports that are called for that [default: 80,443].
    #[arg(long, value_name = "PORTS", value_delimiter = ',', env = "HYBRID_LINK_PREVIEW_PORTS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link_preview_ports: Option<Vec<u16>>,
    /// How the log looks [default: text].
    #[arg(long, value_enum, env = "HYBRID_LOG_FORMAT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_format: Option<LogFormat>,
}

/// All layers merged.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Merged {
    data: PathBuf,
    listen: SocketAddr,
    tcp: SocketAddr,
    #[serde(default)]
    database_url: Option<String>,
    name: String,
    registration: Registration,
    #[serde(default)]
    tls_cert: Option<PathBuf>,
    #[serde(default)]
    tls_key: Option<PathBuf>,
    #[serde(default)]
    tls_own: bool,
    #[serde(default)]
    advertised: Option<String>,
    connections_max: usize,
    file_mib_max: u64,
    files_person_mib_max: u64,
    files_mib_max: u64,
    #[serde(default)]
    s3_endpoint: Option<String>,
    #[serde(default)]
    s3_bucket: Option<String>,
    s3_prefix: String,
    s3_region: String,
    #[serde(default)]
    s3_access_key: Option<String>,
    #[serde(default)]
    s3_secret_key_file: Option<PathBuf>,
    #[serde(default)]
    clamd: Option<String>,
    link_previews: bool,
    link_preview_ports: Vec<u16>,
    log_format: LogFormat,
}

/// The settings are not usable; the text names the key and where it came from.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A layer cannot be read, or a value has a wrong form.
    #[error("configuration: {0}")]
    Unreadable(Box<figment::Error>),
    /// Values that do not go together.
    #[error("configuration: {0}")]
    Contradiction(&'static str),
}

/// Merges defaults, the file, and flags; `clap` has already put the environment under the flags.
///
/// # Errors
/// [`ConfigError`], naming the key and the layer.
pub fn load(flags: &ServeFlags) -> Result<(ServerConfig, LogFormat), ConfigError> {
    let defaults = Merged {
        data: PathBuf::from("./hybrid-data"),
        listen: loopback(8080),
        tcp: loopback(8081),
        database_url: None,
        name: "Hybrid".to_owned(),
        registration: Registration::Open,
        tls_cert: None,
        tls_key: None,
        tls_own: false,
        advertised: None,
        connections_max: TransportLimits::default().connections_max,
        file_mib_max: Room::default().file / MIB,
        files_person_mib_max: Room::default().person / MIB,
        files_mib_max: Room::default().server / MIB,
        s3_endpoint: None,
        s3_bucket: None,
        s3_prefix: "content/".to_owned(),
        s3_region: "us-east-1".to_owned(),
        s3_access_key: None,
        s3_secret_key_file: None,
        clamd: None,
        link_previews: true,
        link_preview_ports: PreviewsConfig::usual().ports,
        log_format: LogFormat::Text,
    };
    let mut figment = Figment::from(Serialized::defaults(defaults));
    if let Some(file) = &flags.config {
        figment = figment.merge(Toml::file_exact(file));
    }
    let merged: Merged =
        figment.merge(Serialized::defaults(flags)).extract().map_err(|e| ConfigError::Unreadable(Box::new(e)))?;
    let bucket = bucket::read(&merged)?;
    let tls = match (merged.tls_cert, merged.tls_key, merged.tls_own) {
        (None, None, false) => TlsSource::None,
        (None, None, true) => TlsSource::Own,
        (Some(certificate), Some(key), false) => TlsSource::Files { certificate, key },
        (Some(_), Some(_), true) => return Err(ConfigError::Contradiction("tls_own and tls_cert exclude each other")),
        _ => return Err(ConfigError::Contradiction("tls_cert and tls_key go together")),
    };
    let chars = merged.name.chars().count();
    if chars == 0 || chars > limits::NAME_CHARS_MAX {
        return Err(ConfigError::Contradiction("name: 1 to 80 characters"));
    }
    let scanner = match &merged.clamd {
        None => None,
        Some(address) => match Scanner::parse(address) {
            None => return Err(ConfigError::Contradiction("clamd: the path of a socket, or HOST:PORT")),
            scanner => scanner,
        },
    };
    let config = ServerConfig {
        listen: merged.listen,
        tcp: Some(merged.tcp),
        database_url: merged.database_url,
        name: merged.name,
        registration: merged.registration,
        tls,
        advertised: merged.advertised,
        files_room: Room {
            file: merged.file_mib_max.saturating_mul(MIB),
            person: merged.files_person_mib_max.saturating_mul(MIB),
            server: merged.files_mib_max.saturating_mul(MIB),
        },
        bucket,
        scanner,
        previews: PreviewsConfig {
            on: merged.link_previews,
            ports: merged.link_preview_ports,
            ..PreviewsConfig::usual()
        },
        limits: TransportLimits { connections_max: merged.connections_max.max(1), ..TransportLimits::default() },
        ..ServerConfig::new(merged.data)
    };
    Ok((config, merged.log_format))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    pub(super) fn flags(arguments: &[&str]) -> ServeFlags {
        let arguments = ["hybrid-server", "serve"].iter().chain(arguments);
        match Cli::parse_from(arguments).command {
            CliCommand::Serve(flags) | CliCommand::Invite(flags) => *flags,
            CliCommand::OpenExport { .. } => unreachable!("not among the arguments"),
        }
    }

    #[test]
    fn without_anything_said_the_server_listens_on_loopback_only() {
        let (config, format) = load(&flags(&[])).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(config.tcp.unwrap().to_string(), "127.0.0.1:8081");
        assert_eq!(config.data_dir, PathBuf::from("./hybrid-data"));
        assert_eq!((config.tls, format), (TlsSource::None, LogFormat::Text));
    }

    #[test]
    fn a_flag_wins_over_the_file_and_the_file_over_the_default() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("server.toml");
        std::fs::write(&file, "name = \"File\"\nlisten = \"127.0.0.1:1\"\nregistration = \"invitation\"\n").unwrap();
        let (config, _) = load(&flags(&["--config", file.to_str().unwrap(), "--listen", "127.0.0.1:2"])).unwrap();
        assert_eq!(config.name, "File");
        assert_eq!(config.listen.port(), 2);
        assert_eq!(config.registration, Registration::Invitation);
    }

    #[test]
    fn a_misspelt_key_and_half_a_certificate_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("server.toml");
        std::fs::write(&file, "lisen = \"127.0.0.1:1\"\n").unwrap();
        let refused = load(&flags(&["--config", file.to_str().unwrap()])).unwrap_err();
        assert!(refused.to_string().contains("lisen"), "{refused}");
        assert!(load(&flags(&["--tls-cert", "a.pem"])).is_err());
        assert!(load(&flags(&["--tls-cert", "a.pem", "--tls-key", "b.pem", "--tls-own"])).is_err());
    }
}
