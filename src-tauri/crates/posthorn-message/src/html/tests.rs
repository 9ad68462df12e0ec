//! Hostile HTML: every file of `tests/corpus/html` against one oracle, and what designed mail looks like afterwards.

use std::path::Path;

use super::tag::{Piece, pieces};
use super::{Clean, CleanOptions, LinkWarning, RemoteImages, Theme, clean};

const OPTIONS: CleanOptions = CleanOptions { remote: RemoteImages::Block, theme: Theme::Paper };

/// Complains about everything that a frame could run or load. Independent of the cleaner's lists: it names what is bad.
fn assert_harmless(name: &str, clean: &Clean) {
    const ELEMENTS: &[&str] = &[
        "script",
        "style",
        "iframe",
        "frame",
        "frameset",
        "object",
        "embed",
        "applet",
        "form",
        "input",
        "button",
        "textarea",
        "select",
        "base",
        "meta",
        "link",
        "svg",
        "math",
        "video",
        "audio",
        "source",
        "track",
        "template",
        "noscript",
        "marquee",
        "title",
        "body",
        "html",
        "head",
        "isindex",
        "keygen",
        "bgsound",
        "plaintext",
        "xmp",
    ];
    for piece in pieces(&clean.body) {
        let tag = match piece {
            Piece::Open(tag) => tag,
            Piece::Raw { tag, .. } => panic!("{name}: <{}> survived", tag.name),
            _ => continue,
        };
        assert!(!ELEMENTS.contains(&tag.name.as_str()), "{name}: <{}> survived", tag.name);
        for (attribute, value) in tag.attributes() {
            let lower = value.to_ascii_lowercase();
            assert!(!attribute.starts_with("on"), "{name}: {attribute} survived");
            let is_link = tag.name == "a" && attribute == "href";
            if is_link {
                let is_known = ["https://", "http://", "mailto:"]
                    .iter()
                    .any(|scheme| lower.starts_with(scheme));
                assert!(is_known, "{name}: href {value}");
            } else if matches!(attribute.as_str(), "src" | "srcset" | "background") {
                let is_ours = ["cid/", "blocked/", "data:image/"]
                    .iter()
                    .any(|start| lower.starts_with(start))
                    && !lower.contains("svg");
                assert!(is_ours, "{name}: {attribute} {value}");
            } else if attribute == "style" {
                assert_harmless_css(name, &lower);
            }
        }
    }
    assert!(!clean.css.contains('<'), "{name}: css {}", clean.css);
    assert_harmless_css(name, &clean.css.to_ascii_lowercase());
}

fn assert_harmless_css(name: &str, css: &str) {
    for bad in [
        "http:",
        "https:",
        "@import",
        "@font-face",
        "@namespace",
        "expression",
        "binding",
        "behavior",
        "fixed",
        "absolute",
        "javascript",
        "image-set",
        "var(",
        "svg",
        "\\75",
    ] {
        assert!(!css.contains(bad), "{name}: {bad} in {css}");
    }
}

#[test]
fn hostile_html_is_harmless_afterwards() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/corpus/html");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let html = std::fs::read_to_string(&path).unwrap();
        for theme in [Theme::Paper, Theme::Dark] {
            let once = clean(&html, CleanOptions { theme, ..OPTIONS });
            assert_harmless(&name, &once);
            // What a message says must survive, and cleaning what is clean must not find anything new.
            let swallows_the_rest =
                matches!(name.as_str(), "script-in-comment" | "mxss-math-table");
            assert!(
                swallows_the_rest || once.body.contains("keep"),
                "{name}: lost its text: {}",
                once.body
            );
            assert_harmless(&name, &clean(&once.body, OPTIONS));
        }
        count += 1;
    }
    assert!(count >= 60, "only {count} files");
}

#[test]
fn pictures_are_numbered() {
    let html = "<img src='https://a.example/1.png'><img src=cid:x@y><img src='https://a.example/1.png'><td background='http://b.example/2.png'>\
        <p style=\"background-image:url('https://c.example/3.png')\">x</p><img src='data:image/png;base64,AAAA'>";
    let blocked = clean(html, OPTIONS);
    assert_eq!(blocked.remote_images.len(), blocked.blocked);
    assert_eq!(blocked.inline_images, ["x@y"]);
    assert!(
        blocked.body.contains("src=\"blocked/0\"") && blocked.body.contains("src=\"cid/0\""),
        "{}",
        blocked.body
    );
    assert!(blocked.body.contains("data:image/png;base64,AAAA"));
    let allowed = clean(html, CleanOptions { remote: RemoteImages::Allow, ..OPTIONS });
    assert_eq!((allowed.blocked, &allowed.remote_images), (0, &blocked.remote_images));
    assert!(allowed.body.contains("remote/0") && !allowed.body.contains("blocked/"));
}

#[test]
fn style_sheets_keep_what_is_harmless() {
    let html = "<html><head><style>p.a > b{color:#333;position:fixed;margin:0 auto}@media (max-width:600px){.a{width:100%!important}}\
        @media (prefers-color-scheme: dark){.a{color:#fff}}</style></head><body bgcolor=\"#eeeeee\" text=\"#222222\" style=\"margin:0\"><p class=a>x</p></body></html>";
    let clean = clean(html, OPTIONS);
    assert_eq!(
        clean.css,
        "p.a > b{color:#333;margin:0 auto}\n@media (max-width:600px){.a{width:100%!important}\n}\n@media (prefers-color-scheme: dark){.a{color:#fff}\n}\n"
    );
    assert!(clean.has_own_background && clean.supports_dark);
    assert!(
        clean.body.starts_with("<div ")
            && clean.body.contains("bgcolor=\"#eeeeee\"")
            && clean.body.contains("color:#222222;margin:0"),
        "{}",
        clean.body
    );
}

#[test]
fn plain_looking_html_has_no_background_of_its_own() {
    for html in
        ["<p>x</p>", "<p style='background:transparent'>x</p>", "<div style='color:#000'>x</div>"]
    {
        assert!(!clean(html, OPTIONS).has_own_background, "{html}");
    }
}

#[test]
fn a_dark_page_turns_the_colours_round() {
    let dark = clean(
        "<p style='color:#000;background:rgb(255, 255, 255)'><font color=black>x</font></p>",
        CleanOptions { theme: Theme::Dark, ..OPTIONS },
    );
    assert!(
        dark.body.contains("color:#ededed")
            && dark.body.contains("background:#1c1c1c")
            && dark.body.contains("color=\"#ededed\""),
        "{}",
        dark.body
    );
}

#[test]
fn quotes_signatures_and_links_are_marked() {
    let html = "<p>new</p><div class=\"gmail_attr\">On Monday Anna wrote:</div><blockquote type=cite>old</blockquote><div class=gmail_signature>Anna</div>\
        <a href=\"https://evil.example/\" target=_self>https://bank.example</a><a href='mailto:a@b.example'>write</a>";
    let clean = clean(html, OPTIONS);
    for class in
        ["gmail_attr mail-attribution", "class=\"mail-quote\"", "gmail_signature mail-signature"]
    {
        assert!(clean.body.contains(class), "{class} in {}", clean.body);
    }
    assert_eq!(clean.body.matches("target=\"_blank\"").count(), 2);
    assert_eq!(clean.body.matches("noopener").count(), 2);
    let warnings: Vec<_> = clean.links.iter().map(|link| link.warnings.clone()).collect();
    assert_eq!(warnings, [vec![LinkWarning::OtherHost("bank.example".to_owned())], vec![]]);
}

#[test]
fn too_much_html_is_shown_as_text_and_deep_html_is_flattened() {
    let deep = format!("{}keep{}", "<div>".repeat(50_000 - 15_000), "</div>".repeat(35_000));
    let flat = clean(&deep, OPTIONS);
    assert!(flat.body.matches("<div>").count() <= super::MAX_DEPTH && flat.body.contains("keep"));
    let many = format!("{}keep", "<br>".repeat(super::MAX_TAGS + 1));
    assert!(clean(&many, OPTIONS).is_text_only);
    assert!(clean(&many, OPTIONS).body.contains("keep"));
    let fonts: Vec<String> = (0..500).map(|n| format!("<font color=c{n}>")).collect();
    let formatting = format!("{}{}", fonts.concat(), "<p>x".repeat(2_000));
    assert!(clean(&formatting, OPTIONS).body.len() < 4_000_000);
}
