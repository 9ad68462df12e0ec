//! Correspondents: completing what was typed, and reading pasted text as addresses.

use posthorn_store::contact;

use crate::contract::{Address, Complete, ParseAddresses, ParsedAddress, ParsedAddresses};
use crate::engine::Engine;
use crate::error::Result;

/// Most correspondents in one answer: more than a person reads in a menu.
const COMPLETE_LIMIT: u32 = 20;
/// Longest paste that is read as addresses, bytes: some ten thousand addresses.
const PASTE_LIMIT: usize = 1 << 20;

/// Completes a correspondent.
pub(crate) async fn contacts_complete(engine: &Engine, request: Complete) -> Result<Vec<Address>> {
    let limit = request.limit.clamp(1, COMPLETE_LIMIT) as usize;
    let contacts =
        engine.store().read(move |tx| contact::complete(tx, &request.text, limit)).await?;
    Ok(contacts.into_iter().map(|contact| contact.address.into()).collect())
}

/// Reads pasted text as addresses.
pub(crate) async fn contacts_parse(_: &Engine, request: ParseAddresses) -> Result<ParsedAddresses> {
    if request.text.len() > PASTE_LIMIT {
        return Err(crate::contract::Error::new(
            crate::contract::Code::Limit,
            "This is too much text for addresses",
        ));
    }
    let list = posthorn_message::parse_address_list(&request.text);
    let valid = list
        .valid
        .into_iter()
        .map(|address| ParsedAddress { address: address.into(), valid: true });
    let invalid = list.invalid.into_iter().map(|text| ParsedAddress {
        address: Address { name: String::new(), email: text },
        valid: false,
    });
    Ok(ParsedAddresses { addresses: valid.chain(invalid).collect() })
}
