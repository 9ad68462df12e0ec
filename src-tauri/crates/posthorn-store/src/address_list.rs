//! Lists of addresses as one text column: name U+001F address U+001E name U+001F address.
//!
//! Control characters inside a name or address are dropped on the way in, so the two separators are unambiguous.

use posthorn_model::Address;

const FIELD: char = '\u{1f}';
const RECORD: char = '\u{1e}';

pub(crate) fn write(addresses: &[Address]) -> String {
    let mut text = String::new();
    for address in addresses {
        if !text.is_empty() {
            text.push(RECORD);
        }
        text.extend(address.name.chars().filter(|letter| !letter.is_control()));
        text.push(FIELD);
        text.extend(address.email.chars().filter(|letter| !letter.is_control()));
    }
    text
}

pub(crate) fn read(text: &str) -> Vec<Address> {
    let records = text.split(RECORD).filter(|record| !record.is_empty());
    let address = |record: &str| {
        let (name, email) = record.split_once(FIELD).unwrap_or(("", record));
        Address { name: name.to_owned(), email: email.to_owned() }
    };
    records.map(address).collect()
}

/// Returns what a list shows of the first address: its name where there is one, else the address.
pub(crate) fn first_shown(text: &str) -> &str {
    let record = text.split(RECORD).next().unwrap_or_default();
    let (name, email) = record.split_once(FIELD).unwrap_or(("", record));
    if name.is_empty() { email } else { name }
}

/// Returns what lists by sender are sorted by: what is shown of the first address, in small letters.
pub(crate) fn shown_key(text: &str) -> String {
    first_shown(text).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::{first_shown, read, write};
    use posthorn_model::Address;

    #[test]
    fn addresses_survive_the_column() {
        let list = vec![
            Address { name: "Müller, Ann".to_owned(), email: "ann@example.org".to_owned() },
            Address::bare("bob@example.org"),
        ];
        assert_eq!(read(&write(&list)), list);
        assert_eq!(read(""), []);
        assert_eq!(first_shown(&write(&list)), "Müller, Ann");
        assert_eq!(first_shown(&write(&list[1..])), "bob@example.org");
        assert_eq!(first_shown(""), "");
    }

    #[test]
    fn separators_in_a_name_do_not_make_another_address() {
        let list = [Address { name: "a\u{1e}b\u{1f}c".to_owned(), email: "x@y".to_owned() }];
        assert_eq!(
            read(&write(&list)),
            [Address { name: "abc".to_owned(), email: "x@y".to_owned() }]
        );
    }
}
