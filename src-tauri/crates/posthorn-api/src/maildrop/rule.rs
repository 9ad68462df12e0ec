//! The rules before download, as the page edits them and as the store keeps them; what they would do and what they did.

use posthorn_model::AccountId;
use posthorn_store::account;
use posthorn_store::maildrop::{self, Rule, RuleAction, RuleCondition, Ruled, Ruling};
use posthorn_sync::{Deed, Hindrance, Trial};

use crate::contract::{
    ById, DropAction, DropCondition, DropDeed, DropHindrance, DropRule, DropRuled, DropRules,
    DropRuling, DropTrial, DropTried, Error, Nothing, SetDropRules,
};
use crate::engine::Engine;
use crate::error::Result;

/// Most rules of an account: each is looked at for every message, and nobody reads more.
const MAX_RULES: usize = 100;
/// Longest address, domain or part of a subject, in characters.
const MAX_WORDS: usize = 200;
/// Longest age that can be asked for, in days: a hundred years.
const MAX_DAYS: u64 = 36_500;
/// Deletions that are named.
const NAMED: u32 = 200;

/// Reads a rule as the page gives it; refuses one that cannot be meant.
fn read(rule: DropRule) -> Result<Rule> {
    let words = rule.words.trim().to_owned();
    let is_line = !words.is_empty()
        && words.chars().count() <= MAX_WORDS
        && !words.contains(char::is_control)
        && words != "@";
    let is_number = rule.number > 0;
    let condition = match rule.condition {
        DropCondition::Larger if is_number => RuleCondition::LargerThan(rule.number),
        DropCondition::Smaller if is_number => RuleCondition::SmallerThan(rule.number),
        DropCondition::Older if is_number && rule.number <= MAX_DAYS => {
            RuleCondition::OlderThan(u32::try_from(rule.number).unwrap_or(u32::MAX))
        }
        DropCondition::Sender if is_line => RuleCondition::From(words),
        DropCondition::Subject if is_line => RuleCondition::SubjectContains(words),
        _ => return Err(Error::invalid("A rule needs something to look at")),
    };
    let action = match rule.action {
        DropAction::Download => RuleAction::Download,
        DropAction::Head => RuleAction::HeadOnly,
        DropAction::Skip => RuleAction::Skip,
        DropAction::Remove => RuleAction::Delete,
    };
    Ok(Rule { is_on: rule.on, condition, action })
}

fn read_all(rules: Vec<DropRule>) -> Result<Vec<Rule>> {
    if rules.len() > MAX_RULES {
        return Err(Error::invalid("An account has at most 100 rules"));
    }
    rules.into_iter().map(read).collect()
}

impl From<Rule> for DropRule {
    fn from(rule: Rule) -> Self {
        let (condition, number, words) = match rule.condition {
            RuleCondition::LargerThan(bytes) => (DropCondition::Larger, bytes, String::new()),
            RuleCondition::SmallerThan(bytes) => (DropCondition::Smaller, bytes, String::new()),
            RuleCondition::From(whom) => (DropCondition::Sender, 0, whom),
            RuleCondition::SubjectContains(words) => (DropCondition::Subject, 0, words),
            RuleCondition::OlderThan(days) => {
                (DropCondition::Older, u64::from(days), String::new())
            }
        };
        let action = match rule.action {
            RuleAction::Download => DropAction::Download,
            RuleAction::HeadOnly => DropAction::Head,
            RuleAction::Skip => DropAction::Skip,
            RuleAction::Delete => DropAction::Remove,
        };
        Self { on: rule.is_on, condition, number, words, action }
    }
}

impl From<Ruling> for DropRuling {
    fn from(ruling: Ruling) -> Self {
        Self {
            rule: ruling.rule.into(),
            from: ruling.from.into(),
            subject: ruling.subject,
            size: ruling.size,
            at: ruling.received.map(|at| at.0),
            decided_at: ruling.decided_at.0,
            removed_at: ruling.removed_at.map(|at| at.0),
        }
    }
}

impl From<Ruled> for DropRuled {
    fn from(ruled: Ruled) -> Self {
        let newest = ruled.newest.into_iter().map(Into::into).collect();
        Self { count: ruled.count, bytes: ruled.bytes, newest }
    }
}

impl From<Trial> for DropTrial {
    fn from(trial: Trial) -> Self {
        let rows = trial.rows.into_iter().filter_map(|(uidl, judged)| {
            Some(DropTried {
                uidl: uidl.0.to_string(),
                rule: u32::try_from(judged.rule?).ok()?,
                deed: match judged.deed {
                    Deed::Usual => DropDeed::Usual,
                    Deed::Whole => DropDeed::Whole,
                    Deed::HeadOnly => DropDeed::Head,
                    Deed::Skip => DropDeed::Skip,
                    Deed::Delete => DropDeed::Remove,
                },
                hindrance: judged.hindrance.map(|hindrance| match hindrance {
                    Hindrance::Here => DropHindrance::Here,
                    Hindrance::Locked => DropHindrance::Locked,
                    Hindrance::Kept => DropHindrance::Kept,
                    Hindrance::Nameless => DropHindrance::Nameless,
                    Hindrance::Headless => DropHindrance::Headless,
                    Hindrance::Fleeting => DropHindrance::Fleeting,
                }),
            })
        });
        Self { rows: rows.collect(), no_heads: trial.shows_no_heads }
    }
}

/// Gives an account's rules, and what they deleted.
pub(crate) async fn maildrops_rules(engine: &Engine, request: ById) -> Result<DropRules> {
    let id = AccountId(request.id);
    let read = engine.store().read(move |tx| {
        account::get(tx, id)?;
        Ok((maildrop::rules(tx, id)?, maildrop::ruled_out(tx, id, NAMED)?))
    });
    let (rules, ruled) = read.await?;
    Ok(DropRules {
        rules: rules.into_iter().map(Into::into).collect(),
        no_heads: engine.sync().shows_no_heads(id),
        ruled: ruled.into(),
    })
}

/// Replaces an account's rules; they hold from the next look on.
pub(crate) async fn maildrops_set_rules(engine: &Engine, request: SetDropRules) -> Result<Nothing> {
    let (id, rules) = (AccountId(request.account), read_all(request.rules)?);
    engine.store().write(move |tx| maildrop::set_rules(tx, id, &rules)).await?;
    Ok(Nothing {})
}

/// Says what rules would do to what the maildrop browser shows; does nothing.
pub(crate) async fn maildrops_try_rules(
    engine: &Engine,
    request: SetDropRules,
) -> Result<DropTrial> {
    let rules = read_all(request.rules)?;
    Ok(engine.sync().try_rules(AccountId(request.account), &rules).await?.into())
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::contract::{DropAction as A, DropCondition as C, DropRule};

    #[test]
    fn rules_come_back_as_they_were_and_what_cannot_be_meant_is_refused() {
        let long = "x".repeat(201);
        let cases = [
            (C::Larger, 1, "", true),
            (C::Larger, 0, "", false),
            (C::Smaller, 5_000, "", true),
            (C::Older, 36_500, "", true),
            (C::Older, 36_501, "", false),
            (C::Sender, 0, "b.example", true),
            (C::Sender, 0, "@", false),
            (C::Sender, 0, " ", false),
            (C::Subject, 0, "Rechnung 发票", true),
            (C::Subject, 0, "a\nb", false),
            (C::Subject, 0, long.as_str(), false),
        ];
        for (at, (condition, number, words, is_good)) in cases.into_iter().enumerate() {
            for action in [A::Download, A::Head, A::Skip, A::Remove] {
                let rule = DropRule {
                    on: at % 2 == 0,
                    condition,
                    number,
                    words: words.to_owned(),
                    action,
                };
                let back = read(rule.clone()).ok().map(DropRule::from);
                assert_eq!(back, is_good.then_some(rule), "{condition:?} {number} {words}");
            }
        }
    }
}
