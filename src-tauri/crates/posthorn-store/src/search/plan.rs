//! From a query to streams of positions.

use posthorn_model::{AccountId, MailboxId, MailboxRole};
use posthorn_query::words::TextMatch;
use posthorn_query::{Field, Query, State, Term};
use rusqlite::types::Value;

use super::Search;
use super::stream::{Rows, Stream};
use crate::error::Result;
use crate::tx::ReadTx;
use crate::{account, mailbox, position};

/// A folder as far as a search must know it.
struct Folder {
    id: MailboxId,
    account: AccountId,
    name: String,
    path: String,
    role: MailboxRole,
}

struct Planner<'a> {
    search: &'a Search,
    folders: Vec<Folder>,
    accounts: Vec<account::Account>,
}

/// Prepares a search. The result is what is visible and fits.
pub(super) fn prepare(tx: &ReadTx<'_>, search: &Search) -> Result<Stream> {
    let accounts = account::list(tx)?;
    let mut folders = Vec::new();
    for account in accounts.iter().filter(|account| account.settings.is_enabled) {
        folders.extend(mailbox::list(tx, account.id)?.into_iter().map(|found| Folder {
            id: found.id,
            account: account.id,
            name: found.name.to_lowercase(),
            path: found.path.to_lowercase(),
            role: found.role,
        }));
    }
    let planner = Planner { search, folders, accounts };
    let base = planner.base();
    Ok(match planner.stream(&search.query) {
        Some(stream) => Stream::And(vec![stream, base]),
        None => base,
    })
}

impl Planner<'_> {
    /// Everything visible; without trash and junk, unless a folder is asked for.
    fn base(&self) -> Stream {
        let names_folder = self.search.query.terms().iter().any(|term| matches!(term, Term::In(_)));
        let shown = self.folders.iter().filter(|folder| {
            names_folder || !matches!(folder.role, MailboxRole::Trash | MailboxRole::Junk)
        });
        placed(&shown.map(|folder| folder.id).collect::<Vec<_>>(), "")
    }

    /// Returns the stream of a query; absent where it asks nothing.
    fn stream(&self, query: &Query) -> Option<Stream> {
        match query {
            Query::All => None,
            Query::Term(term) => self.term(term),
            Query::Or(members) => {
                Some(Stream::Or(members.iter().filter_map(|member| self.stream(member)).collect()))
            }
            Query::Not(inner) => {
                let everything = Box::new(Stream::Between(0, i64::MAX - 1));
                self.stream(inner).map(|inner| Stream::Except(everything, Box::new(inner)))
            }
            Query::And(members) => {
                let mut wanted = Vec::new();
                let mut unwanted = Vec::new();
                for member in members {
                    match member {
                        Query::Not(inner) => unwanted.extend(self.stream(inner)),
                        other => wanted.extend(self.stream(other)),
                    }
                }
                let wanted = if wanted.is_empty() { self.base() } else { Stream::And(wanted) };
                Some(if unwanted.is_empty() {
                    wanted
                } else {
                    Stream::Except(Box::new(wanted), Box::new(Stream::Or(unwanted)))
                })
            }
        }
    }

    fn term(&self, term: &Term) -> Option<Stream> {
        Some(match term {
            Term::Text { .. } => text(&term.text_match()?),
            Term::In(name) => placed(&self.named_folders(name), ""),
            Term::Account(name) => {
                let ids = self.named_accounts(name);
                let folders = self.folders.iter().filter(|folder| ids.contains(&folder.account));
                placed(&folders.map(|folder| folder.id).collect::<Vec<_>>(), "")
            }
            Term::HasAttachment => facts("has_attachments = 1", Vec::new()),
            Term::Is(state) => {
                let condition = match state {
                    State::Unread => " AND is_seen = 0",
                    State::Read => " AND is_seen = 1",
                    State::Starred => " AND is_flagged = 1",
                    State::Replied => " AND is_answered = 1",
                    State::Draft => " AND is_draft = 1",
                };
                placed(&self.folders.iter().map(|folder| folder.id).collect::<Vec<_>>(), condition)
            }
            Term::Larger(bytes) => facts("size > ?3", vec![Value::Integer(*bytes as i64)]),
            Term::Smaller(bytes) => facts("size < ?3", vec![Value::Integer(*bytes as i64)]),
            Term::Before(_)
            | Term::After(_)
            | Term::On(_)
            | Term::OlderThan(_)
            | Term::NewerThan(_) => {
                let (from, until) = term.received_range(self.search.now)?;
                Stream::Between(
                    from.map_or(0, position::at),
                    until.map_or(i64::MAX, position::at) - 1,
                )
            }
        })
    }

    fn named_folders(&self, name: &str) -> Vec<MailboxId> {
        let name = name.to_lowercase();
        let role = MailboxRole::parse(&name).filter(|role| *role != MailboxRole::Other);
        let fits = |folder: &&Folder| match role {
            Some(role) => folder.role == role,
            None => folder.name == name || folder.path == name,
        };
        self.folders.iter().filter(fits).map(|folder| folder.id).collect()
    }

    fn named_accounts(&self, name: &str) -> Vec<AccountId> {
        let name = name.to_lowercase();
        let fits = |account: &&account::Account| {
            let settings = &account.settings;
            settings.name.to_lowercase().contains(&name)
                || settings.email.to_lowercase().contains(&name)
        };
        self.accounts.iter().filter(fits).map(|account| account.id).collect()
    }
}

/// Words in the head, the body, or both.
fn text(asked: &TextMatch) -> Stream {
    let mut sources = Vec::new();
    let columns: &[&str] = match asked.field {
        Field::Any | Field::Body => &[],
        Field::Subject => &["subject"],
        Field::From => &["sender"],
        Field::To => &["recipient", "cc", "bcc"],
        Field::Cc => &["cc"],
        Field::Bcc => &["bcc"],
        Field::FileName => &["file"],
    };
    let mut ask = |table: &str, columns: &[&str]| {
        let sql = format!(
            "SELECT rowid FROM words.{table} WHERE {table} MATCH ?3 AND rowid <= ?1 ORDER BY rowid DESC LIMIT ?2"
        );
        sources.push(Stream::Rows(Rows::new(sql, vec![Value::Text(asked.expression(columns))])));
    };
    if asked.asks_head() {
        ask("head", columns);
    }
    if asked.asks_body() {
        ask("body", &[]);
    }
    Stream::Or(sources)
}

/// Visible placements in some mailboxes, by the index of one mailbox or of all positions.
fn placed(mailboxes: &[MailboxId], condition: &str) -> Stream {
    let ids: Vec<String> = mailboxes.iter().map(|id| id.0.to_string()).collect();
    let visible = format!("is_deleted = 0 AND is_leaving = 0{condition}");
    let (index, mailbox) = match ids.as_slice() {
        [] => return Stream::Nothing,
        [only] if !condition.contains("answered") && !condition.contains("draft") => {
            ("placement_walk", format!("mailbox = {only}"))
        }
        _ => ("placement_by_position", format!("mailbox IN ({})", ids.join(", "))),
    };
    let sql = format!(
        "SELECT position FROM placement INDEXED BY {index} WHERE {mailbox} AND position <= ?1 AND {visible} \
         ORDER BY position DESC LIMIT ?2"
    );
    Stream::Rows(Rows::new(sql, Vec::new()))
}

/// Messages about which something is known.
fn facts(condition: &str, values: Vec<Value>) -> Stream {
    let sql = format!(
        "SELECT position FROM message INDEXED BY message_facts WHERE position <= ?1 AND {condition} \
         ORDER BY position DESC LIMIT ?2"
    );
    Stream::Rows(Rows::new(sql, values))
}
