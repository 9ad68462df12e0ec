//! Flags of a placement (RFC 9051 section 2.3.2).

use std::collections::BTreeSet;

/// A keyword as the server spells it (`$Forwarded`, `$Junk`); compared without case.
pub type Keyword = String;

/// System flags and keywords of one message in one mailbox.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Flags {
    /// `\Seen`: it was read.
    pub seen: bool,
    /// `\Flagged`: shown as a star.
    pub flagged: bool,
    /// `\Answered`: it was replied to.
    pub answered: bool,
    /// `\Draft`: it is not finished.
    pub draft: bool,
    /// `\Deleted`: it waits for EXPUNGE; hidden.
    pub deleted: bool,
    /// Everything else, sorted; `\Recent` is dropped.
    pub keywords: BTreeSet<Keyword>,
}

impl Flags {
    /// Returns the flags that these IMAP names spell.
    pub fn from_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut flags = Self::default();
        for name in names {
            match name.to_ascii_lowercase().as_str() {
                "\\seen" => flags.seen = true,
                "\\flagged" => flags.flagged = true,
                "\\answered" => flags.answered = true,
                "\\draft" => flags.draft = true,
                "\\deleted" => flags.deleted = true,
                "\\recent" => {}
                _ => {
                    flags.keywords.insert(name.to_owned());
                }
            }
        }
        flags
    }

    /// Returns the IMAP names of the flags that are set, system flags first.
    pub fn names(&self) -> Vec<String> {
        let system = [
            (self.seen, "\\Seen"),
            (self.flagged, "\\Flagged"),
            (self.answered, "\\Answered"),
            (self.draft, "\\Draft"),
            (self.deleted, "\\Deleted"),
        ];
        let set = system.into_iter().filter(|(on, _)| *on).map(|(_, name)| name.to_owned());
        set.chain(self.keywords.iter().cloned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Flags;

    #[test]
    fn names_survive_the_way_there_and_back() {
        let flags = Flags::from_names(["\\SEEN", "\\Recent", "$Junk", "\\Flagged"]);
        assert_eq!(flags.names(), ["\\Seen", "\\Flagged", "$Junk"]);
        let names = flags.names();
        assert_eq!(Flags::from_names(names.iter().map(String::as_str)), flags);
    }
}
