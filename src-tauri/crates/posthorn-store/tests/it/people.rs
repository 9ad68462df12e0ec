//! The address book: kept, found, ranked before those who were only seen, and its groups.

use posthorn_model::Address;
use posthorn_store::group::{self, Group};
use posthorn_store::person::{self, Entry, PERSON_LIMIT, Person, What};
use posthorn_store::{Change, Error, contact};

use crate::fixture::{Fixture, fixture};

fn someone(name: &str, emails: &[&str]) -> Person {
    let entries = emails.iter().map(|email| Entry {
        what: What::Email,
        kind: String::new(),
        value: (*email).to_owned(),
    });
    Person { name: name.to_owned(), entries: entries.collect(), ..Person::default() }
}

async fn keep(fixture: &Fixture, person: Person) -> i64 {
    fixture.store.write(move |tx| person::put(tx, &person)).await.unwrap()
}

async fn offered(fixture: &Fixture, text: &'static str) -> Vec<(String, String)> {
    let found = fixture.store.read(move |tx| contact::complete(tx, text, 10)).await.unwrap();
    found.into_iter().map(|one| (one.address.name, one.address.email)).collect()
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(name, email)| ((*name).to_owned(), (*email).to_owned())).collect()
}

#[tokio::test]
async fn whoever_is_kept_comes_before_whoever_was_seen() {
    let fixture = fixture().await;
    let often = Address { name: "Zhou Sen".to_owned(), email: "zhou@example.org".to_owned() };
    let seen = Address { name: "zhang old".to_owned(), email: "zs@home.example".to_owned() };
    for _ in 0..9 {
        let both = [often.clone(), seen.clone()];
        fixture.store.write(move |tx| contact::note_sent(tx, &both)).await.unwrap();
    }
    let zhang = someone("张三", &["ZS@Home.example", "zhang@work.example"]);
    let id = keep(&fixture, zhang).await;
    // Kept before seen; among the kept those who were written to; each once, called as the address book calls them.
    let both = [("张三", "zs@home.example"), ("张三", "zhang@work.example")];
    assert_eq!(offered(&fixture, "zhang").await, pairs(&both));
    assert_eq!(offered(&fixture, "zhang@").await, pairs(&both[1..]));
    for typed in ["zs", "zhang san", "三"] {
        assert_eq!(offered(&fixture, typed).await, pairs(&both), "{typed}");
    }
    let all = [both[0], both[1], ("Zhou Sen", "zhou@example.org")];
    assert_eq!(offered(&fixture, "").await, pairs(&all));
    // What was seen of an address finds it still, under the name that it has now.
    assert_eq!(offered(&fixture, "old").await, pairs(&both[..1]));
    fixture.store.write(move |tx| person::remove(tx, id)).await.unwrap();
    assert_eq!(offered(&fixture, "zhang").await, pairs(&[("zhang old", "zs@home.example")]));
}

#[tokio::test]
async fn the_address_book_is_searched_by_all_that_it_says() {
    let fixture = fixture().await;
    let mut mia = someone("Mia Lang", &["mia@hof.example"]);
    mia.organization = "Hof & Co".to_owned();
    mia.note = "met in Lyon".to_owned();
    mia.entries.push(Entry {
        what: What::Phone,
        kind: "cell".to_owned(),
        value: "+49 171".to_owned(),
    });
    let id = keep(&fixture, mia.clone()).await;
    keep(&fixture, someone("王小明", &["wxm@example.org"])).await;
    keep(&fixture, someone("", &["zoe@example.org"])).await;
    let found = |text: &'static str, limit: usize| {
        let store = fixture.store.clone();
        async move { store.read(move |tx| person::search(tx, text, limit)).await.unwrap() }
    };
    let names = |people: Vec<Person>| people.into_iter().map(|one| one.name).collect::<Vec<_>>();
    for (text, expected) in [
        ("", vec!["Mia Lang", "王小明", ""]),
        ("LANG", vec!["Mia Lang"]),
        ("hof", vec!["Mia Lang"]),
        ("lyon", vec!["Mia Lang"]),
        ("171", vec!["Mia Lang"]),
        ("wxm", vec!["王小明"]),
        ("xiao ming", vec!["王小明"]),
        ("example.org", vec!["王小明", ""]),
        ("nobody", vec![]),
        ("%", vec![]),
    ] {
        assert_eq!(names(found(text, 10).await.0), expected, "{text}");
    }
    let (some, total) = found("", 1).await;
    assert_eq!((some.len(), total), (1, 3));
    mia.id = id;
    assert_eq!(some[0], mia, "everything comes back as it was");
    let holder =
        fixture.store.read(|tx| person::find(tx, "MIA@hof.example")).await.unwrap().unwrap();
    assert_eq!(holder.id, id);
    // A change replaces all of it, also the words.
    keep(&fixture, Person { id, ..someone("Nora", &["nora@hof.example"]) }).await;
    assert!(found("lang", 10).await.0.is_empty() && found("mia", 10).await.0.is_empty());
    assert_eq!(names(found("nora", 10).await.0), ["Nora"]);
    let missing = Person { id: 4711, ..someone("X", &[]) };
    let error = fixture.store.write(move |tx| person::put(tx, &missing)).await.unwrap_err();
    assert_eq!(error, Error::NotFound("contact"));
}

#[tokio::test]
async fn groups_are_completed_by_name_and_call_members_as_the_book_does() {
    let fixture = fixture().await;
    let mut changes = fixture.store.changes();
    let member =
        |name: &str, email: &str| Address { name: name.to_owned(), email: email.to_owned() };
    let group = Group {
        id: 0,
        name: "印刷团队 (Print team)".to_owned(),
        members: vec![
            member("", "Ann@example.org"),
            member("Bob", "bob@example.org"),
            member("again", "ann@example.org"),
        ],
    };
    let id = fixture.store.write(move |tx| group::put(tx, &group)).await.unwrap();
    assert!(changes.recv().await.unwrap().contains(&Change::Contacts));
    let empty = Group { name: "Print nobody".to_owned(), ..Group::default() };
    fixture.store.write(move |tx| group::put(tx, &empty)).await.unwrap();
    keep(&fixture, someone("Ann Lee", &["ann@example.org"])).await;
    let expected = vec![member("Ann Lee", "ann@example.org"), member("Bob", "bob@example.org")];
    for typed in ["print", "team", "印刷", "yinshua", "ystd", "yin shua"] {
        let found = fixture.store.read(move |tx| group::complete(tx, typed, 5)).await.unwrap();
        let found: Vec<_> = found.into_iter().map(|one| (one.id, one.members)).collect();
        assert_eq!(found, [(id, expected.clone())], "{typed}");
    }
    assert_eq!(fixture.store.read(|tx| group::complete(tx, " ", 5)).await.unwrap(), []);
    // No two have the same name; one may keep its own.
    let twin = Group { name: "PRINT nobody".to_owned(), ..Group::default() };
    assert!(fixture.store.write(move |tx| group::put(tx, &twin)).await.is_err());
    let renamed = Group { id, name: "Press".to_owned(), members: Vec::new() };
    fixture.store.write(move |tx| group::put(tx, &renamed)).await.unwrap();
    let all = fixture.store.read(group::list).await.unwrap();
    let names: Vec<&str> = all.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["Press", "Print nobody"]);
    fixture.store.write(move |tx| group::remove(tx, id)).await.unwrap();
    assert_eq!(fixture.store.read(group::list).await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_address_book_has_an_end() {
    let fixture = fixture().await;
    let fill = move |tx: &posthorn_store::WriteTx<'_>| {
        for at in 0..PERSON_LIMIT {
            person::put(tx, &someone(&format!("n{at}"), &[]))?;
        }
        Ok(())
    };
    fixture.store.write(fill).await.unwrap();
    let more = someone("one more", &[]);
    let error = fixture.store.write(move |tx| person::put(tx, &more)).await.unwrap_err();
    assert!(matches!(error, Error::Invalid(_)), "{error:?}");
}
