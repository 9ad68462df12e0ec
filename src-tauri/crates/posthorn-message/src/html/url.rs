//! The URLs of a message: which ones may stay, and what stands in their place.

use super::RemoteImages;

/// Pictures of one message; more are dropped.
const MAX_IMAGES: usize = 2_000;
/// Bytes of a URL that is kept.
const MAX_URL_BYTES: usize = 8_192;
/// Bytes of a picture inside a `data:` URL.
const MAX_DATA_BYTES: usize = 1024 * 1024;

/// Collects the pictures of a message.
#[derive(Debug, Default)]
pub(super) struct Images {
    pub(super) remote: Vec<String>,
    pub(super) inline: Vec<String>,
    policy: RemoteImages,
}

impl Images {
    pub(super) fn new(policy: RemoteImages) -> Self {
        Self { policy, ..Self::default() }
    }

    /// Returns what stands for a picture's URL; `None` when it is dropped.
    pub(super) fn picture(&mut self, url: &str) -> Option<String> {
        let url = clean(url, MAX_DATA_BYTES)?;
        let lower: String = url.chars().take(40).collect::<String>().to_ascii_lowercase();
        if lower.starts_with("cid:") {
            let id = percent_decode(url.get(4..)?);
            let id = id.trim_matches(['<', '>', ' ']).to_owned();
            let index = numbered(&mut self.inline, id)?;
            return Some(if self.policy == RemoteImages::Keep {
                url
            } else {
                format!("cid/{index}")
            });
        }
        if lower.starts_with("data:") {
            let is_picture = ["png", "jpeg", "jpg", "gif", "webp", "bmp", "x-icon"]
                .iter()
                .any(|kind| lower.starts_with(&format!("data:image/{kind};base64,")));
            let payload = url.split_once(',').map_or("", |(_, payload)| payload);
            let is_base64 = payload.bytes().all(|byte| {
                byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'%')
            });
            return (is_picture && is_base64).then_some(url);
        }
        let remote = if lower.starts_with("//") { format!("https:{url}") } else { url };
        if !is_web(&remote) || remote.len() > MAX_URL_BYTES {
            return None;
        }
        let index = numbered(&mut self.remote, remote.clone())?;
        Some(match self.policy {
            RemoteImages::Keep => remote,
            RemoteImages::Block => format!("blocked/{index}"),
            RemoteImages::Allow => format!("remote/{index}"),
        })
    }

    /// Rewrites a `srcset`; candidates that are dropped vanish.
    pub(super) fn picture_set(&mut self, set: &str) -> Option<String> {
        let mut kept = Vec::new();
        // A URL may contain commas; a candidate ends at a comma that is followed by white space, or at the end.
        for candidate in set.split(", ").take(MAX_IMAGES) {
            let mut words = candidate.split_whitespace();
            let Some(url) = words.next().and_then(|url| self.picture(url.trim_end_matches(',')))
            else {
                continue;
            };
            let descriptor = words.next().unwrap_or_default().trim_end_matches(',');
            let is_descriptor = descriptor.len() < 12
                && descriptor
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'x' | b'w'));
            if !url.starts_with("data:") {
                kept.push(if is_descriptor {
                    format!("{url} {descriptor}").trim_end().to_owned()
                } else {
                    url
                });
            }
        }
        (!kept.is_empty()).then(|| kept.join(", "))
    }
}

fn numbered(list: &mut Vec<String>, item: String) -> Option<usize> {
    if let Some(index) = list.iter().position(|known| *known == item) {
        return Some(index);
    }
    if list.len() >= MAX_IMAGES {
        return None;
    }
    list.push(item);
    Some(list.len() - 1)
}

/// Returns the target of a link; `None` for everything that is not the web or a mail address.
pub(super) fn target(url: &str) -> Option<String> {
    let url = clean(url, MAX_URL_BYTES)?;
    let is_mail = url.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("mailto:"));
    (is_mail || is_web(&url)).then_some(url)
}

/// Reads a URL as browsers do: white space around it and line breaks inside it mean nothing.
fn clean(url: &str, limit: usize) -> Option<String> {
    let url: String = url
        .trim_matches(|c: char| c.is_whitespace() || c.is_control())
        .chars()
        .filter(|c| !matches!(c, '\t' | '\n' | '\r'))
        .collect();
    (!url.is_empty()
        && url.len() <= limit
        && !url.chars().any(|c| c.is_control() || crate::encoded_word::is_bidi_control(c)))
    .then_some(url)
}

fn is_web(url: &str) -> bool {
    let starts = |scheme: &str| {
        url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    };
    starts("https://") || starts("http://")
}

fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, tail)) = rest.split_first() {
        rest = tail;
        match (byte, crate::transfer::hex_pair(tail)) {
            (b'%', Some(decoded)) => {
                bytes.push(decoded);
                rest = tail.get(2..).unwrap_or_default();
            }
            _ => bytes.push(*byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
