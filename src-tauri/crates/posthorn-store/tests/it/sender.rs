//! What is chosen for, and known of, a sender.

use posthorn_model::Address;
use posthorn_store::{contact, sender};

use crate::fixture::fixture;

#[tokio::test]
async fn choices_for_a_sender_are_kept_one_by_one() {
    let fixture = fixture().await;
    let store = &fixture.store;
    let choose = |email: &'static str, name: &'static str, value: Option<&'static str>| {
        let store = store.clone();
        async move { store.write(move |tx| sender::choose(tx, email, name, value)).await.unwrap() }
    };
    let chosen = |name: &'static str| {
        let store = store.clone();
        async move { store.read(move |tx| sender::choice(tx, "anna@example.org", name)).await.unwrap() }
    };
    assert_eq!(chosen("look").await, None);
    choose("Anna@Example.org", "look", Some("dark")).await;
    choose("anna@example.org", "charset", Some("gb18030")).await;
    choose("bert@example.org", "look", Some("simple")).await;
    assert_eq!(
        (chosen("look").await.as_deref(), chosen("charset").await.as_deref()),
        (Some("dark"), Some("gb18030"))
    );
    choose("anna@example.org", "look", None).await;
    assert_eq!((chosen("look").await, chosen("charset").await.as_deref()), (None, Some("gb18030")));
}

#[tokio::test]
async fn those_whom_the_user_wrote_to_are_known_by_name_and_domain() {
    let fixture = fixture().await;
    let store = &fixture.store;
    let anna = Address { name: "Anna Lind".to_owned(), email: "anna@Example.org".to_owned() };
    store.write(move |tx| contact::note_sent(tx, &[anna])).await.unwrap();
    let (same, none, domains, found) = store
        .read(|tx| {
            Ok((
                contact::of_same_name(tx, "anna lind", "anna@new.example")?,
                contact::of_same_name(tx, "Anna Lind", "ANNA@example.org")?,
                contact::written_domains(tx, 10)?,
                contact::find(tx, "Anna@example.ORG")?,
            ))
        })
        .await
        .unwrap();
    assert_eq!(same.unwrap().address.email, "anna@example.org");
    assert_eq!(none, None, "the same address is nobody else");
    assert_eq!(domains, ["example.org"]);
    assert_eq!(found.unwrap().sent, 1);
}
