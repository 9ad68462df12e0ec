//! Mailing lists: what a message says of the one that it came through, and leaving it with one click (RFC 8058).
//!
//! Invariants: a list's server is asked only when the user says so, over HTTPS, on a public host, with nothing but the
//! one line that the standard names; no cookie, no referrer, nothing of what it answers is shown.

use posthorn_message::ListHeaders;
use posthorn_model::MessageId;
use posthorn_net::http::{self, Limits};

use super::{load, open};
use crate::contract::{ById, Code, Error, LeaveList, MailingList, Nothing};
use crate::engine::Engine;
use crate::error::Result;

/// The whole body of the request (RFC 8058 section 3.1).
const BODY: &str = "List-Unsubscribe=One-Click";

/// Returns what a message says of its list. One whose sender could not be confirmed is left by hand only: its headers may
/// be somebody else's.
pub(super) fn facts(headers: &ListHeaders, is_confirmed: bool) -> Option<MailingList> {
    if headers.id.is_empty() && headers.unsubscribe.is_empty() && headers.post.is_none() {
        return None;
    }
    let is_mail = |url: &String| url.starts_with("mailto:");
    let page = headers.unsubscribe.iter().find(|url| !is_mail(url));
    let mail = headers.unsubscribe.iter().find(|url| is_mail(url));
    let (leave, address) = match (page, mail) {
        (Some(page), _) if headers.is_one_click && is_confirmed => {
            (LeaveList::OneClick, page.clone())
        }
        // A message needs no browser and tells the list no more than it knows.
        (_, Some(mail)) => (LeaveList::Mail, mail.clone()),
        (Some(page), None) => (LeaveList::Page, page.clone()),
        (None, None) => (LeaveList::Unknown, String::new()),
    };
    Some(MailingList {
        name: if headers.name.is_empty() { headers.id.clone() } else { headers.name.clone() },
        leave,
        address,
        takes_answers: headers.post.as_ref().is_some_and(is_mail),
        archive: headers
            .archived_at
            .clone()
            .or_else(|| headers.archive.clone())
            .unwrap_or_default(),
    })
}

/// Asks a list's server to take the user off it.
pub(crate) async fn messages_unsubscribe(engine: &Engine, request: ById) -> Result<Nothing> {
    if engine.sync().is_offline() {
        return Err(Error::new(Code::Offline, "Posthorn works offline"));
    }
    let id = MessageId(request.id);
    let loaded = load(engine, id).await?;
    let is_confirmed = open::is_confirmed(engine, id, &loaded.parsed).await?;
    let list = facts(&loaded.parsed.head.list, is_confirmed);
    let url = list.filter(|list| list.leave == LeaveList::OneClick).map(|list| list.address);
    let url =
        url.ok_or_else(|| Error::new(Code::NotFound, "This list cannot be left with one click"))?;
    http::post_form(engine.dialer(), &url, BODY, Limits::UNSUBSCRIBE).await?;
    Ok(Nothing {})
}

#[cfg(test)]
mod tests {
    use posthorn_message::parse_head;

    use super::facts;
    use crate::contract::LeaveList;

    #[test]
    fn a_list_says_how_it_is_left() {
        let one_click = "List-Unsubscribe: <mailto:off@l.example>, <https://l.example/off?u=1>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click";
        for (fields, confirmed, leave, address) in [
            (one_click, true, LeaveList::OneClick, "https://l.example/off?u=1"),
            (one_click, false, LeaveList::Mail, "mailto:off@l.example"),
            (
                "List-Unsubscribe: <https://l.example/off>, <mailto:off@l.example>",
                true,
                LeaveList::Mail,
                "mailto:off@l.example",
            ),
            (
                "List-Unsubscribe: <https://l.example/off>",
                true,
                LeaveList::Page,
                "https://l.example/off",
            ),
            ("List-Id: The list <the.l.example>", true, LeaveList::Unknown, ""),
            (
                "List-Id: x <y>\r\nList-Unsubscribe: <javascript:alert(1)>, <http://l.example/off>",
                true,
                LeaveList::Unknown,
                "",
            ),
        ] {
            let list =
                facts(&parse_head(format!("{fields}\r\n\r\n").as_bytes()).list, confirmed).unwrap();
            assert_eq!((list.leave, list.address.as_str()), (leave, address), "{fields}");
        }
        assert!(facts(&parse_head(b"From: a@b.example\r\n\r\n").list, true).is_none());
    }

    #[test]
    fn a_list_says_where_answers_and_its_archive_are() {
        let head = b"List-Id: L <l.example>\r\nList-Post: <mailto:l@l.example>\r\nList-Archive: <http://l.example/a>, <https://l.example/a>\r\nArchived-At: <https://l.example/a/7>\r\n\r\n";
        let list = facts(&parse_head(head).list, true).unwrap();
        assert_eq!(
            (list.name.as_str(), list.takes_answers, list.archive.as_str()),
            ("L", true, "https://l.example/a/7")
        );
        let closed =
            facts(&parse_head(b"List-Id: L <l.example>\r\nList-Post: NO\r\n\r\n").list, true)
                .unwrap();
        assert!(!closed.takes_answers && closed.archive.is_empty());
    }
}
