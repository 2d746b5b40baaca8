//! Where a tested server keeps its files: a folder, or a bucket of a real S3 server on this machine (moto, which `cargo xtask setup`
//! installs), which checks signatures.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use server::ServerConfig;
use server::files::BucketConfig;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::harness::Host;

const START_LIMIT: Duration = Duration::from_secs(60);

/// A kind of storage.
#[allow(clippy::large_enum_variant, reason = "there is one in a test")]
pub enum Store {
    /// In the data folder.
    Disk,
    /// In a bucket.
    Bucket(BucketConfig),
}

/// An S3 server of our own, with one bucket and one key that opens it; ended when dropped.
pub struct S3 {
    child: Child,
    port: u16,
    access_key: String,
    secret_key: String,
}

impl Store {
    pub async fn host(&self, change: impl FnOnce(&mut ServerConfig)) -> Host {
        self.host_in(Arc::new(tempfile::tempdir().unwrap()), change).await
    }

    pub async fn host_in(&self, folder: Arc<tempfile::TempDir>, change: impl FnOnce(&mut ServerConfig)) -> Host {
        Host::start_in(folder, |config| {
            if let Self::Bucket(bucket) = self {
                config.bucket = Some(bucket.clone());
            }
            change(config);
        })
        .await
    }
}

impl S3 {
    /// `None`, said aloud, where no S3 server is installed.
    pub async fn start() -> Option<Self> {
        let Some(program) = moto() else {
            eprintln!("no moto on this machine: files in a bucket are not tested");
            return None;
        };
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut moto = Command::new(program);
        moto.args(["-H", "127.0.0.1", "-p", &port.to_string()]).stdout(Stdio::null()).stderr(Stdio::null());
        let child = moto.spawn().unwrap();
        let mut s3 = Self { child, port, access_key: String::new(), secret_key: String::new() };
        let end = Instant::now() + START_LIMIT;
        while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            assert!(Instant::now() < end, "moto does not listen");
            // polls: moto opens its port some time after it started
            tokio::time::sleep(Duration::from_millis(50)).await; // allow-sleep: polling a foreign process
        }
        s3.ask("PUT", "/team", "").await;
        s3.iam("CreateUser", "").await;
        let all = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A\
                   %22s3%3A*%22%2C%22Resource%22%3A%22*%22%7D%5D%7D";
        s3.iam("PutUserPolicy", &format!("&PolicyName=all&PolicyDocument={all}")).await;
        let key = s3.iam("CreateAccessKey", "").await;
        (s3.access_key, s3.secret_key) = (between(&key, "AccessKeyId"), between(&key, "SecretAccessKey"));
        // From here on nothing goes without a right signature.
        s3.ask("POST", "/moto-api/reset-auth", "0").await;
        Some(s3)
    }

    /// A store of its own in the bucket.
    pub fn store(&self, prefix: &str) -> Store {
        Store::Bucket(self.config(prefix))
    }

    pub fn config(&self, prefix: &str) -> BucketConfig {
        BucketConfig {
            endpoint: format!("http://127.0.0.1:{}", self.port).parse().unwrap(),
            bucket: "team".to_owned(),
            prefix: format!("{prefix}/"),
            region: "us-east-1".to_owned(),
            access_key: self.access_key.clone(),
            secret_key: self.secret_key.clone(),
        }
    }

    async fn iam(&self, action: &str, more: &str) -> String {
        self.ask("POST", "/", &format!("Action={action}&Version=2010-05-08&UserName=team{more}")).await
    }

    /// Asks without a signature, as long as that is allowed.
    async fn ask(&self, method: &str, path: &str, body: &str) -> String {
        let mut wire = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        let (service, kind) =
            if path == "/" { ("iam", "application/x-www-form-urlencoded") } else { ("s3", "text/plain") };
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\nContent-Length: {}\r\n\
             Content-Type: {kind}\r\nAuthorization: AWS4-HMAC-SHA256 \
             Credential=x/20200101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=x\r\n\r\n{body}",
            self.port,
            body.len()
        );
        wire.write_all(head.as_bytes()).await.unwrap();
        let mut answer = String::new();
        wire.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{method} {path} {body}: {answer}");
        answer
    }
}

impl Drop for S3 {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn between(text: &str, name: &str) -> String {
    let (_, behind) = text.split_once(&format!("<{name}>")).unwrap();
    behind.split_once("</").unwrap().0.to_owned()
}

fn moto() -> Option<PathBuf> {
    let kept = || {
        let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
        let cache = cache.or_else(|| std::env::home_dir().map(|home| home.join(".cache")))?;
        let folders = std::fs::read_dir(cache.join("hybrid-messenger")).ok()?.flatten();
        let own = folders.filter(|folder| folder.file_name().to_string_lossy().starts_with("moto-"));
        own.map(|folder| folder.path().join("bin/moto_server")).max()
    };
    std::env::var_os("HYBRID_MOTO").map(PathBuf::from).or_else(kept).filter(|path| path.exists())
}
