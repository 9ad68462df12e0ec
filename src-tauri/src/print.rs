//! Printing a message: a webview of its own, without scripts and without a network, shows the document and prints it.

use tauri::AppHandle;

/// Prints a document of the content scheme; answers when the user was asked how.
#[cfg(target_os = "linux")]
pub(crate) async fn document(app: &AppHandle, url: &str) -> Result<(), String> {
    use std::sync::Arc;

    use tauri::Manager as _;

    let path = url
        .strip_prefix(crate::content::BASE)
        .ok_or_else(|| "this is no address of ours".to_owned())?
        .to_owned();
    let engine = Arc::clone(&app.state::<crate::Shell>().engine);
    let content = engine.content(&path).await;
    if content.status != 200 {
        return Err("the document is not there any more".to_owned());
    }
    let html = String::from_utf8(content.bytes).map_err(|error| error.to_string())?;
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let for_window = app.clone();
    app.run_on_main_thread(move || {
        let parent = for_window
            .get_webview_window(crate::window::MAIN)
            .and_then(|window| window.gtk_window().ok());
        linux::print(&html, parent.as_ref());
        // Whoever asked may have gone.
        let _ = sender.send(());
    })
    .map_err(|error| error.to_string())?;
    receiver.await.map_err(|error| error.to_string())
}

/// Other webviews print what a window of their own shows.
#[cfg(not(target_os = "linux"))]
pub(crate) async fn document(app: &AppHandle, url: &str) -> Result<(), String> {
    use tauri::{Manager as _, WebviewUrl, WebviewWindowBuilder, webview::PageLoadEvent};

    if !url.starts_with(crate::content::BASE) {
        return Err("this is no address of ours".to_owned());
    }
    let url = url.parse().map_err(|_| "this is no address".to_owned())?;
    if let Some(open) = app.get_webview_window("print") {
        drop(open.destroy());
    }
    // The label is in no capability: the window may call nothing.
    WebviewWindowBuilder::new(app, "print", WebviewUrl::CustomProtocol(url))
        .title("Posthorn")
        .on_page_load(|window, payload| {
            if matches!(payload.event(), PageLoadEvent::Finished) {
                drop(window.print());
            }
        })
        .build()
        .map_err(|error| error.to_string())?;
    Ok(())
}

#[cfg(target_os = "linux")]
mod linux {
    use std::cell::RefCell;
    use std::rc::Rc;

    use gtk::prelude::WidgetExtManual as _;
    use webkit2gtk::{
        LoadEvent, PrintOperation, PrintOperationExt as _, PrintOperationResponse,
        SettingsExt as _, WebContext, WebView, WebViewExt,
    };

    /// What must live until the pages are out.
    type Kept = Rc<RefCell<Option<(WebView, PrintOperation)>>>;

    /// Loads the document, and asks how it is to be printed as soon as it is there.
    pub(super) fn print(html: &str, parent: Option<&gtk::ApplicationWindow>) {
        let view = WebView::with_context(&WebContext::new_ephemeral());
        if let Some(settings) = WebViewExt::settings(&view) {
            settings.set_enable_javascript(false);
            settings.set_enable_javascript_markup(false);
        }
        let operation = PrintOperation::new(&view);
        let kept: Kept = Rc::new(RefCell::new(Some((view.clone(), operation))));
        let parent = parent.cloned();
        view.connect_load_changed(move |_, event| {
            if event == LoadEvent::Finished {
                ask(&kept, parent.as_ref());
            }
        });
        view.load_html(html, None);
    }

    fn ask(kept: &Kept, parent: Option<&gtk::ApplicationWindow>) {
        let Some((_, operation)) = kept.borrow().clone() else { return };
        let for_end = Rc::clone(kept);
        operation.connect_finished(move |_| end(&for_end));
        operation.connect_failed(|_, error| tracing::warn!(%error, "a message was not printed"));
        if operation.run_dialog(parent) != PrintOperationResponse::Print {
            end(kept);
        }
    }

    fn end(kept: &Kept) {
        // Outside of the signal that tells it: the view is what sends it.
        let kept = Rc::clone(kept);
        gtk::glib::idle_add_local_once(move || {
            if let Some((view, _)) = kept.borrow_mut().take() {
                // SAFETY: nothing else refers to this widget, which was never in a window.
                #[expect(unsafe_code, reason = "gtk marks destroying a widget so")]
                unsafe {
                    view.destroy();
                }
            }
        });
    }
}
