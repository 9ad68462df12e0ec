//! Between the nouns of the crates below and those of the contract, both ways; nothing is decided here.

use posthorn_model as model;

use crate::contract::{Address, Encryption, MailboxRole, Protocol};

impl From<model::Address> for Address {
    fn from(address: model::Address) -> Self {
        Self { name: address.name, email: address.email }
    }
}

impl From<Address> for model::Address {
    fn from(address: Address) -> Self {
        Self { name: address.name, email: address.email }
    }
}

/// Converts a list of addresses, either way.
pub(crate) fn all<A, B: From<A>>(list: Vec<A>) -> Vec<B> {
    list.into_iter().map(B::from).collect()
}

impl From<model::MailboxRole> for MailboxRole {
    fn from(role: model::MailboxRole) -> Self {
        match role {
            model::MailboxRole::Inbox => Self::Inbox,
            model::MailboxRole::Drafts => Self::Drafts,
            model::MailboxRole::Sent => Self::Sent,
            model::MailboxRole::Archive => Self::Archive,
            model::MailboxRole::Junk => Self::Junk,
            model::MailboxRole::Trash => Self::Trash,
            model::MailboxRole::All => Self::All,
            model::MailboxRole::Other => Self::Other,
        }
    }
}

impl From<MailboxRole> for model::MailboxRole {
    fn from(role: MailboxRole) -> Self {
        match role {
            MailboxRole::Inbox => Self::Inbox,
            MailboxRole::Drafts => Self::Drafts,
            MailboxRole::Sent => Self::Sent,
            MailboxRole::Archive => Self::Archive,
            MailboxRole::Junk => Self::Junk,
            MailboxRole::Trash => Self::Trash,
            MailboxRole::All => Self::All,
            MailboxRole::Other => Self::Other,
        }
    }
}

impl From<model::Protocol> for Protocol {
    fn from(protocol: model::Protocol) -> Self {
        match protocol {
            model::Protocol::Imap => Self::Imap,
            model::Protocol::Pop3 => Self::Pop3,
            model::Protocol::Smtp => Self::Smtp,
            model::Protocol::Local => Self::Local,
        }
    }
}

impl From<Protocol> for model::Protocol {
    fn from(protocol: Protocol) -> Self {
        match protocol {
            Protocol::Imap => Self::Imap,
            Protocol::Pop3 => Self::Pop3,
            Protocol::Smtp => Self::Smtp,
            Protocol::Local => Self::Local,
        }
    }
}

impl From<model::Encryption> for Encryption {
    fn from(encryption: model::Encryption) -> Self {
        match encryption {
            model::Encryption::Tls => Self::Tls,
            model::Encryption::StartTls => Self::Starttls,
            model::Encryption::Plaintext => Self::Plaintext,
        }
    }
}

impl From<Encryption> for model::Encryption {
    fn from(encryption: Encryption) -> Self {
        match encryption {
            Encryption::Tls => Self::Tls,
            Encryption::Starttls => Self::StartTls,
            Encryption::Plaintext => Self::Plaintext,
        }
    }
}
