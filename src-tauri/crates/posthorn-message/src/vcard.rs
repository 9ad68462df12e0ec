//! Contact cards (RFC 6350; also 3.0 and 2.1 as phones write it): who somebody is and how to reach them, for showing.
//!
//! Pictures, sounds and keys are left out. A card that lacks half of its lines is still a card. Whole address books:
//! [`mod@book`].

mod book;

use crate::charset;
use crate::content_line::{Line, MAX_TEXT, split, text, unfolded_card};
use crate::encoded_word::printable;
use crate::transfer;

pub use book::{Book, CardGroup, MAX_BOOK_CARDS, book, write_book};

/// Cards of one file that are read: more is an address book, which nobody reads in a mail.
const MAX_CARDS: usize = 200;
/// Entries of one kind in one card that are kept.
const MAX_ENTRIES: usize = 50;

/// A number, address or page of somebody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CardEntry {
    /// `work`, `home`, `cell`, `fax`, `other`.
    pub kind: &'static str,
    /// As it is read.
    pub value: String,
}

/// A contact card.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Card {
    /// Name as it is written out; empty when missing.
    pub name: String,
    /// Organisation and department; empty when missing.
    pub organization: String,
    /// What somebody does there; empty when missing.
    pub title: String,
    /// Mail addresses.
    pub emails: Vec<CardEntry>,
    /// Telephone numbers.
    pub phones: Vec<CardEntry>,
    /// Postal addresses, lines separated by `\n`.
    pub addresses: Vec<CardEntry>,
    /// Pages, `https:` and `http:` alone.
    pub urls: Vec<CardEntry>,
    /// Birthday as written; empty when missing.
    pub birthday: String,
    /// Further words; empty when missing.
    pub note: String,
}

/// Reads the cards of a file, in order, at most 200. One without a name, address or number is left out.
pub fn cards(file: &str) -> Vec<Card> {
    let mut found = Vec::new();
    let mut open: Option<Card> = None;
    for line in unfolded_card(file) {
        let Some(line) = Line::parse(&line) else { continue };
        let is_card = line.value.trim().eq_ignore_ascii_case("VCARD");
        match line.name.as_str() {
            "BEGIN" if is_card => {
                found.extend(open.replace(Card::default()));
                if found.len() >= MAX_CARDS {
                    open = None;
                    break;
                }
            }
            "END" if is_card => found.extend(open.take()),
            _ => {
                if let Some(card) = &mut open {
                    card.read(&line);
                }
            }
        }
    }
    found.extend(open);
    found
        .retain(|card| !(card.name.is_empty() && card.emails.is_empty() && card.phones.is_empty()));
    found.truncate(MAX_CARDS);
    found
}

impl Card {
    fn read(&mut self, line: &Line) {
        let value = value_of(line);
        let pieces = || split(&value, ';').iter().map(|piece| text(piece)).collect::<Vec<_>>();
        let entry = |value: String| CardEntry { kind: kind(line), value };
        match line.name.as_str() {
            "FN" => self.name = one_line(&value),
            "N" if self.name.is_empty() => self.name = full_name(&pieces()),
            "ORG" => self.organization = joined(&pieces(), ", "),
            "TITLE" => self.title = one_line(&value),
            "ROLE" if self.title.is_empty() => self.title = one_line(&value),
            "EMAIL" => {
                let email = one_line(&value);
                let email = email.strip_prefix("mailto:").unwrap_or(&email).to_owned();
                push(&mut self.emails, entry(email).with(|email| email.contains('@')));
            }
            "TEL" => {
                let number = one_line(&value);
                let number = number.strip_prefix("tel:").unwrap_or(&number).to_owned();
                push(&mut self.phones, entry(number).with(|_| true));
            }
            "ADR" => push(&mut self.addresses, entry(joined(&pieces(), "\n")).with(|_| true)),
            "URL" => {
                let is_page = |url: &str| url.starts_with("https://") || url.starts_with("http://");
                push(&mut self.urls, entry(one_line(&value)).with(is_page));
            }
            "BDAY" => self.birthday = one_line(&value),
            "NOTE" => self.note = text(&value),
            _ => {}
        }
    }
}

impl CardEntry {
    fn with(self, fits: impl Fn(&str) -> bool) -> Option<Self> {
        (!self.value.is_empty() && fits(&self.value)).then_some(self)
    }
}

fn push(list: &mut Vec<CardEntry>, entry: Option<CardEntry>) {
    if let Some(entry) = entry.filter(|entry| list.len() < MAX_ENTRIES && !list.contains(entry)) {
        list.push(entry);
    }
}

/// Returns a line's value without the transfer encoding that vCard 2.1 knows.
fn value_of(line: &Line) -> String {
    let is_quoted =
        line.all("ENCODING").iter().chain(&line.all("TYPE")).any(|one| one == "quoted-printable");
    if !is_quoted {
        return line.value.clone();
    }
    let bytes = transfer::decode(line.value.as_bytes(), "quoted-printable");
    let words = charset::decode(&bytes, line.parameter("CHARSET"), None).text;
    // Line ends are written as such there; as escapes they pass the reading of text.
    words.replace("\r\n", "\\n").replace('\n', "\\n")
}

fn one_line(value: &str) -> String {
    printable(&text(value).replace('\n', " ")).chars().take(MAX_TEXT).collect()
}

fn joined(pieces: &[String], between: &str) -> String {
    let filled: Vec<&str> =
        pieces.iter().map(|piece| piece.trim()).filter(|piece| !piece.is_empty()).collect();
    filled.join(between)
}

/// Puts a name together: family; given; additional; prefixes; suffixes (RFC 6350 section 6.2.2).
fn full_name(pieces: &[String]) -> String {
    let piece = |at: usize| pieces.get(at).map(String::as_str).unwrap_or_default();
    let is_han = |word: &str| word.chars().any(|c| ('\u{3400}'..='\u{9fff}').contains(&c));
    if is_han(piece(0)) && piece(2).is_empty() {
        return format!("{}{}", piece(0), piece(1));
    }
    let order = [3, 1, 2, 0, 4].map(|at| piece(at).to_owned());
    joined(&order, " ")
}

fn kind(line: &Line) -> &'static str {
    let types = line.all("TYPE");
    let has = |word: &str| types.iter().any(|one| one == word);
    match () {
        () if has("fax") => "fax",
        () if has("cell") || has("iphone") => "cell",
        () if has("work") => "work",
        () if has("home") => "home",
        () => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_CARDS, MAX_ENTRIES, cards};

    #[test]
    fn cards_of_all_versions_are_read() {
        let file = "BEGIN:VCARD\r\nVERSION:4.0\r\nN:Lang;Mia;;Dr.;\r\nFN:Dr. Mia Lang\r\nORG:Hof \\& Co;Druck\r\nTITLE:Leitung\r\nitem1.EMAIL;TYPE=work:mia@hof.test\r\nEMAIL:mailto:mia@home.test\r\n\
            TEL;VALUE=uri;TYPE=\"voice,cell\":tel:+49-1\r\nADR;TYPE=home:;;Weg 1;Hof;;95028;DE\r\nURL:javascript:alert(1)\r\nURL:https://hof.test\r\nPHOTO:data:image/png;base64,AAAA\r\nNOTE:Eins\\nZwei\r\nEND:VCARD\r\n\
            BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E6=9E=97;=E6=\r\n=82=A6\r\nTEL;CELL:138 0000\r\nTEL;WORK;FAX:0512\r\nEND:VCARD\r\n";
        let read = cards(file);
        let mia = &read[0];
        assert_eq!(
            (mia.name.as_str(), mia.organization.as_str(), mia.title.as_str()),
            ("Dr. Mia Lang", "Hof & Co, Druck", "Leitung")
        );
        let told = |list: &[super::CardEntry]| {
            list.iter().map(|one| (one.kind, one.value.clone())).collect::<Vec<_>>()
        };
        assert_eq!(
            told(&mia.emails),
            [("work", "mia@hof.test".to_owned()), ("other", "mia@home.test".to_owned())]
        );
        assert_eq!(told(&mia.phones), [("cell", "+49-1".to_owned())]);
        assert_eq!(told(&mia.addresses), [("home", "Weg 1\nHof\n95028\nDE".to_owned())]);
        assert_eq!(told(&mia.urls), [("other", "https://hof.test".to_owned())]);
        assert_eq!(mia.note, "Eins\nZwei");
        assert_eq!(read[1].name, "林悦");
        assert_eq!(
            told(&read[1].phones),
            [("cell", "138 0000".to_owned()), ("fax", "0512".to_owned())]
        );
    }

    #[test]
    fn hostile_cards_stay_small() {
        assert_eq!(cards(&"BEGIN:VCARD\nFN:a\n".repeat(MAX_CARDS * 3)).len(), MAX_CARDS);
        let lines: Vec<String> = (0..MAX_ENTRIES * 2).map(|at| format!("TEL:{at}\n")).collect();
        let lines = lines.concat();
        assert_eq!(
            cards(&format!("BEGIN:VCARD\n{lines}")).first().unwrap().phones.len(),
            MAX_ENTRIES
        );
        let spoof = cards("BEGIN:VCARD\nFN:gpj.\u{202e}exe\\nX\nEND:VCARD");
        assert!(!spoof[0].name.contains(['\u{202e}', '\n']), "{:?}", spoof[0].name);
        for nothing in ["", "BEGIN:VCARD", "BEGIN:VCARD\nNOTE:x\nEND:VCARD", "END:VCARD\n:::"] {
            assert!(cards(nothing).is_empty(), "{nothing}");
        }
    }
}
