//! The allow-list.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use ammonia::Builder;

use super::color::{Use, turned};
use super::css::{self, Facts};
use super::prescan::{Prescan, prescan};
use super::url::{Images, target};
use super::{Clean, CleanOptions, RemoteImages, Theme, mark, plain};
use crate::text;

/// Elements that stay. Everything else loses its tags and keeps its text.
const TAGS: &[&str] = &[
    "a",
    "abbr",
    "acronym",
    "address",
    "article",
    "aside",
    "b",
    "bdi",
    "bdo",
    "big",
    "blockquote",
    "br",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "font",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "main",
    "mark",
    "nav",
    "ol",
    "p",
    "pre",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "section",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "time",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "wbr",
];

/// Elements that vanish with what is in them.
const DROPPED: &[&str] = &[
    "script",
    "style",
    "title",
    "textarea",
    "select",
    "noscript",
    "template",
    "iframe",
    "frame",
    "frameset",
    "object",
    "embed",
    "applet",
    "svg",
    "math",
    "audio",
    "video",
    "canvas",
    "noframes",
    "noembed",
    "xmp",
    "plaintext",
    "head",
    "datalist",
    "portal",
    "dialog",
];

/// Attributes that any element may have.
const ATTRIBUTES: &[&str] = &[
    "align",
    "valign",
    "width",
    "height",
    "bgcolor",
    "background",
    "color",
    "face",
    "size",
    "border",
    "cellpadding",
    "cellspacing",
    "colspan",
    "rowspan",
    "dir",
    "lang",
    "title",
    "alt",
    "class",
    "id",
    "style",
    "hspace",
    "vspace",
    "nowrap",
    "start",
    "type",
    "span",
    "role",
    "reversed",
    "value",
    "open",
    "bordercolor",
];

/// What the filter of attributes sees on the way.
struct Seen {
    images: Images,
    facts: Facts,
    theme: Theme,
}

/// Makes the HTML of a stranger safe to show.
pub fn clean(html: &str, options: CleanOptions) -> Clean {
    let scan = prescan(html);
    if scan.is_too_much {
        let body = plain::in_parts(&text::from_html(html));
        let mark::Finished { body, links, .. } = mark::finish(&body, &[]);
        return Clean { body, links, is_text_only: true, ..Clean::default() };
    }
    let seen =
        Seen { images: Images::new(options.remote), facts: Facts::default(), theme: options.theme };
    let seen = Arc::new(Mutex::new(seen));
    let body = sanitize(&scan, &seen);
    let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    let mark::Finished { body, links, pixels } = mark::finish(&body, &seen.images.remote);
    let css = {
        let Seen { images, facts, theme } = &mut *seen;
        css::sheet(&scan.css, &mut css::Context { images, facts, theme: *theme })
    };
    let remote_images = std::mem::take(&mut seen.images.remote);
    Clean {
        body,
        css,
        blocked: if options.remote == RemoteImages::Block {
            remote_images.len().saturating_sub(pixels.len())
        } else {
            0
        },
        pixels,
        remote_images,
        inline_images: std::mem::take(&mut seen.images.inline),
        has_own_background: seen.facts.has_background,
        supports_dark: scan.supports_dark || seen.facts.supports_dark,
        links,
        is_text_only: false,
    }
}

/// Makes plain text into HTML for a frame: its links are looked at, and open outside.
pub fn clean_plain(text: &str) -> Clean {
    let mark::Finished { body, links, .. } = mark::finish(&plain::in_parts(text), &[]);
    Clean { body, links, ..Clean::default() }
}

fn sanitize(scan: &Prescan, seen: &Arc<Mutex<Seen>>) -> String {
    let filter = Arc::clone(seen);
    let mut builder = Builder::empty();
    builder
        .tags(TAGS.iter().copied().collect())
        .clean_content_tags(DROPPED.iter().copied().collect())
        .generic_attributes(ATTRIBUTES.iter().copied().collect())
        .tag_attributes(HashMap::from([
            ("a", HashSet::from(["href"])),
            ("img", HashSet::from(["src", "srcset"])),
            ("td", HashSet::from(["abbr"])),
        ]))
        .url_schemes(HashSet::from(["http", "https", "mailto", "cid", "data"]))
        .link_rel(Some("noopener noreferrer nofollow"))
        .strip_comments(true)
        .attribute_filter(move |element, attribute, value| {
            let mut seen = filter.lock().unwrap_or_else(PoisonError::into_inner);
            attribute_value(&mut seen, element, attribute, value).map(Cow::Owned)
        });
    builder.clean(&scan.html).to_string()
}

/// Returns what an attribute becomes; `None` when it is dropped.
fn attribute_value(seen: &mut Seen, element: &str, attribute: &str, value: &str) -> Option<String> {
    match attribute {
        "href" => target(value),
        "src" => seen.images.picture(value),
        "srcset" => seen.images.picture_set(value),
        "background" => {
            seen.facts.has_background = true;
            seen.images.picture(value)
        }
        "style" => {
            let Seen { images, facts, theme } = seen;
            let style =
                css::declarations(value, &mut css::Context { images, facts, theme: *theme });
            (!style.is_empty()).then_some(style)
        }
        "bgcolor" | "color" | "bordercolor" => {
            seen.facts.has_background |=
                attribute == "bgcolor" && !value.eq_ignore_ascii_case("transparent");
            let is_plain = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'#');
            is_plain.then(|| {
                if seen.theme == Theme::Dark {
                    let used = if attribute == "color" { Use::Ink } else { Use::Ground };
                    turned(value, used).unwrap_or_else(|| value.to_owned())
                } else {
                    value.to_owned()
                }
            })
        }
        // An id must not shadow what the frame's own script looks for.
        "id" if value.starts_with("mail-") || value.starts_with("posthorn") => None,
        "class" => {
            let kept: Vec<&str> = value
                .split_ascii_whitespace()
                .filter(|class| !class.starts_with("posthorn"))
                .collect();
            (!kept.is_empty()).then(|| kept.join(" "))
        }
        "type" if element == "blockquote" && !value.eq_ignore_ascii_case("cite") => None,
        _ => Some(value.to_owned()),
    }
}
