//! From a search to what a server can be asked: the conditions that it can judge, folder by folder.
//!
//! Invariant: what a server is asked never excludes a message that fits, as far as it is all of these (AND); where one of
//! several may hold (OR), those that it cannot judge are left to this computer. Days are asked for with one more on each
//! side, because servers count them in their own time zone; the exact time is judged here.

use posthorn_imap::{Key, KeyPart, Mark};
use posthorn_model::{MailboxRole, Timestamp};
use posthorn_query::{Field, Now, Query, State, Term};
use posthorn_store::account::Account;
use posthorn_store::mailbox::Mailbox;

/// A day, in milliseconds.
const DAY_MS: i64 = 86_400_000;
/// Words of one search that a server is asked for; further ones are judged here.
const WORDS: usize = 20;

/// What becomes of a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    /// It holds for everything in the folder.
    Always,
    /// It holds for nothing in the folder.
    Never,
    /// The server is asked.
    Key {
        key: Key,
        /// It says just the same, neither more nor less.
        is_exact: bool,
    },
    /// Only this computer can judge it.
    Here,
}

/// The folder that is searched.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) account: &'a Account,
    pub(crate) mailbox: &'a Mailbox,
    pub(crate) now: Now,
    /// The search has no other words: what the head has of them is known here, where all heads are.
    pub(crate) has_one_text: bool,
}

/// Tells whether a search has words in one condition alone.
pub(crate) fn has_one_text(query: &Query) -> bool {
    query.terms().iter().filter(|term| term.text_match().is_some()).count() == 1
}

/// Tells whether a search asks for words that may stand in the text.
pub(crate) fn asks_text(query: &Query) -> bool {
    query.terms().iter().any(|term| {
        matches!(term, Term::Text { field: Field::Any | Field::Body, .. })
            && term.text_match().is_some()
    })
}

/// Tells whether a search names folders: then trash and junk are searched too.
pub(crate) fn names_folder(query: &Query) -> bool {
    query.terms().iter().any(|term| matches!(term, Term::In(_)))
}

/// Returns what a server is asked for a folder.
pub(crate) fn ask(query: &Query, place: Place<'_>) -> Ask {
    match query {
        Query::All => Ask::Always,
        Query::Term(one) => term(one, place),
        Query::Not(inner) => match ask(inner, place) {
            Ask::Always => Ask::Never,
            Ask::Never => Ask::Always,
            Ask::Key { key, is_exact: true } => {
                Ask::Key { key: Key::Not(Box::new(key)), is_exact: true }
            }
            Ask::Key { .. } | Ask::Here => Ask::Here,
        },
        Query::And(members) => all(members, place),
        Query::Or(members) => any(members, place),
    }
}

fn all(members: &[Query], place: Place<'_>) -> Ask {
    let (mut keys, mut is_all_exact) = (Vec::new(), true);
    for member in members {
        match ask(member, place) {
            Ask::Never => return Ask::Never,
            Ask::Always => {}
            Ask::Key { key, is_exact } => {
                is_all_exact &= is_exact;
                keys.push(key);
            }
            Ask::Here => is_all_exact = false,
        }
    }
    match (keys.len(), is_all_exact) {
        (0, true) => Ask::Always,
        (0, false) => Ask::Here,
        (1, is_exact) => match keys.pop() {
            Some(key) => Ask::Key { key, is_exact },
            None => Ask::Here,
        },
        (_, is_exact) => Ask::Key { key: Key::And(keys), is_exact },
    }
}

fn any(members: &[Query], place: Place<'_>) -> Ask {
    let (mut keys, mut is_all_exact, mut is_here) = (Vec::new(), true, false);
    for member in members {
        match ask(member, place) {
            Ask::Always => return Ask::Always,
            Ask::Never => {}
            Ask::Key { key, is_exact } => {
                is_all_exact &= is_exact;
                keys.push(key);
            }
            Ask::Here => is_here = true,
        }
    }
    match keys.is_empty() {
        true if is_here => Ask::Here,
        true => Ask::Never,
        false => Ask::Key { key: Key::Or(keys), is_exact: is_all_exact && !is_here },
    }
}

fn exact(key: Key) -> Ask {
    Ask::Key { key, is_exact: true }
}

fn term(term: &Term, place: Place<'_>) -> Ask {
    match term {
        Term::Text { field, text, .. } if term.text_match().is_some() => words(*field, text, place),
        Term::Text { .. } | Term::HasAttachment => Ask::Here,
        Term::In(name) => constant(is_named(place.mailbox, name)),
        Term::Account(name) => constant(is_owned(place.account, name)),
        Term::Is(state) => exact(match state {
            State::Unread => Key::Marked(Mark::Seen, false),
            State::Read => Key::Marked(Mark::Seen, true),
            State::Starred => Key::Marked(Mark::Flagged, true),
            State::Replied => Key::Marked(Mark::Answered, true),
            State::Draft => Key::Marked(Mark::Draft, true),
        }),
        Term::Larger(octets) => size(*octets, Key::Larger),
        Term::Smaller(octets) => size(*octets, Key::Smaller),
        _ => match term.received_range(place.now) {
            Some(range) => days(range),
            None => Ask::Here,
        },
    }
}

fn constant(holds: bool) -> Ask {
    if holds { Ask::Always } else { Ask::Never }
}

fn size(octets: u64, key: fn(u32) -> Key) -> Ask {
    u32::try_from(octets).map_or(Ask::Here, |octets| exact(key(octets)))
}

fn days((from, until): (Option<Timestamp>, Option<Timestamp>)) -> Ask {
    let mut keys = Vec::new();
    keys.extend(from.map(|from| Key::Since(from.plus_ms(-DAY_MS))));
    keys.extend(until.map(|until| Key::Before(until.plus_ms(2 * DAY_MS))));
    Ask::Key { key: Key::And(keys), is_exact: false }
}

/// Words as a server finds them: letters that stand together. That is more than the words; what must not stand there may
/// take something away that has the letters alone.
fn words(field: Field, text: &str, place: Place<'_>) -> Ask {
    let text: String = text.split_whitespace().take(WORDS).collect::<Vec<_>>().join(" ");
    let key = |part| Key::Text(part, text.clone());
    let parts: &[KeyPart] = match field {
        Field::Any if place.mailbox.sync.is_complete && place.has_one_text => &[KeyPart::Body],
        Field::Any => &[KeyPart::Body, KeyPart::Subject, KeyPart::From, KeyPart::To, KeyPart::Cc],
        Field::Subject => &[KeyPart::Subject],
        Field::From => &[KeyPart::From],
        Field::To => &[KeyPart::To, KeyPart::Cc, KeyPart::Bcc],
        Field::Cc => &[KeyPart::Cc],
        Field::Bcc => &[KeyPart::Bcc],
        Field::Body => &[KeyPart::Body],
        Field::FileName => return Ask::Here,
    };
    match parts {
        [only] => exact(key(*only)),
        _ => exact(Key::Or(parts.iter().map(|part| key(*part)).collect())),
    }
}

fn is_named(mailbox: &Mailbox, name: &str) -> bool {
    let name = name.to_lowercase();
    match MailboxRole::parse(&name).filter(|role| *role != MailboxRole::Other) {
        Some(role) => mailbox.role == role,
        None => mailbox.name.to_lowercase() == name || mailbox.path.to_lowercase() == name,
    }
}

fn is_owned(account: &Account, name: &str) -> bool {
    let name = name.to_lowercase();
    let settings = &account.settings;
    settings.name.to_lowercase().contains(&name) || settings.email.to_lowercase().contains(&name)
}

/// Returns what is left of a question for a server that knows ASCII alone: wider, never narrower. Absent where nothing is.
pub(crate) fn without_other_letters(key: &Key) -> Option<Key> {
    match key {
        Key::And(members) => {
            let kept: Vec<Key> = members.iter().filter_map(without_other_letters).collect();
            (!kept.is_empty()).then_some(Key::And(kept))
        }
        other => other.is_ascii().then(|| other.clone()),
    }
}

#[cfg(test)]
mod tests {
    use posthorn_imap::{Key, KeyPart, Mark};

    use super::without_other_letters;

    #[test]
    fn a_server_without_other_letters_is_asked_for_more() {
        let text = |text: &str| Key::Text(KeyPart::Body, text.to_owned());
        let unread = Key::Marked(Mark::Seen, false);
        let table = [
            (text("plain"), Some(text("plain"))),
            (text("\u{4f60}"), None),
            (
                Key::And(vec![text("\u{4f60}"), unread.clone()]),
                Some(Key::And(vec![unread.clone()])),
            ),
            (Key::And(vec![text("\u{4f60}")]), None),
            (Key::Or(vec![text("\u{4f60}"), unread.clone()]), None),
            (Key::Not(Box::new(text("\u{4f60}"))), None),
        ];
        for (key, wanted) in table {
            assert_eq!(without_other_letters(&key), wanted, "{key:?}");
        }
    }
}
