//! What stands below an answer: the original, and the line above it in the user's language.

use jiff::tz::TimeZone;
use posthorn_message::{Answer, AnswerContext, Parsed, ReplyTo, forward, reply};
use posthorn_model::{Address, Timestamp};
use posthorn_store::draft::{DraftContent, DraftKind};
use posthorn_store::{account, message};

use crate::contract::Nothing;
use crate::engine::Engine;
use crate::error::Result;
use crate::message::load;
use crate::setting::settings_get;

/// What is known of an original for the line above it.
#[derive(Clone, Debug, Default)]
pub(super) struct Origin {
    pub(super) from: Option<Address>,
    pub(super) to: Vec<Address>,
    pub(super) subject: String,
    pub(super) at: Timestamp,
}

/// Tells whether words are Chinese: by the setting, else by the system.
pub(crate) async fn is_chinese(engine: &Engine) -> bool {
    let language = settings_get(engine, Nothing {})
        .await
        .map(|settings| settings.language)
        .unwrap_or_default();
    let system = || {
        let names = ["LC_ALL", "LC_MESSAGES", "LANG"];
        names
            .into_iter()
            .filter_map(|name| std::env::var(name).ok())
            .find(|value| !value.is_empty())
            .unwrap_or_default()
    };
    if language == "system" { system().starts_with("zh") } else { language.starts_with("zh") }
}

fn written(address: &Address) -> String {
    if address.name.is_empty() {
        address.email.clone()
    } else {
        format!("{} <{}>", address.name, address.email)
    }
}

/// Returns the line above a reply's quote, or the lines above a forwarded message.
pub(super) fn attribution(
    kind: DraftKind,
    origin: &Origin,
    is_chinese: bool,
    zone: &TimeZone,
) -> String {
    let instant =
        jiff::Timestamp::from_millisecond(origin.at.0).unwrap_or_default().to_zoned(zone.clone());
    let from = origin.from.as_ref();
    if kind == DraftKind::Forward {
        let from = from.map(written).unwrap_or_default();
        let to = origin.to.iter().map(written).collect::<Vec<_>>().join(", ");
        let date = instant.strftime("%Y-%m-%d %H:%M %z");
        return if is_chinese {
            format!(
                "---------- 转发的邮件 ----------\n发件人：{from}\n日期：{date}\n主题：{}\n收件人：{to}",
                origin.subject
            )
        } else {
            format!(
                "---------- Forwarded message ----------\nFrom: {from}\nDate: {date}\nSubject: {}\nTo: {to}",
                origin.subject
            )
        };
    }
    let name = from.map(|from| from.display().to_owned()).unwrap_or_default();
    if is_chinese {
        format!("{}，{name} 写道：", instant.strftime("%Y年%-m月%-d日 %H:%M"))
    } else {
        format!("On {}, {name} wrote:", instant.strftime("%a, %-d %b %Y at %H:%M"))
    }
}

/// Returns the line of a stored draft; empty where it has no original, or that is gone.
pub(super) async fn attribution_of(engine: &Engine, content: &DraftContent) -> String {
    let Some(id) = content.original else { return String::new() };
    let Ok(found) = engine.store().read(move |tx| message::get(tx, id)).await else {
        return String::new();
    };
    let origin = Origin {
        from: found.head.from.into_iter().next(),
        to: found.head.to,
        subject: found.head.subject,
        at: found.head.date.unwrap_or(found.head.received),
    };
    attribution(content.kind, &origin, is_chinese(engine).await, &TimeZone::system())
}

/// Builds the answer to a message that was read.
pub(super) fn answer(
    kind: DraftKind,
    parsed: &Parsed,
    own: &[String],
    attribution: &str,
) -> Answer {
    let context = AnswerContext { own, attribution };
    match kind {
        DraftKind::Forward => forward(parsed, &context),
        DraftKind::ReplyAll => reply(parsed, ReplyTo::All, &context),
        DraftKind::New | DraftKind::Reply | DraftKind::Edit => {
            reply(parsed, ReplyTo::Sender, &context)
        }
    }
}

/// Quotes the original of a stored draft again; empty where it is not here any more.
pub(super) async fn again(engine: &Engine, content: &DraftContent) -> String {
    let quoted: Result<String> = async {
        let Some(id) = content.original else { return Ok(String::new()) };
        let loaded = load(engine, id).await?;
        let account = loaded.message.account;
        let own = engine.store().read(move |tx| account::own_addresses(tx, account)).await?;
        let attribution = attribution_of(engine, content).await;
        Ok(answer(content.kind, &loaded.parsed, &own, &attribution).html)
    }
    .await;
    quoted.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use posthorn_model::{Address, Timestamp};
    use posthorn_store::draft::DraftKind;

    use super::{Origin, attribution};

    #[test]
    fn the_line_is_in_the_users_language() {
        let origin = Origin {
            from: Some(Address { name: "Anna".to_owned(), email: "anna@example.org".to_owned() }),
            to: vec![Address::bare("b@example.org")],
            subject: "Lunch".to_owned(),
            at: Timestamp::from_seconds(1_700_000_000),
        };
        let line = |kind, chinese| attribution(kind, &origin, chinese, &TimeZone::UTC);
        assert_eq!(line(DraftKind::Reply, false), "On Tue, 14 Nov 2023 at 22:13, Anna wrote:");
        assert_eq!(line(DraftKind::ReplyAll, true), "2023年11月14日 22:13，Anna 写道：");
        assert!(
            line(DraftKind::Forward, false)
                .contains("From: Anna <anna@example.org>\nDate: 2023-11-14 22:13 +0000")
        );
    }
}
