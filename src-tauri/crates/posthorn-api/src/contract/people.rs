//! The address book: people whom the user keeps, groups of addresses, and both as files.

use super::{Address, CardEntry, contract};

contract! {
    /// Somebody in the address book.
    pub struct Person {
        /// Local id; 0 for one that is to be added.
        pub id: i64,
        /// Name, at most 200 letters; empty where only addresses are known.
        pub name: String,
        /// Organisation, at most 200 letters; empty when missing.
        pub organization: String,
        /// What somebody does there; empty when missing.
        pub title: String,
        /// Mail addresses, in order, at most 50 like everything below.
        pub emails: Vec<CardEntry>,
        /// Telephone numbers.
        pub phones: Vec<CardEntry>,
        /// Postal addresses, lines separated by `\n`.
        pub addresses: Vec<CardEntry>,
        /// Pages.
        pub urls: Vec<CardEntry>,
        /// Birthday as written; empty when missing.
        pub birthday: String,
        /// The user's words about them, at most 2,000 letters; empty when missing.
        pub note: String,
    }

    /// Looks through the address book.
    pub struct SearchPeople {
        /// Words of names, organisations, notes, addresses or numbers, or how a Chinese name is typed; empty finds all.
        pub text: String,
        /// At most this many, 1 to 1,000.
        pub limit: u32,
    }

    /// People found in the address book.
    pub struct PeopleFound {
        /// By name, as many as were asked for.
        pub people: Vec<Person>,
        /// How many there are.
        pub total: u32,
    }

    /// Asks who has an address.
    pub struct FindPerson {
        /// Address.
        pub email: String,
    }

    /// Who has an address.
    pub struct FoundPerson {
        /// The one in the address book; null where nobody there has it.
        pub person: Option<Person>,
    }

    /// A named list of addresses.
    pub struct AddressGroup {
        /// Local id; 0 for one that is to be added.
        pub id: i64,
        /// Name, 1 to 80 letters; no two are the same.
        pub name: String,
        /// Addresses, each once, at most 1,000; called as the address book calls them.
        pub members: Vec<Address>,
    }

    /// Reads a file of contact cards into the address book.
    pub struct ImportPeople {
        /// Absolute path; vCard (RFC 6350; 3.0 and 2.1 too), at most 32 MiB.
        pub path: String,
    }

    /// What came of a file of contact cards. What was in the address book stays; cards add to it.
    pub struct PeopleImported {
        /// People who are new.
        pub added: u32,
        /// People of the address book who got something that they lacked.
        pub completed: u32,
        /// Cards of which everything was there.
        pub known: u32,
        /// Groups that are new or got members.
        pub groups: u32,
        /// Cards that say nothing that can be kept, or for whom there is no room.
        pub left_out: u32,
        /// Addresses that nobody can write to, and were left out; the first 20.
        pub bad_addresses: Vec<String>,
    }

    /// Writes the address book into a file of contact cards (vCard 3.0), groups with it.
    pub struct ExportPeople {
        /// Absolute path.
        pub path: String,
    }
}
