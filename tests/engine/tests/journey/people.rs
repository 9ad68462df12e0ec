//! Journey: the address book: kept, completed, grouped, exported, and imported again into an empty one.

#![expect(
    clippy::indexing_slicing,
    reason = "JSON answers `null` for what is not there, and this is test code"
)]

use posthorn_engine_tests::{Ask, Desk};
use serde_json::{Value, json};

fn someone(name: &str, email: &str) -> Value {
    json!({
        "id": 0, "name": name, "organization": "Hof & Co", "title": "Lead", "birthday": "1990-02-03", "note": "Eins\nZwei",
        "emails": [{ "kind": "work", "value": email }, { "kind": "home", "value": format!("home.{email}") }],
        "phones": [{ "kind": "cell", "value": "+49 171" }], "addresses": [{ "kind": "home", "value": "Weg 1\nHof" }],
        "urls": [{ "kind": "other", "value": "https://hof.test/a,b" }]
    })
}

async fn all(desk: &Desk) -> anyhow::Result<(Vec<Value>, Value)> {
    let found = desk.ask("people.search", json!({ "text": "", "limit": 100 })).await?;
    let mut people = found["people"].as_array().cloned().unwrap_or_default();
    let mut groups = desk.ask("groups.list", json!({})).await?;
    for one in people.iter_mut().chain(groups.as_array_mut().into_iter().flatten()) {
        one["id"] = Value::Null;
    }
    Ok((people, groups))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_book_goes_out_and_comes_back_as_it_was() -> anyhow::Result<()> {
    let desk = Desk::empty().await?;
    let mia = desk.ask("people.save", someone("Mia Lang", "Mia@hof.test")).await?;
    assert_eq!(mia["emails"][0]["value"], "mia@hof.test", "{mia}");
    desk.ask("people.save", someone("张三", "zs@hof.test")).await?;
    let team = json!({
        "id": 0, "name": "印刷团队",
        "members": [{ "name": "", "email": "mia@hof.test" }, { "name": "Gast", "email": "guest@else.test" }]
    });
    desk.ask("groups.save", team.clone()).await?;
    assert!(desk.ask("groups.save", team).await.is_err(), "a name of its own");
    let offered = desk.ask("groups.complete", json!({ "text": "ystd", "limit": 5 })).await?;
    assert_eq!(offered[0]["members"][0], json!({ "name": "Mia Lang", "email": "mia@hof.test" }));
    let offered = desk.ask("contacts.complete", json!({ "text": "zs", "limit": 5 })).await?;
    assert_eq!(offered[0], json!({ "name": "张三", "email": "home.zs@hof.test" }), "{offered}");
    let found = desk.ask("people.find", json!({ "email": "HOME.mia@hof.test" })).await?;
    assert_eq!(found["person"], mia);
    let nobody = desk.ask("people.find", json!({ "email": "x@hof.test" })).await?;
    assert_eq!(nobody["person"], Value::Null);
    let mut spoof = mia.clone();
    spoof["name"] = json!("Mia\u{202e}gnaL");
    let refused = desk.ask("people.save", spoof).await;
    assert!(refused.is_err_and(|error| error.to_string().contains("order of letters")));

    let folder = tempfile::tempdir()?;
    let file = folder.path().join("book.vcf");
    desk.ask("people.export", json!({ "path": file })).await?;
    let other = Desk::empty().await?;
    let done = other.ask("people.import", json!({ "path": file })).await?;
    assert_eq!((&done["added"], &done["groups"]), (&json!(2), &json!(1)), "{done}");
    let (mut people, groups) = all(&other).await?;
    let before = all(&desk).await?;
    assert_eq!((&people, &groups), (&before.0, &before.1));
    // Once more changes nothing; what is new of a file completes what is there.
    let again = other.ask("people.import", json!({ "path": file })).await?;
    assert_eq!(
        (&again["known"], &again["added"], &again["groups"]),
        (&json!(2), &json!(0), &json!(0))
    );
    std::fs::write(
        &file,
        "BEGIN:VCARD\nFN:Somebody\nEMAIL:mia@hof.test\nEMAIL:mia@new.test\nEMAIL:@\nEMAIL:bad@-x\nEND:VCARD\nBEGIN:VCARD\nNOTE:x\nEND:VCARD\n",
    )?;
    let done = other.ask("people.import", json!({ "path": file })).await?;
    assert_eq!((&done["completed"], &done["leftOut"]), (&json!(1), &json!(1)), "{done}");
    assert_eq!(done["badAddresses"].as_array().map(Vec::len), Some(2), "{done}");
    people = all(&other).await?.0;
    assert_eq!(people[0]["name"], "Mia Lang", "what the user wrote stays");
    assert_eq!(people[0]["emails"][2]["value"], "mia@new.test");
    for wrong in ["", "no cards in here"] {
        std::fs::write(&file, wrong)?;
        assert!(other.ask("people.import", json!({ "path": file })).await.is_err());
    }
    assert!(other.ask("people.import", json!({ "path": "book.vcf" })).await.is_err());
    other.engine.shutdown().await;
    desk.engine.shutdown().await;
    Ok(())
}
