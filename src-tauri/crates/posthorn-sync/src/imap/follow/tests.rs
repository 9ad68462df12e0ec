//! Which folder is which, by ids and by counts.

use std::collections::HashMap;

use posthorn_imap::MailboxStatus;
use posthorn_model::{AccountId, MailboxId, MailboxRole, Uid, UidValidity};
use posthorn_store::mailbox::{Listed, Mailbox, SyncState};

use super::{Known, is_lost, matched, parents};

/// A folder here: number, path, uid validity, next uid, messages, id of the server.
type Here<'a> = (i64, &'a str, u32, u32, u64, &'a str);
/// A folder there: path, uid validity, next uid, messages, id of the server.
type There<'a> = (&'a str, u32, u32, u32, &'a str);

/// What happened; folders here, folders there, and which gets which name.
type Case<'a> = (&'a str, Vec<Here<'a>>, Vec<There<'a>>, Vec<(i64, &'a str)>);

fn here((id, path, validity, next, total, object_id): Here<'_>) -> Known {
    let sync = SyncState {
        uid_validity: Some(UidValidity(validity)),
        uid_next: Some(Uid(next)),
        is_complete: true,
        ..SyncState::default()
    };
    let mailbox = Mailbox {
        id: MailboxId(id),
        account: AccountId(1),
        parent: None,
        path: path.to_owned(),
        name: path.to_owned(),
        delimiter: "/".to_owned(),
        role: MailboxRole::Other,
        is_role_chosen: false,
        sync,
        total,
        unread: 0,
        is_local: false,
        is_selectable: validity != 0,
        is_subscribed: true,
        is_favourite: false,
        place: None,
        color: String::new(),
    };
    Known { mailbox, object_id: Some(object_id.to_owned()).filter(|id| !id.is_empty()) }
}

fn listed(path: &str, is_selectable: bool) -> Listed {
    Listed {
        path: path.to_owned(),
        name: path.rsplit('/').next().unwrap_or_default().to_owned(),
        delimiter: "/".to_owned(),
        role: MailboxRole::Other,
        is_selectable,
        is_subscribed: true,
    }
}

fn status((_, validity, next, messages, object_id): There<'_>) -> MailboxStatus {
    MailboxStatus {
        uid_validity: Some(UidValidity(validity)),
        uid_next: Some(Uid(next)),
        messages: Some(messages),
        mailbox_id: Some(object_id.to_owned()).filter(|id| !id.is_empty()),
        ..MailboxStatus::default()
    }
}

/// Returns which folder gets which name.
fn follow(known: &[Here<'_>], there: &[There<'_>]) -> Vec<(i64, String)> {
    let known: Vec<Known> = known.iter().map(|one| here(*one)).collect();
    let list: Vec<Listed> = there.iter().map(|one| listed(one.0, one.1 != 0)).collect();
    let counts: HashMap<String, MailboxStatus> =
        there.iter().map(|one| (one.0.to_owned(), status(*one))).collect();
    let told: HashMap<&str, &MailboxStatus> =
        counts.iter().map(|(path, status)| (path.as_str(), status)).collect();
    let lost: Vec<&Known> = known.iter().filter(|known| is_lost(known, &list, &told)).collect();
    let free: Vec<&Listed> = list
        .iter()
        .filter(|item| {
            !known.iter().any(|known| known.mailbox.path == item.path)
                || lost.iter().any(|known| known.mailbox.path == item.path)
        })
        .collect();
    let mut followed = matched(&lost, &free, &counts);
    followed.extend(parents(&known, &lost, &free, &followed));
    let mut pairs: Vec<_> = followed.into_iter().map(|one| (one.mailbox.0, one.path)).collect();
    pairs.sort();
    pairs
}

#[test]
fn a_folder_is_known_again_by_what_it_is_and_not_by_its_name() {
    let table: [Case<'_>; 10] = [
        ("nothing changed", vec![(1, "a", 7, 9, 8, "")], vec![("a", 7, 12, 9, "")], vec![]),
        ("renamed", vec![(1, "a", 7, 9, 8, "")], vec![("b", 7, 9, 8, "")], vec![(1, "b")]),
        (
            "renamed, and mail came",
            vec![(1, "a", 7, 9, 8, "")],
            vec![("b", 7, 12, 11, "")],
            vec![(1, "b")],
        ),
        ("uids went back", vec![(1, "a", 7, 9, 8, "")], vec![("b", 7, 5, 4, "")], vec![]),
        ("another folder", vec![(1, "a", 7, 9, 8, "")], vec![("b", 8, 9, 8, "")], vec![]),
        (
            "all numbered alike, and told apart by their counts",
            vec![(1, "a", 1, 9, 8, ""), (2, "b", 1, 4, 3, "")],
            vec![("c", 1, 4, 3, ""), ("d", 1, 9, 8, "")],
            vec![(1, "d"), (2, "c")],
        ),
        (
            "all numbered alike, and all empty",
            vec![(1, "a", 1, 1, 0, ""), (2, "b", 1, 1, 0, "")],
            vec![("c", 1, 1, 0, ""), ("d", 1, 1, 0, "")],
            vec![],
        ),
        (
            "renamed, and a new one made under the old name",
            vec![(1, "a", 7, 9, 8, "")],
            vec![("a", 8, 1, 0, ""), ("b", 7, 9, 8, "")],
            vec![(1, "b")],
        ),
        (
            "two changed their names, by their ids",
            vec![(1, "a", 7, 9, 8, "F1"), (2, "b", 7, 9, 8, "F2")],
            vec![("a", 7, 9, 8, "F2"), ("b", 7, 9, 8, "F1")],
            vec![(1, "b"), (2, "a")],
        ),
        (
            "moved with the folder above it, which holds no mail",
            vec![(1, "a", 0, 0, 0, ""), (2, "a/x", 7, 9, 8, "")],
            vec![("z", 0, 0, 0, ""), ("z/x", 7, 9, 8, "")],
            vec![(1, "z"), (2, "z/x")],
        ),
    ];
    for (what, known, there, expected) in table {
        let expected: Vec<(i64, String)> =
            expected.into_iter().map(|(id, path)| (id, path.to_owned())).collect();
        assert_eq!(follow(&known, &there), expected, "{what}");
    }
}
