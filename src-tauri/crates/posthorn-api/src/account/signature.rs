//! The signatures of identities: shown, added, changed, removed, chosen.
//!
//! Invariant: what is stored was cleaned like every foreign HTML: a signature is pasted from anywhere.

mod picture;

use posthorn_message::html::{self, CleanOptions, RemoteImages};
use posthorn_message::printable;
use posthorn_store::account::{self, Signature as Stored, Signs};
use posthorn_store::{ReadTx, WriteTx};

use self::picture::Taken;
pub(crate) use self::picture::signatures_read_picture;
use super::config::SIGNATURE_LIMIT;
use crate::contract::{
    ById, ChooseSignatures, Code, Error, SignatureRef, SignatureWords, Signatures,
};
use crate::engine::Engine;
use crate::error::Result;

/// Longest signature with its pictures as a page gives them, bytes: more is not looked at.
const WITH_PICTURES: usize = 4 << 20;
/// Letters of a signature's name: it is to fit a menu.
const NAME_LETTERS: usize = 80;

/// Returns a signature's plain form: its own, else what its HTML says.
pub(crate) fn plain(stored: &Stored) -> String {
    if stored.text.is_empty() {
        posthorn_message::text::from_html(&stored.html).trim_end().to_owned()
    } else {
        stored.text.clone()
    }
}

/// Returns a signature as a page sees it.
pub(crate) fn shown(stored: Stored) -> SignatureWords {
    let plain = plain(&stored);
    let Stored { id, identity, name, html, text, .. } = stored;
    SignatureWords { id, identity, name, html, text, plain }
}

/// What an identity has, and what it signs with.
type All = (Vec<Stored>, Signs);

fn all(tx: &ReadTx<'_>, identity: i64) -> posthorn_store::Result<All> {
    Ok((account::signatures(tx, identity)?, account::signs(tx, identity)?))
}

/// Gives signatures to a page, with their pictures.
async fn told(engine: &Engine, (stored, signs): All) -> Signatures {
    let mut list = Vec::with_capacity(stored.len());
    for mut one in stored {
        picture::put_in(engine, &mut one).await;
        list.push(shown(one));
    }
    Signatures { list, for_new: signs.new, for_answers: signs.answers }
}

async fn write(
    engine: &Engine,
    identity: i64,
    job: impl FnOnce(&WriteTx<'_>) -> posthorn_store::Result<()> + Send + 'static,
) -> Result<Signatures> {
    let done = engine.store().write(move |tx| {
        job(tx)?;
        all(tx, identity)
    });
    Ok(told(engine, done.await?).await)
}

/// Lists the signatures of an identity.
pub(crate) async fn signatures_list(engine: &Engine, request: ById) -> Result<Signatures> {
    let found = engine.store().read(move |tx| all(tx, request.id)).await?;
    Ok(told(engine, found).await)
}

/// Adds a signature or changes one; answers with all of its identity.
pub(crate) async fn signatures_save(
    engine: &Engine,
    request: SignatureWords,
) -> Result<Signatures> {
    let (mut stored, pictures) = checked(request)?;
    stored.pictures = picture::store(engine, pictures).await?;
    write(engine, stored.identity, move |tx| account::put_signature(tx, &stored).map(drop)).await
}

/// Removes a signature; answers with the others. One that is gone already is no failure.
pub(crate) async fn signatures_remove(
    engine: &Engine,
    request: SignatureRef,
) -> Result<Signatures> {
    let SignatureRef { identity, id } = request;
    write(engine, identity, move |tx| account::remove_signature(tx, identity, id)).await
}

/// Chooses what an identity signs with.
pub(crate) async fn signatures_choose(
    engine: &Engine,
    request: ChooseSignatures,
) -> Result<Signatures> {
    let signs = Signs { new: request.for_new, answers: request.for_answers };
    let identity = request.identity;
    write(engine, identity, move |tx| account::choose_signs(tx, identity, signs)).await
}

/// Refuses what is too long, hides letters or lies elsewhere, and cleans the rest; the pictures are apart.
fn checked(request: SignatureWords) -> Result<(Stored, Vec<Taken>)> {
    let name = request.name.trim().to_owned();
    if name.chars().count() > NAME_LETTERS {
        let words = format!("A signature's name has at most {NAME_LETTERS} letters");
        return Err(Error::new(Code::Limit, words));
    }
    if printable(&name) != name {
        return Err(Error::invalid(
            "The name holds a control character, or one that turns letters",
        ));
    }
    let too_long = || Error::new(Code::Limit, "The signature is too long");
    if request.html.len() > WITH_PICTURES || request.text.len() > SIGNATURE_LIMIT {
        return Err(too_long());
    }
    let keep = CleanOptions { remote: RemoteImages::Keep, ..CleanOptions::default() };
    let (html, pictures) = picture::take_out(&html::clean(&request.html, keep).body)?;
    if html.len() > SIGNATURE_LIMIT {
        return Err(too_long());
    }
    let is_empty =
        posthorn_message::text::from_html(&html).trim().is_empty() && !html.contains("<img");
    let lines: Vec<String> = request
        .text
        .trim_end()
        .lines()
        .map(|line| line.trim_end().replace(char::is_control, " "))
        .collect();
    let text = lines.join("\n");
    if is_empty && text.trim().is_empty() {
        return Err(Error::invalid("A signature has words"));
    }
    let SignatureWords { id, identity, .. } = request;
    let html = if is_empty { String::new() } else { html };
    Ok((Stored { id, identity, name, html, text, pictures: Vec::new() }, pictures))
}

#[cfg(test)]
mod tests {
    use super::{NAME_LETTERS, SIGNATURE_LIMIT, checked, plain};
    use crate::contract::SignatureWords;

    fn signature(name: &str, html: &str, text: &str) -> SignatureWords {
        SignatureWords {
            id: 0,
            identity: 1,
            name: name.to_owned(),
            html: html.to_owned(),
            text: text.to_owned(),
            plain: String::new(),
        }
    }

    #[test]
    fn signatures_are_cleaned_and_say_something() {
        let dirty = "<div onclick=x()>Anna <b>Lee</b><script>alert(1)</script></div>";
        let (kept, _) = checked(signature(" Work ", dirty, "")).unwrap();
        assert_eq!(kept.name, "Work");
        assert!(kept.html.contains("<b>Lee</b>"), "{}", kept.html);
        assert!(!kept.html.contains("script") && !kept.html.contains("onclick"));
        assert_eq!(plain(&kept), "Anna Lee");
        let (own, _) = checked(signature("", dirty, "Anna\nTel. 1 \n\n")).unwrap();
        assert_eq!(plain(&own), "Anna\nTel. 1");
        for wrong in [
            signature("x", "<div><br></div>", " \n"),
            signature("x", "<script>alert(1)</script>", ""),
            signature(&"x".repeat(NAME_LETTERS + 1), "A", ""),
            signature("a\u{202e}b", "A", ""),
            signature("x", &"x".repeat(SIGNATURE_LIMIT + 1), ""),
            signature("x", "A", &"x".repeat(SIGNATURE_LIMIT + 1)),
        ] {
            assert!(checked(wrong.clone()).is_err(), "{}", wrong.name);
        }
    }
}
