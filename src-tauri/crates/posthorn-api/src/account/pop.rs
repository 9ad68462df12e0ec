//! The rules of a POP3 maildrop, as the page edits them and as the store keeps them, and what they would do.

use posthorn_model::AccountId;
use posthorn_store::account::{self, AccountSettings, PopPolicy as Stored};
use posthorn_store::maildrop;

use crate::contract::{
    Error, LeaveOnServer, PopPolicy, PopRules, PopRulesPreview, PreviewPopRules,
};
use crate::engine::Engine;
use crate::error::Result;

/// Longest time that messages can stay on the server before they leave by themselves: ten years.
const MAX_DAYS: u32 = 3_650;
/// Days that are offered first.
const USUAL_DAYS: u32 = 14;

/// Refuses rules that cannot be meant.
pub(super) fn check(rules: &PopRules) -> Result<()> {
    if rules.policy == PopPolicy::AfterDays && !(1..=MAX_DAYS).contains(&rules.days) {
        return Err(Error::invalid("Mail leaves the server after 1 to 3650 days"));
    }
    Ok(())
}

/// Returns the store's policy.
pub(super) fn policy(rules: &PopRules) -> Stored {
    match rules.policy {
        PopPolicy::Leave => Stored::Leave,
        PopPolicy::AfterDays => Stored::AfterDays(rules.days),
        PopPolicy::WhenDeleted => Stored::WhenDeleted,
        PopPolicy::WhenMoved => Stored::WhenMoved,
        PopPolicy::AtOnce => Stored::AtOnce,
        PopPolicy::Never => Stored::Never,
    }
}

/// Returns the rules of an account.
pub(super) fn rules(settings: &AccountSettings) -> PopRules {
    let (policy, days) = match settings.pop_policy {
        Stored::Leave => (PopPolicy::Leave, USUAL_DAYS),
        Stored::AfterDays(days) => (PopPolicy::AfterDays, days),
        Stored::WhenDeleted => (PopPolicy::WhenDeleted, USUAL_DAYS),
        Stored::WhenMoved => (PopPolicy::WhenMoved, USUAL_DAYS),
        Stored::AtOnce => (PopPolicy::AtOnce, USUAL_DAYS),
        Stored::Never => (PopPolicy::Never, USUAL_DAYS),
    };
    PopRules {
        policy,
        days,
        keep_starred: settings.pop_keep_starred,
        head_only_above: settings.pop_size_limit,
        allow_apop: settings.pop_apop,
        look_at_start: !settings.pop_rests_at_start,
    }
}

/// Returns the short form of a policy.
pub(super) fn leave(policy: Stored) -> LeaveOnServer {
    if policy == Stored::AtOnce { LeaveOnServer::RemoveAfterDownload } else { LeaveOnServer::Keep }
}

/// Says what rules would do to a POP3 maildrop.
pub(crate) async fn accounts_preview_pop_rules(
    engine: &Engine,
    request: PreviewPopRules,
) -> Result<PopRulesPreview> {
    check(&request.rules)?;
    let (id, rules) = (AccountId(request.id), request.rules);
    let found = engine
        .store()
        .read(move |tx| {
            account::get(tx, id)?;
            maildrop::preview(tx, id, policy(&rules), rules.keep_starred)
        })
        .await?;
    Ok(PopRulesPreview {
        now: found.now,
        now_bytes: found.now_bytes,
        oldest_at: found.oldest.map(|at| at.0),
        later: found.later,
        first_at: found.first_at.map(|at| at.0),
        stay: found.stay,
        not_here: found.not_here,
    })
}

#[cfg(test)]
mod tests {
    use posthorn_model::Protocol;
    use posthorn_store::account::PopPolicy as Stored;
    use posthorn_store::testing::account_settings;

    use super::{check, policy, rules};
    use crate::contract::{PopPolicy, PopRules};

    #[test]
    fn every_policy_comes_back_as_it_was() {
        for stored in [
            Stored::Leave,
            Stored::AfterDays(30),
            Stored::WhenDeleted,
            Stored::WhenMoved,
            Stored::AtOnce,
            Stored::Never,
        ] {
            let mut settings = account_settings("a@x.example", Protocol::Pop3);
            settings.pop_policy = stored;
            assert_eq!(policy(&rules(&settings)), stored);
        }
        let wrong = PopRules {
            policy: PopPolicy::AfterDays,
            days: 0,
            keep_starred: false,
            head_only_above: 0,
            allow_apop: false,
            look_at_start: true,
        };
        assert!(check(&wrong).is_err() && check(&PopRules { days: 1, ..wrong }).is_ok());
    }
}
