//! What a search asks for.
//!
//! Invariant: a query built by [`Query::and`], [`Query::or`] and [`Query::not`] is in normal form (no nesting of
//! the same connective, no connective with fewer than two members, no double negation), so equal questions compare equal.

use posthorn_model::Timestamp;

use crate::day::{Day, Now};
use crate::words::TextMatch;

/// A search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Query {
    /// Everything: nothing was asked.
    All,
    /// All of these, at least two.
    And(Vec<Query>),
    /// Any of these, at least two.
    Or(Vec<Query>),
    /// Not this.
    Not(Box<Query>),
    /// One condition.
    Term(Term),
}

/// Where text is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// Everywhere: head and body.
    Any,
    /// `Subject`.
    Subject,
    /// `From`: names and addresses.
    From,
    /// Recipients: `To`, `Cc` and `Bcc` alike, as people mean it.
    To,
    /// `Cc`.
    Cc,
    /// `Bcc`.
    Bcc,
    /// Text of the message.
    Body,
    /// Names of attachments.
    FileName,
}

/// A state of a message that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Without `\Seen`.
    Unread,
    /// With `\Seen`.
    Read,
    /// With `\Flagged`.
    Starred,
    /// With `\Answered`.
    Replied,
    /// With `\Draft`.
    Draft,
}

/// The unit of an [`Age`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AgeUnit {
    /// 24 hours.
    Day,
    /// Seven days.
    Week,
    /// A calendar month, counted as 30 days.
    Month,
    /// A calendar year, counted as 365 days.
    Year,
}

/// How long ago: `7d`, `2m`, `1y`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Age {
    /// How many units, 1 to 9,999.
    pub count: u16,
    /// Unit.
    pub unit: AgeUnit,
}

impl Age {
    /// Returns the age in days.
    pub fn days(self) -> i64 {
        let days = match self.unit {
            AgeUnit::Day => 1,
            AgeUnit::Week => 7,
            AgeUnit::Month => 30,
            AgeUnit::Year => 365,
        };
        i64::from(self.count) * days
    }
}

/// One condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    /// Words in a field; what to look up in the index is [`Term::text_match`].
    Text {
        /// Where.
        field: Field,
        /// As typed, without quotes; never empty.
        text: String,
        /// It stood in quotes: the words in this order.
        is_phrase: bool,
        /// Only its beginning is known: the word being typed, or one written with `*`.
        is_prefix: bool,
    },
    /// In this folder: its name, or a role's word (`inbox`, `sent`, `trash` ...), as typed.
    In(String),
    /// In this account: its name or address, as typed.
    Account(String),
    /// With at least one attachment.
    HasAttachment,
    /// In this state.
    Is(State),
    /// Received before the day begins.
    Before(Day),
    /// Received on the day or later.
    After(Day),
    /// Received on the day.
    On(Day),
    /// Received longer ago than this.
    OlderThan(Age),
    /// Received no longer ago than this.
    NewerThan(Age),
    /// Larger than so many bytes.
    Larger(u64),
    /// Smaller than so many bytes.
    Smaller(u64),
}

impl Query {
    /// Joins with AND, in normal form.
    #[must_use]
    pub fn and(members: Vec<Self>) -> Self {
        let mut flat = Vec::with_capacity(members.len());
        for member in members {
            match member {
                Self::All => {}
                Self::And(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        if flat.len() > 1 { Self::And(flat) } else { flat.pop().unwrap_or(Self::All) }
    }

    /// Joins with OR, in normal form. An empty member counts as not written.
    #[must_use]
    pub fn or(members: Vec<Self>) -> Self {
        let mut flat = Vec::with_capacity(members.len());
        for member in members {
            match member {
                Self::All => {}
                Self::Or(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        if flat.len() > 1 { Self::Or(flat) } else { flat.pop().unwrap_or(Self::All) }
    }

    /// Negates, in normal form. Not nothing is nothing: an unfinished `-(` must not empty the list.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "the counterpart of and() and or()")]
    pub fn not(inner: Self) -> Self {
        match inner {
            Self::All => Self::All,
            Self::Not(query) => *query,
            other => Self::Not(Box::new(other)),
        }
    }

    /// Returns all conditions in the order written, also those below a NOT.
    pub fn terms(&self) -> Vec<&Term> {
        match self {
            Self::All => Vec::new(),
            Self::Term(term) => vec![term],
            Self::Not(inner) => inner.terms(),
            Self::And(members) | Self::Or(members) => {
                members.iter().flat_map(Self::terms).collect()
            }
        }
    }
}

impl Term {
    /// Returns what to look up in the index; `None` for a condition that is not about text, or text without any letter.
    pub fn text_match(&self) -> Option<TextMatch> {
        match self {
            Self::Text { field, text, is_phrase, is_prefix } => {
                TextMatch::new(*field, text, *is_phrase, *is_prefix)
            }
            _ => None,
        }
    }

    /// Returns the received times that fit: from (inclusive) and until (exclusive); `None` when it is not about time.
    pub fn received_range(&self, now: Now) -> Option<(Option<Timestamp>, Option<Timestamp>)> {
        let ago = |age: Age| now.at.plus_ms(-age.days() * 86_400_000);
        match self {
            Self::Before(day) => Some((None, Some(day.start(now)))),
            Self::After(day) => Some((Some(day.start(now)), None)),
            Self::On(day) => Some((Some(day.start(now)), Some(day.next().start(now)))),
            Self::OlderThan(age) => Some((None, Some(ago(*age)))),
            Self::NewerThan(age) => Some((Some(ago(*age)), None)),
            _ => None,
        }
    }
}
