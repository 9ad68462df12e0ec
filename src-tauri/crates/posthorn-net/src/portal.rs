//! Networks that want a sign-in in the browser before they let anything through (captive portals, RFC 8952).
//!
//! Such a network answers for every host. So the user's own mail host is asked for a page on port 80, which a mail
//! server rarely has: an answer that says so (RFC 6585 section 6), or that leads to somebody else, is the network's. No
//! other host is asked: a service that only detects portals would learn where the user is.

use std::time::Duration;

use url::Url;

use crate::http::{Hosts, Limits, Schemes};
use crate::{Dialer, http};

/// Limits of the question: 4 KiB are enough for a head, 5 seconds for a network that answers itself.
const LIMITS: Limits = Limits {
    size: 4 << 10,
    time: Duration::from_secs(5),
    redirects: 0,
    hosts: Hosts::Any,
    schemes: Schemes::HttpsAndHttp,
};
/// RFC 6585 section 6: Network Authentication Required.
const WANTS_SIGN_IN: u16 = 511;

/// Returns the page of the network's sign-in, where the network behaves as if it had one. `None`: it does not.
pub async fn sign_in_page(dialer: &Dialer, host: &str) -> Option<String> {
    page_at(dialer, host, &format!("http://{host}/")).await
}

async fn page_at(dialer: &Dialer, host: &str, asked: &str) -> Option<String> {
    let (status, location) = http::head_of(dialer, asked, LIMITS).await.ok()?;
    if status == WANTS_SIGN_IN {
        return Some(asked.to_owned());
    }
    let target = Url::parse(asked).ok()?.join(&location?).ok()?;
    let is_elsewhere = (300..400).contains(&status) && !is_related(host, target.host_str()?);
    is_elsewhere.then(|| target.to_string())
}

/// Tells whether two hosts look like one owner's: the last two labels are the same.
fn is_related(one: &str, other: &str) -> bool {
    let end = |host: &str| {
        let mut labels: Vec<String> =
            host.trim_end_matches('.').rsplit('.').take(2).map(str::to_ascii_lowercase).collect();
        labels.reverse();
        labels.join(".")
    };
    end(one) == end(other)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::{is_related, page_at};
    use crate::{DialSettings, Dialer, Trust};

    #[tokio::test]
    async fn only_a_network_that_answers_for_others_is_one() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let table = [
            ("511 Network Authentication Required", "", true),
            ("302 Found", "Location: http://login.hotel.example/?x=1", true),
            ("301 Moved", "Location: https://www.example.org/", false),
            ("302 Found", "Location: /here", false),
            ("302 Found", "", false),
            ("200 OK", "", false),
            ("nonsense", "", false),
        ];
        tokio::spawn(async move {
            for (status, header, _) in table {
                let (mut tcp, _) = listener.accept().await.unwrap();
                let _ = tcp.read(&mut [0; 1000]).await;
                let header =
                    if header.is_empty() { String::new() } else { format!("{header}\r\n") };
                let answer = format!("HTTP/1.1 {status}\r\n{header}Content-Length: 0\r\n\r\n");
                let _ = tcp.write_all(answer.as_bytes()).await;
            }
        });
        let hosts = HashMap::from([("mail.example.org".to_owned(), [127, 0, 0, 1].into())]);
        let settings = DialSettings { hosts, ..DialSettings::default() };
        let dialer = Dialer::new(Trust::with_extra(Vec::new()), settings);
        let asked = format!("http://mail.example.org:{port}/");
        for (status, header, wanted) in table {
            let page = page_at(&dialer, "mail.example.org", &asked).await;
            assert_eq!(page.is_some(), wanted, "{status} {header}: {page:?}");
        }
    }

    #[test]
    fn a_hosts_own_pages_are_no_portal() {
        let table = [
            ("mail.example.org", "www.example.org", true),
            ("mail.example.org", "Example.ORG.", true),
            ("mail.example.org", "login.hotel.example", false),
            ("mail.example.org", "10.0.0.1", false),
        ];
        for (one, other, wanted) in table {
            assert_eq!(is_related(one, other), wanted, "{one} {other}");
        }
    }
}
