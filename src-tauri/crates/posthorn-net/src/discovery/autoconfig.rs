//! Autoconfiguration documents (`config-v1.1.xml`, as Thunderbird defined them).
//!
//! Only what leads to a server is read; a hostile document gives at most a list of host names. Servers without TLS are left
//! out: nobody but the user may choose plaintext. OAuth-only servers are kept, after those that take passwords.

use posthorn_model::{Encryption, Protocol, ServerAddress};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::{Candidate, Discovery, Step, is_host};

/// Largest document.
const MAX_SIZE: usize = 256 * 1024;
/// Deepest nesting; real documents have five levels.
const MAX_DEPTH: usize = 32;
/// Most servers taken from one document.
const MAX_SERVERS: usize = 20;
/// Longest text of one element.
const MAX_TEXT: usize = 1000;

/// A server element while it is read.
#[derive(Default)]
struct Row {
    protocol: Option<Protocol>,
    host: String,
    port: String,
    socket: String,
    user_name: String,
    takes_passwords: Option<bool>,
}

/// Reads a document for `address`. `None` where it is not well-formed or breaks a limit.
pub fn parse(bytes: &[u8], address: &str) -> Option<Discovery> {
    let text = std::str::from_utf8(bytes.get(..MAX_SIZE.min(bytes.len()))?).ok()?;
    if bytes.len() > MAX_SIZE {
        return None;
    }
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let (mut path, mut row, mut rows) = (Vec::<String>::new(), None::<Row>, Vec::new());
    let mut field = String::new();
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                if path.len() >= MAX_DEPTH {
                    return None;
                }
                let name = start.local_name().as_ref().to_owned();
                if matches!(name.as_str(), "incomingServer" | "outgoingServer") {
                    row = Some(Row { protocol: protocol(&start), ..Row::default() });
                }
                field.clear();
                path.push(name);
            }
            Event::Text(part) if field.len() < MAX_TEXT => field.push_str(&part),
            Event::CData(part) if field.len() < MAX_TEXT => field.push_str(&part),
            Event::GeneralRef(name) if field.len() < MAX_TEXT => {
                field.push_str(
                    quick_xml::escape::resolve_predefined_entity(&name).unwrap_or_default(),
                );
            }
            Event::End(_) => {
                let name = path.pop()?;
                if matches!(name.as_str(), "incomingServer" | "outgoingServer") {
                    rows.extend(row.take());
                    if rows.len() >= MAX_SERVERS {
                        break;
                    }
                } else if let Some(row) = &mut row {
                    row.set(&name, field.trim());
                }
                field.clear();
            }
            Event::Eof if path.is_empty() => break,
            Event::Eof => return None,
            _ => {}
        }
    }
    Some(settle(rows, address))
}

fn protocol(start: &BytesStart<'_>) -> Option<Protocol> {
    let kind = start.try_get_attribute("type").ok()??;
    Protocol::parse(&kind.value.to_ascii_lowercase())
}

impl Row {
    fn set(&mut self, name: &str, text: &str) {
        match name {
            "hostname" => text.clone_into(&mut self.host),
            "port" => text.clone_into(&mut self.port),
            "socketType" => text.clone_into(&mut self.socket),
            // Later elements are alternatives; the first user name is the preferred one.
            "username" if self.user_name.is_empty() => text.clone_into(&mut self.user_name),
            "authentication" => {
                let takes = !text.eq_ignore_ascii_case("OAuth2");
                self.takes_passwords = Some(takes || self.takes_passwords == Some(true));
            }
            _ => {}
        }
    }

    fn candidate(&self, address: &str) -> Option<Candidate> {
        let encryption = match self.socket.to_ascii_uppercase().as_str() {
            "SSL" | "TLS" => Encryption::Tls,
            "STARTTLS" => Encryption::StartTls,
            _ => return None,
        };
        let host = fill(&self.host, address).to_ascii_lowercase();
        let port = self.port.parse().ok().filter(|port| *port > 0)?;
        let user_name = fill(&self.user_name, address);
        let user_name = if user_name.is_empty() { address.to_owned() } else { user_name };
        let is_sound = is_host(&host) && !user_name.chars().any(char::is_control);
        let server = ServerAddress { protocol: self.protocol?, host, port, encryption };
        is_sound.then_some(Candidate { server, user_name, found_by: Step::Autoconfig })
    }
}

/// Puts the address's parts in for the placeholders.
fn fill(text: &str, address: &str) -> String {
    let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    // The longest name first; what is put in is not searched again, because an address has no percent signs that matter.
    text.replace("%EMAILADDRESS%", address)
        .replace("%EMAILLOCALPART%", local)
        .replace("%EMAILDOMAIN%", domain)
}

fn settle(mut rows: Vec<Row>, address: &str) -> Discovery {
    rows.sort_by_key(|row| row.takes_passwords == Some(false));
    let candidates = rows.iter().filter_map(|row| row.candidate(address));
    let (outgoing, incoming) =
        candidates.partition(|candidate| candidate.server.protocol == Protocol::Smtp);
    Discovery { incoming, outgoing, ..Discovery::default() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::parse;

    const DOCUMENT: &str = r#"<?xml version="1.0"?>
<clientConfig version="1.1"><emailProvider id="example.org">
  <domain>example.org</domain>
  <incomingServer type="imap"><hostname>plain.example.org</hostname><port>143</port><socketType>plain</socketType></incomingServer>
  <incomingServer type="imap"><hostname>oauth.example.org</hostname><port>993</port><socketType>SSL</socketType><authentication>OAuth2</authentication></incomingServer>
  <incomingServer type="imap"><hostname>imap.%EMAILDOMAIN%</hostname><port>993</port><socketType>SSL</socketType>
    <username>%EMAILLOCALPART%</username><authentication>OAuth2</authentication><authentication>password-cleartext</authentication></incomingServer>
  <incomingServer type="pop3"><hostname>pop.example.org</hostname><port>995</port><socketType>SSL</socketType><username>%EMAILADDRESS%</username></incomingServer>
  <incomingServer type="exchange"><hostname>x.example.org</hostname><port>443</port><socketType>SSL</socketType></incomingServer>
  <incomingServer type="imap"><hostname>bad host</hostname><port>993</port><socketType>SSL</socketType></incomingServer>
  <outgoingServer type="smtp"><hostname>smtp.example.org</hostname><port>587</port><socketType>STARTTLS</socketType><username>a&amp;b</username></outgoingServer>
</emailProvider></clientConfig>"#;

    #[test]
    fn servers_are_read_in_order_and_plaintext_is_left_out() {
        let found = parse(DOCUMENT.as_bytes(), "ann@example.org").unwrap();
        let incoming: Vec<_> = found
            .incoming
            .iter()
            .map(|found| (found.server.host.as_str(), found.user_name.as_str()))
            .collect();
        let expected = [
            ("imap.example.org", "ann"),
            ("pop.example.org", "ann@example.org"),
            ("oauth.example.org", "ann@example.org"),
        ];
        assert_eq!(incoming, expected);
        assert_eq!(found.outgoing[0].user_name, "a&b");
        assert!(found.is_complete());
    }

    #[test]
    fn what_is_no_document_is_refused() {
        let deep = "<a>".repeat(100);
        let large = " ".repeat(300_000);
        for text in ["<a>", "<a></b>", deep.as_str(), large.as_str()] {
            assert_eq!(
                parse(text.as_bytes(), "a@b").filter(|found| !found.incoming.is_empty()),
                None
            );
        }
        assert_eq!(parse(b"\xff", "a@b"), None);
        assert_eq!(parse(deep.as_bytes(), "a@b"), None);
    }

    proptest! {
        #[test]
        fn a_damaged_document_never_names_what_is_no_host(at in 0..DOCUMENT.len(), byte in any::<u8>(), cut in 0..DOCUMENT.len()) {
            let mut bytes = DOCUMENT.as_bytes().to_vec();
            bytes[at] = byte;
            for bytes in [bytes.as_slice(), &bytes[..cut]] {
                for found in parse(bytes, "ann@example.org").iter().flat_map(|found| &found.incoming) {
                    prop_assert!(super::is_host(&found.server.host) && found.server.port > 0);
                }
            }
        }

        #[test]
        fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..500)) {
            let _ = parse(&bytes, "ann@example.org");
        }
    }
}
