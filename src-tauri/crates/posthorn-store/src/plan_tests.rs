//! The plan of every list and search query: walks of an index, never of all messages.

use std::cell::RefCell;

use posthorn_model::{MailboxRole, Timestamp};
use posthorn_query::{Now, parse};
use rusqlite::Connection;
use rusqlite::trace::{TraceEvent, TraceEventCodes};

use crate::search::{self, Search};
use crate::tx::ReadTx;
use crate::view::{self, Filter, Grouping, Sort, Source, Touched, ViewSpec};
use crate::{Paths, schema, testing};
use crate::{connection, mailbox, message, operation, placement, thread};

thread_local! {
    static SEEN: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

fn remember(event: TraceEvent<'_>) {
    if let TraceEvent::Stmt(statement, _) = event {
        let sql = statement.sql();
        SEEN.with_borrow_mut(|seen| {
            if !seen.contains(&sql.to_string()) {
                seen.push(sql.to_string());
            }
        });
    }
}

fn exercise(tx: &ReadTx<'_>, inbox: posthorn_model::MailboxId, account: posthorn_model::AccountId) {
    let now = Now { at: Timestamp::from_seconds(1_500_000_000), utc_offset_seconds: 0 };
    let text = "lunch from:ann to:bob filename:x has:attachment is:unread is:replied in:inbox larger:1k after:2001-01-01";
    let search = Search::new(parse(text, now).query, now);
    let either = Search::new(parse("-is:starred (is:read OR is:draft) account:me", now).query, now);
    let beginnings = Search::new(parse("harb* OR lunche* OR 会*", now).query, now);
    let sources = [
        Source::Mailbox(inbox),
        Source::Unified(MailboxRole::Inbox),
        Source::FollowUps,
        Source::Search(search),
        Source::Search(either),
        Source::Search(beginnings),
    ];
    let everything = Filter { only_unread: true, only_starred: true, only_files: true };
    for source in sources {
        for grouping in [Grouping::Messages, Grouping::Threads] {
            for filter in [Filter::default(), everything] {
                for sort in [Sort::Newest, Sort::Oldest, Sort::Sender, Sort::Subject, Sort::Size] {
                    let spec = ViewSpec { source: source.clone(), grouping, filter, sort };
                    let mut open = view::open(tx, &spec).unwrap();
                    let window = view::open_window(tx, &spec, 10, None).unwrap();
                    let seam = window.seam();
                    seam.map(|seam| view::read_on(tx, &seam, 10, None).unwrap());
                    view::rows(tx, &open, open.window(0..5)).unwrap();
                    let positions = open.entries().iter().copied().take(3).collect();
                    let touched = Touched { positions, ..Touched::default() };
                    view::refresh(tx, &mut open, &touched).unwrap();
                }
            }
        }
    }
    search::coverage(tx).unwrap();
    let first = placement::messages(tx, inbox).unwrap()[0];
    message::without_body(tx, inbox, 1, 10).unwrap();
    message::in_thread(tx, thread::of_message(tx, first).unwrap()).unwrap();
    placement::unread(tx, inbox).unwrap();
    placement::uids(tx, inbox).unwrap();
    operation::next(tx, account).unwrap();
    operation::held_until(tx, account).unwrap();
    mailbox::list(tx, account).unwrap();
}

#[tokio::test]
async fn no_list_or_search_query_scans_messages() {
    let folder = tempfile::tempdir().unwrap();
    let paths = Paths::in_folder(folder.path());
    let clock = std::sync::Arc::new(posthorn_model::ManualClock::at(Timestamp::from_seconds(
        1_500_000_000,
    )));
    let store = crate::Store::open(&paths, clock).unwrap();
    let (account, [inbox, archive, ..]) =
        store.write(|tx| testing::add_account(tx, "me@example.org")).await.unwrap();
    testing::fill(&store, inbox, 50, 1).await.unwrap();
    // Some conversations are in two folders.
    testing::fill(&store, archive, 10, 1).await.unwrap();
    assert_eq!(schema::INDEX.newest(), 23, "a new format needs a folder in tests/databases");
    let mut reader = Connection::open(&paths.index).unwrap();
    connection::tune_reader(&reader, Some(&paths.search)).unwrap();
    reader.trace_v2(TraceEventCodes::SQLITE_TRACE_STMT, Some(remember)).unwrap();
    exercise(&ReadTx::new(&reader, Timestamp::from_seconds(1_500_000_000)), inbox, account);
    reader.trace_v2(TraceEventCodes::empty(), None::<fn(TraceEvent<'_>)>).unwrap();
    let mut statements = SEEN.take();
    // Statements that SQLite's full text runs inside itself are not ours.
    statements.retain(|sql| !sql.starts_with("--") && !sql.contains("'words'."));
    statements.sort();
    let mut report = String::new();
    for sql in &statements {
        let plan = plan(&reader, sql);
        for line in plan.iter().filter(|line| line.starts_with("SCAN")) {
            let is_small = [
                "account",
                "mailbox",
                "words.",
                "indexed",
                "word_queue",
                "follow_up",
                "CONSTANT ROW",
                "INDEX message_by_s",
                // The first of what waits, counted.
                "(subquery-",
            ];
            let is_count = sql.starts_with("SELECT COUNT(*)");
            assert!(
                is_count || is_small.iter().any(|name| line.contains(name)),
                "{sql}\n{plan:#?}"
            );
        }
        report.extend([
            &sql.split_whitespace().collect::<Vec<_>>().join(" "),
            "
    ",
            &plan.join(
                "
    ",
            ),
            "
",
        ]);
    }
    insta::assert_snapshot!(report);
}

fn plan(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let count = statement.parameter_count();
    let values = vec![rusqlite::types::Value::Null; count];
    let rows = statement
        .query_map(rusqlite::params_from_iter(values), |row| row.get::<_, String>(3))
        .unwrap();
    rows.map(|row| row.unwrap()).collect()
}
