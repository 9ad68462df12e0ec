//! From a query to streams of positions.

use std::collections::HashMap;

use posthorn_model::{AccountId, MailboxId, MailboxRole};
use posthorn_query::words::{TextMatch, quoted};
use posthorn_query::{Field, Query, State, Term};
use rusqlite::types::Value;

use super::Search;
use super::known;
use super::stream::{Rows, Stream, Way};
use super::told::judged_here;
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

/// Ranks of sources that know their next member at once, by an index of nothing else: words, and small partial indexes.
const EXACT: u8 = 2;
/// Rank of sources that look through messages or placements for what fits.
const LOOKING: u8 = 3;
/// Rank of what nearly everything fits: it leads nobody.
const COMMON: u8 = 4;

struct Planner<'a> {
    search: &'a Search,
    way: Way,
    folders: Vec<Folder>,
    accounts: Vec<account::Account>,
    /// Known words for the beginnings that are asked for; none where they are too many.
    known: HashMap<String, Option<Vec<String>>>,
}

/// Prepares a search. The result is what is visible and fits.
pub(super) fn prepare(tx: &ReadTx<'_>, search: &Search, way: Way) -> Result<Stream> {
    let mut planner = planner(tx, search, way)?;
    for asked in search.query.terms().iter().filter_map(|term| term.text_match()) {
        if let (None, Some(beginning)) = (asked.kept_beginning(), asked.known_beginning()) {
            let words = known::beginning_with(tx, beginning)?;
            planner.known.insert(beginning.to_owned(), words);
        }
    }
    let base = planner.base();
    let Some(mut stream) = planner.stream(&search.query) else { return Ok(base) };
    if let Some(told) = search.told.as_ref().filter(|told| !told.is_empty()) {
        let mut found = vec![Stream::Fixed(told.falling(|position| way.key(position)))];
        found.extend(planner.stream(&judged_here(&search.query)));
        stream = Stream::Or(vec![stream, Stream::and(found)]);
    }
    Ok(Stream::and(vec![stream, base]))
}

/// Prepares everything visible that is not read.
pub(super) fn unread(tx: &ReadTx<'_>, search: &Search, way: Way) -> Result<Stream> {
    let planner = planner(tx, search, way)?;
    Ok(planner.state(State::Unread))
}

fn planner<'a>(tx: &ReadTx<'_>, search: &'a Search, way: Way) -> Result<Planner<'a>> {
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
    Ok(Planner { search, way, folders, accounts, known: HashMap::new() })
}

impl Planner<'_> {
    /// Everything visible; without trash and junk, unless a folder is asked for.
    fn base(&self) -> Stream {
        let names_folder = self.search.query.terms().iter().any(|term| matches!(term, Term::In(_)));
        let shown = self.folders.iter().filter(|folder| {
            names_folder || !matches!(folder.role, MailboxRole::Trash | MailboxRole::Junk)
        });
        self.placed(&shown.map(|folder| folder.id).collect::<Vec<_>>())
    }

    /// Visible placements in a state.
    fn state(&self, state: State) -> Stream {
        let all = self.folders.iter().map(|folder| folder.id).collect::<Vec<_>>();
        let (index, condition, rank) = match state {
            State::Unread => ("placement_unseen", "is_seen = 0", EXACT),
            State::Read => ("placement_by_position", "is_seen = 1", COMMON),
            State::Starred => ("placement_flagged", "is_flagged = 1", EXACT),
            State::Replied => ("placement_by_position", "is_answered = 1", LOOKING),
            State::Draft => ("placement_by_position", "is_draft = 1", LOOKING),
        };
        self.walk(&all, index, condition, rank)
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
                let everything = Box::new(self.between(0, i64::MAX - 1));
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
                let wanted = if wanted.is_empty() { self.base() } else { Stream::and(wanted) };
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
            Term::Text { .. } => self.text(&term.text_match()?),
            Term::In(name) => self.placed(&self.named_folders(name)),
            Term::Account(name) => {
                let ids = self.named_accounts(name);
                let folders = self.folders.iter().filter(|folder| ids.contains(&folder.account));
                self.placed(&folders.map(|folder| folder.id).collect::<Vec<_>>())
            }
            Term::HasAttachment => {
                self.facts("message_with_files", "has_attachments = 1", Vec::new(), EXACT)
            }
            Term::Is(state) => self.state(*state),
            Term::Larger(bytes) => {
                let values = vec![Value::Integer(*bytes as i64)];
                self.facts("message_facts", "size > ?3", values, LOOKING)
            }
            Term::Smaller(bytes) => {
                let values = vec![Value::Integer(*bytes as i64)];
                self.facts("message_facts", "size < ?3", values, LOOKING)
            }
            Term::Before(_)
            | Term::After(_)
            | Term::On(_)
            | Term::OlderThan(_)
            | Term::NewerThan(_) => {
                let (from, until) = term.received_range(self.search.now)?;
                self.between(from.map_or(0, position::at), until.map_or(i64::MAX, position::at) - 1)
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
            if account.is_local() {
                return name == account::LOCAL_WORD;
            }
            settings.name.to_lowercase().contains(&name)
                || settings.email.to_lowercase().contains(&name)
        };
        self.accounts.iter().filter(fits).map(|account| account.id).collect()
    }

    fn between(&self, from: i64, last: i64) -> Stream {
        match self.way {
            Way::Down => Stream::Between(from, last),
            Way::Up => Stream::Between(-last, -from),
        }
    }

    /// Words in the head, the body, or both.
    fn text(&self, asked: &TextMatch) -> Stream {
        let columns: &[&str] = match asked.field {
            Field::Any | Field::Body => &[],
            Field::Subject => &["subject"],
            Field::From => &["sender"],
            Field::To => &["recipient", "cc", "bcc"],
            Field::Cc => &["cc"],
            Field::Bcc => &["bcc"],
            Field::FileName => &["file"],
        };
        let ask = |table: &str, expression: String| {
            let sql = self.select("rowid", &format!("words.{table}"), &format!("{table} MATCH ?3"));
            Rows::new(sql, vec![Value::Text(expression)], EXACT)
        };
        if let Some(beginning) = asked.kept_beginning() {
            return Stream::Rows(ask("beginning", quoted(beginning)));
        }
        let known =
            asked.known_beginning().and_then(|beginning| self.known.get(beginning)?.as_ref());
        if known.is_some_and(Vec::is_empty) {
            return Stream::Nothing;
        }
        let expression = |columns: &[&str]| match known {
            Some(words) => asked.expression_of(columns, words),
            None => asked.expression(columns),
        };
        let mut sources = Vec::new();
        if asked.asks_head() {
            sources.push(Stream::Rows(ask("head", expression(columns))));
        }
        if asked.asks_body() {
            // Without an index of beginnings, FTS5 puts all words together that begin so.
            let rows = ask("body", expression(&[]));
            let is_merged = asked.is_prefix && known.is_none();
            sources.push(Stream::Rows(if is_merged { rows.merged() } else { rows }));
        }
        Stream::Or(sources)
    }

    /// Visible placements in some mailboxes, by the index of one mailbox or of all positions.
    fn placed(&self, mailboxes: &[MailboxId]) -> Stream {
        let index = if mailboxes.len() == 1 { "placement_walk" } else { "placement_by_position" };
        self.walk(mailboxes, index, "", if mailboxes.len() == 1 { EXACT } else { COMMON })
    }

    fn walk(&self, mailboxes: &[MailboxId], index: &str, condition: &str, rank: u8) -> Stream {
        if mailboxes.is_empty() {
            return Stream::Nothing;
        }
        let ids: Vec<String> = mailboxes.iter().map(|id| id.0.to_string()).collect();
        let within = match ids.as_slice() {
            [only] => format!("mailbox = {only}"),
            _ => format!("mailbox IN ({})", ids.join(", ")),
        };
        let also = if condition.is_empty() { "" } else { " AND " };
        let fits = format!("{within} AND is_deleted = 0 AND is_leaving = 0{also}{condition}");
        let sql = self.select("position", &format!("placement INDEXED BY {index}"), &fits);
        Stream::Rows(Rows::new(sql, Vec::new(), rank))
    }

    /// Messages about which something is known.
    fn facts(&self, index: &str, condition: &str, values: Vec<Value>, rank: u8) -> Stream {
        let sql = self.select("position", &format!("message INDEXED BY {index}"), condition);
        Stream::Rows(Rows::new(sql, values, rank))
    }

    /// A statement as [`Rows`] wants it, in the walk's direction.
    fn select(&self, column: &str, from: &str, condition: &str) -> String {
        match self.way {
            Way::Down => format!(
                "SELECT {column} FROM {from} WHERE {condition} AND {column} <= ?1 ORDER BY {column} DESC LIMIT ?2"
            ),
            Way::Up => format!(
                "SELECT -{column} FROM {from} WHERE {condition} AND {column} >= -?1 ORDER BY {column} LIMIT ?2"
            ),
        }
    }
}
