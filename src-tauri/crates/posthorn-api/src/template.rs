//! Templates: kept in one setting, in the order of their names.
//!
//! Invariants: names are unique; what is stored was cleaned, so that a template which came with a profile from elsewhere can
//! no more than a message that is answered. Fields are filled in by the page, which knows the language.

use posthorn_message::html::{self, CleanOptions, RemoteImages};
use posthorn_store::{ReadTx, WriteTx, setting};
use serde::{Deserialize, Serialize};

use crate::contract::{ById, Code, Error, Nothing, SaveTemplate, Template};
use crate::engine::Engine;
use crate::error::Result;

/// The setting.
const KEY: &str = "templates";
/// Templates in all: more are not found in a menu.
const COUNT_LIMIT: usize = 200;
/// Letters of a name.
const NAME_LETTERS: usize = 80;
/// Letters of a subject.
const SUBJECT_LETTERS: usize = 500;
/// Bytes of one text.
const TEXT_LIMIT: usize = 256 << 10;

/// A template as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Stored {
    id: i64,
    name: String,
    #[serde(default)]
    subject: String,
    html: String,
}

/// Lists all templates by name.
pub(crate) async fn templates_list(engine: &Engine, _: Nothing) -> Result<Vec<Template>> {
    let stored = engine.store().read(read).await?;
    Ok(stored.into_iter().map(shown).collect())
}

/// Saves a template; answers with all.
pub(crate) async fn templates_save(
    engine: &Engine,
    request: SaveTemplate,
) -> Result<Vec<Template>> {
    let request = checked(request)?;
    let stored = engine
        .store()
        .write(move |tx| {
            let mut all = read(tx)?;
            put(&mut all, request);
            if all.len() > COUNT_LIMIT {
                return Err(posthorn_store::Error::Invalid("there are too many templates"));
            }
            write(tx, &all)?;
            Ok(all)
        })
        .await?;
    Ok(stored.into_iter().map(shown).collect())
}

/// Removes a template; answers with the others. One that is gone already is no failure.
pub(crate) async fn templates_remove(engine: &Engine, request: ById) -> Result<Vec<Template>> {
    let stored = engine
        .store()
        .write(move |tx| {
            let mut all = read(tx)?;
            all.retain(|one| one.id != request.id);
            write(tx, &all)?;
            Ok(all)
        })
        .await?;
    Ok(stored.into_iter().map(shown).collect())
}

/// Reads the setting; what cannot be read is none.
fn read(tx: &ReadTx<'_>) -> posthorn_store::Result<Vec<Stored>> {
    let text = setting::get(tx, KEY)?.unwrap_or_default();
    Ok(serde_json::from_str(&text).unwrap_or_default())
}

fn write(tx: &WriteTx<'_>, all: &[Stored]) -> posthorn_store::Result<()> {
    let text = serde_json::to_string(all)
        .map_err(|_| posthorn_store::Error::Invalid("a template cannot be written"))?;
    setting::set(tx, KEY, &text)
}

/// Refuses what is too long and cleans the rest.
fn checked(request: SaveTemplate) -> Result<SaveTemplate> {
    let name = request.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > NAME_LETTERS {
        return Err(Error::invalid(format!("A template's name has 1 to {NAME_LETTERS} letters")));
    }
    if request.subject.chars().count() > SUBJECT_LETTERS || request.html.len() > TEXT_LIMIT {
        return Err(Error::new(Code::Limit, "This is too much text for a template"));
    }
    let keep = CleanOptions { remote: RemoteImages::Keep, ..CleanOptions::default() };
    let html = html::clean(&request.html, keep).body;
    Ok(SaveTemplate { name, html, subject: request.subject.trim().to_owned(), ..request })
}

/// Puts a template among the others: in place of the one with its id or name, else as a new one.
fn put(all: &mut Vec<Stored>, request: SaveTemplate) {
    let id = request.id.filter(|id| all.iter().any(|one| one.id == *id));
    let id = id.or_else(|| all.iter().find(|one| one.name == request.name).map(|one| one.id));
    let next = all.iter().map(|one| one.id).max().unwrap_or_default().saturating_add(1);
    let id = id.unwrap_or(next);
    all.retain(|one| one.id != id && one.name != request.name);
    all.push(Stored { id, name: request.name, subject: request.subject, html: request.html });
    all.sort_by_cached_key(|one| one.name.to_lowercase());
}

fn shown(stored: Stored) -> Template {
    let text = posthorn_message::text::from_html(&stored.html).trim_end().to_owned();
    let Stored { id, name, subject, html } = stored;
    Template { id, name, subject, html, text }
}

#[cfg(test)]
mod tests {
    use super::{NAME_LETTERS, Stored, TEXT_LIMIT, checked, put, shown};
    use crate::contract::SaveTemplate;

    fn save(id: Option<i64>, name: &str, html: &str) -> SaveTemplate {
        SaveTemplate { id, name: name.to_owned(), subject: String::new(), html: html.to_owned() }
    }

    fn names(all: &[Stored]) -> Vec<(i64, &str)> {
        all.iter().map(|one| (one.id, one.name.as_str())).collect()
    }

    #[test]
    fn each_name_is_there_once() {
        let mut all = Vec::new();
        for request in [
            save(None, "thanks", "a"),
            save(None, "Invoice", "b"),
            // The same name replaces; an id renames; an id that is gone is a new one.
            save(None, "thanks", "c"),
            save(Some(2), "Bill", "d"),
            save(Some(99), "感谢", "e"),
        ] {
            put(&mut all, request);
        }
        assert_eq!(names(&all), [(2, "Bill"), (1, "thanks"), (3, "感谢")]);
        // Renamed to another's name: that one is replaced, not doubled.
        put(&mut all, save(Some(1), "Bill", "f"));
        assert_eq!(names(&all), [(1, "Bill"), (3, "感谢")]);
    }

    #[test]
    fn what_is_stored_is_clean_and_not_too_long() {
        let dirty = "<div onclick=x()>Dear {name},<script>alert(1)</script></div>";
        let clean = checked(save(None, " Hello ", dirty)).unwrap();
        assert_eq!(clean.name, "Hello");
        assert!(!clean.html.contains("script") && !clean.html.contains("onclick"));
        assert!(clean.html.contains("Dear {name},"), "{}", clean.html);
        let stored = Stored { id: 1, name: clean.name, subject: String::new(), html: clean.html };
        assert_eq!(shown(stored).text, "Dear {name},");
        for bad in [
            save(None, "  ", ""),
            save(None, &"x".repeat(NAME_LETTERS + 1), ""),
            save(None, "x", &"x".repeat(TEXT_LIMIT + 1)),
        ] {
            assert!(checked(bad).is_err());
        }
    }
}
