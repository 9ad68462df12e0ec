//! The address book: looked through, changed, read from files and written into them.
//!
//! Invariants: what is kept can be shown and written to: no control character and nothing that turns the order of letters
//! is in a name, every address can be right, and everything has a limit. What is refused is said with its reason.

mod file;

use posthorn_message::{check_address, printable};
use posthorn_store::group::{self, Group};
use posthorn_store::person::{self, Entry, Person as Stored, What};

use crate::contract::{
    AddressGroup, ById, CardEntry, Code, Complete, Error, FindPerson, FoundPerson, Nothing,
    PeopleFound, Person, SearchPeople,
};
use crate::convert::all;
use crate::engine::Engine;
use crate::error::Result;

pub(crate) use file::{people_export, people_import};

/// People in one answer: more are found by searching.
const FOUND_LIMIT: u32 = 1_000;
/// Groups offered at once.
const OFFERED_LIMIT: u32 = 20;
/// Letters of a name, an organisation, a title or a birthday: longer ones are no names.
const NAME_LETTERS: usize = 200;
/// Letters of a group's name: it is to fit a menu.
const GROUP_LETTERS: usize = 80;
/// Letters of a note, a number, a page or a postal address: as many as a card shows.
const TEXT_LETTERS: usize = 2_000;
/// Entries of one kind: as many as a card shows.
const ENTRY_LIMIT: usize = 50;
/// Members of a group: half of what one message may be sent to.
const MEMBER_LIMIT: usize = 1_000;
/// Kinds of entries that are told apart.
const KINDS: [&str; 4] = ["work", "home", "cell", "fax"];

/// Looks through the address book.
pub(crate) async fn people_search(engine: &Engine, request: SearchPeople) -> Result<PeopleFound> {
    let limit = request.limit.clamp(1, FOUND_LIMIT) as usize;
    let (people, total) =
        engine.store().read(move |tx| person::search(tx, &request.text, limit)).await?;
    Ok(PeopleFound {
        people: people.into_iter().map(shown).collect(),
        total: u32::try_from(total).unwrap_or(u32::MAX),
    })
}

/// Says who has an address.
pub(crate) async fn people_find(engine: &Engine, request: FindPerson) -> Result<FoundPerson> {
    let found = engine.store().read(move |tx| person::find(tx, &request.email)).await?;
    Ok(FoundPerson { person: found.map(shown) })
}

/// Adds somebody or changes them; answers with what is kept.
pub(crate) async fn people_save(engine: &Engine, request: Person) -> Result<Person> {
    let stored = checked(request)?;
    let saved = engine
        .store()
        .write(move |tx| {
            let id = person::put(tx, &stored)?;
            person::get(tx, id)
        })
        .await?;
    Ok(shown(saved))
}

/// Removes somebody. One who is gone already is no failure.
pub(crate) async fn people_remove(engine: &Engine, request: ById) -> Result<Nothing> {
    engine.store().write(move |tx| person::remove(tx, request.id)).await?;
    Ok(Nothing {})
}

/// Lists all groups by name.
pub(crate) async fn groups_list(engine: &Engine, _: Nothing) -> Result<Vec<AddressGroup>> {
    Ok(engine.store().read(group::list).await?.into_iter().map(shown_group).collect())
}

/// Completes a group; one without members is not offered.
pub(crate) async fn groups_complete(
    engine: &Engine,
    request: Complete,
) -> Result<Vec<AddressGroup>> {
    let limit = request.limit.clamp(1, OFFERED_LIMIT) as usize;
    let found = engine.store().read(move |tx| group::complete(tx, &request.text, limit)).await?;
    Ok(found.into_iter().map(shown_group).collect())
}

/// Adds a group or changes one; answers with what is kept.
pub(crate) async fn groups_save(engine: &Engine, request: AddressGroup) -> Result<AddressGroup> {
    let stored = checked_group(request)?;
    let saved = engine
        .store()
        .write(move |tx| {
            let id = group::put(tx, &stored)?;
            Ok(group::list(tx)?.into_iter().find(|one| one.id == id))
        })
        .await?;
    saved.map(shown_group).ok_or_else(|| Error::new(Code::NotFound, "This group is gone"))
}

/// Removes a group. One that is gone already is no failure.
pub(crate) async fn groups_remove(engine: &Engine, request: ById) -> Result<Nothing> {
    engine.store().write(move |tx| group::remove(tx, request.id)).await?;
    Ok(Nothing {})
}

fn shown(stored: Stored) -> Person {
    let list = |what| -> Vec<CardEntry> {
        let entries = stored.all(what);
        entries
            .map(|one| CardEntry {
                kind: if one.kind.is_empty() { "other".to_owned() } else { one.kind.clone() },
                value: one.value.clone(),
            })
            .collect()
    };
    let first = |what| stored.all(what).next().map(|one| one.value.clone()).unwrap_or_default();
    Person {
        id: stored.id,
        emails: list(What::Email),
        phones: list(What::Phone),
        addresses: list(What::Address),
        urls: list(What::Url),
        title: first(What::Title),
        birthday: first(What::Birthday),
        name: stored.name.clone(),
        organization: stored.organization.clone(),
        note: stored.note.clone(),
    }
}

fn shown_group(stored: Group) -> AddressGroup {
    AddressGroup { id: stored.id, name: stored.name, members: all(stored.members) }
}

/// Refuses what no line of a card can be, and what hides or turns letters.
fn line(text: &str, letters: usize) -> Result<String> {
    let text = text.trim().replace('\t', " ");
    if text.chars().count() > letters {
        let words = format!("This is longer than {letters} letters");
        return Err(Error::new(Code::Limit, words).with(text.chars().take(40).collect::<String>()));
    }
    let clean = printable(&text);
    // Several spaces are one, which hides nothing.
    let is_same =
        clean == text.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    if is_same {
        Ok(clean)
    } else {
        Err(Error::invalid(
            "A control character, or one that turns the order of letters, is in here",
        )
        .with(clean))
    }
}

/// The same of several lines.
fn lines(text: &str, letters: usize) -> Result<String> {
    let each: Result<Vec<String>> = text.trim().lines().map(|one| line(one, letters)).collect();
    let text = each?.join("\n");
    if text.chars().count() > letters {
        return Err(Error::new(Code::Limit, format!("This is longer than {letters} letters")));
    }
    Ok(text)
}

fn email(text: &str) -> Result<String> {
    let text = text.trim().to_lowercase();
    check_address(&text)
        .map_err(|error| Error::invalid(error.to_string()).with(printable(&text)))?;
    Ok(text)
}

/// Refuses what cannot be kept, and returns the rest as it is stored.
fn checked(person: Person) -> Result<Stored> {
    let page = |text: &str| {
        let text = line(text, TEXT_LETTERS)?;
        if text.starts_with("https://") || text.starts_with("http://") {
            return Ok(text);
        }
        Err(Error::invalid("A page begins with https:// or http://").with(text))
    };
    let mut entries = Vec::new();
    let mut add = |what, list: &[CardEntry], read: &dyn Fn(&str) -> Result<String>| -> Result<()> {
        if list.len() > ENTRY_LIMIT {
            let words = format!("Somebody has at most {ENTRY_LIMIT} of each kind");
            return Err(Error::new(Code::Limit, words));
        }
        for one in list.iter().filter(|one| !one.value.trim().is_empty()) {
            let known = KINDS.contains(&one.kind.as_str());
            let kind = if known { one.kind.clone() } else { String::new() };
            let entry = Entry { what, kind, value: read(&one.value)? };
            if !entries
                .iter()
                .any(|there: &Entry| there.what == entry.what && there.value == entry.value)
            {
                entries.push(entry);
            }
        }
        Ok(())
    };
    let one = |value: String| [CardEntry { kind: String::new(), value }];
    add(What::Email, &person.emails, &email)?;
    add(What::Phone, &person.phones, &|text| line(text, NAME_LETTERS))?;
    add(What::Address, &person.addresses, &|text| lines(text, TEXT_LETTERS))?;
    add(What::Url, &person.urls, &page)?;
    add(What::Title, &one(person.title), &|text| line(text, NAME_LETTERS))?;
    add(What::Birthday, &one(person.birthday), &|text| line(text, NAME_LETTERS))?;
    let stored = Stored {
        id: person.id,
        name: line(&person.name, NAME_LETTERS)?,
        organization: line(&person.organization, NAME_LETTERS)?,
        note: lines(&person.note, TEXT_LETTERS)?,
        entries,
    };
    if stored.name.is_empty()
        && stored.organization.is_empty()
        && stored.all(What::Email).next().is_none()
    {
        return Err(Error::invalid("A contact has a name or an address"));
    }
    Ok(stored)
}

fn checked_group(group: AddressGroup) -> Result<Group> {
    let name = line(&group.name, GROUP_LETTERS)?;
    if name.is_empty() {
        return Err(Error::invalid("A group has a name"));
    }
    if group.members.len() > MEMBER_LIMIT {
        let words = format!("A group has at most {MEMBER_LIMIT} addresses");
        return Err(Error::new(Code::Limit, words));
    }
    let members: Result<Vec<_>> = group
        .members
        .into_iter()
        .map(|one| {
            let name = line(&one.name, NAME_LETTERS)?;
            Ok(posthorn_model::Address { name, email: email(&one.email)? })
        })
        .collect();
    Ok(Group { id: group.id, name, members: members? })
}

#[cfg(test)]
mod tests {
    use super::{
        ENTRY_LIMIT, MEMBER_LIMIT, NAME_LETTERS, TEXT_LETTERS, checked, checked_group, shown,
    };
    use crate::contract::{Address, AddressGroup, CardEntry, Code, Person};

    fn entry(kind: &str, value: &str) -> CardEntry {
        CardEntry { kind: kind.to_owned(), value: value.to_owned() }
    }

    fn ann() -> Person {
        Person {
            id: 0,
            name: "Ann Lee".to_owned(),
            organization: String::new(),
            title: String::new(),
            emails: vec![entry("work", "ann@example.org")],
            phones: Vec::new(),
            addresses: Vec::new(),
            urls: Vec::new(),
            birthday: String::new(),
            note: String::new(),
        }
    }

    #[test]
    fn what_is_kept_is_clean() {
        let kept = shown(
            checked(Person {
                name: " Ann  Lee ".to_owned(),
                emails: vec![
                    entry("work", " Ann@Example.org"),
                    entry("x", "ann@example.org"),
                    entry("home", ""),
                ],
                addresses: vec![entry("home", "Street 1\r\nTown")],
                note: "one\n\ntwo ".to_owned(),
                ..ann()
            })
            .unwrap(),
        );
        assert_eq!(kept.name, "Ann Lee");
        assert_eq!(kept.emails, [entry("work", "ann@example.org")]);
        assert_eq!(
            (kept.addresses[0].value.as_str(), kept.note.as_str()),
            ("Street 1\nTown", "one\n\ntwo")
        );
    }

    #[test]
    fn hostile_people_are_refused_with_a_reason() {
        let long = |letters: usize| "x".repeat(letters + 1);
        for (person, code) in [
            (Person { name: "Ann\u{202e}eeL".to_owned(), ..ann() }, Code::Invalid),
            (Person { name: "Ann\r\nBcc: x@example.org".to_owned(), ..ann() }, Code::Invalid),
            (Person { organization: "\u{0}x".to_owned(), ..ann() }, Code::Invalid),
            (Person { note: "a\u{2066}b".to_owned(), ..ann() }, Code::Invalid),
            (Person { emails: vec![entry("work", "nobody")], ..ann() }, Code::Invalid),
            (Person { emails: vec![entry("", "a\u{202e}@example.org")], ..ann() }, Code::Invalid),
            (Person { urls: vec![entry("", "javascript:alert(1)")], ..ann() }, Code::Invalid),
            (Person { name: String::new(), emails: Vec::new(), ..ann() }, Code::Invalid),
            (Person { name: long(NAME_LETTERS), ..ann() }, Code::Limit),
            (Person { note: long(TEXT_LETTERS), ..ann() }, Code::Limit),
            (Person { note: "x\n".repeat(TEXT_LETTERS), ..ann() }, Code::Limit),
            (Person { phones: vec![entry("", "1"); ENTRY_LIMIT + 1], ..ann() }, Code::Limit),
        ] {
            let error = checked(person).unwrap_err();
            assert_eq!(error.code, code, "{error:?}");
            assert!(!error.message.is_empty() && !error.detail.contains('\u{202e}'), "{error:?}");
        }
    }

    #[test]
    fn hostile_groups_are_refused_with_a_reason() {
        let member = |email: &str| Address { name: String::new(), email: email.to_owned() };
        let group = |name: &str, members: Vec<Address>| AddressGroup {
            id: 0,
            name: name.to_owned(),
            members,
        };
        assert!(checked_group(group("团队", vec![member("a@b.example")])).is_ok());
        for wrong in [
            group(" ", Vec::new()),
            group("a\u{202e}b", Vec::new()),
            group(&"x".repeat(81), Vec::new()),
            group("Team", vec![member("nobody")]),
            group("Team", vec![member("a@b.example"); MEMBER_LIMIT + 1]),
        ] {
            assert!(checked_group(wrong.clone()).is_err(), "{}", wrong.name);
        }
    }
}
