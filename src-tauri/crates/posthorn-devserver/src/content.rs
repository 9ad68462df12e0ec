//! The second port: mail bodies, pictures and attachments under the tokens that the engine gave out.

use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Router, middleware};
use posthorn_api::Engine;

use crate::guard::{self, Guard};

/// Returns everything that the second port serves.
pub(crate) fn router(engine: Engine, guard: Guard) -> Router {
    Router::new()
        .route("/{*path}", get(answer))
        .layer(middleware::from_fn_with_state(guard, guard::check))
        .with_state(engine)
}

async fn answer(State(engine): State<Engine>, Path(path): Path<String>) -> Response {
    let content = engine.content(&path).await;
    let status = StatusCode::from_u16(content.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, content.bytes).into_response();
    for (name, value) in content.headers {
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    response
}
