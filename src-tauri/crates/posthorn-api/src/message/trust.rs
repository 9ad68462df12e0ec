//! What a reader should know of a message's sender and content before believing it, the most important first.
//!
//! Hints, never decisions: nothing is hidden or moved because of them. What cannot be known is not said; that all is
//! well is never said either.

use posthorn_message::html::{Link, LinkWarning};
use posthorn_message::{
    Authentication, AuthenticationFailure, Defect, Parsed, imitated, is_same_site,
};
use posthorn_model::Address;
use posthorn_store::{ReadTx, account, contact, person};

use crate::contract::TrustLine;

/// Domains that the user wrote to which a sender's is compared with.
const MAX_DOMAINS: usize = 1_000;

/// What the store knows that matters for believing a sender.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    /// Own mail: nothing is doubted.
    pub(super) is_own: bool,
    /// Nobody wrote from or to this address before, as far as this computer knows.
    pub(super) is_first: bool,
    /// Somebody of the same name whom the user wrote to, under another address.
    pub(super) usual: Option<Address>,
    /// Domains that the user writes to, and the user's own.
    pub(super) domains: Vec<String>,
    /// Names by which the account's own server may call itself in `Authentication-Results`.
    pub(super) servers: Vec<String>,
}

/// Servers that call themselves otherwise than they are reached: site of the IMAP or POP3 server, site of the name.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("gmail.com", "google.com"),
    ("googlemail.com", "google.com"),
    ("outlook.com", "microsoft.com"),
    ("outlook.com", "office365.com"),
    ("office365.com", "outlook.com"),
    ("office365.com", "microsoft.com"),
    ("me.com", "icloud.com"),
    ("me.com", "apple.com"),
    ("fastmail.com", "messagingengine.com"),
    ("126.com", "163.com"),
    ("yeah.net", "163.com"),
    ("gmx.com", "gmx.net"),
];

/// Asks the store about the sender of a message.
pub(super) fn known(
    tx: &ReadTx<'_>,
    of: posthorn_model::AccountId,
    from: Option<&Address>,
    is_own: bool,
) -> posthorn_store::Result<Known> {
    let Some(from) = from.filter(|_| !is_own) else {
        return Ok(Known { is_own, ..Known::default() });
    };
    let settings = account::get(tx, of)?.settings;
    let found = contact::find(tx, &from.email)?;
    // Somebody of the address book is no stranger.
    let is_first = found.is_some_and(|found| found.sent == 0 && found.received <= 1)
        && person::find(tx, &from.email)?.is_none();
    let usual = if is_first && !from.name.is_empty() {
        contact::of_same_name(tx, &from.name, &from.email)?.map(|found| found.address)
    } else {
        None
    };
    let mut domains = contact::written_domains(tx, MAX_DOMAINS)?;
    for own in account::own_addresses(tx, of)? {
        domains.extend(own.rsplit_once('@').map(|(_, domain)| domain.to_owned()));
    }
    let mut servers = vec![settings.incoming.server.host.clone()];
    servers.extend(settings.email.rsplit_once('@').map(|(_, domain)| domain.to_owned()));
    let others = OTHER_NAMES
        .iter()
        .filter(|(host, _)| servers.iter().any(|known| is_same_site(known, host)))
        .map(|(_, name)| (*name).to_owned());
    let others: Vec<String> = others.collect();
    servers.extend(others);
    Ok(Known { is_own, is_first, usual, domains, servers })
}

fn line(kind: &str, detail: impl Into<String>) -> TrustLine {
    TrustLine { kind: kind.to_owned(), detail: detail.into(), other: String::new() }
}

/// Returns which check of the sender failed, as the account's own server wrote on top (RFC 8601 section 5): a field of
/// anybody else, or below that one, means nothing.
pub(super) fn failed_check(parsed: &Parsed, known: &Known) -> Option<AuthenticationFailure> {
    let newest = Authentication::parse(parsed.head.authentication_results.first()?)?;
    let is_own_server = known.servers.iter().any(|server| is_same_site(server, &newest.server));
    if is_own_server && !known.is_own { newest.failure() } else { None }
}

/// Returns the lines for a message. `links` are those of its cleaned HTML.
pub(super) fn lines(
    from: &[Address],
    reply_to: &[Address],
    parsed: &Parsed,
    links: &[Link],
    known: &Known,
) -> Vec<TrustLine> {
    let mut lines = Vec::new();
    let is_list = !parsed.head.list.id.is_empty();
    if let Some(sender) = from.first().filter(|_| !known.is_own) {
        of_sender(sender, parsed, known, is_list, &mut lines);
        let elsewhere = reply_to.iter().find(|to| !is_same_site(&to.domain(), &sender.domain()));
        if let Some(elsewhere) = elsewhere.filter(|_| !is_list) {
            lines.push(line("replyElsewhere", &elsewhere.email));
        }
    }
    if !known.is_own {
        lines.extend(doubtful(links));
    }
    let defects = parsed.defects.iter().filter_map(|defect| defect_word(*defect));
    lines.extend(defects.map(|word| line("defect", word)));
    if is_list {
        let list = &parsed.head.list;
        lines.push(line("list", if list.name.is_empty() { &list.id } else { &list.name }));
    } else if let Some(sender) = from.first().filter(|_| known.is_first) {
        lines.push(line("firstMail", &sender.email));
    }
    lines
}

fn of_sender(
    sender: &Address,
    parsed: &Parsed,
    known: &Known,
    is_list: bool,
    lines: &mut Vec<TrustLine>,
) {
    let domain = sender.domain();
    let domains = known.domains.iter().map(String::as_str);
    if let Some(other) = imitated(&domain, domains) {
        lines.push(TrustLine { other, ..line("lookalike", &sender.email) });
    } else if is_mixed(&domain) {
        lines.push(line("mixedScript", &sender.email));
    }
    if let Some(other) =
        named_address(&sender.name).filter(|named| !named.eq_ignore_ascii_case(&sender.email))
    {
        let other_domain = other.rsplit('@').next().unwrap_or_default();
        if !is_same_site(other_domain, &domain) {
            lines.push(TrustLine { other: other.clone(), ..line("nameIsAddress", &sender.email) });
        }
    }
    // A list that changes a message breaks its signatures; that says nothing about who wrote it.
    if let Some(failure) = failed_check(parsed, known).filter(|_| !is_list) {
        let word = match failure {
            AuthenticationFailure::Dmarc => "DMARC",
            AuthenticationFailure::Spf => "SPF",
            AuthenticationFailure::Dkim => "DKIM",
        };
        lines.push(TrustLine { other: word.to_owned(), ..line("authFailed", &domain) });
    }
    if let Some(usual) = &known.usual {
        lines.push(TrustLine { other: usual.email.clone(), ..line("otherAddress", &sender.email) });
    }
}

fn is_mixed(domain: &str) -> bool {
    let warnings = posthorn_message::html::link_warnings(&format!("http://{domain}/"), "");
    warnings.iter().any(|warning| matches!(warning, LinkWarning::MixedScript(_)))
}

/// Returns the address that a display name pretends to be.
fn named_address(name: &str) -> Option<String> {
    let word = name.split_whitespace().find(|word| word.contains('@'))?;
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    let (local, domain) = word.split_once('@')?;
    (!local.is_empty() && domain.contains('.') && !domain.contains('@'))
        .then(|| word.to_lowercase())
}

/// Returns the line about the first link that lies.
fn doubtful(links: &[Link]) -> Option<TrustLine> {
    links.iter().find_map(|link| {
        let warning = link.warnings.iter().find(|one| !matches!(one, LinkWarning::Punycode(_)))?;
        Some(match warning {
            LinkWarning::OtherHost(said) => {
                TrustLine { other: said.clone(), ..line("linkMismatch", &link.host) }
            }
            _ => line("linkOdd", &link.host),
        })
    })
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
    use posthorn_message::{Parsed, html, parse};
    use posthorn_model::Address;

    use super::{Known, lines};

    fn known() -> Known {
        Known {
            domains: vec!["example.org".to_owned(), "my-school.example".to_owned()],
            servers: vec!["imap.provider.example".to_owned()],
            ..Known::default()
        }
    }

    /// What is said of a message with these fields; `known` says what the store knows.
    fn said(fields: &str, known: &Known) -> Vec<String> {
        let raw = format!("{fields}\r\nSubject: x\r\nContent-Type: text/html\r\n\r\n<p>x</p>");
        of(&parse(raw.as_bytes()), known)
    }

    fn of(parsed: &Parsed, known: &Known) -> Vec<String> {
        let links = parsed
            .html
            .as_ref()
            .map(|source| html::clean(source, html::CleanOptions::default()).links);
        let told = lines(
            &parsed.head.from,
            &parsed.head.reply_to,
            parsed,
            &links.unwrap_or_default(),
            known,
        );
        told.into_iter()
            .map(|line| format!("{} {} {}", line.kind, line.detail, line.other).trim().to_owned())
            .collect()
    }

    #[test]
    fn senders_that_pretend_are_told_the_worst_first() {
        for (fields, expected) in [
            ("From: Anna <anna@mail.example.org>\r\nReply-To: anna@example.org", vec![]),
            (
                "From: \"service@bank.example\" <x@evil.example>",
                vec!["nameIsAddress x@evil.example service@bank.example"],
            ),
            (
                "From: \"Anna (anna@example.org)\" <a@evil.example>",
                vec!["nameIsAddress a@evil.example anna@example.org"],
            ),
            ("From: anna@example.org <anna@example.org>", vec![]),
            ("From: x@my-schoo1.example", vec!["lookalike x@my-schoo1.example my-school.example"]),
            (
                "From: =?utf-8?q?x?= <x@xn--80ak6aa92e.com>",
                vec!["lookalike x@xn--80ak6aa92e.com apple.com"],
            ),
            (
                "From: Bank <x@bank.example>\r\nReply-To: x@other.test",
                vec!["replyElsewhere x@other.test"],
            ),
            (
                "From: x@bank.example\r\nReply-To: x@other.test\r\nList-Id: <l.bank.example>",
                vec!["list l.bank.example"],
            ),
        ] {
            assert_eq!(said(fields, &known()), expected, "{fields}");
        }
    }

    #[test]
    fn only_the_own_servers_field_on_top_is_believed() {
        let mine =
            "Authentication-Results: mx1.provider.example; dmarc=fail header.from=bank.example";
        let pass =
            "Authentication-Results: mx1.provider.example; dmarc=pass header.from=bank.example";
        let foreign = "Authentication-Results: mx.evil.example; dmarc=fail";
        let failed = vec!["authFailed bank.example DMARC"];
        for (fields, expected) in [
            (mine.to_owned(), failed.clone()),
            (format!("{mine}\r\n{pass}"), failed),
            (format!("{pass}\r\n{mine}"), vec![]),
            (foreign.to_owned(), vec![]),
            (format!("{foreign}\r\n{mine}"), vec![]),
        ] {
            assert_eq!(
                said(&format!("{fields}\r\nFrom: x@bank.example"), &known()),
                expected,
                "{fields}"
            );
        }
        let list = format!("{mine}\r\nFrom: x@bank.example\r\nList-Id: L <l.bank.example>");
        assert_eq!(said(&list, &known()), ["list L"], "a list breaks signatures");
        let own = Known { is_own: true, ..known() };
        assert!(said(&format!("{mine}\r\nFrom: x@bank.example"), &own).is_empty());
    }

    #[test]
    fn strangers_and_links_that_lie_are_told() {
        let first =
            Known { is_first: true, usual: Some(Address::bare("anna@example.org")), ..known() };
        assert_eq!(
            said("From: Anna <anna@new.example>", &first),
            ["otherAddress anna@new.example anna@example.org", "firstMail anna@new.example"]
        );
        let raw = "From: x@a.example\r\nSubject: x\r\nContent-Type: text/html\r\n\r\n<a href=https://evil.example/>https://bank.example/</a><a href=http://192.0.2.1/>x</a>";
        assert_eq!(
            of(&parse(raw.as_bytes()), &known()),
            ["linkMismatch evil.example bank.example"]
        );
    }
}
