//! What the rules before download say of one message: decided by its size, its head as far as that is known, and how it
//! stands. The worker does what is said here, and a dry run shows it: both ask the same question.
//!
//! Invariants: the first rule that is on and matches holds. What cannot be deleted safely is downloaded as if there were
//! no rule. A rule that looks at the head of a message that the server does not show matches nothing, and no later rule
//! deletes that message: it might be the one that an earlier rule spares.

use posthorn_model::{Address, Timestamp};
use posthorn_store::maildrop::{Rule, RuleAction, RuleCondition};

/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// What a message is known by before it is downloaded.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Case<'a> {
    /// Bytes, as LIST says.
    pub(super) size: u64,
    /// Its head; absent where it is not known.
    pub(super) head: Option<CaseHead<'a>>,
    /// Something of it is here, or was: rules concern what never came.
    pub(super) is_here: bool,
    /// It stays for ever by the user's wish.
    pub(super) is_kept: bool,
    /// The server gives it no id by which it could be known again.
    pub(super) is_nameless: bool,
}

/// What of a head the rules look at.
#[derive(Clone, Copy, Debug)]
pub(super) struct CaseHead<'a> {
    /// First sender.
    pub(super) from: &'a Address,
    /// Subject, decoded.
    pub(super) subject: &'a str,
    /// When it was received or written; absent where it does not say.
    pub(super) at: Option<Timestamp>,
}

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Deed {
    /// It comes as if there were no rules.
    Usual,
    /// It comes whole.
    Whole,
    /// Its head comes.
    HeadOnly,
    /// It stays there and does not come.
    Skip,
    /// It is deleted there.
    Delete,
}

/// Why a rule that matches does not do what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hindrance {
    /// The message is here already, or was: rules are for what is to come.
    Here,
    /// The account never deletes anything on the server.
    Locked,
    /// It stays for ever by the user's wish.
    Kept,
    /// The server gives it no id by which it could be known again.
    Nameless,
    /// Its head is not known, and an earlier rule looks at heads.
    Headless,
    /// The server keeps nothing after a session: what does not come now may never come.
    Fleeting,
}

/// What the rules say of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judged {
    /// Place of the rule that matches, 0 = the first; absent where none does.
    pub rule: Option<usize>,
    /// What becomes of it.
    pub deed: Deed,
    /// Why that is not what the rule says; absent where it is.
    pub hindrance: Option<Hindrance>,
}

/// Rules, and what holds for all messages of an account.
#[derive(Clone, Copy, Debug)]
pub(super) struct Judge<'a> {
    /// In their order.
    pub(super) rules: &'a [Rule],
    pub(super) now: Timestamp,
    /// Nothing is ever deleted on the server.
    pub(super) is_locked: bool,
    /// The server keeps nothing after a session (EXPIRE 0).
    pub(super) is_fleeting: bool,
}

/// Tells whether a rule looks at more than the size.
fn looks_at_head(rule: &Rule) -> bool {
    !matches!(rule.condition, RuleCondition::LargerThan(_) | RuleCondition::SmallerThan(_))
}

impl Judge<'_> {
    /// Tells whether some rule is on.
    pub(super) fn is_needed(&self) -> bool {
        self.rules.iter().any(|rule| rule.is_on)
    }

    /// Tells whether the head of a message of this size can change what becomes of it.
    pub(super) fn needs_head(&self, size: u64) -> bool {
        for rule in self.rules.iter().filter(|rule| rule.is_on) {
            if looks_at_head(rule) {
                return true;
            }
            if self.matches(rule, &Case { size, ..Case::default() }) == Some(true) {
                return false;
            }
        }
        false
    }

    /// Says what becomes of a message.
    pub(super) fn judge(&self, case: &Case<'_>) -> Judged {
        let mut is_unsure = false;
        let found =
            self.rules.iter().enumerate().filter(|(_, rule)| rule.is_on).find(|(_, rule)| {
                let matched = self.matches(rule, case);
                is_unsure |= matched.is_none();
                matched == Some(true)
            });
        let Some((place, rule)) = found else {
            return Judged { rule: None, deed: Deed::Usual, hindrance: None };
        };
        let hindrance = self.hindrance(rule.action, case, is_unsure);
        let deed = match (hindrance, rule.action) {
            (Some(_), _) => Deed::Usual,
            (None, RuleAction::Download) => Deed::Whole,
            (None, RuleAction::HeadOnly) => Deed::HeadOnly,
            (None, RuleAction::Skip) => Deed::Skip,
            (None, RuleAction::Delete) => Deed::Delete,
        };
        Judged { rule: Some(place), deed, hindrance }
    }

    fn hindrance(&self, action: RuleAction, case: &Case<'_>, is_unsure: bool) -> Option<Hindrance> {
        if case.is_here {
            return Some(Hindrance::Here);
        }
        match action {
            RuleAction::Download => None,
            RuleAction::HeadOnly | RuleAction::Skip => {
                self.is_fleeting.then_some(Hindrance::Fleeting)
            }
            RuleAction::Delete if self.is_locked => Some(Hindrance::Locked),
            RuleAction::Delete if case.is_kept => Some(Hindrance::Kept),
            RuleAction::Delete if case.is_nameless => Some(Hindrance::Nameless),
            RuleAction::Delete => is_unsure.then_some(Hindrance::Headless),
        }
    }

    /// Tells whether a rule matches; absent where only the head, which is not known, could tell.
    fn matches(&self, rule: &Rule, case: &Case<'_>) -> Option<bool> {
        match &rule.condition {
            RuleCondition::LargerThan(bytes) => Some(case.size > *bytes),
            RuleCondition::SmallerThan(bytes) => Some(case.size < *bytes),
            RuleCondition::From(whom) => Some(is_from(&case.head?.from.email, whom)),
            RuleCondition::SubjectContains(words) => {
                let words = words.trim().to_lowercase();
                let subject = case.head?.subject.to_lowercase();
                Some(!words.is_empty() && subject.contains(&words))
            }
            RuleCondition::OlderThan(days) => {
                let before = self.now.plus_ms(-i64::from(*days).saturating_mul(DAY_MS));
                Some(case.head?.at.is_some_and(|at| at < before))
            }
        }
    }
}

/// Tells whether an address is the one that is meant, or is of the domain that is meant or of one below it.
fn is_from(email: &str, whom: &str) -> bool {
    let (email, whom) = (email.trim().to_lowercase(), whom.trim().to_lowercase());
    match whom.split_once('@') {
        Some((local, _)) if !local.is_empty() => email == whom,
        _ => {
            let domain = whom.trim_start_matches('@');
            let of = email.rsplit_once('@').map(|(_, of)| of).unwrap_or_default();
            let below = of.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
            !domain.is_empty() && (of == domain || below)
        }
    }
}

#[cfg(test)]
mod tests {
    use posthorn_model::{Address, Timestamp};
    use posthorn_store::maildrop::{Rule, RuleAction as A, RuleCondition as C};

    use super::{Case, CaseHead, DAY_MS, Deed, Hindrance, Judge, is_from};

    const NOW: Timestamp = Timestamp(1_000 * DAY_MS);

    fn rule(condition: C, action: A) -> Rule {
        Rule { is_on: true, condition, action }
    }

    fn judge(rules: &[Rule]) -> Judge<'_> {
        Judge { rules, now: NOW, is_locked: false, is_fleeting: false }
    }

    fn from(whom: &str, action: A) -> Rule {
        rule(C::From(whom.to_owned()), action)
    }

    #[test]
    fn an_address_or_a_domain_and_what_is_below_it() {
        let cases = [
            ("a@b.example", "a@b.example", true),
            ("A@B.Example", " a@b.example ", true),
            ("x@b.example", "a@b.example", false),
            ("a@b.example", "b.example", true),
            ("a@b.example", "@b.example", true),
            ("a@mail.b.example", "b.example", true),
            ("a@notb.example", "b.example", false),
            ("a@b.example.org", "b.example", false),
            ("a@b.example", "", false),
            ("a@b.example", "@", false),
            ("", "b.example", false),
            ("\"a@x\"@b.example", "b.example", true),
        ];
        for (email, whom, expected) in cases {
            assert_eq!(is_from(email, whom), expected, "{email} {whom}");
        }
    }

    #[test]
    fn the_first_rule_that_is_on_and_matches_holds() {
        let off = Rule { is_on: false, ..from("b.example", A::Delete) };
        let rules = [
            off,
            rule(C::SubjectContains("Invoice".to_owned()), A::Download),
            from("b.example", A::Skip),
            rule(C::LargerThan(1_000), A::HeadOnly),
            rule(C::OlderThan(30), A::Delete),
            rule(C::SmallerThan(10), A::Delete),
        ];
        let cases = [
            ("a@b.example", "Your INVOICE", 5_000, 0, Some(1), Deed::Whole),
            ("a@b.example", "Hello", 5_000, 0, Some(2), Deed::Skip),
            ("a@c.example", "Hello", 1_001, 0, Some(3), Deed::HeadOnly),
            ("a@c.example", "Hello", 1_000, 0, None, Deed::Usual),
            ("a@c.example", "Hello", 1_000, 30, None, Deed::Usual),
            ("a@c.example", "Hello", 1_000, 31, Some(4), Deed::Delete),
            ("a@c.example", "Hello", 9, 0, Some(5), Deed::Delete),
        ];
        for (email, subject, size, days, expected, deed) in cases {
            let sender = Address::bare(email);
            let at = Some(NOW.plus_ms(-days * DAY_MS));
            let head = Some(CaseHead { from: &sender, subject, at });
            let judged = judge(&rules).judge(&Case { size, head, ..Case::default() });
            assert_eq!((judged.rule, judged.deed), (expected, deed), "{email} {subject} {size}");
        }
    }

    #[test]
    fn what_cannot_be_deleted_safely_comes() {
        let by_head = [from("x.example", A::Skip), rule(C::LargerThan(10), A::Delete)];
        let by_size = [rule(C::LargerThan(10), A::Delete), from("x.example", A::Skip)];
        let sender = Address::bare("a@b.example");
        let head = Some(CaseHead { from: &sender, subject: "", at: None });
        let plain = Case { size: 11, head, ..Case::default() };
        let judge = |rules| Judge { rules, now: NOW, is_locked: false, is_fleeting: false };
        let locked = |rules| Judge { is_locked: true, ..judge(rules) };
        let fleeting = |rules| Judge { is_fleeting: true, ..judge(rules) };
        let cases = [
            (judge(&by_head[..]), plain, Deed::Delete, None),
            (
                judge(&by_head[..]),
                Case { head: None, ..plain },
                Deed::Usual,
                Some(Hindrance::Headless),
            ),
            (judge(&by_size[..]), Case { head: None, ..plain }, Deed::Delete, None),
            (locked(&by_size[..]), plain, Deed::Usual, Some(Hindrance::Locked)),
            (
                judge(&by_size[..]),
                Case { is_kept: true, ..plain },
                Deed::Usual,
                Some(Hindrance::Kept),
            ),
            (
                judge(&by_size[..]),
                Case { is_here: true, ..plain },
                Deed::Usual,
                Some(Hindrance::Here),
            ),
            (
                judge(&by_size[..]),
                Case { is_nameless: true, ..plain },
                Deed::Usual,
                Some(Hindrance::Nameless),
            ),
            (fleeting(&by_size[..]), plain, Deed::Delete, None),
        ];
        for (judge, case, deed, hindrance) in cases {
            let judged = judge.judge(&case);
            assert_eq!((judged.deed, judged.hindrance), (deed, hindrance), "{case:?}");
        }
        let skip = [rule(C::LargerThan(10), A::Skip)];
        assert_eq!(fleeting(&skip[..]).judge(&plain).hindrance, Some(Hindrance::Fleeting));
    }

    #[test]
    fn a_head_is_wanted_only_where_it_can_change_something() {
        let sizes = [rule(C::LargerThan(10), A::Skip), rule(C::SmallerThan(5), A::HeadOnly)];
        assert!(!judge(&sizes).needs_head(1) && !judge(&sizes).needs_head(100));
        let mixed = [rule(C::LargerThan(10), A::Skip), rule(C::OlderThan(1), A::Skip)];
        assert!(judge(&mixed).needs_head(10) && !judge(&mixed).needs_head(11));
        let off = [Rule { is_on: false, ..rule(C::OlderThan(1), A::Skip) }];
        assert!(!judge(&off).needs_head(1) && !judge(&off).is_needed());
        let undated = [rule(C::OlderThan(1), A::Delete)];
        let sender = Address::default();
        let head = Some(CaseHead { from: &sender, subject: "", at: None });
        assert_eq!(judge(&undated).judge(&Case { head, ..Case::default() }).rule, None);
    }
}
