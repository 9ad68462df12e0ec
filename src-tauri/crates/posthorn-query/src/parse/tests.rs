//! The grammar as tables, and the round trip.

use posthorn_model::Timestamp;
use proptest::prelude::*;

use super::{Hint, TokenKind, parse};
use crate::{Age, AgeUnit, Day, Field, Now, Query, State, Term, print};

const NOW: Now = Now { at: Timestamp(1_782_000_000_000), utc_offset_seconds: 0 };

/// A query in the notation of the tests below.
fn show(query: &Query) -> String {
    let many = |word: &str, members: &[Query]| {
        format!("{word}[{}]", members.iter().map(show).collect::<Vec<_>>().join(" "))
    };
    match query {
        Query::All => "all".to_owned(),
        Query::And(members) => many("and", members),
        Query::Or(members) => many("or", members),
        Query::Not(inner) => format!("not[{}]", show(inner)),
        Query::Term(Term::Text { field, text, is_phrase, is_prefix }) => {
            let quote = if *is_phrase { "'" } else { "" };
            let star = if *is_prefix { "*" } else { "" };
            format!("{field:?}:{quote}{text}{quote}{star}")
        }
        Query::Term(term) => format!("{term:?}"),
    }
}

#[test]
fn what_people_type_is_understood() {
    for (text, expected) in [
        ("", "all"),
        ("  ", "all"),
        ("hello", "Any:hello*"),
        ("hello ", "Any:hello"),
        ("hello world", "and[Any:hello Any:world*]"),
        ("\"hello world\"", "Any:'hello world'"),
        ("\"open phrase", "Any:'open phrase'"),
        ("-spam ", "not[Any:spam]"),
        ("--spam ", "Any:spam"),
        ("NOT spam ", "not[Any:spam]"),
        ("a OR b c ", "and[or[Any:a Any:b] Any:c]"),
        ("(a b) OR c ", "or[and[Any:a Any:b] Any:c]"),
        ("a AND b ", "and[Any:a Any:b]"),
        ("a | b ", "or[Any:a Any:b]"),
        ("OR a ", "Any:a"),
        ("a OR", "Any:a"),
        ("a - b ", "and[Any:a Any:b]"),
        (") a ) b ", "and[Any:a Any:b]"),
        ("((((a", "Any:a*"),
        ("-(", "all"),
        ("from:anna ", "From:anna"),
        ("FROM:anna ", "From:anna"),
        ("from:\"Anna B\" x ", "and[From:'Anna B' Any:x]"),
        ("from:(anna OR bert) ", "or[From:anna From:bert]"),
        ("-from:anna ", "not[From:anna]"),
        ("发件人：张伟 ", "From:张伟"),
        ("收件人:李娜 主题：季度报告 ", "and[To:李娜 Subject:季度报告]"),
        ("附件:合同 ", "FileName:合同"),
        ("has:attachment", "HasAttachment"),
        ("has:附件", "HasAttachment"),
        ("is:unread is:flagged", "and[Is(Unread) Is(Starred)]"),
        ("is:未读", "Is(Unread)"),
        ("in:inbox account:work", "and[In(\"inbox\") Account(\"work\")]"),
        ("larger:5M smaller:10kb", "and[Larger(5242880) Smaller(10240)]"),
        (
            "older_than:7d newer_than:2m",
            "and[OlderThan(Age { count: 7, unit: Day }) NewerThan(Age { count: 2, unit: Month })]",
        ),
        ("invoic* x ", "and[Any:invoic* Any:x]"),
        ("cc:a bcc:b body:c filename:d ", "and[Cc:a Bcc:b Body:c FileName:d]"),
        ("“中文 短语”", "Any:'中文 短语'"),
        ("http://example.org/ ", "Any:http://example.org/"),
        (":x ", "Any::x"),
    ] {
        assert_eq!(show(&parse(text, NOW).query), expected, "{text}");
    }
}

#[test]
fn what_is_not_understood_is_text_with_a_hint() {
    for (text, expected, hint) in [
        ("size:big ", "Any:size:big", Hint::UnknownOperator("size".to_owned())),
        (
            "is:blue ",
            "Any:is:blue",
            Hint::BadValue { operator: "is".to_owned(), value: "blue".to_owned() },
        ),
        (
            "before:soon ",
            "Any:before:soon",
            Hint::BadValue { operator: "before".to_owned(), value: "soon".to_owned() },
        ),
        (
            "larger:huge ",
            "Any:larger:huge",
            Hint::BadValue { operator: "larger".to_owned(), value: "huge".to_owned() },
        ),
        ("from: ", "all", Hint::Incomplete("from".to_owned())),
    ] {
        let parsed = parse(text, NOW);
        assert_eq!(show(&parsed.query), expected, "{text}");
        assert_eq!(parsed.hints, [hint], "{text}");
    }
}

#[test]
fn days_become_times() {
    let range = |text: &str| match parse(text, NOW).query {
        Query::Term(term) => term.received_range(NOW).unwrap(),
        other => panic!("{other:?}"),
    };
    let start = Some(Timestamp::from_seconds(1_767_312_000));
    let end = Some(Timestamp::from_seconds(1_767_398_400));
    assert_eq!(range("on:2026-01-02"), (start, end));
    assert_eq!(range("before:2026/1/2"), (None, start));
    assert_eq!(range("after:2026-01-02"), (start, None));
    assert_eq!(range("newer_than:1d"), (Some(NOW.at.plus_ms(-86_400_000)), None));
}

#[test]
fn tokens_cover_what_was_typed() {
    let text = "发件人：张伟 -\"a b\" OR (x is:blue";
    let tokens: Vec<_> = parse(text, NOW)
        .tokens
        .into_iter()
        .map(|token| (text.get(token.range).unwrap(), token.kind))
        .collect();
    assert_eq!(
        tokens,
        [
            ("发件人：张伟", TokenKind::Operator),
            ("-", TokenKind::Not),
            ("\"a b\"", TokenKind::Phrase),
            ("OR", TokenKind::Or),
            ("(", TokenKind::Parenthesis),
            ("x", TokenKind::Word),
            ("is:blue", TokenKind::Unknown),
        ]
    );
}

#[test]
fn limits_hold() {
    let many = "a ".repeat(1_000);
    let parsed = parse(&many, NOW);
    assert_eq!(parsed.query.terms().len(), super::MAX_TERMS);
    assert_eq!(parsed.hints, [Hint::TooLong]);
    let deep = format!("{}x{}", "(".repeat(2_000), ")".repeat(2_000));
    assert_eq!(parse(&deep, NOW).query.terms().len(), 1);
    assert!(parse(&"文".repeat(5_000), NOW).hints.contains(&Hint::TooLong));
}

fn text_term() -> impl Strategy<Value = Query> {
    let field = prop_oneof![
        Just(Field::Any),
        Just(Field::Subject),
        Just(Field::From),
        Just(Field::To),
        Just(Field::Cc),
        Just(Field::Bcc),
        Just(Field::Body),
        Just(Field::FileName)
    ];
    (
        field,
        "[a-z一-三][a-z一-三@.]{0,5}",
        "[a-z一-三]([a-z 一-三():|-]{0,8}[a-z])?",
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(field, word, phrase, is_phrase, is_prefix)| {
            let text = if is_phrase { phrase } else { word };
            Query::Term(Term::Text { field, text, is_phrase, is_prefix: is_prefix && !is_phrase })
        })
}

fn other_term() -> impl Strategy<Value = Query> {
    let state = prop_oneof![
        Just(State::Unread),
        Just(State::Read),
        Just(State::Starred),
        Just(State::Replied),
        Just(State::Draft)
    ];
    let unit = prop_oneof![
        Just(AgeUnit::Day),
        Just(AgeUnit::Week),
        Just(AgeUnit::Month),
        Just(AgeUnit::Year)
    ];
    let day = (1990i16..2100, 1i8..=12, 1i8..=28)
        .prop_map(|(year, month, day)| Day::new(year, month, day).unwrap());
    prop_oneof![
        state.prop_map(Term::Is),
        day.clone().prop_map(Term::Before),
        day.clone().prop_map(Term::After),
        day.prop_map(Term::On),
        (1u16..9_999, unit).prop_map(|(count, unit)| Term::OlderThan(Age { count, unit })),
        any::<u64>().prop_map(Term::Larger),
        any::<u64>().prop_map(Term::Smaller),
        "[a-z][a-z /(]{0,6}[a-z]".prop_map(Term::In),
        "[a-z]{1,5}@[a-z]{1,5}".prop_map(Term::Account),
        Just(Term::HasAttachment),
    ]
    .prop_map(Query::Term)
}

fn query() -> impl Strategy<Value = Query> {
    prop_oneof![text_term(), other_term()].prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Query::and),
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Query::or),
            inner.prop_map(Query::not),
        ]
    })
}

proptest! {
    #[test]
    fn a_printed_query_is_read_back_the_same(query in query()) {
        let text = print(&query);
        let parsed = parse(&text, NOW);
        prop_assert_eq!(&parsed.query, &query, "{}", text);
        prop_assert!(parsed.hints.is_empty(), "{:?}", parsed.hints);
    }

    #[test]
    fn any_text_is_read(text in "[a-z:\"() *中：-]{0,60}") {
        let parsed = parse(&text, NOW);
        for token in &parsed.tokens {
            prop_assert!(text.get(token.range.clone()).is_some());
        }
        prop_assert_eq!(parse(&print(&parsed.query), NOW).query.terms().len(), parsed.query.terms().len());
    }
}
