//! WebKit's content filter: no page and no frame of ours reaches the network, whatever its content tries.
//!
//! The engine fetches what the user allowed; the webview itself never needs `http` or `https`. A Content-Security-Policy
//! stops requests but not every connection (preconnect, DNS prefetch); this stops those too.

#![expect(unsafe_code, reason = "webkit2gtk has no safe wrapper of WebKitUserContentFilterStore")]

use webkit2gtk::{
    WebView, WebViewExt as _, ffi,
    glib::{self, translate::ToGlibPtr as _},
};

/// Blocks every request and connection to the web and to web sockets.
const RULES: &[u8] = br#"[
    {"trigger":{"url-filter":"^https?:"},"action":{"type":"block"}},
    {"trigger":{"url-filter":"^wss?:"},"action":{"type":"block"}},
    {"trigger":{"url-filter":"^ftp:"},"action":{"type":"block"}}
]"#;

/// Installs the filter. The store compiles the rules once and keeps them in the user's cache folder.
pub(crate) fn install(webview: &WebView) {
    // With a development server the page itself comes over http.
    if cfg!(all(debug_assertions, not(feature = "custom-protocol"))) {
        return;
    }
    let Some(content) = webview.user_content_manager() else {
        tracing::error!(
            "the webview has no content manager: remote content is stopped by policy alone"
        );
        return;
    };
    let folder = glib::user_cache_dir().join("posthorn-filter");
    let Ok(folder) = std::ffi::CString::new(folder.to_string_lossy().into_owned()) else { return };
    let rules = glib::Bytes::from_static(RULES);
    // SAFETY: the strings outlive the call, which copies them; the rules are passed as a full reference that the call
    // borrows; the content manager's reference is handed to `saved`, which gives it back.
    unsafe {
        let store = ffi::webkit_user_content_filter_store_new(folder.as_ptr());
        let content: *mut ffi::WebKitUserContentManager = content.to_glib_full();
        let rules: glib::translate::Stash<'_, *mut glib::ffi::GBytes, _> = rules.to_glib_none();
        ffi::webkit_user_content_filter_store_save(
            store,
            c"no-network".as_ptr(),
            rules.0,
            std::ptr::null_mut(),
            Some(saved),
            content.cast(),
        );
        glib::gobject_ffi::g_object_unref(store.cast());
    }
}

/// Adds the compiled filter to the content manager that `user_data` owns a reference to.
///
/// # Safety
/// Called once by WebKit with the store, the result, and the pointer that `install` gave.
unsafe extern "C" fn saved(
    store: *mut glib::gobject_ffi::GObject,
    result: *mut webkit2gtk::gio::ffi::GAsyncResult,
    user_data: glib::ffi::gpointer,
) {
    let mut error = std::ptr::null_mut();
    // SAFETY: the arguments are those of WebKit's own callback; both references are given back exactly once.
    unsafe {
        let filter =
            ffi::webkit_user_content_filter_store_save_finish(store.cast(), result, &raw mut error);
        if filter.is_null() {
            tracing::error!(
                "the content filter could not be compiled: remote content is stopped by policy alone"
            );
            glib::ffi::g_clear_error(&raw mut error);
        } else {
            ffi::webkit_user_content_manager_add_filter(user_data.cast(), filter);
            ffi::webkit_user_content_filter_unref(filter);
        }
        glib::gobject_ffi::g_object_unref(user_data.cast());
    }
}
