//! The main window: what it may navigate to, what it may open, where it stood last time.

use tauri::{
    AppHandle, Manager as _, WebviewUrl, WebviewWindowBuilder, WindowEvent,
    webview::NewWindowResponse,
};

use crate::{options::Options, place, quit};

/// Label of the main window; capabilities name it.
pub(crate) const MAIN: &str = "main";

/// Returns the plugin that remembers size and place, inside the profile.
pub(crate) fn remembered(options: &Options) -> tauri::plugin::TauriPlugin<tauri::Wry> {
    use tauri_plugin_window_state::{Builder, StateFlags};
    let mut builder = Builder::default()
        .skip_initial_state(MAIN)
        .with_state_flags(StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED);
    // An absolute name replaces the folder that the plugin would choose.
    if let Some(profile) =
        options.profile.as_ref().and_then(|profile| std::path::absolute(profile).ok())
    {
        builder = builder.with_filename(profile.join("window.json").to_string_lossy());
    }
    builder.build()
}

/// Opens the main window.
pub(crate) fn open(app: &AppHandle) -> tauri::Result<()> {
    let place = place::of(app, MAIN);
    let mut window = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::default())
        .title("Posthorn")
        .inner_size(place.size.0, place.size.1)
        .maximized(place.is_maximized)
        .min_inner_size(360.0, 480.0)
        .on_navigation(|url| matches!(url.scheme(), "tauri" | "mail" | "about") || is_own_page(url))
        // A frame's helper tells the page of every click; what still asks for a window of its own gets none.
        .on_new_window(|_url, _features| NewWindowResponse::Deny);
    if let Some((x, y)) = place.position {
        window = window.position(x, y);
    }
    let window = window.build()?;
    let for_closing = app.clone();
    window.on_window_event(move |event| {
        if let WindowEvent::CloseRequested { api, .. } = event {
            api.prevent_close();
            quit::on_close_requested(&for_closing);
        }
    });
    #[cfg(target_os = "linux")]
    prepare_webkit(&window)?;
    Ok(())
}

/// Tells whether a URL is the page itself where custom schemes are served over `http`, or the development server's.
fn is_own_page(url: &tauri::Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    matches!(host, "tauri.localhost" | "mail.localhost")
        || (cfg!(all(debug_assertions, not(feature = "custom-protocol"))) && host == "localhost")
}

/// Switches on what WebKitGTK has off, input methods in place; and the network off for pages.
#[cfg(target_os = "linux")]
fn prepare_webkit(window: &tauri::WebviewWindow) -> tauri::Result<()> {
    window.with_webview(|webview| {
        use webkit2gtk::{InputMethodContextExt as _, WebViewExt as _};
        let webview = webview.inner();
        // Without preedit an input method's candidates appear in the wrong place, and Chinese cannot be typed in peace.
        if let Some(input) = webview.input_method_context() {
            input.set_enable_preedit(true);
        }
        crate::filter::install(&webview);
    })
}

/// Shows the window and gives it the focus.
pub(crate) fn show(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(MAIN) {
        for result in [window.show(), window.unminimize(), window.set_focus()] {
            if let Err(error) = result {
                tracing::warn!(%error, "the window could not be shown");
            }
        }
    }
}

/// Hides the window; the engine goes on.
pub(crate) fn hide(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(MAIN)
        && let Err(error) = window.hide()
    {
        tracing::warn!(%error, "the window could not be hidden");
    }
}

/// Tells whether the user looks at the window.
pub(crate) fn has_focus(app: &AppHandle) -> bool {
    app.get_webview_window(MAIN).is_some_and(|window| window.is_focused().unwrap_or(false))
}
