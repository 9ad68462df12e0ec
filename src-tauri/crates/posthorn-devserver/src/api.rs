//! `POST /api/METHOD`: one call of the table, parameters and answer as JSON.

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use posthorn_api::contract::{Code, Error};
use serde_json::Value;

use crate::{Server, events, guard, page};

/// Largest request: a pasted picture of 32 MiB in base64, with room for the rest.
const BODY_LIMIT: usize = 48 << 20;

/// Returns everything that the first port serves.
pub(crate) fn router(server: Server) -> Router {
    let check = middleware::from_fn_with_state(server.guard.clone(), guard::check);
    Router::new()
        .route("/api/{method}", post(call))
        .route("/events", get(events::open))
        .fallback(get(page::file))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(check)
        .with_state(server)
}

async fn call(
    State(server): State<Server>,
    Path(method): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if !server.token.is_in(&headers) {
        return (StatusCode::UNAUTHORIZED, "The token is missing or wrong.\n").into_response();
    }
    let parameters = if body.is_empty() {
        Ok(Value::Object(serde_json::Map::new()))
    } else {
        serde_json::from_slice(&body)
    };
    let answer = match parameters {
        Ok(parameters) => server.engine.dispatch(&method, parameters).await,
        Err(error) => Err(Error {
            code: Code::Invalid,
            message: "The parameters are not JSON".to_owned(),
            detail: error.to_string(),
        }),
    };
    match answer {
        Ok(value) => Json(value).into_response(),
        Err(error) => (status(error.code), Json(error)).into_response(),
    }
}

/// The body says what happened; the status is for people with curl.
fn status(code: Code) -> StatusCode {
    match code {
        Code::Invalid => StatusCode::BAD_REQUEST,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::Conflict | Code::TooLate => StatusCode::CONFLICT,
        Code::Internal | Code::Corrupt | Code::DiskFull => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}
