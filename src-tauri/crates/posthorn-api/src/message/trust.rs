//! What a reader should know of a message's sender and content before believing it, the most important first.

use posthorn_message::html::{Link, LinkWarning};
use posthorn_message::{Defect, Parsed};
use posthorn_model::Address;

use crate::contract::TrustLine;

fn line(kind: &str, detail: impl Into<String>) -> TrustLine {
    TrustLine { kind: kind.to_owned(), detail: detail.into() }
}

/// The site of a host, roughly: its last two labels. Enough for a hint, never for a decision.
fn site(domain: &str) -> String {
    let labels: Vec<&str> = domain.rsplit('.').take(2).collect();
    labels.into_iter().rev().collect::<Vec<_>>().join(".")
}

/// Returns the lines for a message. `links` are those of its cleaned HTML.
pub(super) fn lines(
    from: &[Address],
    reply_to: &[Address],
    parsed: &Parsed,
    links: &[Link],
) -> Vec<TrustLine> {
    let mut lines = Vec::new();
    let sender = from.first();
    if let Some(sender) = sender {
        let domain = sender.domain();
        let warnings = posthorn_message::html::link_warnings(&format!("http://{domain}/"), "");
        let is_mixed =
            warnings.iter().any(|warning| matches!(warning, LinkWarning::MixedScript(_)));
        if is_mixed {
            lines.push(line("lookalike", &sender.email));
        }
        let named = sender
            .name
            .rsplit_once('@')
            .map(|(_, domain)| domain.trim_matches(['>', '"', ' ']).to_ascii_lowercase());
        if named.is_some_and(|named| named.contains('.') && site(&named) != site(&domain)) {
            lines.push(line("nameIsAddress", &sender.email));
        }
    }
    if has_failed(&parsed.head.authentication_results) {
        lines.push(line("authFailed", sender.map(Address::domain).unwrap_or_default()));
    }
    let is_list = !parsed.head.list.id.is_empty();
    let elsewhere = reply_to
        .iter()
        .find(|to| sender.is_some_and(|from| site(&to.domain()) != site(&from.domain())));
    if let Some(elsewhere) = elsewhere.filter(|_| !is_list) {
        lines.push(line("replyElsewhere", &elsewhere.email));
    }
    let doubtful = links.iter().find(|link| {
        let is_serious = |warning: &LinkWarning| !matches!(warning, LinkWarning::Punycode(_));
        link.warnings.iter().any(is_serious)
    });
    if let Some(link) = doubtful {
        lines.push(line("linkMismatch", &link.host));
    }
    lines.extend(
        parsed
            .defects
            .iter()
            .filter_map(|defect| defect_word(*defect))
            .map(|word| line("defect", word)),
    );
    if is_list {
        let list = &parsed.head.list;
        lines.push(line("list", if list.name.is_empty() { &list.id } else { &list.name }));
    }
    lines
}

/// Reads the newest `Authentication-Results` (RFC 8601): the one that the last server wrote, which is the user's own.
fn has_failed(results: &[String]) -> bool {
    let Some(newest) = results.first().map(|result| result.to_ascii_lowercase()) else {
        return false;
    };
    let failed = |method: &str| newest.contains(&format!("{method}=fail"));
    failed("dmarc") || (failed("spf") && failed("dkim"))
}

/// Returns the word for a defect that a reader should know of.
fn defect_word(defect: Defect) -> Option<&'static str> {
    Some(match defect {
        Defect::Empty => "empty",
        Defect::Truncated => "truncated",
        Defect::TooDeep | Defect::TooManyParts => "tooManyParts",
        Defect::TooManyAttachments => "tooManyAttachments",
        Defect::TextCut => "textCut",
        Defect::TextDamaged => "textDamaged",
        Defect::BoundaryNotFound | Defect::NoBoundary => "structure",
        Defect::NoHeader
        | Defect::NoSender
        | Defect::NoDate
        | Defect::NoMessageId
        | Defect::CharsetGuessed => return None,
    })
}

#[cfg(test)]
mod tests {
    use posthorn_message::Parsed;
    use posthorn_model::Address;

    use super::lines;

    fn kinds(from: (&str, &str), reply_to: &str, results: &str) -> Vec<String> {
        let mut parsed = Parsed::default();
        parsed.head.authentication_results = vec![results.to_owned()];
        let from = Address { name: from.0.to_owned(), email: from.1.to_owned() };
        let reply_to: Vec<Address> =
            (!reply_to.is_empty()).then(|| Address::bare(reply_to)).into_iter().collect();
        lines(&[from], &reply_to, &parsed, &[]).into_iter().map(|line| line.kind).collect()
    }

    #[test]
    fn senders_that_pretend_are_told() {
        assert!(
            kinds(("Anna", "anna@mail.example.org"), "anna@example.org", "mx; dmarc=pass")
                .is_empty()
        );
        assert_eq!(
            kinds(("service@bank.example.com", "x@evil.example.net"), "", ""),
            ["nameIsAddress"]
        );
        assert_eq!(
            kinds(("Bank", "x@bank.example"), "x@other.test", "mx; dmarc=fail"),
            ["authFailed", "replyElsewhere"]
        );
        assert_eq!(
            kinds(("Bank", "x@p\u{0430}ypal.com"), "", ""),
            ["lookalike"],
            "a Cyrillic letter"
        );
    }
}
