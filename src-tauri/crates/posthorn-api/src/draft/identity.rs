//! Whom a draft is from: guessed from the original's addressees, and changed with the signature and the blind copies that
//! came with it.
//!
//! Invariant: nothing that somebody typed is lost by another choice. A signature that was edited stays ([`signature`]), and
//! so do blind copies that were added by hand.

use posthorn_message::{is_plus_address_of, is_same_address};
use posthorn_model::{AccountId, Address, DraftId};
use posthorn_store::account::{self, Identity};
use posthorn_store::draft;

use super::convert;
use super::signature::{self, Otherwise, Words};
use crate::contract::{ChooseIdentity, Draft};
use crate::engine::Engine;
use crate::error::Result;

/// Fields in which servers write for whom a message was, in lower case: for blind copies and aliases.
const DELIVERED: [&str; 3] = ["delivered-to", "x-original-to", "envelope-to"];
/// Bytes at the beginning of a message in which these are looked for.
const DELIVERED_WITHIN: usize = 64 * 1024;

/// Returns the addresses that servers wrote down as a message's own, from its raw bytes.
pub(super) fn delivered_to(raw: &[u8]) -> Vec<Address> {
    let head = raw.get(..raw.len().min(DELIVERED_WITHIN)).unwrap_or_default();
    let head = String::from_utf8_lossy(head);
    let fields = head.lines().take_while(|line| !line.is_empty());
    let told = fields.filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_told = DELIVERED.iter().any(|known| name.trim().eq_ignore_ascii_case(known));
        is_told.then(|| Address::bare(value.trim().trim_matches(['<', '>']).to_owned()))
    });
    told.collect()
}

/// Returns which of these identities was written to: the one with exactly an addressee's address, else one whose address
/// has something behind a plus there, else the first. Earlier addressees count more.
pub(super) fn guess(identities: &[Identity], written_to: &[Address]) -> usize {
    let by = |is_match: fn(&str, &str) -> bool| {
        written_to
            .iter()
            .find_map(|to| identities.iter().position(|one| is_match(&to.email, &one.email)))
    };
    by(is_same_address).or_else(|| by(is_plus_address_of)).unwrap_or_default()
}

/// Returns the account's own addresses, and those of the addressees that are such a one with something behind a plus.
pub(super) fn own_among(own: &[String], written_to: &[Address]) -> Vec<String> {
    let is_plus = |to: &&Address| own.iter().any(|known| is_plus_address_of(&to.email, known));
    let plus = written_to.iter().filter(is_plus).map(|to| to.email.to_lowercase());
    own.iter().cloned().chain(plus).collect()
}

/// Puts other default blind copies in the place of the old ones; what was added by hand stays.
fn recopy(bcc: &mut Vec<Address>, old: &[Address], new: &[Address]) {
    let is_in = |list: &[Address], one: &Address| {
        list.iter().any(|known| is_same_address(&known.email, &one.email))
    };
    bcc.retain(|one| !is_in(old, one));
    let added: Vec<Address> = new.iter().filter(|one| !is_in(bcc, one)).cloned().collect();
    bcc.extend(added);
}

/// Writes a draft as somebody else.
pub(crate) async fn drafts_choose_identity(
    engine: &Engine,
    request: ChooseIdentity,
) -> Result<Draft> {
    let (id, account) = (DraftId(request.draft), AccountId(request.account));
    let claim = engine.revisions().claim(id, request.revision).await?;
    engine
        .store()
        .write(move |tx| {
            let before = draft::get(tx, id)?;
            if before.outbox.is_some() {
                return Err(posthorn_store::Error::Invalid("this draft is being sent"));
            }
            let mut content = before.content;
            let old = account::identities(tx, content.account)?;
            let chosen = content.identity;
            let place = old.iter().position(|one| Some(one.id) == chosen).unwrap_or_default();
            let old = old.into_iter().nth(place);
            let new = account::identities(tx, account)?.into_iter();
            let new =
                new.filter(|one| !one.email.is_empty()).find(|one| one.id == request.identity);
            let new = new.ok_or(posthorn_store::Error::NotFound("identity"))?;
            let signed = old.as_ref().map(|old| account::signatures(tx, old.id)).transpose()?;
            let known: Vec<Words> = signed.iter().flatten().map(Words::from).collect();
            let before = match &old {
                Some(old) => signature::of_kind(tx, old.id, content.kind)?,
                None => Words::default(),
            };
            let bcc = old.map(|old| old.bcc).unwrap_or_default();
            let or = if before == Words::default() { Otherwise::Add } else { Otherwise::Stay };
            let after = signature::of_kind(tx, new.id, content.kind)?;
            signature::resign(&mut content, &known, &after, or);
            recopy(&mut content.bcc, &bcc, &new.bcc);
            (content.account, content.identity) = (account, Some(new.id));
            draft::keep_version(tx, id)?;
            draft::update(tx, id, &content)?;
            signature::attach_pictures(tx, id)
        })
        .await?;
    claim.done();
    convert::get(engine, id).await
}

#[cfg(test)]
mod tests {
    use posthorn_model::{AccountId, Address};
    use posthorn_store::account::Identity;

    use super::{delivered_to, guess, own_among, recopy};

    fn identity(email: &str) -> Identity {
        Identity {
            id: 1,
            account: AccountId(1),
            name: String::new(),
            email: email.to_owned(),
            reply_to: String::new(),
            signature: String::new(),
            bcc: Vec::new(),
            sent_mailbox: None,
            server: None,
        }
    }

    fn list(emails: &[&str]) -> Vec<Address> {
        emails.iter().map(|email| Address::bare((*email).to_owned())).collect()
    }

    #[test]
    fn the_identity_that_was_written_to_answers() {
        let known: Vec<Identity> =
            ["anna@a.test", "info@a.test", "anna@b.test"].map(identity).into();
        let table: [(&[&str], usize); 7] = [
            (&["INFO@a.test"], 1),
            (&["bob@a.test", "anna@b.test"], 2),
            (&["anna+shop@b.test"], 2),
            // Exactly an address counts more than one with a plus, wherever it stands.
            (&["anna+shop@b.test", "info@a.test"], 1),
            (&["annas@b.test", "+x@b.test"], 0),
            (&["stranger@c.test"], 0),
            (&[], 0),
        ];
        for (to, expected) in table {
            assert_eq!(guess(&known, &list(to)), expected, "{to:?}");
        }
        let own = own_among(&["anna@a.test".to_owned()], &list(&["Anna+List@a.test", "b@a.test"]));
        assert_eq!(own, ["anna@a.test", "anna+list@a.test"]);
    }

    #[test]
    fn servers_say_for_whom_a_blind_copy_was() {
        let raw = b"Return-Path: <x@y>\r\nDelivered-To: <info@a.test>\r\nX-Original-To: anna+x@a.test\r\n\r\nDelivered-To: no@a.test\r\n";
        assert_eq!(delivered_to(raw), list(&["info@a.test", "anna+x@a.test"]));
        assert_eq!(delivered_to(b""), []);
    }

    #[test]
    fn blind_copies_follow_the_choice_and_those_by_hand_stay() {
        let mut bcc = list(&["archive@a.test", "boss@a.test"]);
        recopy(&mut bcc, &list(&["Archive@a.test"]), &list(&["crm@b.test", "boss@a.test"]));
        assert_eq!(bcc, list(&["boss@a.test", "crm@b.test"]));
    }
}
