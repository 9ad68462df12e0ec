//! The tokeniser: what is indexed is found.

use proptest::prelude::*;

use super::{MAX_TOKENS, Runs, TextMatch, beginnings, index_text};
use crate::ast::Field;

#[test]
fn text_becomes_words() {
    for (text, expected) in [
        ("Hello, World!", "hello world"),
        ("ＦＵＬＬ　ｗｉｄｔｈ", "full width"),
        ("你好世界", "你好 好世 世界 界"),
        ("你", "你"),
        ("GPT模型v2", "gpt 模型 型 v2"),
        ("e-mail@example.com", "e mail example com"),
        ("ﬁne Straße", "fine straße"),
        ("東京タワー", "東京 京タ タワ ワー ー"),
        ("안녕 세계", "안녕 녕 세계 계"),
        ("", ""),
        ("\" OR *", "or"),
    ] {
        assert_eq!(index_text(text), expected, "{text}");
    }
}

#[test]
fn questions_are_quoted_and_go_to_the_right_tables() {
    // text, phrase, prefix, expression, head, body
    for (text, is_phrase, is_prefix, expected, body) in [
        ("invoice", false, false, "\"invoice\"", true),
        ("inv", false, true, "\"inv\" *", false),
        ("invo", false, true, "\"invo\" *", true),
        ("你", false, false, "\"你\" *", true),
        ("你好", false, true, "\"你好\"", true),
        ("你好吗", false, true, "\"你好 好吗\"", true),
        ("模型GPT", false, false, "\"模型 型 gpt\"", true),
        ("a\"b", true, false, "\"a b\"", true),
        ("a.b", false, true, "\"a b\" *", true),
    ] {
        let question = TextMatch::new(Field::Any, text, is_phrase, is_prefix).unwrap();
        assert_eq!(question.expression(&[]), expected, "{text}");
        assert!(question.asks_head());
        assert_eq!(question.asks_body(), body, "{text}");
    }
    assert_eq!(TextMatch::new(Field::Any, "\"*()", false, true), None);
}

#[test]
fn fields_limit_the_columns() {
    let question = TextMatch::new(Field::From, "anna", false, false).unwrap();
    assert_eq!(question.expression(&["sender", "recipients"]), "{sender recipients} : \"anna\"");
    assert!(!question.asks_body());
    assert!(!TextMatch::new(Field::Body, "anna", false, false).unwrap().asks_head());
}

/// Whether consecutive words of the index answer a question, as FTS5 would say.
fn answers(indexed: &str, question: &TextMatch) -> bool {
    let words: Vec<&str> = indexed.split(' ').collect();
    words.windows(question.tokens.len()).any(|window| {
        window.iter().zip(&question.tokens).enumerate().all(|(at, (word, token))| {
            *word == token
                || (question.is_prefix
                    && at + 1 == question.tokens.len()
                    && word.starts_with(token.as_str()))
        })
    })
}

/// The words of a text that is read letter by letter as a whole.
fn by_runs(text: &str) -> String {
    let mut words = Vec::new();
    Runs::new(text).for_each(|run| run.index(&mut |word| words.push(word.to_owned())));
    words.join(" ")
}

#[test]
fn long_words_and_long_texts_are_cut() {
    for text in ["X".repeat(100), format!("é{}", "x".repeat(100))] {
        assert_eq!(index_text(&text), by_runs(&text));
        assert_eq!(index_text(&text).chars().count(), 48);
    }
    for text in ["a ".repeat(70_000), "a é ".repeat(40_000)] {
        assert_eq!(index_text(&text).split(' ').count(), MAX_TOKENS);
    }
}

/// Beginnings in the simplest way.
fn by_letters(indexed: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for word in indexed.split(' ') {
        for length in super::BEGINNINGS {
            let length = if word.starts_with(super::is_dense) { 1 } else { length };
            if let Some(beginning) = super::first(word, length)
                && !all.iter().any(|known| known == beginning)
            {
                all.push(beginning.to_owned());
            }
        }
    }
    all
}

proptest! {
    #[test]
    fn plain_pieces_are_read_as_the_whole_is(text in "[ -~\\n\\t\\rÀéßΣ\u{301}\u{338}\u{e31}中文字カーﬁ㎏\u{a0}\u{3000}]{0,60}") {
        prop_assert_eq!(index_text(&text), by_runs(&text));
    }

    #[test]
    fn beginnings_are_those_of_each_word(text in "[a-c ]{0,40}[a-cé\u{301} 中文]{0,30}") {
        let indexed = index_text(&text);
        let kept = beginnings([indexed.as_str()]);
        let kept: Vec<&str> = kept.split(' ').filter(|word| !word.is_empty()).collect();
        prop_assert_eq!(kept, by_letters(&indexed));
    }

    #[test]
    fn what_is_indexed_is_found(before in "[a-z 中文字]{0,8}", word in "[a-z中文字]{1,6}", after in "[ a-z中文字]{0,8}") {
        let indexed = index_text(&format!("{before} {word} {after}"));
        let question = TextMatch::new(Field::Any, &word, false, false).unwrap();
        prop_assert!(answers(&indexed, &question), "{indexed} / {question:?}");
    }

    #[test]
    fn a_part_of_a_chinese_sentence_is_found(text in "[一-三你好世界]{1,20}", from in 0usize..20, len in 1usize..6) {
        let part: String = text.chars().skip(from).take(len).collect();
        prop_assume!(!part.is_empty());
        let question = TextMatch::new(Field::Any, &part, false, false).unwrap();
        prop_assert!(answers(&index_text(&text), &question));
    }

    #[test]
    fn no_input_breaks_out_of_the_quotes(text in "\\PC{0,40}") {
        if let Some(question) = TextMatch::new(Field::Any, &text, true, false) {
            let expression = question.expression(&[]);
            let inner = expression.trim_end_matches(" *").strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap();
            prop_assert!(!inner.contains('"'));
            prop_assert!(inner.chars().all(|c| c.is_alphanumeric() || c == ' ' || unicode_normalization::char::is_combining_mark(c)));
        }
    }
}
