//! The ways of bytes in the document: tus uploads and downloads by ranges. They speak in headers, so no frame describes them.

use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::path::{HttpMethod, OperationBuilder, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{HeaderBuilder, RefOr, Required, ResponseBuilder};

use super::json_response;

const FILES: &str = "/api/v1/files";
const FILE: &str = "/api/v1/files/{file_id}";
const CONTENT: &str = "/api/v1/files/{file_id}/content";

/// One operation, in words.
struct Way {
    method: HttpMethod,
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    status: &'static str,
    /// Headers of the request: name, whether it must be there, what it says.
    asks: &'static [(&'static str, bool, &'static str)],
    /// Headers of the answer.
    tells: &'static [(&'static str, &'static str)],
}

const TUS: (&str, bool, &str) = ("Tus-Resumable", true, "1.0.0");
const STANDS: (&str, &str) = ("Upload-Offset", "So many bytes are on disk");

fn ways() -> Vec<Way> {
    let way = |method, path, id, summary, status, asks, tells| Way { method, path, id, summary, status, asks, tells };
    vec![
        way(
            HttpMethod::Options,
            FILES,
            "tus_options",
            "What of tus this server speaks",
            "204",
            &[],
            &[
                ("Tus-Version", "1.0.0"),
                ("Tus-Extension", "What it can beside the core"),
                ("Tus-Max-Size", "Largest file, in bytes"),
            ],
        ),
        way(
            HttpMethod::Post,
            FILES,
            "begin_upload",
            "Begins an upload; the same key again is the same upload",
            "201",
            &[
                TUS,
                ("Upload-Length", true, "How many bytes will come"),
                ("Upload-Metadata", false, "`filename BASE64[,encrypted][,encryption_key_id BASE64]`"),
                ("Idempotency-Key", false, "A UUID: the file's id"),
            ],
            &[("Location", "Where the bytes go"), STANDS, ("Upload-Expires", "When it is forgotten")],
        ),
        way(
            HttpMethod::Patch,
            FILE,
            "bring_bytes",
            "Brings bytes; what is answered is on disk",
            "204",
            &[
                TUS,
                ("Upload-Offset", true, "Where these bytes begin: where the upload stands"),
                ("Upload-Checksum", false, "`sha1 BASE64` or `sha256 BASE64` of these bytes"),
            ],
            &[STANDS, ("Upload-Expires", "When it is forgotten, until it is whole")],
        ),
        way(
            HttpMethod::Head,
            FILE,
            "upload_stands",
            "Where an own upload stands",
            "200",
            &[TUS],
            &[
                STANDS,
                ("Upload-Length", "How many bytes it will have"),
                ("Upload-Expires", "When it is forgotten, until it is whole"),
            ],
        ),
        way(
            HttpMethod::Delete,
            FILE,
            "end_upload",
            "Ends an upload, or takes away an own file that no message uses",
            "204",
            &[TUS],
            &[],
        ),
        way(
            HttpMethod::Get,
            CONTENT,
            "get_content",
            "The content of a file, or a part of it (`206`)",
            "200",
            &[
                ("Range", false, "`bytes=FIRST-LAST`, one range"),
                ("If-Range", false, "The ETag that the range belongs to"),
                ("If-None-Match", false, "The ETag that one has already (`304`)"),
            ],
            &[
                ("ETag", "The content's SHA-256"),
                ("Content-Range", "With `206`: which part"),
                ("Content-Disposition", "`inline` for pictures made of dots, sound and video, else `attachment`"),
            ],
        ),
    ]
}

/// Paths with their operations; a path may come several times.
pub(super) fn paths() -> Vec<(String, PathItem)> {
    ways().into_iter().map(|way| (way.path.to_owned(), PathItem::new(way.method.clone(), operation(&way)))).collect()
}

fn operation(way: &Way) -> OperationBuilder {
    let mut done = ResponseBuilder::new().description("Done");
    for (name, says) in way.tells {
        done = done.header(*name, HeaderBuilder::new().schema(Some(text())).description(Some(*says)).build());
    }
    if way.id == "get_content" {
        done = done.content("application/octet-stream", ContentBuilder::new().schema(Some(text())).build());
    }
    let mut operation = OperationBuilder::new()
        .operation_id(Some(way.id))
        .tag("files")
        .summary(Some(way.summary))
        .response(way.status, done.build())
        .response("default", json_response("Refused; nothing has changed", "ErrorBody"));
    if way.path != FILES {
        operation = operation.parameter(parameter("file_id", ParameterIn::Path, true, "The file"));
    }
    for (name, required, says) in way.asks {
        operation = operation.parameter(parameter(name, ParameterIn::Header, *required, says));
    }
    if way.id == "bring_bytes" {
        let bytes = ContentBuilder::new().schema(Some(text())).build();
        let body = RequestBodyBuilder::new().content("application/offset+octet-stream", bytes);
        operation = operation.request_body(Some(body.required(Some(Required::True)).build()));
    }
    if way.id != "tus_options" {
        operation = operation.security(SecurityRequirement::new("bearer", [] as [&str; 0]));
    }
    operation
}

fn parameter(name: &str, place: ParameterIn, required: bool, says: &str) -> Parameter {
    let required = if required { Required::True } else { Required::False };
    let parameter = ParameterBuilder::new().name(name).parameter_in(place).required(required);
    parameter.description(Some(says)).schema(Some(text())).build()
}

fn text() -> RefOr<Schema> {
    RefOr::T(Schema::Object(ObjectBuilder::new().schema_type(SchemaType::new(Type::String)).build()))
}
