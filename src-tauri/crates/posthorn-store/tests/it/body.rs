//! Raw bytes: exact, shared, streamed, swept with care.

use std::io::Read;

use posthorn_model::BodyId;
use posthorn_store::placement::RemovedBy;
use posthorn_store::{Error, Origin, placement};

use crate::fixture::{arrival, fixture, head};

const DAY_MS: i64 = 86_400_000;

#[tokio::test]
async fn bytes_come_back_exactly_whatever_their_size() {
    let fixture = fixture().await;
    let bodies = fixture.store.bodies();
    let noise: Vec<u8> =
        (0..300_000_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    for bytes in [Vec::new(), b"\0\r\n\xff".to_vec(), noise] {
        let id = bodies.put(bytes.clone(), Origin::Local).await.unwrap();
        assert_eq!(
            bodies.put(bytes.clone(), Origin::Local).await.unwrap(),
            id,
            "equal bytes are stored once"
        );
        assert_eq!(bodies.get(id).await.unwrap(), bytes);
        assert_eq!(bodies.size(id).await.unwrap(), bytes.len() as u64);
        let mut streamed = Vec::new();
        bodies.open(id).await.unwrap().read_to_end(&mut streamed).unwrap();
        assert_eq!(streamed, bytes);
    }
    assert_eq!(bodies.get(BodyId(99)).await, Err(Error::NotFound("body")));
}

#[tokio::test]
async fn file_is_stored_without_being_read_whole() {
    let fixture = fixture().await;
    let path = fixture.paths.index.with_file_name("attachment.bin");
    for size in [10, 1 << 20] {
        let bytes = vec![7_u8; size];
        std::fs::write(&path, &bytes).unwrap();
        let id = fixture.store.bodies().put_file(&path, Origin::Local).await.unwrap();
        assert_eq!(fixture.store.bodies().get(id).await.unwrap(), bytes);
        assert_eq!(fixture.store.bodies().put(bytes, Origin::Local).await.unwrap(), id);
    }
}

#[tokio::test]
async fn unfinished_file_of_a_stopped_program_goes_at_the_next_start() {
    let fixture = fixture().await;
    let kept = fixture.store.bodies().put(vec![1_u8; 200_000], Origin::Local).await.unwrap();
    fixture.store.close().await;
    let unfinished = fixture.paths.body_files.join("0123.part");
    std::fs::write(&unfinished, b"half").unwrap();
    let store = posthorn_store::Store::open(&fixture.paths, fixture.clock.clone()).unwrap();
    assert!(!unfinished.exists());
    assert_eq!(store.bodies().get(kept).await.unwrap().len(), 200_000);
}

#[tokio::test]
async fn damaged_bytes_are_noticed() {
    let fixture = fixture().await;
    let id = fixture.store.bodies().put(vec![1_u8; 200_000], Origin::Local).await.unwrap();
    let file = walk(&fixture.paths.body_files);
    std::fs::write(&file, zstd::bulk::compress(&vec![2_u8; 200_000], 3).unwrap()).unwrap();
    assert_eq!(fixture.store.bodies().get(id).await, Err(Error::BodyDamaged));
}

fn walk(folder: &std::path::Path) -> std::path::PathBuf {
    let sub = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.is_dir())
        .unwrap();
    std::fs::read_dir(sub).unwrap().next().unwrap().unwrap().path()
}

#[tokio::test]
async fn sweep_takes_old_orphans_and_nothing_else() {
    let fixture = fixture().await;
    let bodies = fixture.store.bodies();
    let used = bodies.put(b"used".to_vec(), Origin::Imap(fixture.account)).await.unwrap();
    let orphan = bodies.put(b"orphan".to_vec(), Origin::Imap(fixture.account)).await.unwrap();
    let large = bodies.put(vec![3_u8; 200_000], Origin::Local).await.unwrap();
    let lost = bodies.put(b"lost".to_vec(), Origin::Pop3(fixture.account)).await.unwrap();
    let mut message = arrival(1, head("a@x", &[], "a", "ann", 0));
    message.body = Some(used);
    fixture.arrive(fixture.inbox, vec![message]).await;
    assert_eq!(fixture.store.sweep().await.unwrap(), 0, "all are young");
    fixture.clock.advance_ms(31 * DAY_MS);
    let again = bodies.put(b"again".to_vec(), Origin::Local).await.unwrap();
    assert_eq!(fixture.store.sweep().await.unwrap(), 2);
    for (id, is_there) in
        [(used, true), (orphan, false), (large, false), (lost, true), (again, true)]
    {
        assert_eq!(bodies.get(id).await.is_ok(), is_there, "{id}");
    }
    let found = fixture.store.lost_bodies().await.unwrap();
    assert_eq!(found.iter().map(|body| body.body).collect::<Vec<_>>(), [lost]);
}

#[tokio::test]
async fn message_removed_for_good_lets_its_pop3_body_go() {
    let fixture = fixture().await;
    let body =
        fixture.store.bodies().put(b"pop".to_vec(), Origin::Pop3(fixture.account)).await.unwrap();
    let mut message = arrival(1, head("a@x", &[], "a", "ann", 0));
    message.body = Some(body);
    let id = fixture.arrive(fixture.inbox, vec![message]).await[0].message;
    let inbox = fixture.inbox;
    fixture
        .store
        .write(move |tx| placement::remove(tx, inbox, &[id], RemovedBy::User))
        .await
        .unwrap();
    fixture.clock.advance_ms(31 * DAY_MS);
    assert_eq!(fixture.store.sweep().await.unwrap(), 1);
    assert_eq!(fixture.store.lost_bodies().await.unwrap(), []);
}

#[tokio::test]
async fn crash_between_the_two_commits_leaves_an_orphan_only() {
    let fixture = fixture().await;
    let account = fixture.account;
    let body =
        fixture.store.bodies().put(b"durable".to_vec(), Origin::Pop3(account)).await.unwrap();
    fixture.store.close().await;
    let store = posthorn_store::Store::open(&fixture.paths, fixture.clock.clone()).unwrap();
    assert_eq!(store.bodies().get(body).await.unwrap(), b"durable");
    assert_eq!(store.lost_bodies().await.unwrap().len(), 1);
}
