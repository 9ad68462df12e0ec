//! Remote pictures that the user allowed: fetched by the engine, without cookies or referrer, within limits.

use posthorn_net::http::{self, Limits};

use super::answer::{ContentResponse, is_picture};
use crate::contract::{Code, Error};
use crate::engine::Engine;

/// Fetches a picture. What is no raster picture is not handed on.
pub(super) async fn fetch(engine: &Engine, url: &str) -> ContentResponse {
    if engine.sync().is_offline() {
        return ContentResponse::failed(&Error::new(Code::Offline, "Posthorn works offline"));
    }
    match http::get(engine.dialer(), url, Limits::PICTURE).await {
        Ok(document) if is_picture(&document.content_type) => {
            ContentResponse::picture(&document.content_type, document.bytes.to_vec())
        }
        Ok(_) => ContentResponse::absent(),
        Err(error) => ContentResponse::failed(&error.into()),
    }
}
