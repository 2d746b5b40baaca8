//! The OpenAPI 3.1 document, made from the table of endpoints, and a page to read it that loads nothing from elsewhere.

mod files;

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::routing::get;
use protocol::{emoji, encryption, everyone, file, frame, model, poll, preview, scope};
use utoipa::OpenApi as _;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::path::{HttpMethod, OperationBuilder, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{AllOfBuilder, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{OpenApi, Ref, RefOr, Required, ResponseBuilder, Schema};
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::transport::http::endpoints::{Access, Endpoint, all, without};

/// The page's own policy: it styles itself inline.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Answers that are frames, as schemas of their own.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Hybrid Messenger",
        description = "Everything that a client can do. The same requests travel as JSON frames over WebSocket (`/ws`) and raw TCP; \
                       see docs/protocol.md. Every answer carries `type`, as the frames do.",
        license(name = "MIT", identifier = "MIT")
    ),
    components(schemas(
        frame::Welcome,
        frame::AuthSuccess,
        frame::Changes,
        frame::HistoryPage,
        frame::ThreadMessages,
        frame::MessageAccepted,
        file::FileInfo,
        file::Attach,
        file::About,
        file::Attachment,
        frame::MessageRef,
        frame::ChatSummary,
        frame::Invitation,
        frame::JoinRequested,
        frame::JoinRequest,
        frame::JoinRequests,
        frame::ErrorBody,
        model::User,
        emoji::TeamEmoji,
        model::Chat,
        model::Member,
        model::Membership,
        model::Item,
        model::Message,
        model::Forwarded,
        model::Replies,
        model::Version,
        everyone::Everyone,
        frame::Status,
        frame::Seen,
        poll::NewPoll,
        poll::Quiz,
        poll::Poll,
        poll::PollOption,
        poll::Ballot,
        frame::Voters,
        frame::Keys,
        frame::ClaimedKey,
        frame::CommitAccepted,
        frame::Commits,
        encryption::Device,
        encryption::Group,
        encryption::GroupDevice,
        encryption::Handshake,
        encryption::Admission,
        protocol::DeviceId,
        preview::LinkPreview,
        frame::Found,
        frame::FoundMessage,
        frame::Has,
        model::Receipt,
        model::ChatKind,
        model::Role,
        model::MessageType,
        model::PresenceStatus,
        scope::Row,
        frame::ScopeHave,
        protocol::ErrorCode,
        protocol::UserId,
        protocol::ChatId,
        protocol::MessageId,
        protocol::FileId,
        protocol::LocalId,
        protocol::Timestamp,
        protocol::RequestId,
        Done,
        Chats,
        ChatState,
        Members,
        Users,
        Channels,
        Profile,
        ItemState,
        DeviceState,
        LastSeen,
        Pinned,
        Versions,
        FileState,
        Files,
        ChangesList,
    ))
)]
struct Document;

macro_rules! replies {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $ty:ty),* })*) => {$(
        $(#[$doc])*
        #[derive(utoipa::ToSchema)]
        #[allow(dead_code, reason = "only its schema is used; the answer itself is protocol::frame::Reply")]
        struct $name { $($field: $ty),* }
    )*};
}

replies! {
    /// Done; nothing else to say.
    Done {}
    /// Newest activity first.
    Chats { chats: Vec<frame::ChatSummary> }
    /// The chat as it now is.
    ChatState { chat: model::Chat }
    /// A page of members.
    Members { members: Vec<model::Member>, next_cursor: Option<String> }
    /// A page of people.
    Users { users: Vec<model::User>, next_cursor: Option<String> }
    /// A page of channels.
    Channels { channels: Vec<model::Chat>, next_cursor: Option<String> }
    /// The profile as it now is.
    Profile { user: model::User }
    /// Pinned last, first.
    Pinned { messages: Vec<model::Message> }
    /// Oldest first, without the present one.
    Versions { versions: Vec<model::Version> }
    /// What is known of the file.
    FileState { file: file::FileInfo }
    /// The messages that have files, newest first.
    Files { chat_id: protocol::ChatId, messages: Vec<model::Message>, has_more_before: bool }
    /// Those who exist, in the order asked.
    LastSeen { people: Vec<frame::Seen> }
    /// The entry as it now is.
    ItemState { item: model::Item }
    /// The device as it now is.
    DeviceState { device: encryption::Device }
    /// One entry per scope, in the order asked.
    ChangesList { changes: Vec<frame::Changes> }
}

/// The document.
pub fn document() -> OpenApi {
    let mut document = Document::openapi();
    document.info.version = env!("CARGO_PKG_VERSION").to_owned();
    let mut paths = files::paths();
    for endpoint in all() {
        let method = match endpoint.method.as_str() {
            "POST" => HttpMethod::Post,
            "PUT" => HttpMethod::Put,
            "PATCH" => HttpMethod::Patch,
            "DELETE" => HttpMethod::Delete,
            _ => HttpMethod::Get,
        };
        paths.push((format!("/api/v1{}", endpoint.path), PathItem::new(method, operation(&endpoint))));
    }
    for (path, item) in paths {
        match document.paths.paths.get_mut(&path) {
            Some(there) => there.merge_operations(item),
            None => {
                document.paths.paths.insert(path, item);
            }
        }
    }
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    if let Some(components) = &mut document.components {
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    }
    document
}

fn operation(endpoint: &Endpoint) -> OperationBuilder {
    let mut operation = OperationBuilder::new()
        .operation_id(Some(endpoint.id))
        .tag(endpoint.tag)
        .summary(Some(endpoint.summary))
        .response(endpoint.status.to_string(), success(endpoint))
        .response("default", json_response("Refused; nothing has changed", "ErrorBody"));
    for name in endpoint.path_fields() {
        operation = operation.parameter(parameter(name, ParameterIn::Path, Required::True));
    }
    for name in endpoint.query {
        operation = operation.parameter(parameter(name, ParameterIn::Query, Required::False));
    }
    if endpoint.is_mutation() {
        operation = operation.parameter(parameter("Idempotency-Key", ParameterIn::Header, Required::False));
    }
    if let Some(body) = endpoint.body {
        let names: Vec<&str> = endpoint.path_fields().collect();
        let content = ContentBuilder::new().schema(Some(without(body(), &names))).build();
        let body =
            RequestBodyBuilder::new().content("application/json", content).required(Some(Required::True)).build();
        operation = operation.request_body(Some(body));
    }
    if endpoint.access == Access::Person {
        operation = operation.security(SecurityRequirement::new("bearer", [] as [&str; 0]));
    }
    operation
}

fn success(endpoint: &Endpoint) -> utoipa::openapi::Response {
    match endpoint.reply {
        Some(name) => json_response("Done", name),
        None => ResponseBuilder::new().description("Done; no content").build(),
    }
}

fn json_response(description: &str, schema: &str) -> utoipa::openapi::Response {
    let content = ContentBuilder::new().schema(Some(tagged(schema))).build();
    ResponseBuilder::new().description(description).content("application/json", content).build()
}

/// An answer as it travels: the schema and its `type`; a refusal also names the request.
fn tagged(schema: &str) -> Schema {
    let text = || ObjectBuilder::new().schema_type(SchemaType::new(Type::String));
    let (kind, mut tag) = match schema {
        "ErrorBody" => ("error".to_owned(), ObjectBuilder::new().property("request_id", text())),
        _ => (snake_case(schema), ObjectBuilder::new()),
    };
    tag = tag.property("type", text().enum_values(Some([kind]))).required("type");
    Schema::AllOf(AllOfBuilder::new().item(Ref::from_schema_name(schema)).item(tag).build())
}

fn snake_case(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

fn parameter(name: &str, place: ParameterIn, required: Required) -> utoipa::openapi::path::Parameter {
    let number = matches!(name, "user_id" | "limit" | "generation" | "from_epoch" | "page" | "option" | "sender_id")
        || name.ends_with("_seq");
    let kind = if number { Type::Integer } else { Type::String };
    let schema = RefOr::T(Schema::Object(ObjectBuilder::new().schema_type(SchemaType::new(kind)).build()));
    let mut parameter = ParameterBuilder::new().name(name).parameter_in(place).required(required).schema(Some(schema));
    if name == "Idempotency-Key" {
        parameter = parameter.description(Some("A UUID; the same request with the same key is done once"));
    }
    parameter.build()
}

/// `/api/v1/openapi.json` and the page at `/api/docs/`.
pub(crate) fn routes() -> Router {
    let json = document().to_json().unwrap_or_default();
    let page: Router = SwaggerUi::new("/api/docs").config(Config::new(["/api/v1/openapi.json"])).into();
    let page = page.layer(axum::middleware::map_response(|mut response: axum::response::Response| async move {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY));
        response
    }));
    Router::new()
        .route("/api/v1/openapi.json", get(move || async move { ([(header::CONTENT_TYPE, "application/json")], json) }))
        .merge(page)
}
