//! Address books as files: many cards and named groups, read from what any program wrote, and written for any.
//!
//! Written is vCard 3.0 (RFC 2426), which every program reads; groups as RFC 6350 section 6.1.4 and, for those who know
//! no other, under the names that Apple gave them. Pictures, sounds and keys are neither read nor written.

use std::collections::HashMap;

use posthorn_model::Address;

use super::{Card, CardEntry};
use crate::content_line::{Line, MAX_BYTES, escape, folded, unfolded_card};
use crate::encoded_word::printable;

/// Cards and groups of one book that are read: more than the address book holds.
pub const MAX_BOOK_CARDS: usize = 20_000;
/// Parameter of ours: what a member is called who is in the group alone.
const MEMBER_NAME: &str = "X-NAME";
/// Members of one group that are read.
const MAX_MEMBERS: usize = 2_000;
/// Bytes of one card that are read, without its pictures.
const MAX_CARD: usize = MAX_BYTES;
/// What is left out before a card is put together: it may be larger than everything else of the book.
const PICTURES: [&str; 4] = ["PHOTO", "LOGO", "SOUND", "KEY"];

/// A named list of addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CardGroup {
    /// Its name; empty when missing.
    pub name: String,
    /// Its members.
    pub members: Vec<Address>,
}

/// An address book.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Book {
    /// People, in order.
    pub cards: Vec<Card>,
    /// Groups, in order.
    pub groups: Vec<CardGroup>,
    /// Cards that say nothing that can be kept, or stand behind the last that is read.
    pub left_out: usize,
}

/// A card as it stands in a file, with what only books have.
#[derive(Default)]
struct Entry {
    card: Card,
    uid: String,
    is_group: bool,
    /// What each member line says, and the name beside it.
    members: Vec<(String, String)>,
}

/// Reads an address book.
pub fn book(file: &str) -> Book {
    let mut book = Book::default();
    let mut entries = Vec::new();
    for text in card_texts(file) {
        if entries.len() >= MAX_BOOK_CARDS {
            book.left_out += 1;
            continue;
        }
        let entry = Entry::read(&text);
        let says = |card: &Card| {
            !(card.name.is_empty() && card.emails.is_empty() && card.phones.is_empty())
        };
        if entry.is_group || says(&entry.card) {
            entries.push(entry);
        } else {
            book.left_out += 1;
        }
    }
    let known: HashMap<String, Address> = entries
        .iter()
        .filter_map(|entry| Some((entry.uid.clone(), address_of(&entry.card)?)))
        .filter(|(uid, _)| !uid.is_empty())
        .collect();
    for entry in entries {
        if entry.is_group {
            let named = |(member, name): &(String, String)| {
                let mut found = resolve(member, &known)?;
                if found.name.is_empty() {
                    found.name.clone_from(name);
                }
                Some(found)
            };
            let members = entry.members.iter().filter_map(named);
            let members = members.collect();
            book.groups.push(CardGroup { name: entry.card.name, members });
        } else {
            book.cards.push(entry.card);
        }
    }
    book
}

fn address_of(card: &Card) -> Option<Address> {
    let email = card.emails.first()?.value.clone();
    Some(Address { name: card.name.clone(), email })
}

/// Returns whom a member line names: an address, or a card of the same book by its id.
fn resolve(member: &str, known: &HashMap<String, Address>) -> Option<Address> {
    match member.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("mailto:")) {
        Some(_) => {
            let email = member.get(7..).unwrap_or_default();
            let email = email.split('?').next().unwrap_or_default().trim();
            email.contains('@').then(|| Address::bare(email.to_owned()))
        }
        None => known.get(&uid(member)).cloned(),
    }
}

/// Returns an id without the words before it, in small letters: both forms are written for the same card.
fn uid(value: &str) -> String {
    let value = value.trim().to_ascii_lowercase();
    value.strip_prefix("urn:uuid:").map(str::to_owned).unwrap_or(value)
}

/// Returns the cards of a file, each as text, without pictures and not longer than one may be.
fn card_texts(file: &str) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    let mut open: Option<String> = None;
    let mut is_picture = false;
    for line in file.lines() {
        let bare = line.trim();
        if bare.eq_ignore_ascii_case("BEGIN:VCARD") {
            texts.extend(open.replace(String::new()));
            is_picture = false;
            continue;
        }
        if bare.eq_ignore_ascii_case("END:VCARD") {
            texts.extend(open.take());
            continue;
        }
        let Some(text) = &mut open else { continue };
        let is_more = line.starts_with([' ', '\t']);
        if !is_more {
            let name = line.split([':', ';']).next().unwrap_or_default();
            let name = name.rsplit('.').next().unwrap_or_default().to_ascii_uppercase();
            is_picture = PICTURES.contains(&name.as_str());
        }
        if !is_picture && text.len() + line.len() < MAX_CARD {
            text.push_str(line);
            text.push('\n');
        }
    }
    texts.extend(open);
    texts
}

impl Entry {
    fn read(text: &str) -> Self {
        let mut entry = Self::default();
        for line in unfolded_card(text) {
            let Some(line) = Line::parse(&line) else { continue };
            match line.name.as_str() {
                "UID" => entry.uid = uid(&line.value),
                "KIND" | "X-ADDRESSBOOKSERVER-KIND" => {
                    entry.is_group |= line.value.trim().eq_ignore_ascii_case("group");
                }
                "MEMBER" | "X-ADDRESSBOOKSERVER-MEMBER" => {
                    let is_there = entry.members.iter().any(|(value, _)| *value == line.value);
                    if entry.members.len() < MAX_MEMBERS && !is_there {
                        let name = printable(line.parameter(MEMBER_NAME).unwrap_or_default());
                        entry.members.push((line.value, name));
                    }
                }
                _ => entry.card.read(&line),
            }
        }
        // Every card is to have a name (RFC 2426 section 3.1.1): one that is the address says nothing.
        if entry.card.emails.iter().any(|one| one.value == entry.card.name) {
            entry.card.name.clear();
        }
        entry
    }
}

/// Writes an address book.
pub fn write_book(cards: &[Card], groups: &[CardGroup]) -> String {
    let mut out = String::new();
    for card in cards {
        write_card(card, &mut out);
    }
    for group in groups {
        let name = escape(&printable(&group.name));
        let lines = ["BEGIN:VCARD", "VERSION:3.0", "KIND:group", "X-ADDRESSBOOKSERVER-KIND:group"];
        for line in lines {
            out.push_str(&folded(line));
        }
        out.push_str(&folded(&format!("N:{name};;;;")));
        out.push_str(&folded(&format!("FN:{name}")));
        for member in &group.members {
            let name = printable(&member.name).replace('"', "'");
            let name = if name.is_empty() { name } else { format!(";{MEMBER_NAME}=\"{name}\"") };
            out.push_str(&folded(&format!("MEMBER{name}:mailto:{}", member.email)));
            out.push_str(&folded(&format!("X-ADDRESSBOOKSERVER-MEMBER:mailto:{}", member.email)));
        }
        out.push_str("END:VCARD\r\n");
    }
    out
}

fn write_card(card: &Card, out: &mut String) {
    let mut line = |name: &str, kind: &str, value: &str| {
        if value.is_empty() {
            return;
        }
        let kind = if matches!(kind, "" | "other") {
            String::new()
        } else {
            format!(";TYPE={}", kind.to_ascii_uppercase())
        };
        out.push_str(&folded(&format!("{name}{kind}:{value}")));
    };
    let first = |list: &[CardEntry]| list.first().map(|one| one.value.clone());
    let shown = [&card.name, &card.organization].into_iter().find(|name| !name.is_empty()).cloned();
    let shown = shown.or_else(|| first(&card.emails)).or_else(|| first(&card.phones));
    let shown = escape(&shown.unwrap_or_default());
    line("BEGIN", "", "VCARD");
    line("VERSION", "", "3.0");
    // Which word is the family's nobody knows here: the whole stands as the given name, and as the name to show.
    line("N", "", &format!(";{};;;", escape(&card.name)));
    line("FN", "", &shown);
    line("ORG", "", &escape(&card.organization));
    line("TITLE", "", &escape(&card.title));
    card.emails.iter().for_each(|one| line("EMAIL", one.kind, &escape(&one.value)));
    card.phones.iter().for_each(|one| line("TEL", one.kind, &escape(&one.value)));
    for one in &card.addresses {
        line("ADR", one.kind, &format!(";;{};;;;", escape(&one.value)));
    }
    card.urls.iter().for_each(|one| line("URL", one.kind, &escape(&one.value)));
    line("BDAY", "", &escape(&card.birthday));
    line("NOTE", "", &escape(&card.note));
    line("END", "", "VCARD");
}

#[cfg(test)]
mod tests {
    use posthorn_model::Address;

    use super::{Book, CardGroup, MAX_MEMBERS, book, write_book};
    use crate::vcard::{Card, CardEntry};

    fn entry(kind: &'static str, value: &str) -> CardEntry {
        CardEntry { kind, value: value.to_owned() }
    }

    #[test]
    fn a_book_comes_back_as_it_was_written() {
        let mia = Card {
            name: "Mia Lang; Dr.".to_owned(),
            organization: "Hof, & Co".to_owned(),
            title: "Leitung".to_owned(),
            emails: vec![entry("work", "mia@hof.test"), entry("other", "mia@home.test")],
            phones: vec![entry("cell", "+49 1")],
            addresses: vec![entry("home", "Weg 1\nHof")],
            urls: vec![entry("other", "https://hof.test/a,b")],
            birthday: "1990-02-03".to_owned(),
            note: "Eins\nZwei: \\ drei".to_owned(),
        };
        let zhang = Card { name: "张三".to_owned(), ..Card::default() };
        let bare = Card { emails: vec![entry("other", "bare@a.test")], ..Card::default() };
        // Without anything to reach somebody by, a name is still a card.
        let team = CardGroup {
            name: "Team, Süd 团队".to_owned(),
            members: vec![
                Address::bare("mia@hof.test".to_owned()),
                Address { name: "Gast: a; b".to_owned(), email: "gast@else.test".to_owned() },
            ],
        };
        let text =
            write_book(&[mia.clone(), zhang.clone(), bare.clone()], std::slice::from_ref(&team));
        assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
        assert_eq!(
            book(&text),
            Book { cards: vec![mia, zhang, bare], groups: vec![team], left_out: 0 }
        );
    }

    #[test]
    fn books_of_other_programs_are_read_with_their_groups() {
        let photo = format!("PHOTO;ENCODING=b;TYPE=JPEG:{}\r\n", "AAAA\r\n ".repeat(300_000));
        let file = format!(
            "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:AB-1\r\nFN:Ann\r\n{photo}EMAIL;type=INTERNET:ann@a.test\r\nEND:VCARD\r\n\
             BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Team\r\nX-ADDRESSBOOKSERVER-KIND:group\r\nX-ADDRESSBOOKSERVER-MEMBER:urn:uuid:ab-1\r\n\
             X-ADDRESSBOOKSERVER-MEMBER:urn:uuid:gone\r\nMEMBER:mailto:Bob@b.test\r\nEND:VCARD\r\nBEGIN:VCARD\r\nNOTE:x\r\nEND:VCARD\r\n"
        );
        let read = book(&file);
        assert_eq!(read.cards.len(), 1);
        assert_eq!(read.cards[0].emails, [entry("other", "ann@a.test")]);
        let members: Vec<&str> =
            read.groups[0].members.iter().map(|one| one.email.as_str()).collect();
        assert_eq!((members, read.left_out), (vec!["ann@a.test", "Bob@b.test"], 1));
    }

    #[test]
    fn hostile_books_stay_small_and_clean() {
        let members: Vec<String> =
            (0..MAX_MEMBERS * 2).map(|at| format!("MEMBER:mailto:{at}@a.test\n")).collect();
        let members = members.concat();
        let read = book(&format!("BEGIN:VCARD\nKIND:group\nFN:x\u{202e}y\n{members}"));
        assert_eq!(read.groups[0].members.len(), MAX_MEMBERS);
        assert_eq!(read.groups[0].name, "xy");
        let long = format!("BEGIN:VCARD\nFN:a\nNOTE:{}\nEND:VCARD\n", "n".repeat(9 << 20));
        assert!(book(&long).cards[0].note.len() < 5_000);
        let forged = Card { name: "A\r\nEMAIL:b@b.test".to_owned(), ..Card::default() };
        assert!(book(&write_book(&[forged], &[])).cards[0].emails.is_empty());
        for nothing in ["", "BEGIN:VCARD", "END:VCARD\n:::", "MEMBER:mailto:a@a.test"] {
            assert!(book(nothing).cards.is_empty() && book(nothing).groups.is_empty(), "{nothing}");
        }
    }
}
