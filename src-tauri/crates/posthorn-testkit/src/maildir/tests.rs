//! Filling and reading back without a server.

use posthorn_model::Timestamp;

use super::{Delivery, Maildir};

#[test]
fn flags_keywords_and_times_are_read_back() {
    let home = tempfile::tempdir().unwrap();
    let inbox = Maildir::new(home.path().join("anna"), "INBOX", None);
    assert_eq!(inbox.count().unwrap(), 0);
    let received = Timestamp::from_seconds(1_000_000_000);
    let first = Delivery::new(b"A: 1\r\n\r\n".to_vec())
        .flags(&["\\Flagged", "\\Seen", "$Junk"])
        .received(received);
    let second = Delivery::new(b"B: 2\r\n\r\n".to_vec()).flags(&["$Forwarded"]);
    inbox.fill(&[first, second]).unwrap();
    inbox.deliver(&Delivery::new(b"C: 3\r\n\r\n".to_vec())).unwrap();
    let found = inbox.messages().unwrap();
    let names: Vec<_> =
        found.iter().map(|message| (message.flags.names().join(" "), message.is_recent)).collect();
    let wanted = [("\\Seen \\Flagged $Junk", false), ("$Forwarded", false), ("", true)];
    assert_eq!(names, wanted.map(|(names, recent)| (names.to_owned(), recent)));
    let modified = std::fs::metadata(&found[0].path).unwrap().modified().unwrap();
    assert_eq!(modified.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs(), 1_000_000_000);
}
