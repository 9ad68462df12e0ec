//! Operators: their names in English and Chinese, and the reading of their values.

use crate::ast::{Age, AgeUnit, Field, State, Term};
use crate::day::{Day, Now};

/// An operator of the search language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Text(Field),
    In,
    Account,
    Has,
    Is,
    Before,
    After,
    On,
    OlderThan,
    NewerThan,
    Larger,
    Smaller,
}

/// Names that people write; the first one of an operator is the one that is printed.
const NAMES: &[(&str, Operator)] = &[
    ("from", Operator::Text(Field::From)),
    ("发件人", Operator::Text(Field::From)),
    ("寄件者", Operator::Text(Field::From)),
    ("寄件人", Operator::Text(Field::From)),
    ("to", Operator::Text(Field::To)),
    ("收件人", Operator::Text(Field::To)),
    ("收件者", Operator::Text(Field::To)),
    ("cc", Operator::Text(Field::Cc)),
    ("抄送", Operator::Text(Field::Cc)),
    ("bcc", Operator::Text(Field::Bcc)),
    ("密送", Operator::Text(Field::Bcc)),
    ("subject", Operator::Text(Field::Subject)),
    ("主题", Operator::Text(Field::Subject)),
    ("主旨", Operator::Text(Field::Subject)),
    ("body", Operator::Text(Field::Body)),
    ("正文", Operator::Text(Field::Body)),
    ("filename", Operator::Text(Field::FileName)),
    ("附件", Operator::Text(Field::FileName)),
    ("文件名", Operator::Text(Field::FileName)),
    ("in", Operator::In),
    ("label", Operator::In),
    ("文件夹", Operator::In),
    ("account", Operator::Account),
    ("账户", Operator::Account),
    ("帐户", Operator::Account),
    ("has", Operator::Has),
    ("包含", Operator::Has),
    ("is", Operator::Is),
    ("状态", Operator::Is),
    ("before", Operator::Before),
    ("早于", Operator::Before),
    ("after", Operator::After),
    ("晚于", Operator::After),
    ("on", Operator::On),
    ("日期", Operator::On),
    ("older_than", Operator::OlderThan),
    ("newer_than", Operator::NewerThan),
    ("larger", Operator::Larger),
    ("大于", Operator::Larger),
    ("smaller", Operator::Smaller),
    ("小于", Operator::Smaller),
];

const STATES: &[(&str, State)] = &[
    ("unread", State::Unread),
    ("未读", State::Unread),
    ("read", State::Read),
    ("已读", State::Read),
    ("starred", State::Starred),
    ("flagged", State::Starred),
    ("星标", State::Starred),
    ("replied", State::Replied),
    ("answered", State::Replied),
    ("已回复", State::Replied),
    ("draft", State::Draft),
    ("草稿", State::Draft),
];

const ATTACHMENT_WORDS: &[&str] = &["attachment", "attachments", "file", "附件"];

const AGE_UNITS: &[(&str, AgeUnit)] = &[
    ("d", AgeUnit::Day),
    ("天", AgeUnit::Day),
    ("w", AgeUnit::Week),
    ("周", AgeUnit::Week),
    ("m", AgeUnit::Month),
    ("月", AgeUnit::Month),
    ("y", AgeUnit::Year),
    ("年", AgeUnit::Year),
];

const SIZE_UNITS: &[(&str, u64)] = &[
    ("", 1),
    ("b", 1),
    ("k", 1 << 10),
    ("kb", 1 << 10),
    ("m", 1 << 20),
    ("mb", 1 << 20),
    ("g", 1 << 30),
    ("gb", 1 << 30),
];

/// Returns the operator of this name.
pub(crate) fn named(name: &str) -> Option<Operator> {
    let name = name.to_lowercase();
    NAMES.iter().find(|(word, _)| *word == name).map(|(_, operator)| *operator)
}

/// Returns the English name of the operator that looks in `field`; empty for [`Field::Any`].
pub(crate) fn field_name(field: Field) -> &'static str {
    NAMES
        .iter()
        .find(|(_, operator)| *operator == Operator::Text(field))
        .map_or("", |(word, _)| word)
}

/// Returns the English word of a state.
pub(crate) fn state_name(state: State) -> &'static str {
    STATES.iter().find(|(_, known)| *known == state).map_or("", |(word, _)| word)
}

/// Returns the letter of a unit of age.
pub(crate) fn age_unit_name(unit: AgeUnit) -> &'static str {
    AGE_UNITS.iter().find(|(_, known)| *known == unit).map_or("", |(word, _)| word)
}

fn number_and_unit(value: &str) -> (&str, String) {
    let digits = value.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = value.split_at_checked(digits).unwrap_or((value, ""));
    (number, unit.to_lowercase())
}

fn age(value: &str) -> Option<Age> {
    let (number, unit) = number_and_unit(value);
    let count = number.parse::<u16>().ok().filter(|count| (1..=9_999).contains(count))?;
    let unit = AGE_UNITS.iter().find(|(word, _)| *word == unit).map(|(_, unit)| *unit)?;
    Some(Age { count, unit })
}

fn size(value: &str) -> Option<u64> {
    let (number, unit) = number_and_unit(value);
    let factor = SIZE_UNITS.iter().find(|(word, _)| *word == unit).map(|(_, factor)| *factor)?;
    number.parse::<u64>().ok()?.checked_mul(factor)
}

fn state(value: &str) -> Option<State> {
    let value = value.to_lowercase();
    STATES.iter().find(|(word, _)| *word == value).map(|(_, state)| *state)
}

impl Operator {
    /// Returns the condition that a value makes; `None` when the value makes no sense. Text fields are not handled here.
    pub(crate) fn term(self, value: &str, now: Now) -> Option<Term> {
        match self {
            Self::Text(_) => None,
            Self::In => Some(Term::In(value.to_owned())),
            Self::Account => Some(Term::Account(value.to_owned())),
            Self::Has => ATTACHMENT_WORDS
                .contains(&value.to_lowercase().as_str())
                .then_some(Term::HasAttachment),
            Self::Is => state(value).map(Term::Is),
            Self::Before => Day::parse(value, now).map(Term::Before),
            Self::After => Day::parse(value, now).map(Term::After),
            Self::On => Day::parse(value, now).map(Term::On),
            Self::OlderThan => age(value).map(Term::OlderThan),
            Self::NewerThan => age(value).map(Term::NewerThan),
            Self::Larger => size(value).map(Term::Larger),
            Self::Smaller => size(value).map(Term::Smaller),
        }
    }
}
