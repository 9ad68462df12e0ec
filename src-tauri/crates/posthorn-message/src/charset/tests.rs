//! Labels that are right, wrong, missing or unknown.

use super::{choices, decode, decode_as};

#[test]
fn text_is_read_whatever_the_label_says() {
    let gbk = encoding_rs::GBK.encode("你好，世界，这是一封测试邮件").0.into_owned();
    let big5 = encoding_rs::BIG5.encode("您好，這是一封測試郵件，請查收附件").0.into_owned();
    let sjis = encoding_rs::SHIFT_JIS.encode("こんにちは、①テスト").0.into_owned();
    let korean = encoding_rs::EUC_KR.encode("안녕하세요 똠방각하").0.into_owned();
    let russian =
        encoding_rs::WINDOWS_1251.encode("Привет, это проверка кодировки письма").0.into_owned();
    let koi8 = encoding_rs::KOI8_R.encode("Привет, это проверка кодировки письма").0.into_owned();
    let latin = encoding_rs::WINDOWS_1252.encode("Grüße aus Köln, schöne Straße").0.into_owned();
    for (bytes, label, hint, expected) in [
        (gbk.as_slice(), Some("gb2312"), None, "你好，世界，这是一封测试邮件"),
        (&gbk, None, None, "你好，世界，这是一封测试邮件"),
        (&gbk, Some("utf-8"), None, "你好，世界，这是一封测试邮件"),
        (&gbk, Some("us-ascii"), None, "你好，世界，这是一封测试邮件"),
        (&big5, Some("big5"), None, "您好，這是一封測試郵件，請查收附件"),
        (&big5, None, Some("big5"), "您好，這是一封測試郵件，請查收附件"),
        (&sjis, Some("cp932"), None, "こんにちは、①テスト"),
        (&korean, Some("cp949"), None, "안녕하세요 똠방각하"),
        (&korean, Some("ks_c_5601-1987"), None, "안녕하세요 똠방각하"),
        (&russian, Some("windows-1251"), None, "Привет, это проверка кодировки письма"),
        (&russian, None, None, "Привет, это проверка кодировки письма"),
        (&koi8, Some("koi8-r"), None, "Привет, это проверка кодировки письма"),
        (&koi8, Some("x-unknown"), None, "Привет, это проверка кодировки письма"),
        (&latin, Some("iso-8859-1"), None, "Grüße aus Köln, schöne Straße"),
        (&latin, None, None, "Grüße aus Köln, schöne Straße"),
        ("é".as_bytes(), Some("us-ascii"), None, "é"),
        ("é ü".as_bytes(), Some("iso-8859-1"), None, "é ü"),
        (b"~{VPND~} ok ~~", Some("hz-gb-2312"), None, "中文 ok ~"),
        (b"~{VPND~}", None, None, "中文"),
        (b"\x1b$)C\x0e>H3g\x0f ok", Some("iso-2022-kr"), None, "안녕 ok"),
        (b"\x1b$B$3$s\x1b(B", None, None, "こん"),
        (b"\x1b$B$3$s\x1b(B", Some("iso-2022-jp-ms"), None, "こん"),
        (b"+T2BZfQ-", Some("unicode-1-1-utf-7"), None, "你好"),
        (b"plain", Some("no-such-charset"), None, "plain"),
        (b"", None, None, ""),
    ] {
        assert_eq!(decode(bytes, label, hint).text, expected, "{label:?} {hint:?}");
    }
}

#[test]
fn a_stray_byte_does_not_change_the_charset() {
    let mut bytes = "这是一封很长的邮件，里面只有一个坏字节。".as_bytes().to_vec();
    bytes.push(0xFF);
    let text = decode(&bytes, Some("utf-8"), None);
    assert!(text.text.starts_with("这是一封很长的邮件"));
    assert!(text.is_damaged);
    assert!(decode(&bytes, None, None).text.starts_with("这是一封很长的邮件"));
}

#[test]
fn every_choice_decodes() {
    for charset in choices() {
        assert!(!decode_as(b"abc ", charset).text.is_empty(), "{charset}");
        assert_eq!(decode_as(b"", charset).text, "", "{charset}");
    }
    assert_eq!(decode_as(&encoding_rs::KOI8_R.encode("Привет").0, "KOI8-R").text, "Привет");
}
