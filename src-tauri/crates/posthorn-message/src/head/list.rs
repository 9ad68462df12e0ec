//! What mailing lists say about themselves (RFC 2369, RFC 2919, RFC 8058).

use crate::encoded_word::decode_header;
use crate::field::Fields;

/// Ways out of one list that are kept.
const MAX_TARGETS: usize = 8;

/// Headers of a mailing list. All empty for mail from people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListHeaders {
    /// `List-Id`: the identifier in the brackets, in lower case. Empty when missing.
    pub id: String,
    /// `List-Id`: the name before the brackets. Empty when missing.
    pub name: String,
    /// `List-Post`: the first `mailto:` or other URL. `None` when missing or `NO`.
    pub post: Option<String>,
    /// `List-Archive`: the first `https:` URL. `None` when missing.
    pub archive: Option<String>,
    /// `Archived-At` (RFC 5064): the `https:` URL of this very message in the archive. `None` when missing.
    pub archived_at: Option<String>,
    /// `List-Unsubscribe`: `https:` and `mailto:` URLs in the order of preference; others are dropped.
    pub unsubscribe: Vec<String>,
    /// `List-Unsubscribe-Post: List-Unsubscribe=One-Click` (RFC 8058): the first `https:` URL takes a POST without a page.
    pub is_one_click: bool,
}

impl ListHeaders {
    pub(super) fn of(fields: &Fields<'_>, hint: Option<&str>) -> Self {
        let text = |name: &str| decode_header(fields.first(name).unwrap_or_default(), hint);
        let page = |name: &str| {
            urls(&text(name)).into_iter().find(|url| url.to_ascii_lowercase().starts_with("https:"))
        };
        let id = text("List-Id");
        let (name, rest) = id.rsplit_once('<').unwrap_or(("", &id));
        let unsubscribe = urls(&text("List-Unsubscribe"));
        let post = text("List-Unsubscribe-Post")
            .replace(' ', "")
            .eq_ignore_ascii_case("List-Unsubscribe=One-Click");
        Self {
            id: rest.trim_end_matches('>').trim().to_lowercase(),
            name: name.trim().trim_matches('"').to_owned(),
            post: urls(&text("List-Post")).into_iter().next(),
            archive: page("List-Archive"),
            archived_at: page("Archived-At"),
            is_one_click: post && unsubscribe.iter().any(|url| url.starts_with("https:")),
            unsubscribe,
        }
    }
}

/// Returns the URLs in angle brackets that we would follow. Plain `http:` is left out: anybody on the way could read it.
fn urls(text: &str) -> Vec<String> {
    let in_brackets = text.split('<').skip(1).filter_map(|piece| piece.split('>').next());
    in_brackets
        .map(|url| url.chars().filter(|c| !c.is_whitespace()).collect::<String>())
        .filter(|url| {
            let lower = url.to_ascii_lowercase();
            lower.starts_with("https://") || lower.starts_with("mailto:")
        })
        .take(MAX_TARGETS)
        .collect()
}
