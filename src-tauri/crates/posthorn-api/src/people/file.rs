//! The address book from files of contact cards, and into them.
//!
//! Invariants: an import only adds: what the user wrote stays as it is, and the same file a second time changes nothing.
//! A file is somebody else's: it is read within limits, and what cannot be kept is counted and named.

use std::io::{Cursor, Read};

use posthorn_message::{
    Book, Card, CardEntry as ReadEntry, CardGroup, book, charset, check_address, printable,
    write_book,
};
use posthorn_model::Address;
use posthorn_store::group::{self, GROUP_LIMIT, Group};
use posthorn_store::person::{self, Entry, PERSON_LIMIT, Person as Stored, What};
use posthorn_store::{ReadTx, WriteTx};

use super::{ENTRY_LIMIT, GROUP_LETTERS, KINDS, MEMBER_LIMIT, NAME_LETTERS, TEXT_LETTERS};
use crate::contract::{Code, Error, ExportPeople, ImportPeople, PeopleImported, Saved};
use crate::engine::Engine;
use crate::error::Result;
use crate::message::attachment;

/// Bytes of a file that is imported: ten thousand people with small pictures.
const FILE_LIMIT: u64 = 32 << 20;
/// Bad addresses that are named: more are counted by whoever looks at the file.
const NAMED_LIMIT: usize = 20;

/// Reads a file of contact cards into the address book.
pub(crate) async fn people_import(
    engine: &Engine,
    request: ImportPeople,
) -> Result<PeopleImported> {
    let path = attachment::absolute(&request.path)?;
    let read = tokio::task::spawn_blocking(move || {
        let mut bytes = Vec::new();
        let file = std::fs::File::open(&path).map_err(|error| Error::file(&path, &error))?;
        let mut file = file.take(FILE_LIMIT + 1);
        file.read_to_end(&mut bytes).map_err(|error| Error::file(&path, &error))?;
        if bytes.len() as u64 > FILE_LIMIT {
            return Err(Error::new(Code::Limit, "A file of contacts has at most 32 MiB"));
        }
        let wide = [(b"\xff\xfe", "utf-16le"), (b"\xfe\xff", "utf-16be")];
        let wide = wide.into_iter().find(|(mark, _)| bytes.starts_with(*mark));
        let text = match wide {
            Some((_, name)) => charset::decode_as(&bytes, name).text,
            None => charset::decode(&bytes, None, None).text,
        };
        Ok(book(text.trim_start_matches('\u{feff}')))
    });
    let book = read.await.map_err(|error| Error::new(Code::Internal, error.to_string()))??;
    if book.cards.is_empty() && book.groups.is_empty() {
        return Err(Error::invalid("There are no contacts in this file"));
    }
    Ok(engine.store().write(move |tx| take(tx, book)).await?)
}

/// Takes what is new of a book.
fn take(tx: &WriteTx<'_>, book: Book) -> posthorn_store::Result<PeopleImported> {
    let mut done = PeopleImported {
        added: 0,
        completed: 0,
        known: 0,
        groups: 0,
        left_out: u32::try_from(book.left_out).unwrap_or(u32::MAX),
        bad_addresses: Vec::new(),
    };
    let mut room = PERSON_LIMIT.saturating_sub(person::count(tx)?);
    for card in book.cards {
        let read = person_of(card, &mut done.bad_addresses);
        let is_named = !(read.name.is_empty() && read.organization.is_empty());
        if !is_named && read.all(What::Email).next().is_none() {
            done.left_out += 1;
            continue;
        }
        match known(tx, &read)? {
            Some(there) => {
                let merged = merged(&there, read);
                if merged == there {
                    done.known += 1;
                } else {
                    person::put(tx, &merged)?;
                    done.completed += 1;
                }
            }
            None if room == 0 => done.left_out += 1,
            None => {
                person::put(tx, &read)?;
                room -= 1;
                done.added += 1;
            }
        }
    }
    for one in book.groups {
        take_group(tx, one, &mut done)?;
    }
    Ok(done)
}

/// Returns whom the address book has for this: somebody with one of the addresses, else of the same name without any.
fn known(tx: &ReadTx<'_>, read: &Stored) -> posthorn_store::Result<Option<Stored>> {
    let mut is_reachable = false;
    for entry in read.all(What::Email) {
        is_reachable = true;
        if let Some(found) = person::find(tx, &entry.value)? {
            return Ok(Some(found));
        }
    }
    if is_reachable { Ok(None) } else { person::nameless_address(tx, &read.name) }
}

/// Returns somebody with what they lacked.
fn merged(there: &Stored, read: Stored) -> Stored {
    let mut merged = there.clone();
    for (own, new) in [
        (&mut merged.name, read.name),
        (&mut merged.organization, read.organization),
        (&mut merged.note, read.note),
    ] {
        if own.is_empty() {
            *own = new;
        }
    }
    for entry in read.entries {
        let same = |one: &Entry| one.what == entry.what && one.value == entry.value;
        let most = if matches!(entry.what, What::Title | What::Birthday) { 1 } else { ENTRY_LIMIT };
        if !merged.entries.iter().any(same) && merged.all(entry.what).count() < most {
            merged.entries.push(entry);
        }
    }
    merged
}

/// Returns a card as somebody of the address book; what cannot be written to is noted.
fn person_of(card: Card, bad: &mut Vec<String>) -> Stored {
    let cut = |text: &str, letters: usize| text.chars().take(letters).collect::<String>();
    let mut entries = Vec::new();
    let mut add = |what, kind: &str, value: String| {
        let kind = if KINDS.contains(&kind) { kind.to_owned() } else { String::new() };
        if !value.is_empty() {
            entries.push(Entry { what, kind, value });
        }
    };
    for one in card.emails {
        let email = one.value.to_lowercase();
        if check_address(&email).is_ok() {
            add(What::Email, one.kind, email);
        } else if bad.len() < NAMED_LIMIT {
            bad.push(cut(&printable(&one.value), NAME_LETTERS));
        }
    }
    let several =
        [(What::Phone, card.phones), (What::Address, card.addresses), (What::Url, card.urls)];
    for (what, list) in several {
        let letters = if what == What::Phone { NAME_LETTERS } else { TEXT_LETTERS };
        for one in list {
            add(what, one.kind, cut(&one.value, letters));
        }
    }
    add(What::Title, "", cut(&card.title, NAME_LETTERS));
    add(What::Birthday, "", cut(&card.birthday, NAME_LETTERS));
    Stored {
        id: 0,
        name: cut(&card.name, NAME_LETTERS),
        organization: cut(&printable(&card.organization), NAME_LETTERS),
        note: cut(&card.note, TEXT_LETTERS),
        entries,
    }
}

/// Takes a group: one of the same name gets the members that it lacks.
fn take_group(
    tx: &WriteTx<'_>,
    read: CardGroup,
    done: &mut PeopleImported,
) -> posthorn_store::Result<()> {
    let all = group::list(tx)?;
    let name: String = read.name.chars().take(GROUP_LETTERS).collect();
    let there = all.iter().find(|one| one.name.to_lowercase() == name.to_lowercase());
    if name.is_empty() || (there.is_none() && all.len() >= GROUP_LIMIT) {
        done.left_out += 1;
        return Ok(());
    }
    let mut group = there.cloned().unwrap_or(Group { id: 0, name, members: Vec::new() });
    let before = group.members.len();
    for member in read.members {
        let email = member.email.to_lowercase();
        let is_there = group.members.iter().any(|one| one.email == email);
        if check_address(&email).is_err() {
            if done.bad_addresses.len() < NAMED_LIMIT {
                done.bad_addresses.push(printable(&email).chars().take(NAME_LETTERS).collect());
            }
        } else if !is_there && group.members.len() < MEMBER_LIMIT {
            let name = member.name.chars().take(NAME_LETTERS).collect();
            group.members.push(Address { email, name });
        }
    }
    if group.id == 0 || group.members.len() > before {
        group::put(tx, &group)?;
        done.groups += 1;
    }
    Ok(())
}

/// Writes the address book into a file.
pub(crate) async fn people_export(engine: &Engine, request: ExportPeople) -> Result<Saved> {
    let path = attachment::absolute(&request.path)?;
    let read = |tx: &ReadTx<'_>| Ok((person::search(tx, "", PERSON_LIMIT)?.0, group::list(tx)?));
    let (people, groups) = engine.store().read(read).await?;
    let cards: Vec<Card> = people.iter().map(card_of).collect();
    let groups: Vec<CardGroup> =
        groups.into_iter().map(|one| CardGroup { name: one.name, members: one.members }).collect();
    attachment::replace(&path, Cursor::new(write_book(&cards, &groups))).await?;
    Ok(Saved { paths: vec![path.display().to_string()] })
}

fn card_of(person: &Stored) -> Card {
    let list = |what| {
        let entries = person.all(what).map(|one| ReadEntry {
            kind: KINDS.into_iter().find(|kind| *kind == one.kind).unwrap_or("other"),
            value: one.value.clone(),
        });
        entries.collect::<Vec<_>>()
    };
    let first = |what| person.all(what).next().map(|one| one.value.clone()).unwrap_or_default();
    Card {
        name: person.name.clone(),
        organization: person.organization.clone(),
        title: first(What::Title),
        emails: list(What::Email),
        phones: list(What::Phone),
        addresses: list(What::Address),
        urls: list(What::Url),
        birthday: first(What::Birthday),
        note: person.note.clone(),
    }
}
