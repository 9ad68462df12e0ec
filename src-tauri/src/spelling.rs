//! Spelling: which dictionaries are there, and in which languages the webview checks.
//!
//! WebKitGTK with any dictionary underlines what that dictionary does not know, other scripts included; so it checks
//! in the languages that the user writes, and in none where there is no dictionary of these.

use serde_json::{Value, json};
use tauri::AppHandle;

/// Checks in these languages from now on. Answers with the dictionaries that are there, and those now in use.
#[cfg(target_os = "linux")]
pub(crate) async fn set(app: &AppHandle, languages: Vec<String>) -> Value {
    use tauri::Manager as _;
    use webkit2gtk::{WebContextExt as _, WebViewExt as _};

    let installed = linux::installed();
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let Some(window) = app.get_webview_window(crate::window::MAIN) else {
        return json!({ "installed": installed, "active": [] });
    };
    let asked = window.with_webview(move |webview| {
        let Some(context) = webview.inner().web_context() else { return };
        let wanted: Vec<&str> = languages.iter().map(String::as_str).collect();
        context.set_spell_checking_enabled(!wanted.is_empty());
        let active: Vec<String> = if wanted.is_empty() {
            Vec::new()
        } else {
            // An empty list would mean the system's language, or any; only what was loaded is told.
            context.set_spell_checking_languages(&wanted);
            context.spell_checking_languages().into_iter().map(Into::into).collect()
        };
        if active.is_empty() {
            context.set_spell_checking_enabled(false);
        }
        drop(sender.send(active));
    });
    let active = match asked {
        Ok(()) => receiver.await.unwrap_or_default(),
        Err(_) => Vec::new(),
    };
    json!({ "installed": installed, "active": active })
}

/// Other webviews check as their system is set.
#[cfg(not(target_os = "linux"))]
pub(crate) async fn set(_app: &AppHandle, languages: Vec<String>) -> Value {
    json!({ "installed": [], "active": languages })
}

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::BTreeSet;
    use std::path::Path;

    use webkit2gtk::glib;

    /// Where hunspell and the libraries that read its dictionaries look.
    const FOLDERS: [&str; 4] = [
        "/usr/share/hunspell",
        "/usr/share/myspell",
        "/usr/share/myspell/dicts",
        "/usr/local/share/hunspell",
    ];
    /// Dictionaries that are listed: a system with all of them has some 150.
    const LIMIT: usize = 400;

    /// Returns the names of the dictionaries that are installed, sorted.
    pub(super) fn installed() -> Vec<String> {
        let own = [
            glib::user_config_dir().join("enchant/hunspell"),
            glib::user_data_dir().join("hunspell"),
        ];
        let folders = FOLDERS.iter().map(|folder| Path::new(folder).to_owned()).chain(own);
        let names: BTreeSet<String> = folders.flat_map(|folder| names(&folder)).collect();
        names.into_iter().take(LIMIT).collect()
    }

    fn names(folder: &Path) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
        let name = |entry: std::fs::DirEntry| {
            let path = entry.path();
            let is_whole = path.extension().is_some_and(|ending| ending == "dic")
                && path.with_extension("aff").exists();
            let name = path.file_stem()?.to_str()?.to_owned();
            // Hyphenation patterns lie there too.
            (is_whole && !name.starts_with("hyph_")).then_some(name)
        };
        entries.flatten().filter_map(name).collect()
    }

    #[cfg(test)]
    mod tests {
        use super::names;

        #[test]
        fn only_whole_dictionaries_count() {
            let folder =
                std::env::temp_dir().join(format!("posthorn-words-{}", std::process::id()));
            std::fs::create_dir_all(&folder).unwrap();
            for file in ["en_US.dic", "en_US.aff", "de_DE.dic", "hyph_en_US.dic", "hyph_en_US.aff"]
            {
                std::fs::write(folder.join(file), "").unwrap();
            }
            assert_eq!(names(&folder), ["en_US"]);
            std::fs::remove_dir_all(&folder).unwrap();
        }
    }
}
