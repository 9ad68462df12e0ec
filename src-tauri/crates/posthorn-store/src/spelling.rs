//! How names in Chinese characters are typed on a keyboard of Latin letters: whole syllables (`zhangsan`), initials
//! (`zs`), initials and then whole syllables (`zsan`), the given name alone.
//!
//! Invariants: everything is lower case and without tone or space; `ü` is written `v` and also `u`, as people type it;
//! a character with several readings counts under each of them, since 曾 is read otherwise in a name than in a sentence.
//! Not done here: choosing the reading that the person uses. All of them find it.

use pinyin::ToPinyinMulti as _;

/// Characters of one word that are spelt: names are shorter, and a sentence is nobody's name.
const LETTER_LIMIT: usize = 6;
/// Readings of one character that count: the rest are rare enough never to be a name.
const READING_LIMIT: usize = 3;
/// Ways of reading one word: four characters of which two have three readings.
const WAY_LIMIT: usize = 9;
/// Spellings of one name.
const SPELLING_LIMIT: usize = 48;

/// Returns how a name's Chinese words are typed, each spelling once; nothing where it has none.
pub(crate) fn spellings(name: &str) -> Vec<String> {
    let mut found = Vec::new();
    for word in name.split(|letter: char| !letter.is_alphanumeric()) {
        let readings: Vec<Vec<String>> = word.chars().filter_map(readings).collect();
        if readings.is_empty() || readings.len() != word.chars().count() {
            continue;
        }
        for way in ways(&readings) {
            spell(&way, &mut found);
        }
        // Some know only the given name: 三 of 张三, 小明 of 王小明.
        let given: String = word.chars().skip(1).collect();
        push(&mut found, given);
    }
    found.truncate(SPELLING_LIMIT);
    found
}

/// Returns the readings of a character, the usual one first; none where it is not Chinese.
fn readings(letter: char) -> Option<Vec<String>> {
    let mut readings = Vec::new();
    for reading in letter.to_pinyin_multi()? {
        push(&mut readings, reading.plain().replace('ü', "v"));
    }
    readings.truncate(READING_LIMIT);
    // 吕 is typed lv on a Chinese keyboard and lu by everybody else.
    if let Some(plain) = readings.iter().find(|reading| reading.contains('v')).cloned() {
        push(&mut readings, plain.replace('v', "u"));
    }
    Some(readings)
}

/// Returns the ways to read a word, the usual one first.
fn ways(readings: &[Vec<String>]) -> Vec<Vec<&str>> {
    let mut ways: Vec<Vec<&str>> = vec![Vec::new()];
    for letter in readings.iter().take(LETTER_LIMIT) {
        let mut longer = Vec::new();
        // Outer loop: readings, so that the limit cuts off the rare ones.
        for reading in letter {
            for way in &ways {
                longer.push(way.iter().copied().chain([reading.as_str()]).collect());
            }
        }
        longer.truncate(WAY_LIMIT);
        ways = longer;
    }
    ways
}

/// Adds what is typed for one way to read a word.
fn spell(way: &[&str], found: &mut Vec<String>) {
    let initials = |syllables: &[&str]| {
        syllables.iter().filter_map(|syllable| syllable.chars().next()).collect::<String>()
    };
    push(found, way.concat());
    push(found, initials(way));
    let Some((family, given)) = way.split_first() else { return };
    if given.is_empty() {
        return;
    }
    push(found, given.concat());
    push(found, format!("{}{}", initials(&[family]), given.concat()));
    push(found, format!("{family}{}", initials(given)));
    // Written the western way round: Xiaoming Wang.
    push(found, format!("{}{family}", given.concat()));
}

fn push(list: &mut Vec<String>, text: String) {
    if !text.is_empty() && !list.contains(&text) {
        list.push(text);
    }
}

#[cfg(test)]
mod tests {
    use super::{SPELLING_LIMIT, spellings};

    #[test]
    fn a_name_is_found_by_what_people_type() {
        for (name, typed) in [
            ("张三", &["zhangsan", "zs", "zsan", "zhangs", "san", "sanzhang", "三"] as &[&str]),
            ("王小明", &["wangxiaoming", "wxm", "wxiaoming", "xiaoming", "小明"]),
            // Read otherwise in names than in sentences.
            ("曾国藩", &["zengguofan", "cengguofan", "zgf"]),
            ("单雄信", &["shanxiongxin", "danxiongxin"]),
            ("吕布", &["lvbu", "lubu", "lb"]),
            ("欧阳修", &["ouyangxiu", "oyx"]),
            ("張曉東", &["zhangxiaodong", "zxd"]),
            ("市场部-李四 (Li Si)", &["shichangbu", "lisi", "ls"]),
        ] {
            let found = spellings(name);
            for word in typed {
                assert!(found.iter().any(|one| one == word), "{name}: {word} not in {found:?}");
            }
            assert!(found.len() <= SPELLING_LIMIT, "{name}: {}", found.len());
        }
    }

    #[test]
    fn what_is_no_chinese_word_has_no_spelling() {
        for name in ["", "Anna Müller", "a@b.example", "3M中国", "たなか", "🙂"] {
            assert_eq!(spellings(name), Vec::<String>::new(), "{name}");
        }
        // A sentence costs no more than a name.
        assert!(spellings(&"行重乐单".repeat(200)).len() <= SPELLING_LIMIT);
    }
}
