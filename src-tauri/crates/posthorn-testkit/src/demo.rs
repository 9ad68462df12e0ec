//! Three accounts full of real mail: what the demo, the browser and the window tests start from.
//!
//! Anna and Bert read by IMAP, Paul by POP3; all send through the same Exim. Nothing is random: the same corpus gives
//! the same mailboxes.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use posthorn_model::Timestamp;
use serde_json::{Value, json};

use crate::corpus::{self, Sample};
use crate::folder::ServerFolder;
use crate::{Delivery, Domains, MailServer, PASSWORD};

/// When a message without a readable date was received: the middle of the corpus, 2002-09-01.
const UNDATED: i64 = 1_030_838_400;

/// One user of the demo.
struct Person {
    user: &'static str,
    name: &'static str,
    label: &'static str,
    protocol: &'static str,
    colour: u8,
}

const PEOPLE: [Person; 3] = [
    Person { user: "anna", name: "Anna Lind", label: "Anna", protocol: "imap", colour: 1 },
    Person { user: "bert", name: "Bert Okoro", label: "Work", protocol: "imap", colour: 3 },
    Person { user: "paul", name: "Paul Mori", label: "Maildrop", protocol: "pop3", colour: 5 },
];

/// Running servers with their accounts, and a folder for a profile; all of it is gone when this is dropped.
#[derive(Debug)]
pub struct Demo {
    /// The servers.
    pub server: MailServer,
    /// Domains in front of them; absent without TLS.
    domains: Option<Domains>,
    folder: ServerFolder,
}

impl Demo {
    /// Writes the accounts and the certificate authority of running servers into a folder of their own.
    pub fn around(server: MailServer) -> Result<Self> {
        let folder = ServerFolder::create("demo")?;
        let domains = server.has_tls.then(|| Domains::around(&server)).transpose()?;
        let demo = Self { server, domains, folder };
        std::fs::write(demo.seed_path(), serde_json::to_string_pretty(&demo.accounts())?)?;
        std::fs::write(demo.authority_path(), demo.server.authority.pem())?;
        std::fs::write(demo.known_path(), serde_json::to_string_pretty(&demo.known())?)?;
        std::fs::create_dir(demo.profile_path())?;
        Ok(demo)
    }

    /// Fills the mailboxes: our own corpus into Anna's inbox, `messages` real ones over all three accounts.
    pub fn fill(&self, node_modules: &Path, messages: usize) -> Result<()> {
        let own: Vec<Delivery> = corpus::own()?.into_iter().map(delivery).collect();
        self.server.dovecot.mailbox("anna", "INBOX").fill(&own)?;
        let real =
            if messages == 0 { Vec::new() } else { corpus::spam_assassin(node_modules, messages)? };
        let mut boxes: Vec<(&str, &str, Vec<Delivery>)> = [
            ("anna", "INBOX"),
            ("anna", "Archive"),
            ("anna", "Lists/Linux"),
            ("anna", "Junk"),
            ("bert", "INBOX"),
            ("bert", "Projects"),
            ("bert", "Archive"),
            ("paul", "INBOX"),
        ]
        .map(|(user, name)| (user, name, Vec::new()))
        .into();
        for (at, sample) in real.into_iter().enumerate() {
            let place = place_of(&sample.name, at);
            let mut delivery = delivery(sample);
            // Old mail is mostly read; some of it is unread and a little is starred.
            delivery.flags.seen = at % 7 != 0;
            delivery.flags.flagged = at % 41 == 0;
            if let Some((_, _, deliveries)) = boxes.get_mut(place) {
                deliveries.push(delivery);
            }
        }
        for (user, name, deliveries) in boxes {
            self.server
                .dovecot
                .mailbox(user, name)
                .fill(&deliveries)
                .with_context(|| format!("{user}: {name}"))?;
        }
        Ok(())
    }

    /// Returns the accounts as `posthorn_api::contract::AccountDraft`s, which `--seed-accounts` takes.
    pub fn accounts(&self) -> Value {
        PEOPLE.iter().map(|person| self.account(person)).collect()
    }

    fn account(&self, person: &Person) -> Value {
        let dovecot = &self.server.dovecot;
        let address = MailServer::address(person.user);
        let port =
            if person.protocol == "imap" { dovecot.imap_port() } else { dovecot.pop3_port() };
        let encryption = if self.server.has_tls { "starttls" } else { "plaintext" };
        let server = |protocol: &str, port: u16| json!({ "protocol": protocol, "host": "127.0.0.1", "port": port, "encryption": encryption, "username": address });
        json!({
            "id": null,
            "config": {
                "label": person.label,
                "senderName": person.name,
                "email": address,
                "incoming": server(person.protocol, port),
                "outgoing": server("smtp", self.server.exim.smtp_port()),
                "aliases": [],
                "leaveOnServer": "keep",
                "checkIntervalMinutes": 1,
                "colour": person.colour,
                "signature": "",
                "serverFilesSent": false,
            },
            "incomingPassword": PASSWORD,
            "outgoingPassword": null,
            "ticket": "",
        })
    }

    /// Returns the servers of our domain as `--known-servers` takes them.
    fn known(&self) -> Value {
        let dovecot = &self.server.dovecot;
        let encryption = if self.server.has_tls { "starttls" } else { "plaintext" };
        let server = |protocol: &str, port: u16| json!({ "protocol": protocol, "host": "127.0.0.1", "port": port, "encryption": encryption });
        json!({ crate::DOMAIN: [
            server("imap", dovecot.imap_port()),
            server("pop3", dovecot.pop3_port()),
            server("smtp", self.server.exim.smtp_port()),
        ]})
    }

    /// Returns everything that a program beside us needs to know.
    pub fn description(&self) -> Value {
        let dovecot = &self.server.dovecot;
        json!({
            "accounts": self.accounts(),
            "seed": self.seed_path(),
            "profile": self.profile_path(),
            "authority": self.authority_path(),
            "known": self.known_path(),
            "nameserver": self.domains.as_ref().map(|domains| domains.nameserver().to_string()),
            "standIns": self.domains.as_ref().map(Domains::ports),
            "mailRoot": dovecot.mail_root(),
            "imapPort": dovecot.imap_port(),
            "imapsPort": dovecot.imaps_port(),
            "pop3Port": dovecot.pop3_port(),
            "pop3sPort": dovecot.pop3s_port(),
            "smtpPort": self.server.exim.smtp_port(),
            "smtpsPort": self.server.exim.smtps_port(),
            "password": PASSWORD,
            "domain": crate::DOMAIN,
        })
    }

    /// Returns the file for `--seed-accounts`.
    pub fn seed_path(&self) -> PathBuf {
        self.folder.path().join("accounts.json")
    }

    /// Returns the file for `--known-servers`.
    pub fn known_path(&self) -> PathBuf {
        self.folder.path().join("known.json")
    }

    /// Returns an empty folder for `--profile`.
    pub fn profile_path(&self) -> PathBuf {
        self.folder.path().join("profile")
    }

    /// Returns the file for `--trust-ca`.
    pub fn authority_path(&self) -> PathBuf {
        self.folder.path().join("authority.pem")
    }
}

/// Returns which mailbox a real message goes to, by its folder in the corpus.
fn place_of(name: &str, at: usize) -> usize {
    let is_spam = name.starts_with("spam");
    let is_list = name.starts_with("hard");
    match at % 10 {
        _ if is_spam => 3,
        _ if is_list => 5,
        0..=3 => 0,
        4 => 1,
        5 => 2,
        6 | 7 => 4,
        8 => 6,
        _ => 7,
    }
}

/// Returns a message received when its `Date` says.
fn delivery(sample: Sample) -> Delivery {
    let received = date_of(&sample.bytes).unwrap_or(Timestamp::from_seconds(UNDATED));
    Delivery::new(sample.bytes).received(received)
}

fn date_of(message: &[u8]) -> Option<Timestamp> {
    let text = String::from_utf8_lossy(message);
    let headers = text.lines().take_while(|line| !line.is_empty());
    let mut dates =
        headers.filter(|line| line.get(..5).is_some_and(|name| name.eq_ignore_ascii_case("date:")));
    let value = dates.next()?.get(5..)?.trim();
    // A comment with the zone's name behind the date is common; what stands before it is the date.
    let value = value.split('(').next().unwrap_or(value).trim();
    let parser = jiff::fmt::rfc2822::DateTimeParser::new().relaxed_weekday(true);
    parser.parse_timestamp(value).ok().map(|date| Timestamp(date.as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::date_of;

    #[test]
    fn dates_are_read_where_they_can_be() {
        let table = [
            ("Subject: x\r\nDate: Thu, 22 Aug 2002 18:26:25 +0700\r\n\r\n", Some(1_030_015_585)),
            ("Date: Thu, 22 Aug 2002 12:46:18 +0100 (BST)\n\n", Some(1_030_016_778)),
            ("Date: some day\n\n", None),
            ("\nDate: Thu, 22 Aug 2002 18:26:25 +0700\n", None),
        ];
        for (message, seconds) in table {
            assert_eq!(
                date_of(message.as_bytes()).map(posthorn_model::Timestamp::seconds),
                seconds,
                "{message}"
            );
        }
    }
}
