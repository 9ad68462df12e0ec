//! The schema pages say the truth; migrations are all or nothing; newer files are refused untouched.

use rusqlite::Connection;

use super::{BODIES, Format, INDEX, Migration, SEARCH};
use crate::error::OpenError;

/// Returns every object with its definition, without comments and with single spaces.
fn objects(connection: &Connection) -> Vec<String> {
    let sql = "SELECT type || ' ' || name || ': ' || COALESCE(sql, '') FROM sqlite_schema \
        WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name";
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
    rows.map(|row| plain(&row.unwrap())).collect()
}

fn plain(sql: &str) -> String {
    let lines = sql.lines().map(|line| line.split("--").next().unwrap_or_default());
    let words = lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ");
    // Where SQLite puts the spaces around a column that was added depends on comments that nobody sees.
    words.replace(" ,", ",").replace(" )", ")")
}

#[test]
fn migrations_lead_to_what_the_schema_pages_say() {
    let pages = [
        (INDEX, include_str!("index.sql")),
        (BODIES, include_str!("bodies.sql")),
        (SEARCH, include_str!("search.sql")),
    ];
    for (format, page) in pages {
        let mut migrated = Connection::open_in_memory().unwrap();
        format.migrate(&mut migrated).unwrap();
        let described = Connection::open_in_memory().unwrap();
        described.execute_batch(page).unwrap();
        assert_eq!(objects(&migrated), objects(&described), "{}", format.file);
        let foreign: Vec<String> = broken_references(&migrated);
        assert_eq!(foreign, Vec::<String>::new());
    }
}

fn broken_references(connection: &Connection) -> Vec<String> {
    let mut statement = connection.prepare("PRAGMA foreign_key_check").unwrap();
    let rows = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
    rows.map(|row| row.unwrap()).collect()
}

#[test]
fn every_table_is_strict_and_every_foreign_key_has_an_index() {
    let mut connection = Connection::open_in_memory().unwrap();
    INDEX.migrate(&mut connection).unwrap();
    let lax: i64 = connection
        .query_row(
            "SELECT COUNT(*) FROM pragma_table_list WHERE schema = 'main' AND NOT strict AND name NOT LIKE 'sqlite_%'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(lax, 0);
    // A parent's deletion looks for children: without an index that is a scan of the child table.
    let sql = "SELECT tables.name || '.' || keys.\"from\" FROM pragma_table_list AS tables, \
          pragma_foreign_key_list(tables.name) AS keys WHERE tables.schema = 'main' AND NOT EXISTS ( \
            SELECT 1 FROM pragma_index_list(tables.name) AS indexes, pragma_index_info(indexes.name) AS columns \
            WHERE columns.seqno = 0 AND columns.name = keys.\"from\")";
    let mut statement = connection.prepare(sql).unwrap();
    let missing: Vec<String> =
        statement.query_map([], |row| row.get(0)).unwrap().map(|row| row.unwrap()).collect();
    assert_eq!(missing, Vec::<String>::new());
}

const BROKEN: Format = Format {
    file: "test.db",
    migrations: &[
        Migration {
            sql: "CREATE TABLE mail (text TEXT) STRICT; INSERT INTO mail VALUES ('kept');",
            floor: 1,
        },
        Migration {
            sql: "ALTER TABLE mail ADD COLUMN extra TEXT; DELETE FROM mail; SELECT broken;",
            floor: 2,
        },
    ],
};

#[test]
fn failed_migration_leaves_the_file_as_it_was() {
    let mut connection = Connection::open_in_memory().unwrap();
    Format { migrations: &BROKEN.migrations[..1], ..BROKEN }.migrate(&mut connection).unwrap();
    let before = objects(&connection);
    let error = BROKEN.migrate(&mut connection).unwrap_err();
    assert!(matches!(error, OpenError::Migration { to: 2, .. }), "{error:?}");
    assert_eq!(objects(&connection), before);
    let text: String = connection.query_row("SELECT text FROM mail", [], |row| row.get(0)).unwrap();
    assert_eq!(text, "kept");
    let version: i64 =
        connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(version, 1);
}

#[test]
fn newer_file_is_refused_unless_its_floor_allows() {
    let newest = INDEX.newest();
    let table = [
        (newest + 1, newest + 1, true),
        (newest + 1, newest, false),
        (newest, newest, false),
        (newest + 6, 0, true),
    ];
    for (version, floor, is_refused) in table {
        let mut connection = Connection::open_in_memory().unwrap();
        INDEX.migrate(&mut connection).unwrap();
        connection.pragma_update(None, "user_version", version).unwrap();
        connection.pragma_update(None, "application_id", floor).unwrap();
        assert_eq!(
            INDEX.migrate(&mut connection).is_err(),
            is_refused,
            "version {version}, floor {floor}"
        );
    }
}
