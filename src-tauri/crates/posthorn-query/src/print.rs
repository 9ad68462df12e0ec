//! A [`Query`] back to text, for saved searches and for chips that were edited.

use crate::ast::{Age, Query, Term};
use crate::operator::{age_unit_name, field_name, state_name};

/// Writes a query so that [`crate::parse()`] reads it back as the same query.
pub fn print(query: &Query) -> String {
    let mut text = String::new();
    write_query(&mut text, query, Place::Top);
    // Without the space a last word would be read as one being typed.
    text.push(' ');
    text
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Top,
    Sequence,
    Group,
}

fn write_query(text: &mut String, query: &Query, place: Place) {
    match query {
        Query::All => {}
        Query::Term(term) => write_term(text, term),
        Query::Not(inner) => {
            text.push('-');
            let needs_parentheses = matches!(**inner, Query::And(_) | Query::Or(_));
            wrapped(text, needs_parentheses, |text| write_query(text, inner, Place::Top));
        }
        Query::And(members) => wrapped(text, place != Place::Top, |text| {
            joined(text, members, " ", Place::Sequence);
        }),
        Query::Or(members) => wrapped(text, place == Place::Group, |text| {
            joined(text, members, " OR ", Place::Group);
        }),
    }
}

fn wrapped(text: &mut String, needs_parentheses: bool, write: impl FnOnce(&mut String)) {
    if needs_parentheses {
        text.push('(');
    }
    write(text);
    if needs_parentheses {
        text.push(')');
    }
}

fn joined(text: &mut String, members: &[Query], separator: &str, place: Place) {
    for (index, member) in members.iter().enumerate() {
        if index > 0 {
            text.push_str(separator);
        }
        write_query(text, member, place);
    }
}

fn write_term(text: &mut String, term: &Term) {
    match term {
        Term::Text { field, text: value, is_phrase, is_prefix } => {
            let name = field_name(*field);
            if !name.is_empty() {
                text.push_str(name);
                text.push(':');
            }
            if *is_phrase {
                quote(text, value);
            } else {
                text.push_str(value);
                if *is_prefix {
                    text.push('*');
                }
            }
        }
        Term::In(value) => operand(text, "in", value),
        Term::Account(value) => operand(text, "account", value),
        Term::HasAttachment => text.push_str("has:attachment"),
        Term::Is(state) => operand(text, "is", state_name(*state)),
        Term::Before(day) => operand(text, "before", &day.to_string()),
        Term::After(day) => operand(text, "after", &day.to_string()),
        Term::On(day) => operand(text, "on", &day.to_string()),
        Term::OlderThan(age) => operand(text, "older_than", &age_text(*age)),
        Term::NewerThan(age) => operand(text, "newer_than", &age_text(*age)),
        Term::Larger(bytes) => operand(text, "larger", &bytes.to_string()),
        Term::Smaller(bytes) => operand(text, "smaller", &bytes.to_string()),
    }
}

fn age_text(age: Age) -> String {
    format!("{}{}", age.count, age_unit_name(age.unit))
}

fn operand(text: &mut String, name: &str, value: &str) {
    text.push_str(name);
    text.push(':');
    let is_plain =
        value.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '@' | '.' | '/'));
    if is_plain {
        text.push_str(value);
    } else {
        quote(text, value);
    }
}

/// Writes in quotes. A quotation mark inside cannot have come from the parser; it becomes an apostrophe.
fn quote(text: &mut String, value: &str) {
    text.push('"');
    text.extend(value.chars().map(|c| if matches!(c, '"' | '“' | '”' | '＂') { '\'' } else { c }));
    text.push('"');
}
