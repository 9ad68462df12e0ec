//! The words that the index knows: with them, *everything that begins so* is a handful of whole words, whose hits come
//! newest first one by one, where FTS5 would put all hits of all of them together first.
//!
//! Invariant: `known_word` holds at least every word of four letters or more, and every word that is not plain ASCII,
//! of the tables `head` and `body`, spelled as they spell it; it is written in the same transaction.

use std::collections::HashSet;
use std::hash::BuildHasher as _;
use std::sync::{Mutex, PoisonError};

use foldhash::{fast, quality};
use posthorn_query::words::MIN_BODY_PREFIX;
use rusqlite::Connection;

use crate::error::Result;
use crate::tx::ReadTx;

/// Words of which is remembered that they are written down, so that most of a message need not be looked up: about
/// two megabytes. When half of them came, the half before goes, but for what was met again.
const REMEMBERED: usize = 114_688;
/// Words that stand in for a beginning. Opening one costs microseconds in each segment of the index; more belong to a
/// beginning that fits nearly everything.
const STAND_INS: usize = 256;

/// Remembers which words are written down.
#[derive(Debug, Default)]
pub(super) struct Known(Mutex<Memory>);

/// Words are remembered by 64 bits that are keyed anew in each run: that two of them share theirs, and one is not written
/// down, is less likely in a life of mail than a failing disk.
#[derive(Debug, Default)]
struct Memory {
    keyed: quality::RandomState,
    words: Marks,
    /// Those that came before them.
    older: Marks,
    /// Rises with each [`Known::forget`].
    generation: u64,
}

type Marks = HashSet<u64, fast::RandomState>;

/// Words that are to be written down, if they are not.
#[derive(Debug, Default)]
pub(super) struct Fresh {
    generation: u64,
    words: Vec<Box<str>>,
}

impl Known {
    /// Returns which words of some texts, as [`posthorn_query::words::index_text`] returns them, are not remembered.
    pub(super) fn fresh<'a>(&self, texts: impl Iterator<Item = &'a str>) -> Fresh {
        let mut memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut fresh: HashSet<&str, fast::RandomState> = HashSet::default();
        for word in texts.flat_map(|text| text.split(' ')).filter(|word| is_kept(word)) {
            if !memory.has(word) {
                fresh.insert(word);
            }
        }
        let mut words: Vec<Box<str>> = fresh.into_iter().map(Box::from).collect();
        words.sort_unstable();
        Fresh { generation: memory.generation, words }
    }

    /// Returns whether nothing was forgotten since.
    pub(super) fn is_current(&self, fresh: &Fresh) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).generation == fresh.generation
    }

    /// Remembers words whose transaction is committed.
    pub(super) fn learn(&self, fresh: Fresh) {
        let mut memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if memory.generation != fresh.generation {
            return;
        }
        if memory.words.len() + fresh.words.len() > REMEMBERED / 2 {
            memory.older = std::mem::take(&mut memory.words);
        }
        for word in fresh.words.iter().take(REMEMBERED / 2) {
            let mark = memory.keyed.hash_one(word);
            memory.words.insert(mark);
        }
    }

    /// Forgets everything: the words are being deleted.
    pub(super) fn forget(&self) {
        let mut memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        memory.words.clear();
        memory.older.clear();
        memory.generation += 1;
    }
}

impl Memory {
    /// Returns whether a word is remembered; it will be for some time longer.
    fn has(&mut self, word: &str) -> bool {
        let mark = self.keyed.hash_one(word);
        if self.words.contains(&mark) {
            return true;
        }
        let is_older = self.older.remove(&mark);
        if is_older {
            self.words.insert(mark);
        }
        is_older
    }
}

/// Returns whether a word is one that is written down.
fn is_kept(word: &str) -> bool {
    word.len() >= MIN_BODY_PREFIX || !word.is_ascii()
}

/// Makes the tables of the writing connection in which words are spelled as the index spells them.
pub(crate) fn prepare_writer(connection: &Connection) -> Result<()> {
    connection.execute_batch(
        "CREATE VIRTUAL TABLE temp.spelled USING fts5 (text, content='', tokenize='unicode61 remove_diacritics 2'); \
         CREATE VIRTUAL TABLE temp.spelled_word USING fts5vocab ('temp', 'spelled', 'row');",
    )?;
    Ok(())
}

/// Writes words down.
pub(super) fn write(connection: &Connection, fresh: &Fresh) -> Result<()> {
    let mut insert =
        connection.prepare_cached("INSERT OR IGNORE INTO known_word (word) VALUES (?1)")?;
    let mut others = String::new();
    for word in &fresh.words {
        if word.is_ascii() {
            insert.execute([word])?;
        } else {
            others.push_str(word);
            others.push(' ');
        }
    }
    if !others.is_empty() {
        connection
            .prepare_cached("INSERT INTO temp.spelled (rowid, text) VALUES (1, ?1)")?
            .execute([&others])?;
        let sql = "INSERT OR IGNORE INTO known_word (word) SELECT term FROM temp.spelled_word";
        connection.prepare_cached(sql)?.execute([])?;
        connection
            .prepare_cached("INSERT INTO temp.spelled (spelled) VALUES ('delete-all')")?
            .execute([])?;
    }
    Ok(())
}

/// Returns the known words that begin so; absent where they are too many to stand in.
pub(super) fn beginning_with(tx: &ReadTx<'_>, beginning: &str) -> Result<Option<Vec<String>>> {
    let sql = "SELECT word FROM words.known_word WHERE word >= ?1 AND word < ?2 LIMIT ?3";
    // The end of the range: everything that begins so sorts before it.
    let end = format!("{beginning}\u{10ffff}");
    let limit = STAND_INS as i64 + 1;
    let words: Vec<String> =
        tx.all(sql, rusqlite::params![beginning, end, limit], |row| row.get(0))?;
    Ok((words.len() <= STAND_INS).then_some(words))
}

#[cfg(test)]
mod tests {
    use posthorn_query::Field;
    use posthorn_query::words::{TextMatch, beginnings, index_text};
    use rusqlite::Connection;

    use super::{Fresh, Known, prepare_writer, write};

    fn index() -> Connection {
        let mut connection = Connection::open_in_memory().unwrap();
        crate::schema::SEARCH.migrate(&mut connection).unwrap();
        prepare_writer(&connection).unwrap();
        connection
    }

    /// What FTS5 makes of texts, one row each.
    fn spelled(connection: &Connection, texts: &[String]) -> Vec<(i64, String)> {
        let sql = "INSERT INTO temp.spelled (rowid, text) VALUES (?1, ?2)";
        let mut statement = connection.prepare(sql).unwrap();
        for (row, text) in (1_i64..).zip(texts) {
            statement.execute(rusqlite::params![row, text]).unwrap();
        }
        connection
            .execute_batch(
                "CREATE VIRTUAL TABLE temp.spelled_at USING fts5vocab ('temp', 'spelled', 'instance')",
            )
            .unwrap();
        let mut statement =
            connection.prepare("SELECT doc, term FROM temp.spelled_at ORDER BY doc").unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.map(|row| row.unwrap()).collect()
    }

    #[test]
    fn beginnings_of_plain_letters_are_one_word_of_as_many_letters_to_sqlite() {
        let letters: Vec<char> = ('\0'..='\u{530}')
            .filter(|letter| letter.is_alphabetic())
            .flat_map(char::to_lowercase)
            .collect();
        let asked =
            |letter: &char| TextMatch::new(Field::Any, &format!("ab{letter}d"), false, true);
        let kept: Vec<String> = letters
            .iter()
            .filter_map(asked)
            .filter_map(|asked| asked.kept_beginning().map(str::to_owned))
            .collect();
        assert!(kept.len() > 500, "{}", kept.len());
        let found = spelled(&index(), &kept);
        assert_eq!(found.len(), kept.len(), "each is one word");
        for ((_, term), kept) in found.iter().zip(&kept) {
            assert_eq!(term.chars().count(), kept.chars().count(), "{kept} is {term}");
        }
    }

    #[test]
    fn single_letters_of_dense_scripts_are_spelled_as_they_are() {
        let asked: Vec<String> = ('\u{e00}'..='\u{fa6d}')
            .filter_map(|letter| TextMatch::new(Field::Any, &letter.to_string(), false, false))
            .filter(|asked| !asked.tokens[0].is_ascii())
            .filter_map(|asked| asked.kept_beginning().map(str::to_owned))
            .collect();
        assert!(asked.len() > 30_000, "{}", asked.len());
        let found = spelled(&index(), &asked);
        assert_eq!(found.into_iter().map(|(_, term)| term).collect::<Vec<_>>(), asked);
    }

    #[test]
    fn words_are_written_down_as_the_index_spells_them() {
        let connection = index();
        let known = Known::default();
        let text = index_text("Überraschung, naïve CAFÉS; new harbour привет 会议 हिन्दी");
        let fresh = known.fresh(std::iter::once(text.as_str()));
        write(&connection, &fresh).unwrap();
        let mut statement = connection.prepare("SELECT word FROM known_word").unwrap();
        let rows = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
        let words: Vec<String> = rows.map(|row| row.unwrap()).collect();
        for word in ["uberraschung", "naive", "cafes", "harbour", "привет", "会议", "议"] {
            assert!(words.iter().any(|known| known == word), "{word} of {words:?}");
        }
        assert!(!words.iter().any(|word| word == "new"), "short words are not asked for");
        known.learn(fresh);
        assert!(known.fresh(std::iter::once(text.as_str())).words.is_empty());
        let before: Fresh = known.fresh(std::iter::once("lighthouse"));
        known.forget();
        assert!(!known.is_current(&before));
        known.learn(before);
        assert_eq!(known.fresh(std::iter::once("lighthouse")).words.len(), 1, "it was deleted");
    }

    #[test]
    fn beginnings_are_kept_once() {
        let text = index_text("report reports reporter harbour new 会议安排 ÜBERALL x\u{302}yzzyz");
        assert_eq!(
            beginnings([text.as_str(), "repo"]),
            "repo repor harb harbo 会 议 安 排 über übera x\u{302}yzz x\u{302}yzzy"
        );
    }
}
