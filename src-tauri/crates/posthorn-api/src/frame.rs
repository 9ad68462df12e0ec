//! The document of a message's frame: cleaned HTML, our style, our small script, and the headers that hold it down.
//!
//! Invariants: the body was cleaned by posthorn-message before it comes here; the script is a constant of at most
//! 4 KB, and the policy names it by its hash, so that nothing else runs; the frame's origin is opaque; nothing in it
//! reaches the network but what the content scheme answers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// What the frame tells its page: height, keys, links, selection, words that are found. See `ui/src/ipc/frame.ts`.
pub(crate) const HELPER: &str = include_str!("frame/helper.js");
/// Our style, below the message's own.
const STYLE: &str = include_str!("frame/frame.css");
/// Largest helper: half of it is finding words. It runs beside hostile markup, so it stays short enough to be read.
#[cfg(test)]
const HELPER_LIMIT: usize = 4096;

/// How a frame looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Theme {
    Light,
    Dark,
    Contrast,
}

impl Theme {
    /// Returns the theme that a word of the contract names; an unknown one is light.
    pub(crate) fn parse(word: &str) -> Self {
        match word {
            "dark" => Self::Dark,
            "contrast" => Self::Contrast,
            _ => Self::Light,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::Contrast => "contrast",
        }
    }
}

/// Returns the whole document around cleaned HTML. A designed message stays on light paper, whatever the theme.
pub(crate) fn document(body: &str, lang: &str, designed: bool, theme: Theme) -> String {
    let look = if designed { "paper" } else { theme.word() };
    let lang: String =
        lang.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-').collect();
    format!(
        "<!doctype html>\n<html lang=\"{lang}\" data-look=\"{look}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title></title>\
         <style>{STYLE}</style><script>{HELPER}</script></head>\n<body>{body}</body></html>\n"
    )
}

/// Returns the Content-Security-Policy of every frame. `content_base` is where pictures may come from: ours alone.
pub(crate) fn policy(content_base: &str) -> String {
    let hash = STANDARD.encode(Sha256::digest(HELPER.as_bytes()));
    let pictures = if content_base.starts_with("mail:") || content_base == "http://mail.localhost" {
        "mail: http://mail.localhost"
    } else {
        content_base
    };
    format!(
        "default-src 'none'; script-src 'sha256-{hash}'; style-src 'unsafe-inline'; img-src {pictures} data:; \
         font-src data:; media-src {pictures}; form-action 'none'; base-uri 'none'; frame-src 'none'; \
         sandbox allow-scripts allow-popups"
    )
}

#[cfg(test)]
mod tests {
    use super::{HELPER, HELPER_LIMIT, Theme, document, policy};

    #[test]
    fn helper_is_small_and_harmless() {
        assert!(HELPER.len() <= HELPER_LIMIT, "{} bytes", HELPER.len());
        for word in
            ["eval", "innerHTML", "outerHTML", "fetch", "XMLHttpRequest", "import(", "</script"]
        {
            assert!(!HELPER.contains(word), "{word}");
        }
    }

    #[test]
    fn policy_names_the_helper_by_the_hash_of_what_stands_in_the_document() {
        use base64::Engine as _;
        use sha2::Digest as _;
        let document = document("<p>hi</p>", "zh-CN\"><script>", false, Theme::Dark);
        let (_, rest) = document.split_once("<script>").unwrap();
        let (script, after) = rest.split_once("</script>").unwrap();
        assert!(!after.contains("<script"), "one script, and the language cannot bring another");
        let hash = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(script));
        let policy = policy("mail://localhost");
        assert!(policy.contains(&format!("script-src 'sha256-{hash}';")), "{policy}");
        for part in [
            "default-src 'none'",
            "img-src mail: http://mail.localhost data:",
            "form-action 'none'",
            "base-uri 'none'",
            "frame-src 'none'",
            "sandbox allow-scripts allow-popups",
        ] {
            assert!(policy.contains(part), "{part}");
        }
        assert!(!policy.contains("script-src 'unsafe") && !policy.contains("allow-same-origin"));
    }

    #[test]
    fn nothing_of_a_long_text_is_hidden_where_the_helper_does_not_run() {
        let rules = super::STYLE.split('}').filter(|rule| rule.contains("mail-late"));
        let selectors = rules.filter_map(|rule| rule.rsplit_once('{')).map(|(before, _)| before);
        let late: Vec<&str> = selectors
            .flat_map(|list| list.split(','))
            .filter(|one| one.contains("mail-late"))
            .collect();
        assert_eq!(late.len(), 2, "{late:?}");
        // The class of the root is the helper's own.
        assert!(late.iter().all(|selector| selector.contains(".in-parts .mail-late")), "{late:?}");
        assert!(HELPER.contains("classList.add(\"in-parts\")"));
    }

    #[test]
    fn designed_mail_stays_on_paper() {
        assert!(document("", "", true, Theme::Dark).contains("data-look=\"paper\""));
        assert!(document("", "", false, Theme::Contrast).contains("data-look=\"contrast\""));
    }
}
