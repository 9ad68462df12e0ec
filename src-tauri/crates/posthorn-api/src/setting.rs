//! Settings: one value, validated as a whole, with a default for every field.

use serde_json::Value;

use crate::contract::Error;
use crate::contract::{Nothing, Settings};
use crate::engine::Engine;
use crate::error::Result;

/// The key under which the store keeps all settings.
pub(crate) const KEY: &str = "settings";

/// Languages of the spelling at once: each costs time at every key.
const SPELL_LANGUAGES: usize = 8;
/// Bytes of a dictionary's name.
const SPELL_NAME: usize = 32;

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: "system".to_owned(),
            language: "system".to_owned(),
            density: "cosy".to_owned(),
            text_size: 100,
            conversations: true,
            mark_read_seconds: Some(0),
            after_removal: "next".to_owned(),
            remote_images: false,
            read_receipts: "ask".to_owned(),
            undo_send_seconds: 10,
            compose_plain: false,
            answer_place: "above".to_owned(),
            signature_place: "answer".to_owned(),
            spell_check: true,
            spell_languages: Vec::new(),
            shortcuts: "gmail".to_owned(),
            single_key_shortcuts: true,
            notifications: true,
            keep_running: false,
        }
    }
}

/// Reads stored settings. What a newer or older version did not know keeps its default.
pub(crate) fn read(stored: Option<&str>) -> Settings {
    let defaults = Settings::default();
    let Some(Value::Object(stored)) = stored.and_then(|text| serde_json::from_str(text).ok())
    else {
        return defaults;
    };
    let Ok(Value::Object(mut whole)) = serde_json::to_value(&defaults) else { return defaults };
    for (key, value) in stored {
        // One field that cannot be read any more must not take the others with it.
        let mut candidate = whole.clone();
        if candidate.insert(key, value).is_some()
            && serde_json::from_value::<Settings>(Value::Object(candidate.clone()))
                .is_ok_and(|all| check(&all).is_ok())
        {
            whole = candidate;
        }
    }
    serde_json::from_value(Value::Object(whole)).unwrap_or(defaults)
}

fn check(settings: &Settings) -> Result<()> {
    let one_of = |field: &str, value: &str, words: &[&str]| {
        let fits = words.contains(&value);
        if fits {
            Ok(())
        } else {
            Err(Error::invalid(format!("{field} is one of {}", words.join(", "))))
        }
    };
    one_of("theme", &settings.theme, &["system", "light", "dark", "contrast"])?;
    one_of("language", &settings.language, &["system", "en", "zh-CN"])?;
    one_of("density", &settings.density, &["compact", "cosy", "relaxed"])?;
    one_of("afterRemoval", &settings.after_removal, &["next", "previous", "list"])?;
    one_of("readReceipts", &settings.read_receipts, &["ask", "never"])?;
    one_of("answerPlace", &settings.answer_place, &["above", "below"])?;
    one_of("signaturePlace", &settings.signature_place, &["answer", "quote"])?;
    one_of("shortcuts", &settings.shortcuts, &["gmail", "outlook", "apple", "thunderbird"])?;
    let is_language = |name: &String| {
        !name.is_empty()
            && name.len() <= SPELL_NAME
            && name.chars().all(|letter| letter.is_ascii_alphanumeric() || "_-@.".contains(letter))
    };
    if settings.spell_languages.len() > SPELL_LANGUAGES
        || !settings.spell_languages.iter().all(is_language)
    {
        return Err(Error::invalid("spellLanguages are names of dictionaries, such as en_US"));
    }
    let within = |field: &str, value: u32, least: u32, most: u32| {
        let fits = (least..=most).contains(&value);
        if fits {
            Ok(())
        } else {
            Err(Error::invalid(format!("{field} is between {least} and {most}")))
        }
    };
    within("textSize", settings.text_size, 80, 200)?;
    within("markReadSeconds", settings.mark_read_seconds.unwrap_or(0), 0, 60)?;
    within("undoSendSeconds", settings.undo_send_seconds, 0, 60)
}

/// Gives all settings.
pub(crate) async fn settings_get(engine: &Engine, _: Nothing) -> Result<Settings> {
    let stored = engine.store().read(|tx| posthorn_store::setting::get(tx, KEY)).await?;
    Ok(read(stored.as_deref()))
}

/// Stores all settings.
pub(crate) async fn settings_set(engine: &Engine, settings: Settings) -> Result<Nothing> {
    check(&settings)?;
    let text =
        serde_json::to_string(&settings).map_err(|error| Error::invalid(error.to_string()))?;
    engine.store().write(move |tx| posthorn_store::setting::set(tx, KEY, &text)).await?;
    Ok(Nothing {})
}

#[cfg(test)]
mod tests {
    use super::{check, read};
    use crate::contract::Settings;

    #[test]
    fn what_is_unknown_or_wrong_keeps_its_default() {
        let read = read(Some(
            r#"{"theme":"dark","density":"huge","textSize":"big","future":1,"markReadSeconds":null}"#,
        ));
        let expected =
            Settings { theme: "dark".to_owned(), mark_read_seconds: None, ..Settings::default() };
        assert_eq!(read, expected);
    }

    #[test]
    fn nonsense_is_refused() {
        assert!(check(&Settings::default()).is_ok());
        for settings in [
            Settings { text_size: 79, ..Settings::default() },
            Settings { undo_send_seconds: 61, ..Settings::default() },
            Settings { language: "de".to_owned(), ..Settings::default() },
            Settings { spell_languages: vec!["../en".to_owned()], ..Settings::default() },
        ] {
            assert!(check(&settings).is_err(), "{settings:?}");
        }
    }
}
