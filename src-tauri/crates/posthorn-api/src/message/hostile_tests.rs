//! Every message of `tests/corpus/hostile`, from its bytes to the finished document of its frame, read by a parser that
//! is not the cleaner's own: nothing in it may load, run, submit, navigate or hide what a person should read.
//!
//! The oracle lists what is harmless, not what is harmful, and knows nothing of the cleaner's lists.

use cssparser::{Parser, ParserInput, Token};
use dom_query::Document;
use posthorn_message::parse;
use posthorn_testkit::corpus;

use super::open::{document_of, show};
use crate::contract::MessageLook;
use crate::frame::{HELPER, Theme};

/// Elements that load and run nothing by themselves. `a` and `img` are looked at closer.
const HARMLESS: &[&str] = &[
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
    "body",
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
    "head",
    "header",
    "hr",
    "html",
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
    "title",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "wbr",
];
/// Attributes that are words, numbers or colours.
const WORDS: &[&str] = &[
    "abbr",
    "align",
    "alt",
    "bgcolor",
    "border",
    "bordercolor",
    "cellpadding",
    "cellspacing",
    "class",
    "color",
    "colspan",
    "dir",
    "face",
    "height",
    "hspace",
    "id",
    "lang",
    "nowrap",
    "open",
    "rel",
    "reversed",
    "role",
    "rowspan",
    "size",
    "span",
    "start",
    "target",
    "title",
    "type",
    "valign",
    "value",
    "vspace",
    "width",
    "data-look",
];
/// Functions of style sheets that take colours, numbers and selectors alone.
const FUNCTIONS: &[&str] = &[
    "rgb",
    "rgba",
    "hsl",
    "hsla",
    "calc",
    "min",
    "max",
    "clamp",
    "linear-gradient",
    "radial-gradient",
    "repeating-linear-gradient",
    "repeating-radial-gradient",
    "minmax",
    "repeat",
    "fit-content",
    "light-dark",
    "not",
    "is",
    "where",
    "has",
    "lang",
    "nth-child",
    "nth-last-child",
    "nth-of-type",
    "nth-last-of-type",
    "highlight",
    "var",
];

/// Tells whether the frame may load this by itself: our own paths, and raster pictures inside the document.
fn is_own(url: &str) -> bool {
    let numbered = |kind: &str| {
        url.strip_prefix(kind)
            .is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    };
    let is_picture = ["png", "jpeg", "jpg", "gif", "webp", "bmp", "x-icon"]
        .iter()
        .any(|kind| url.to_ascii_lowercase().starts_with(&format!("data:image/{kind};base64,")));
    numbered("cid/") || numbered("blocked/") || is_picture
}

fn css(parser: &mut Parser<'_, '_>, complaints: &mut Vec<String>) {
    while let Ok(token) = parser.next().cloned() {
        match &token {
            Token::UnquotedUrl(url) if !is_own(url) => complaints.push(format!("css loads {url}")),
            Token::BadUrl(_) | Token::BadString(_) => complaints.push("css is broken".to_owned()),
            Token::AtKeyword(name) if !name.eq_ignore_ascii_case("media") => {
                complaints.push(format!("css has @{name}"));
            }
            Token::Function(name) if name.eq_ignore_ascii_case("url") => {
                let url = parser
                    .parse_nested_block::<_, _, ()>(|inner| Ok(inner.expect_string()?.to_string()));
                if !url.as_deref().is_ok_and(is_own) {
                    complaints.push(format!("css loads {url:?}"));
                }
            }
            Token::Function(name) => {
                if !FUNCTIONS.contains(&name.to_ascii_lowercase().as_str()) {
                    complaints.push(format!("css calls {name}()"));
                }
                nested(parser, complaints);
            }
            Token::CurlyBracketBlock | Token::ParenthesisBlock | Token::SquareBracketBlock => {
                nested(parser, complaints);
            }
            Token::Ident(name)
                if ["fixed", "absolute", "sticky", "behavior", "-moz-binding"]
                    .iter()
                    .any(|bad| name.eq_ignore_ascii_case(bad)) =>
            {
                complaints.push(format!("css says {name}"));
            }
            _ => {}
        }
    }
}

fn nested(parser: &mut Parser<'_, '_>, complaints: &mut Vec<String>) {
    let _ = parser.parse_nested_block::<_, _, ()>(|inner| {
        css(inner, complaints);
        Ok(())
    });
}

fn style(text: &str, complaints: &mut Vec<String>) {
    css(&mut Parser::new(&mut ParserInput::new(text)), complaints);
}

fn attribute(element: &str, name: &str, value: &str, complaints: &mut Vec<String>) {
    let is_fine = match (element, name) {
        ("a", "href") => {
            let lower = value.to_ascii_lowercase();
            ["http://", "https://", "mailto:"].iter().any(|scheme| lower.starts_with(scheme))
                && !value.chars().any(char::is_control)
        }
        ("img", "src") | (_, "background") => is_own(value),
        ("img", "srcset") => value.split(", ").all(|one| one.split(' ').next().is_some_and(is_own)),
        (_, "style") => {
            style(value, complaints);
            true
        }
        ("meta", "charset") => value == "utf-8",
        ("meta", "name") => value == "viewport",
        ("meta", "content") => value == "width=device-width",
        _ => WORDS.contains(&name),
    };
    if !is_fine {
        complaints.push(format!("<{element} {name}=\"{value}\">"));
    }
}

/// Says everything in a document that is not known to be harmless.
fn complaints(document: &str) -> Vec<String> {
    let tree = Document::from(document);
    let mut found = Vec::new();
    let (mut scripts, mut metas) = (0, 0);
    for node in tree.root().descendants_it() {
        let Some(name) = node.node_name() else { continue };
        match name.as_ref() {
            "script" if node.text().as_ref() == HELPER && node.attrs().is_empty() => scripts += 1,
            "style" => style(&node.text(), &mut found),
            "meta" => metas += 1,
            other if HARMLESS.contains(&other) => {}
            other => found.push(format!("<{other}>")),
        }
        let attributes = node.attrs();
        for one in &attributes {
            attribute(&name, &one.name.local, &one.value, &mut found);
        }
        let has = |wanted: &str, value: &str| {
            attributes.iter().any(|one| &*one.name.local == wanted && one.value.contains(value))
        };
        if &*name == "a" && has("href", "") && !(has("target", "_blank") && has("rel", "noopener"))
        {
            found.push("a link that is not kept outside".to_owned());
        }
    }
    if (scripts, metas) != (1, 2) {
        found.push(format!("{scripts} scripts, {metas} metas"));
    }
    found
}

/// Messages whose text is a file or another message, which are listed and not shown: there is nothing to read above them.
const SILENT: &[&str] = &[
    "hostile/frame-set.eml",
    "hostile/mime-digest.eml",
    "hostile/mime-external-body.eml",
    "hostile/mime-partial.eml",
    "hostile/mime-type-amp.eml",
    "hostile/mime-type-comment.eml",
    "hostile/mime-type-svg.eml",
    "hostile/mime-type-xml.eml",
];

#[test]
fn hostile_messages_are_harmless_afterwards() {
    let samples = corpus::hostile().unwrap();
    assert!(samples.len() >= 350, "only {} messages", samples.len());
    let mut failed = Vec::new();
    for sample in &samples {
        let parsed = parse(&sample.bytes);
        let looks = [MessageLook::Own, MessageLook::Dark, MessageLook::Simple];
        for (theme, look) in [Theme::Light, Theme::Dark, Theme::Contrast].into_iter().zip(looks) {
            let shown = show(&parsed, false, theme, look);
            let document = document_of(&shown, "en");
            for complaint in complaints(&document) {
                failed.push(format!("{} ({theme:?}): {complaint}", sample.name));
            }
            let is_silent = SILENT.contains(&sample.name.as_str());
            if !is_silent && !document.contains("keep") && !parsed.text.contains("keep") {
                failed.push(format!("{}: nothing is left to read", sample.name));
            }
        }
    }
    assert!(failed.is_empty(), "{} complaints:\n{}", failed.len(), failed.join("\n"));
}

/// The oracle can complain: the same HTML, not cleaned, is full of what it looks for.
#[test]
fn without_the_cleaner_the_same_messages_are_told() {
    let samples = corpus::hostile().unwrap();
    let mut told = 0;
    for sample in &samples {
        let Some(html) = parse(&sample.bytes).html else { continue };
        let document = crate::frame::document(&html, "en", false, Theme::Light);
        told += usize::from(!complaints(&document).is_empty());
    }
    assert!(told >= 300, "only {told} of {} are told", samples.len());
}
