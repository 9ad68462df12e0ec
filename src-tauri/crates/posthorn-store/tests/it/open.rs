//! Opening: older files come forward with their mail, newer ones are refused untouched; jobs share transactions.

use std::path::Path;
use std::sync::Arc;

use posthorn_model::{ManualClock, SystemClock, Timestamp};
use posthorn_store::search::{self, Words};
use posthorn_store::{Error, OpenError, Paths, Store, account, message, placement, setting};

use crate::fixture::{NOW, arrival, fixture, head};

#[tokio::test]
async fn newer_database_is_refused_and_untouched() {
    let fixture = fixture().await;
    fixture.store.close().await;
    let connection = rusqlite::Connection::open(&fixture.paths.index).unwrap();
    connection
        .execute_batch(
            "PRAGMA journal_mode = DELETE; PRAGMA user_version = 99; PRAGMA application_id = 99",
        )
        .unwrap();
    drop(connection);
    let before = std::fs::read(&fixture.paths.index).unwrap();
    let error = Store::open(&fixture.paths, Arc::new(SystemClock)).unwrap_err();
    assert!(matches!(error, OpenError::Newer { found: 99, .. }), "{error}");
    assert_eq!(std::fs::read(&fixture.paths.index).unwrap(), before);
}

#[tokio::test]
async fn a_closed_store_leaves_no_journal() {
    let fixture = fixture().await;
    fixture.one(fixture.inbox, "a@x", 1).await;
    let waiting = fixture.store.pending_words(10).await.unwrap();
    let words = waiting.iter().map(|row| Words { position: row.position, text: None }).collect();
    fixture.store.put_words(words).await.unwrap();
    // Several readers, which cannot bring a journal in, are idle when it closes.
    let reads = (0..3).map(|_| {
        let store = fixture.store.clone();
        async move { store.read(search::coverage).await }
    });
    for coverage in futures_of(reads).await {
        assert_eq!(coverage.unwrap().heads, 1);
    }
    fixture.store.close().await;
    let folder = std::fs::read_dir(fixture.paths.index.parent().unwrap()).unwrap();
    let names = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let left: Vec<String> = names.filter(|name| name.contains("-wal")).collect();
    assert!(left.is_empty(), "{left:?}");
}

/// Runs futures side by side.
async fn futures_of<T: Send + 'static>(
    all: impl Iterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let tasks: Vec<_> = all.map(tokio::spawn).collect();
    let mut results = Vec::new();
    for task in tasks {
        results.push(task.await.unwrap());
    }
    results
}

#[tokio::test]
async fn file_that_is_no_database_is_reported_as_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let paths = Paths::in_folder(folder.path());
    std::fs::write(&paths.index, vec![b'x'; 8192]).unwrap();
    let error = Store::open(&paths, Arc::new(SystemClock)).unwrap_err();
    assert!(matches!(error.cause(), Some(Error::Corrupt(_))), "{error:?}");
}

#[tokio::test]
async fn databases_of_every_version_open_and_keep_their_mail() {
    let stored = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/databases");
    let mut versions = 0;
    for entry in std::fs::read_dir(stored).unwrap() {
        let source = entry.unwrap().path();
        if !source.is_dir() {
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        for file in ["index.db", "bodies.db", "search.db"] {
            std::fs::copy(source.join(file), folder.path().join(file)).unwrap();
        }
        let clock = Arc::new(ManualClock::at(Timestamp::from_seconds(NOW)));
        let store = Store::open(&Paths::in_folder(folder.path()), clock).unwrap();
        let (subjects, body) = store
            .read(|tx| {
                let account = account::list(tx)?.remove(0).id;
                let inbox = posthorn_store::mailbox::by_role(
                    tx,
                    account,
                    posthorn_model::MailboxRole::Inbox,
                )?
                .unwrap();
                let messages = placement::messages(tx, inbox.id)?;
                let found: Vec<_> =
                    messages.iter().map(|id| message::get(tx, *id).unwrap()).collect();
                let body = found.iter().find_map(|message| match message.body {
                    message::BodyState::Whole(body) => Some(body),
                    _ => None,
                });
                Ok((
                    found.into_iter().map(|message| message.head.subject).collect::<Vec<_>>(),
                    body.unwrap(),
                ))
            })
            .await
            .unwrap();
        assert_eq!(subjects, ["Re: Lunch?", "Lunch?"], "{}", source.display());
        assert_eq!(store.bodies().get(body).await.unwrap(), b"Subject: Lunch?\r\n\r\nAt noon?\r\n");
        // The first format of the words was without beginnings: it is built again.
        assert_eq!(store.audit_words().await.unwrap(), 2);
        store.close().await;
        versions += 1;
    }
    assert_eq!(versions, 1, "one folder for every version of the format that was released");
}

/// Makes the folder for a new format: run by hand with POSTHORN_MAKE_DATABASE=tests/databases/vN.
#[tokio::test]
async fn database_for_the_tests_can_be_made() {
    let fixture = fixture().await;
    let body = b"Subject: Lunch?\r\n\r\nAt noon?\r\n".to_vec();
    let origin = posthorn_store::Origin::Imap(fixture.account);
    let body = fixture.store.bodies().put(body, origin).await.unwrap();
    let mut first = arrival(1, head("a@x", &[], "Lunch?", "ann", 0));
    first.body = Some(body);
    let second = arrival(2, head("b@x", &["a@x"], "Re: Lunch?", "bob", 60));
    fixture.arrive(fixture.inbox, vec![first, second]).await;
    let pending = fixture.store.pending_words(10).await.unwrap();
    let words = pending.iter().map(|one| posthorn_store::search::Words {
        position: one.position,
        text: one.body.map(|_| "At noon?".to_owned()),
    });
    fixture.store.put_words(words.collect()).await.unwrap();
    fixture.store.close().await;
    let Some(target) = std::env::var_os("POSTHORN_MAKE_DATABASE") else { return };
    std::fs::create_dir_all(&target).unwrap();
    for path in [&fixture.paths.index, &fixture.paths.bodies, &fixture.paths.search] {
        let connection = rusqlite::Connection::open(path).unwrap();
        connection.execute_batch("PRAGMA journal_mode = DELETE; VACUUM").unwrap();
        drop(connection);
        std::fs::copy(path, Path::new(&target).join(path.file_name().unwrap())).unwrap();
    }
}

#[tokio::test]
async fn failing_job_takes_back_itself_and_not_its_neighbours() {
    let fixture = fixture().await;
    let store = &fixture.store;
    let good = store.write(|tx| setting::set(tx, "one", "1"));
    let bad = store.write(|tx| {
        setting::set(tx, "two", "2")?;
        Err::<(), _>(Error::Invalid("no"))
    });
    let broken = store.write(|tx| {
        setting::set(tx, "three", "3")?;
        assert!(tx.now().0 < 0, "a bug");
        Ok(())
    });
    let last = store.write(|tx| setting::set(tx, "four", "4"));
    let (good, bad, broken, last) = tokio::join!(good, bad, broken, last);
    assert_eq!(
        (good, bad, broken, last),
        (Ok(()), Err(Error::Invalid("no")), Err(Error::Closed), Ok(()))
    );
    let all = store.read(setting::all).await.unwrap();
    assert_eq!(all.keys().map(String::as_str).collect::<Vec<_>>(), ["four", "one"]);
}

#[tokio::test]
async fn reader_cannot_write_and_closed_store_says_so() {
    let fixture = fixture().await;
    let connection = rusqlite::Connection::open(&fixture.paths.index).unwrap();
    let mode: String =
        connection.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
    fixture.store.close().await;
    assert_eq!(fixture.store.write(|tx| setting::set(tx, "a", "1")).await, Err(Error::Closed));
    assert_eq!(fixture.store.read(|tx| setting::get(tx, "a")).await, Err(Error::Closed));
}

#[tokio::test]
async fn full_database_refuses_and_keeps_what_was_there() {
    let fixture = fixture().await;
    fixture.one(fixture.inbox, "a@x", 1).await;
    // SQLite reports the page limit as it reports a full disk.
    fixture.store.write(posthorn_store::testing::limit_size).await.unwrap();
    let long = format!("\"{}\"", "x".repeat(4 << 20));
    let error = fixture.store.write(move |tx| setting::set(tx, "long", &long)).await.unwrap_err();
    assert_eq!(error, Error::DiskFull);
    assert_eq!(fixture.messages(fixture.inbox).await.len(), 1);
    assert_eq!(fixture.store.read(|tx| setting::get(tx, "long")).await.unwrap(), None);
}

#[tokio::test]
async fn dropped_read_is_interrupted() {
    let fixture = fixture().await;
    let slow = fixture.store.read(posthorn_store::testing::count_for_ever);
    let outcome = tokio::time::timeout(std::time::Duration::from_millis(50), slow).await;
    assert!(outcome.is_err());
    // All connections are free again: more reads than there are connections get through.
    for _ in 0..8 {
        fixture.store.read(setting::all).await.unwrap();
    }
}
