//! The last pass over clean HTML: quotes and signatures get a class, links are looked at and open outside, pictures that
//! count readers are not asked for.
//!
//! The input is ammonia's output or our own: well-formed, every attribute quoted.

use std::fmt::Write as _;

use super::link::{Link, host_of, link_warnings};
use super::pixel::{Pixel, pixel};
use super::tag::{Piece, Tag, decode_entities, escape, pieces};
use super::{ATTRIBUTION_CLASS, QUOTE_CLASS, SIGNATURE_CLASS};
use crate::text::is_quote_tag;

/// Links of one message that are listed.
const MAX_LINKS: usize = 5_000;
/// Characters of a link's text that are kept.
const MAX_LINK_TEXT: usize = 200;

/// What the pass makes.
#[derive(Debug, Default)]
pub(super) struct Finished {
    pub(super) body: String,
    pub(super) links: Vec<Link>,
    /// Each index once.
    pub(super) pixels: Vec<Pixel>,
}

/// Marks and lists. `remote` are the URLs that the numbers of pictures mean.
pub(super) fn finish(html: &str, remote: &[String]) -> Finished {
    let mut marked = String::with_capacity(html.len() + 256);
    let mut links = Vec::new();
    let mut pixels: Vec<Pixel> = Vec::new();
    let mut open: Option<(String, String)> = None;
    for piece in pieces(html) {
        match piece {
            Piece::Text(text) => {
                marked.push_str(text);
                if let Some((_, said)) =
                    open.as_mut().filter(|(_, said)| said.len() < MAX_LINK_TEXT * 4)
                {
                    said.push_str(&decode_entities(text));
                }
            }
            Piece::Open(tag) => {
                if tag.name == "a" {
                    open = tag.attribute("href").map(|target| (target, String::new()));
                }
                let src = (tag.name == "img").then(|| tag.attribute("src")).flatten();
                match src.and_then(|src| pixel(&tag, &src, remote)) {
                    // Its place stays; nothing is fetched for it, and there is only one form of it.
                    Some(found) => {
                        let _ = write!(
                            marked,
                            "<img src=\"blocked/{}\" width=\"1\" height=\"1\" alt=\"\">",
                            found.index
                        );
                        if pixels.iter().all(|known| known.index != found.index) {
                            pixels.push(found);
                        }
                    }
                    None => write_open(&mut marked, &tag),
                }
            }
            Piece::Close(name) => {
                if name == "a"
                    && let Some((target, said)) = open.take()
                    && links.len() < MAX_LINKS
                {
                    links.push(link(target, &said));
                }
                let _ = write!(marked, "</{name}>");
            }
            // Ammonia let none of these through.
            Piece::Raw { .. } => {}
        }
    }
    Finished { body: marked, links, pixels }
}

fn link(target: String, said: &str) -> Link {
    let text: String =
        said.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(MAX_LINK_TEXT).collect();
    let warnings = link_warnings(&target, &text);
    let host = host_of(&target).map(|(host, _)| host).unwrap_or_default();
    Link { target, text, host, warnings }
}

fn write_open(marked: &mut String, tag: &Tag<'_>) {
    let class = class_for(tag);
    let is_link = tag.name == "a" && tag.attribute("href").is_some();
    if class.is_none() && !is_link {
        marked.push_str(tag.source);
        return;
    }
    marked.push('<');
    marked.push_str(&tag.name);
    let mut has_class = false;
    for (name, value) in tag.attributes() {
        if name == "target" || is_link && name == "rel" {
            continue;
        }
        let value = match class {
            Some(class) if name == "class" => {
                has_class = true;
                if value.split_ascii_whitespace().any(|known| known == class) {
                    value
                } else {
                    format!("{value} {class}")
                }
            }
            _ => value,
        };
        let _ = write!(marked, " {name}=\"{}\"", escape(&value));
    }
    if let Some(class) = class.filter(|_| !has_class) {
        let _ = write!(marked, " class=\"{class}\"");
    }
    if is_link {
        marked.push_str(" target=\"_blank\" rel=\"noopener noreferrer nofollow\"");
    }
    marked.push('>');
}

fn class_for(tag: &Tag<'_>) -> Option<&'static str> {
    if !matches!(tag.name.as_str(), "div" | "blockquote" | "span" | "p" | "section") {
        return None;
    }
    let has_class = |names: &[&str]| {
        tag.attribute("class")
            .is_some_and(|class| class.split_ascii_whitespace().any(|known| names.contains(&known)))
    };
    if has_class(&["moz-cite-prefix", "gmail_attr"]) {
        return Some(ATTRIBUTION_CLASS);
    }
    if has_class(&["gmail_signature", "moz-signature", "protonmail_signature_block"])
        || tag
            .attribute("id")
            .is_some_and(|id| matches!(id.as_str(), "Signature" | "ms-outlook-mobile-signature"))
    {
        return Some(SIGNATURE_CLASS);
    }
    is_quote_tag(tag).then_some(QUOTE_CLASS)
}
