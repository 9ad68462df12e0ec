//! The built page, served as files. Nothing outside its folder is ever read.

use std::path::{Path, PathBuf};

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};

use crate::Server;

/// Serves a file of the page; a path without a file is the page itself.
pub(crate) async fn file(State(server): State<Server>, uri: Uri) -> Response {
    let Some(folder) = &server.ui else {
        return (StatusCode::NOT_FOUND, "Started without --ui: only the API is served.\n")
            .into_response();
    };
    let Some(path) = within(folder, uri.path()) else {
        return (StatusCode::NOT_FOUND, "There is no such file.\n").into_response();
    };
    match tokio::fs::read(&path).await {
        Ok(bytes) => {
            let mut response = bytes.into_response();
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(&path)));
            headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
            headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            if let Ok(policy) = HeaderValue::try_from(policy(&server.content)) {
                headers.insert(header::CONTENT_SECURITY_POLICY, policy);
            }
            response
        }
        Err(_) => (StatusCode::NOT_FOUND, "There is no such file.\n").into_response(),
    }
}

/// The policy of the desktop window, with the content port in place of the content scheme.
fn policy(content: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob: {content}; \
         font-src 'self' data:; frame-src {content}; connect-src 'self'; base-uri 'none'; form-action 'none'"
    )
}

/// Returns the file that a path names, if it lies within the folder.
fn within(folder: &Path, path: &str) -> Option<PathBuf> {
    let root = folder.canonicalize().ok()?;
    let named = path.trim_start_matches('/');
    let candidate = if named.is_empty() { root.join("index.html") } else { root.join(named) };
    let whole = candidate.canonicalize().ok()?;
    (whole.starts_with(&root) && whole.is_file()).then_some(whole)
}

fn content_type(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()).unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::within;

    #[test]
    fn nothing_outside_the_folder_is_served() {
        let folder = std::env::temp_dir().join(format!("posthorn-page-{}", std::process::id()));
        let page = folder.join("page");
        std::fs::create_dir_all(&page).unwrap();
        std::fs::write(page.join("index.html"), "x").unwrap();
        std::fs::write(folder.join("secret"), "x").unwrap();
        assert!(within(&page, "/").is_some_and(|path| path.ends_with("index.html")));
        for path in
            ["/../secret", "/a/../../secret", "/%2e%2e/secret", "/missing.js", "/etc/passwd"]
        {
            assert_eq!(within(&page, path), None, "{path}");
        }
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
