//! Fetches what a preview needs. A link can name anything, so every address is checked after its name was resolved, and that very
//! address is the one that is called: a name that answers differently the next time changes nothing. Redirects are followed by hand,
//! under the same rules. Bytes, time and redirects are bounded. No cookies, no referrer, no proxy of the environment.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::{Request, Response, StatusCode, header};
use hyper_util::rt::TokioIo;
use protocol::preview::cleaned;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use url::{Host, Url};

use crate::kind::picture_kind;
use crate::page;
use crate::reach::Reach;

/// So much of a page is read; its head stands at its begin.
const PAGE_BYTES_MAX: usize = 512 * 1024;
/// A larger picture is left out.
const IMAGE_BYTES_MAX: usize = 4 * 1024 * 1024;
const REDIRECTS_MAX: usize = 4;
/// A head of an answer is no longer.
const HEAD_BYTES_MAX: usize = 64 * 1024;
/// Of a name's addresses, this many are tried.
const ADDRESSES_MAX: usize = 3;
const CONNECT_DEADLINE: Duration = Duration::from_secs(4);
/// Who asks.
const AGENT: &str = "Mozilla/5.0 (compatible; HybridMessenger link preview)";

/// What a name stands for.
pub type Resolving = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// From names to addresses; tests bring their own.
pub trait Resolve: Send + Sync {
    /// All addresses of a name.
    fn resolve(&self, host: &str) -> Resolving;
}

/// The system's resolver.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve(&self, host: &str) -> Resolving {
        let host = host.to_owned();
        Box::pin(async move { Ok(tokio::net::lookup_host((host, 0)).await?.map(|found| found.ip()).collect()) })
    }
}

/// Which certificates are believed; `None` where that cannot be told, and then none is.
pub type Trust = fn() -> Option<Arc<ClientConfig>>;

/// Why there is nothing to show. For the log; people see no preview.
#[derive(Debug, thiserror::Error)]
pub enum NoPreview {
    /// Not `http` or `https`, another port, a user's name in it.
    #[error("not an address to fetch")]
    Address,
    /// Of this machine, its network, or another special kind.
    #[error("an address that is not public")]
    Forbidden,
    /// The name has no address.
    #[error("the name has no address")]
    Unknown,
    /// Nobody answers there, or not as asked.
    #[error("not reached")]
    Unreachable,
    /// The deadline passed.
    #[error("took too long")]
    TooSlow,
    /// More than are followed.
    #[error("too many redirects")]
    Redirects,
    /// The site's own refusal.
    #[error("answered {0}")]
    Status(StatusCode),
    /// Neither a page nor a picture, or too large.
    #[error("neither a page nor a picture, or too large")]
    Content,
    /// The page has no title.
    #[error("the page says nothing of itself")]
    Nothing,
}

/// What stands behind a link. Texts are plain and bounded as in [`protocol::LinkPreview`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Never empty.
    pub title: String,
    /// May be empty.
    pub description: String,
    /// What the site calls itself, or its host.
    pub site_name: String,
    /// A picture by [`picture_kind`], as it came: up to 4 MiB.
    pub image: Option<Bytes>,
}

/// Fetches under these rules.
#[derive(Clone)]
pub struct Fetcher {
    /// Ports that are called.
    pub ports: Vec<u16>,
    /// From names to addresses.
    pub resolver: Arc<dyn Resolve>,
    /// Which addresses may be called.
    pub reach: Reach,
    /// For the page with all its redirects, and once more for its picture.
    pub deadline: Duration,
    /// Which certificates are believed.
    pub trust: Trust,
}

trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

impl Fetcher {
    /// Looks at what a link leads to.
    ///
    /// # Errors
    /// See [`NoPreview`].
    pub async fn look(&self, link: &str) -> Result<Seen, NoPreview> {
        let url = Url::parse(link).map_err(|_| NoPreview::Address)?;
        let (seen, picture) = timeout(self.deadline, self.page(url)).await.unwrap_or(Err(NoPreview::TooSlow))?;
        let Some(picture) = picture else { return Ok(seen) };
        // A page without its picture is still a preview.
        let image = timeout(self.deadline, self.picture(picture)).await.unwrap_or(Err(NoPreview::TooSlow));
        Ok(Seen { image: image.ok(), ..seen })
    }

    async fn page(&self, url: Url) -> Result<(Seen, Option<Url>), NoPreview> {
        let (url, response) = self.get(url, "text/html,application/xhtml+xml,image/*;q=0.5").await?;
        let host = host_words(&url);
        let kind = content_type(&response);
        if kind.starts_with("image/") {
            let image = whole(response, IMAGE_BYTES_MAX).await?;
            let name = url.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default().to_owned();
            let title = if name.is_empty() { host.clone() } else { cleaned(&name, 200) };
            picture_kind(&image).ok_or(NoPreview::Content)?;
            return Ok((Seen { title, description: String::new(), site_name: host, image: Some(image) }, None));
        }
        if !matches!(kind.as_str(), "text/html" | "application/xhtml+xml") {
            return Err(NoPreview::Content);
        }
        let charset = charset_of(&response);
        let bytes = beginning(response, PAGE_BYTES_MAX).await?;
        let page = page::read(&text_of(&bytes, charset.as_deref()));
        if page.title.is_empty() {
            return Err(NoPreview::Nothing);
        }
        let picture = Some(page.image).filter(|image| !image.is_empty()).and_then(|image| url.join(&image).ok());
        let site_name = if page.site_name.is_empty() { host } else { page.site_name };
        Ok((Seen { title: page.title, description: page.description, site_name, image: None }, picture))
    }

    async fn picture(&self, url: Url) -> Result<Bytes, NoPreview> {
        let (_, response) = self.get(url, "image/png,image/jpeg,image/webp,image/gif").await?;
        let image = whole(response, IMAGE_BYTES_MAX).await?;
        picture_kind(&image).ok_or(NoPreview::Content)?;
        Ok(image)
    }

    /// Asks, and follows redirects; returns where the answer came from.
    async fn get(&self, mut url: Url, accept: &str) -> Result<(Url, Response<Incoming>), NoPreview> {
        for _ in 0..=REDIRECTS_MAX {
            let response = self.ask(&url, accept).await?;
            let status = response.status();
            if status.is_success() {
                return Ok((url, response));
            }
            let next = response.headers().get(header::LOCATION).and_then(|to| to.to_str().ok());
            match next {
                Some(next) if status.is_redirection() => url = url.join(next).map_err(|_| NoPreview::Address)?,
                _ => return Err(NoPreview::Status(status)),
            }
        }
        Err(NoPreview::Redirects)
    }

    async fn ask(&self, url: &Url, accept: &str) -> Result<Response<Incoming>, NoPreview> {
        let (name, port) = self.checked(url)?;
        let wire = self.dial(url, &name, port).await?;
        let mut client = http1::Builder::new();
        client.max_buf_size(HEAD_BYTES_MAX);
        let (mut sender, connection) =
            client.handshake(TokioIo::new(wire)).await.map_err(|_| NoPreview::Unreachable)?;
        // It ends with the answer, or when the answer is dropped.
        tokio::spawn(async move { drop(connection.await) });
        let host = match url.port() {
            Some(port) => format!("{name}:{port}"),
            None => name,
        };
        let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
        let request = Request::builder()
            .uri(target)
            .header(header::HOST, host)
            .header(header::USER_AGENT, AGENT)
            .header(header::ACCEPT, accept)
            .header(header::ACCEPT_ENCODING, "identity")
            .header(header::CONNECTION, "close")
            .body(Empty::<Bytes>::new())
            .map_err(|_| NoPreview::Address)?;
        sender.send_request(request).await.map_err(|_| NoPreview::Unreachable)
    }

    /// Scheme, port and form of an address: what can be said without its host.
    fn checked(&self, url: &Url) -> Result<(String, u16), NoPreview> {
        let plain = matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none();
        let port = url.port_or_known_default().filter(|port| self.ports.contains(port));
        match (url.host_str(), port) {
            (Some(host), Some(port)) if plain => Ok((host.to_owned(), port)),
            _ => Err(NoPreview::Address),
        }
    }

    /// Resolves once, checks every address, and calls one of those.
    async fn dial(&self, url: &Url, name: &str, port: u16) -> Result<Box<dyn Wire>, NoPreview> {
        let addresses = match url.host() {
            Some(Host::Ipv4(v4)) => vec![IpAddr::V4(v4)],
            Some(Host::Ipv6(v6)) => vec![IpAddr::V6(v6)],
            _ => self.resolver.resolve(name).await.map_err(|_| NoPreview::Unknown)?,
        };
        // One bad address among good ones is no accident.
        if !addresses.iter().all(|address| self.reach.allows(*address)) {
            return Err(NoPreview::Forbidden);
        }
        if addresses.is_empty() {
            return Err(NoPreview::Unknown);
        }
        for address in addresses.into_iter().take(ADDRESSES_MAX) {
            let Ok(Ok(tcp)) = timeout(CONNECT_DEADLINE, TcpStream::connect(SocketAddr::new(address, port))).await
            else {
                continue;
            };
            if url.scheme() == "http" {
                return Ok(Box::new(tcp));
            }
            let server = match url.host() {
                Some(Host::Domain(domain)) => {
                    ServerName::try_from(domain.to_owned()).map_err(|_| NoPreview::Address)?
                }
                _ => ServerName::IpAddress(address.into()),
            };
            let connector = TlsConnector::from((self.trust)().ok_or(NoPreview::Unreachable)?);
            if let Ok(Ok(wire)) = timeout(CONNECT_DEADLINE, connector.connect(server, tcp)).await {
                return Ok(Box::new(wire));
            }
        }
        Err(NoPreview::Unreachable)
    }
}

fn host_words(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    cleaned(host.strip_prefix("www.").unwrap_or(host), 80)
}

fn content_type(response: &Response<Incoming>) -> String {
    let value = response.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn charset_of(response: &Response<Incoming>) -> Option<String> {
    let value = response.headers().get(header::CONTENT_TYPE)?.to_str().ok()?.to_ascii_lowercase();
    let charset = value.split(';').find_map(|part| part.trim().strip_prefix("charset=").map(str::to_owned))?;
    Some(charset.trim_matches(['"', '\'']).to_owned())
}

/// A page as text: by its header, else by what it says itself, else UTF-8.
fn text_of(bytes: &[u8], charset: Option<&str>) -> String {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(2_048)]).to_ascii_lowercase();
    let said = head.split_once("charset=").map(|(_, behind)| {
        let name = behind.trim_start_matches(['"', '\'', ' ']);
        name[..name.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_')).unwrap_or(name.len())]
            .to_owned()
    });
    let encoding =
        charset.map(str::to_owned).or(said).and_then(|name| encoding_rs::Encoding::for_label(name.as_bytes()));
    encoding.unwrap_or(encoding_rs::UTF_8).decode(bytes).0.into_owned()
}

/// The whole body, if it is no longer than that.
async fn whole(response: Response<Incoming>, bytes_max: usize) -> Result<Bytes, NoPreview> {
    let bytes = beginning(response, bytes_max + 1).await?;
    if bytes.len() > bytes_max { Err(NoPreview::Content) } else { Ok(Bytes::from(bytes)) }
}

/// As much of the body as that; the rest is not read.
async fn beginning(response: Response<Incoming>, bytes_max: usize) -> Result<Vec<u8>, NoPreview> {
    let mut body = response.into_body();
    let mut bytes = Vec::new();
    while bytes.len() < bytes_max
        && let Some(frame) = body.frame().await
    {
        let frame = frame.map_err(|_| NoPreview::Unreachable)?;
        let Ok(chunk) = frame.into_data() else { continue };
        bytes.extend_from_slice(&chunk[..chunk.len().min(bytes_max - bytes.len())]);
    }
    Ok(bytes)
}
