//! A browser's look: the listing becomes rows at once, what the store knows fills them, and the rest of the heads comes
//! by TOP, asked for ahead and newest first.

use std::collections::HashMap;

use posthorn_model::Uidl;
use posthorn_net::Stream;
use posthorn_pop3::Session;
use posthorn_store::maildrop;

use super::{BrowseHead, BrowseRow, BrowseState, Browser};
use crate::engine::Account;
use crate::failure::Failure;
use crate::maildrop::identity::{self, header_hash};
use crate::maildrop::listing::Listing;
use crate::reading::{self, Told};

/// Shows the listing. Heads that are known already stay with their rows.
pub(super) async fn show(account: &Account, listing: &Listing) -> Result<(), Failure> {
    let (id, now) = (account.id, account.now());
    let standings = account.store().read(move |tx| maildrop::standings(tx, id)).await?;
    let browser = &account.browser;
    browser.change(|shown| {
        let version = shown.version;
        let mut before = std::mem::take(&mut shown.rows);
        for (uidl, number) in &listing.numbers {
            let size = listing.sizes.get(number).copied().unwrap_or_default();
            let mut row = BrowseRow::new(uidl.clone(), *number, size);
            if let Some(known) = before.remove(uidl).filter(|known| known.size == size) {
                row.head = known.head;
            }
            row.version = version;
            shown.rows.insert(uidl.clone(), row);
        }
        shown.gone.clear();
        (shown.anew, shown.asked_at) = (version, Some(now));
        shown.count = listing.sizes.len() as u64;
    });
    browser.stand(standings);
    Ok(())
}

/// Asks for the heads that are not known yet.
pub(super) async fn heads(
    account: &Account,
    session: &mut Session<Stream>,
    listing: &Listing,
) -> Result<(), Failure> {
    let browser = &account.browser;
    let mut wanted: Vec<(u32, Uidl)> = {
        let shown = browser.shown();
        let bare = shown.rows.values().filter(|row| row.head.is_none() && !row.is_headless);
        let numbered = bare.filter_map(|row| Some((*listing.numbers.get(&row.uidl)?, &row.uidl)));
        numbered.map(|(number, uidl)| (number, uidl.clone())).collect()
    };
    wanted.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
    let numbers: Vec<u32> = wanted.iter().map(|(number, _)| *number).collect();
    let ids: HashMap<u32, Uidl> = wanted.into_iter().collect();
    browser.enter(BrowseState::Heads, numbers.len() as u64);
    let mut came_none = true;
    let take = |number, header: Option<Vec<u8>>| {
        came_none &= header.is_none();
        if let Some(uidl) = ids.get(&number) {
            came(browser, uidl, header.as_deref());
        }
    };
    identity::headers(session, &numbers, take).await?;
    if !numbers.is_empty() {
        browser.note_heads(came_none && !session.capabilities().top);
    }
    Ok(())
}

/// A head came, or the server does not show it.
fn came(browser: &Browser, uidl: &Uidl, header: Option<&[u8]>) {
    let head = header.map(|header| {
        let head = reading::head(header, Told::default());
        BrowseHead {
            from: head.from.into_iter().next().unwrap_or_default(),
            subject: head.subject,
            at: head.received,
            hash: header_hash(header),
        }
    });
    browser.change(|shown| {
        let version = shown.version;
        shown.done += 1;
        if let Some(row) = shown.rows.get_mut(uidl) {
            row.is_headless = head.is_none();
            row.head = head;
            row.version = version;
        }
    });
}
