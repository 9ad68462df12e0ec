//! The content scheme: mail bodies, pictures and attachments for frames, never through JSON.
//!
//! The engine decides what a path means and under which headers it is shown; unknown paths are 404.

use std::sync::Arc;

use tauri::{Manager as _, UriSchemeContext, UriSchemeResponder, http};

use crate::Shell;

/// Base URL of the scheme; Windows serves custom schemes under a host of `http`.
#[cfg(not(windows))]
pub(crate) const BASE: &str = "mail://localhost";
/// Base URL of the scheme; Windows serves custom schemes under a host of `http`.
#[cfg(windows)]
pub(crate) const BASE: &str = "http://mail.localhost";

/// Answers a request of the scheme.
pub(crate) fn answer(
    context: UriSchemeContext<'_, tauri::Wry>,
    request: http::Request<Vec<u8>>,
    responder: UriSchemeResponder,
) {
    let known = context.webview_label() == crate::window::MAIN;
    let engine = context.app_handle().try_state::<Shell>().map(|shell| Arc::clone(&shell.engine));
    let (Some(engine), true) = (engine, known) else {
        responder.respond(empty(http::StatusCode::FORBIDDEN));
        return;
    };
    let path = request.uri().path().trim_start_matches('/').to_owned();
    tauri::async_runtime::spawn(async move {
        let content = engine.content(&path).await;
        let mut response = http::Response::builder().status(content.status);
        for (name, value) in &content.headers {
            response = response.header(*name, value.as_str());
        }
        let response = response.body(content.bytes);
        responder
            .respond(response.unwrap_or_else(|_| empty(http::StatusCode::INTERNAL_SERVER_ERROR)));
    });
}

fn empty(status: http::StatusCode) -> http::Response<Vec<u8>> {
    let mut response = http::Response::new(Vec::new());
    *response.status_mut() = status;
    response
}
