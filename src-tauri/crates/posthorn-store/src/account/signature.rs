//! Signatures of identities: several, in order, one of them for new messages and one for answers.
//!
//! Invariants: what an identity signs with is one of its own signatures, or nothing. A signature keeps the pictures that
//! its HTML shows and no others; their bytes are durable before it refers to them.

use posthorn_model::BodyId;
use rusqlite::params;

use crate::error::{Error, Result};
use crate::tx::{ReadTx, WriteTx};

/// Signatures of one identity: more are not found in a menu.
pub const SIGNATURE_LIMIT: usize = 50;

/// What is written below a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signature {
    /// Its id; 0 for one that is not stored yet.
    pub id: i64,
    /// Whose it is.
    pub identity: i64,
    /// What the user calls it; empty = it is called after its words.
    pub name: String,
    /// As HTML, cleaned.
    pub html: String,
    /// As plain text; empty = what the HTML says.
    pub text: String,
    /// What its HTML shows as `cid:…`.
    pub pictures: Vec<SignaturePicture>,
}

/// A picture in a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignaturePicture {
    /// `Content-ID` without angle brackets; the same bytes have the same.
    pub content_id: String,
    /// File name.
    pub name: String,
    /// Media type in lower case.
    pub mime: String,
    /// Bytes.
    pub size: u64,
    /// They.
    pub body: BodyId,
}

impl SignaturePicture {
    /// Tells whether HTML shows it.
    pub fn is_shown(&self, html: &str) -> bool {
        html.contains(&format!("cid:{}", self.content_id))
    }
}

/// Returns an identity's signatures, in order.
pub fn signatures(tx: &ReadTx<'_>, identity: i64) -> Result<Vec<Signature>> {
    let sql = "SELECT id, name, html, text FROM signature WHERE identity = ?1 ORDER BY place, id";
    let mut all = tx.all(sql, [identity], |row| {
        Ok(Signature {
            id: row.get(0)?,
            identity,
            name: row.get(1)?,
            html: row.get(2)?,
            text: row.get(3)?,
            pictures: Vec::new(),
        })
    })?;
    for one in &mut all {
        one.pictures = pictures(tx, one.id)?;
    }
    Ok(all)
}

fn pictures(tx: &ReadTx<'_>, signature: i64) -> Result<Vec<SignaturePicture>> {
    let sql = "SELECT content_id, name, mime, size, body FROM signature_picture WHERE signature = ?1 ORDER BY content_id";
    tx.all(sql, [signature], |row| {
        Ok(SignaturePicture {
            content_id: row.get(0)?,
            name: row.get(1)?,
            mime: row.get(2)?,
            size: row.get::<_, i64>(3)?.unsigned_abs(),
            body: BodyId(row.get(4)?),
        })
    })
}

/// Gives a signature its pictures, those that its HTML shows.
fn put_pictures(tx: &WriteTx<'_>, id: i64, signature: &Signature) -> Result<()> {
    tx.run("DELETE FROM signature_picture WHERE signature = ?1", [id])?;
    let shown = signature.pictures.iter().filter(|picture| picture.is_shown(&signature.html));
    for picture in shown {
        let sql = "INSERT INTO signature_picture (signature, content_id, name, mime, size, body) \
            VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING";
        let SignaturePicture { content_id, name, mime, size, body } = picture;
        tx.run(sql, params![id, content_id, name, mime, *size as i64, body.0])?;
        tx.run("DELETE FROM released_body WHERE body = ?1", [body.0])?;
    }
    Ok(())
}

/// What an identity signs with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signs {
    /// Below new messages; absent = nothing.
    pub new: Option<i64>,
    /// Below answers and what is forwarded; absent = nothing.
    pub answers: Option<i64>,
}

/// Returns what an identity signs with.
pub fn signs(tx: &ReadTx<'_>, identity: i64) -> Result<Signs> {
    let sql = "SELECT signs_new, signs_answers FROM identity WHERE id = ?1";
    let found = tx.maybe(sql, [identity], |row| {
        let (new, answers): (i64, i64) = (row.get(0)?, row.get(1)?);
        Ok(Signs { new: (new != 0).then_some(new), answers: (answers != 0).then_some(answers) })
    })?;
    found.ok_or(Error::NotFound("identity"))
}

/// Chooses what an identity signs with.
pub fn choose_signs(tx: &WriteTx<'_>, identity: i64, signs: Signs) -> Result<()> {
    let known = signatures(tx, identity)?;
    for chosen in [signs.new, signs.answers].into_iter().flatten() {
        if !known.iter().any(|one| one.id == chosen) {
            return Err(Error::NotFound("signature"));
        }
    }
    let sql = "UPDATE identity SET signs_new = ?2, signs_answers = ?3 WHERE id = ?1";
    let values =
        params![identity, signs.new.unwrap_or_default(), signs.answers.unwrap_or_default()];
    if tx.run(sql, values)? == 0 {
        return Err(Error::NotFound("identity"));
    }
    note(tx, identity)
}

/// Adds a signature (id 0) after the identity's others, or changes one; returns its id. The first of an identity is what
/// it signs with.
pub fn put_signature(tx: &WriteTx<'_>, signature: &Signature) -> Result<i64> {
    let Signature { id, identity, name, html, text, .. } = signature;
    signs(tx, *identity)?;
    let known = signatures(tx, *identity)?;
    if *id != 0 {
        let sql =
            "UPDATE signature SET name = ?3, html = ?4, text = ?5 WHERE id = ?1 AND identity = ?2";
        if tx.run(sql, params![id, identity, name, html, text])? == 0 {
            return Err(Error::NotFound("signature"));
        }
        put_pictures(tx, *id, signature)?;
        note(tx, *identity)?;
        return Ok(*id);
    }
    if known.len() >= SIGNATURE_LIMIT {
        return Err(Error::Invalid("there are too many signatures"));
    }
    let sql = "INSERT INTO signature (identity, place, name, html, text) \
        SELECT ?1, COALESCE(MAX(place), -1) + 1, ?2, ?3, ?4 FROM signature WHERE identity = ?1";
    let id = tx.insert(sql, params![identity, name, html, text])?;
    put_pictures(tx, id, signature)?;
    if known.is_empty() {
        let both = Signs { new: Some(id), answers: Some(id) };
        choose_signs(tx, *identity, both)?;
    }
    note(tx, *identity)?;
    Ok(id)
}

/// Removes a signature; what signed with it signs with nothing. One that is gone already is no failure.
pub fn remove_signature(tx: &WriteTx<'_>, identity: i64, id: i64) -> Result<()> {
    tx.run("DELETE FROM signature WHERE id = ?1 AND identity = ?2", [id, identity])?;
    let mut left = signs(tx, identity)?;
    left.new = left.new.filter(|one| *one != id);
    left.answers = left.answers.filter(|one| *one != id);
    choose_signs(tx, identity, left)
}

/// Makes this what new messages are signed with, where it is another one than before: the signature is changed, or is a
/// new one; empty = nothing. What signed answers as well goes on doing so.
pub(super) fn sign(tx: &WriteTx<'_>, identity: i64, html: &str) -> Result<()> {
    let before = signs(tx, identity)?;
    let known = signatures(tx, identity)?;
    let current = known.into_iter().find(|one| Some(one.id) == before.new);
    if current.as_ref().map(|one| one.html.as_str()).unwrap_or_default() == html {
        return Ok(());
    }
    match current {
        Some(_) if html.is_empty() => {
            let answers = before.answers.filter(|id| Some(*id) != before.new);
            choose_signs(tx, identity, Signs { new: None, answers })
        }
        Some(current) => {
            let changed = Signature { html: html.to_owned(), text: String::new(), ..current };
            put_signature(tx, &changed).map(drop)
        }
        None => {
            let added = Signature { identity, html: html.to_owned(), ..Signature::default() };
            let id = put_signature(tx, &added)?;
            let answers = before.answers.or(Some(id));
            choose_signs(tx, identity, Signs { new: Some(id), answers })
        }
    }
}

fn note(tx: &WriteTx<'_>, identity: i64) -> Result<()> {
    let sql = "SELECT account FROM identity WHERE id = ?1";
    let account = tx.maybe(sql, [identity], |row| row.get(0).map(posthorn_model::AccountId))?;
    let account = account.ok_or(Error::NotFound("identity"))?;
    tx.note(|changes| changes.account(account));
    Ok(())
}
