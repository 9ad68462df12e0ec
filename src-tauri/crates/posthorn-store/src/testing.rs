//! Mail to fill a store with, for tests and benchmarks: as many messages as asked for, always the same for a seed.
//!
//! It is behind the feature `testing` and never part of the application.

use std::sync::Arc;

use posthorn_model::{
    AccountId, Address, Encryption, Flags, MailboxId, MailboxRole, MessageIdHeader, Protocol,
    ServerAddress, Timestamp, Uid,
};

use crate::account::{AccountSettings, Login, PopPolicy};
use crate::error::Result;
use crate::mailbox::Listed;
use crate::message::{Attachment, Head};
use crate::placement::Arrival;
use crate::tx::{ReadTx, WriteTx};
use crate::{Store, account, mailbox, placement};

/// Messages in one transaction.
const BATCH: usize = 1000;
/// Words of subjects and previews.
const WORDS: [&str; 24] = [
    "meeting", "budget", "lunch", "invoice", "holiday", "report", "project", "garden", "weather",
    "ticket", "music", "server", "train", "paper", "coffee", "review", "letter", "photo", "会议",
    "预算", "周末", "项目", "发票", "花园",
];

/// A small generator of numbers (xorshift), so that a seed always gives the same mail.
#[derive(Clone, Debug)]
pub struct Numbers(u64);

impl Numbers {
    /// Begins at a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// Returns a number below `limit`, which must not be 0.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    fn word(&mut self) -> &'static str {
        let index = self.below(WORDS.len() as u64) as usize;
        WORDS.get(index).copied().unwrap_or("word")
    }
}

/// Returns settings of an account on servers that do not exist.
pub fn account_settings(email: &str, protocol: Protocol) -> AccountSettings {
    let login = |protocol, port| Login {
        server: ServerAddress {
            protocol,
            host: "mail.example".to_owned(),
            port,
            encryption: Encryption::Tls,
        },
        user: email.to_owned(),
        fingerprint: String::new(),
    };
    AccountSettings {
        name: email.to_owned(),
        email: email.to_owned(),
        sender_name: "Me".to_owned(),
        incoming: login(protocol, 993),
        outgoing: login(Protocol::Smtp, 465),
        is_enabled: true,
        color: String::new(),
        mark: String::new(),
        pop_policy: PopPolicy::Leave,
        pop_size_limit: 0,
        pop_keep_starred: false,
        pop_apop: false,
        pop_rests_at_start: false,
        check_minutes: 10,
        keep_days: 0,
        server_files_sent: false,
    }
}

/// Adds an IMAP account with the usual folders; returns its id and those of INBOX, Archive, Sent and Trash.
pub fn add_account(tx: &WriteTx<'_>, email: &str) -> Result<(AccountId, [MailboxId; 4])> {
    let id = account::add(tx, &account_settings(email, Protocol::Imap))?;
    let folder = |path: &str, role| {
        let listed = Listed {
            path: path.to_owned(),
            name: path.to_owned(),
            delimiter: "/".to_owned(),
            role,
            is_selectable: true,
            is_subscribed: true,
        };
        mailbox::upsert(tx, id, &listed)
    };
    let folders = [
        folder("INBOX", MailboxRole::Inbox)?,
        folder("Archive", MailboxRole::Archive)?,
        folder("Sent", MailboxRole::Sent)?,
        folder("Trash", MailboxRole::Trash)?,
    ];
    Ok((id, folders))
}

/// Returns the arrival number `index` (from 0) of a mailbox; about a third answer an earlier one.
pub fn arrival(index: usize, numbers: &mut Numbers) -> Arrival {
    let number = index as u64;
    let parent =
        (number > 0 && numbers.below(3) == 0).then(|| number - 1 - numbers.below(number.min(50)));
    let subject = format!("{} {} {}", numbers.word(), numbers.word(), parent.unwrap_or(number));
    let person = numbers.below(500);
    let received =
        Timestamp::from_seconds(1_400_000_000 + index as i64 * 90 + numbers.below(60) as i64);
    let attachment = Attachment {
        section: "2".to_owned(),
        name: format!("{}.pdf", numbers.word()),
        mime: "application/pdf".to_owned(),
        size: 20_000,
        ..Attachment::default()
    };
    let has_attachments = numbers.below(10) == 0;
    let name = format!("Person {person}");
    Arrival {
        uid: Some(Uid(index as u32 + 1)),
        flags: Flags {
            seen: numbers.below(4) > 0,
            flagged: numbers.below(20) == 0,
            ..Flags::default()
        },
        modseq: None,
        head: Head {
            message_id: Some(MessageIdHeader(format!("{number}@example"))),
            references: parent
                .map(|parent| MessageIdHeader(format!("{parent}@example")))
                .into_iter()
                .collect(),
            subject: if parent.is_some() { format!("Re: {subject}") } else { subject.clone() },
            subject_key: subject,
            has_reply_prefix: parent.is_some(),
            from: vec![Address { name, email: format!("person{person}@example.org") }],
            to: vec![Address::bare("me@example.org")],
            date: Some(received),
            received,
            size: 2000 + numbers.below(100_000),
            preview: format!(
                "{} {} {} {}",
                numbers.word(),
                numbers.word(),
                numbers.word(),
                numbers.word()
            ),
            has_attachments,
            attachments: if has_attachments { vec![attachment] } else { Vec::new() },
            ..Head::default()
        },
        body: None,
    }
}

/// Fills a mailbox with so many messages, in batches.
pub async fn fill(store: &Store, mailbox: MailboxId, count: usize, seed: u64) -> Result<()> {
    let mut numbers = Numbers::new(seed);
    let mut from = 0;
    while from < count {
        let until = (from + BATCH).min(count);
        let batch: Arc<[Arrival]> =
            (from..until).map(|index| arrival(index, &mut numbers)).collect();
        store.write(move |tx| placement::arrive(tx, mailbox, &batch).map(|_| ())).await?;
        from = until;
    }
    Ok(())
}

/// Lets the index grow by a few pages only, so that the next large write finds its disk full.
pub fn limit_size(tx: &WriteTx<'_>) -> Result<()> {
    let pages: i64 = tx.one("PRAGMA page_count", [], |row| row.get(0))?;
    tx.one(&format!("PRAGMA max_page_count = {}", pages + 8), [], |_| Ok(()))
}

/// Reads for longer than anybody waits, until it is interrupted.
pub fn count_for_ever(tx: &ReadTx<'_>) -> Result<i64> {
    let sql = "WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number) SELECT COUNT(*) FROM number";
    tx.one(sql, [], |row| row.get(0))
}
