//! Which folder is for what: by the server's word (RFC 6154), else by name.
//!
//! A server that marks any folder with SPECIAL-USE is believed for the roles that it marks; names fill the gaps. Each
//! role goes to one folder at most: the marked one, else the shallowest, else the first by path.

use std::collections::BTreeMap;

use posthorn_model::MailboxRole;

/// Names by role, lower case, without spaces and punctuation around. Languages of the providers that our users have.
const NAMES: &[(MailboxRole, &[&str])] = &[
    (
        MailboxRole::Sent,
        &[
            "sent",
            "sent items",
            "sent messages",
            "sent mail",
            "sent-mail",
            "sentmail",
            "outbox sent",
            "已发送",
            "已发送邮件",
            "已发邮件",
            "寄件備份",
            "寄件备份",
            "已傳送郵件",
            "已寄出",
            "gesendet",
            "gesendete elemente",
            "gesendete objekte",
            "gesendete nachrichten",
            "gesendete",
            "envoyés",
            "envoyé",
            "messages envoyés",
            "éléments envoyés",
            "courrier envoyé",
            "objets envoyés",
            "enviados",
            "elementos enviados",
            "mensajes enviados",
            "correo enviado",
            "itens enviados",
            "inviata",
            "posta inviata",
            "inviati",
            "elementi inviati",
            "verzonden",
            "verzonden items",
            "wysłane",
            "elementy wysłane",
            "отправленные",
            "送信済み",
            "送信済みトレイ",
            "送信済みメール",
            "送信済みアイテム",
            "보낸편지함",
            "보낸 편지함",
            "보낸메일함",
            "skickat",
            "sendt",
            "sendte elementer",
            "lähetetyt",
            "odeslaná pošta",
            "odeslané",
            "gönderilmiş öğeler",
            "gönderilen",
        ],
    ),
    (
        MailboxRole::Drafts,
        &[
            "drafts",
            "draft",
            "草稿",
            "草稿箱",
            "草稿夹",
            "草稿匣",
            "entwürfe",
            "entwurf",
            "brouillons",
            "brouillon",
            "borradores",
            "borrador",
            "rascunhos",
            "bozze",
            "concepten",
            "szkice",
            "kopie robocze",
            "wersje robocze",
            "черновики",
            "下書き",
            "임시보관함",
            "임시 보관함",
            "utkast",
            "kladder",
            "luonnokset",
            "koncepty",
            "rozepsané",
            "taslaklar",
        ],
    ),
    (
        MailboxRole::Trash,
        &[
            "trash",
            "deleted",
            "deleted items",
            "deleted messages",
            "bin",
            "wastebasket",
            "rubbish",
            "已删除",
            "已删除邮件",
            "已刪除的郵件",
            "垃圾桶",
            "废件箱",
            "回收站",
            "刪除的郵件",
            "papierkorb",
            "gelöscht",
            "gelöschte elemente",
            "gelöschte objekte",
            "corbeille",
            "éléments supprimés",
            "messages supprimés",
            "poubelle",
            "papelera",
            "elementos eliminados",
            "eliminados",
            "correo eliminado",
            "lixeira",
            "lixo",
            "itens excluídos",
            "cestino",
            "posta eliminata",
            "elementi eliminati",
            "prullenbak",
            "verwijderde items",
            "kosz",
            "elementy usunięte",
            "корзина",
            "удаленные",
            "удалённые",
            "ゴミ箱",
            "ごみ箱",
            "削除済みアイテム",
            "휴지통",
            "지운편지함",
            "papperskorgen",
            "papirkurv",
            "roskakori",
            "koš",
            "çöp kutusu",
            "silinmiş öğeler",
        ],
    ),
    (
        MailboxRole::Junk,
        &[
            "junk",
            "spam",
            "junk e-mail",
            "junk email",
            "junk mail",
            "bulk mail",
            "bulk",
            "垃圾邮件",
            "垃圾箱",
            "垃圾邮件箱",
            "垃圾郵件",
            "广告邮件",
            "spamverdacht",
            "junk-e-mail",
            "unerwünscht",
            "werbung",
            "indésirables",
            "courrier indésirable",
            "pourriel",
            "correo no deseado",
            "no deseado",
            "lixo eletrônico",
            "lixo eletrónico",
            "posta indesiderata",
            "indesiderata",
            "ongewenste e-mail",
            "ongewenst",
            "wiadomości-śmieci",
            "спам",
            "нежелательная почта",
            "迷惑メール",
            "스팸편지함",
            "스팸메일함",
            "스팸",
            "skräppost",
            "søppelpost",
            "roskaposti",
            "nevyžádaná pošta",
            "önemsiz",
        ],
    ),
    (
        MailboxRole::Archive,
        &[
            "archive",
            "archives",
            "archived",
            "归档",
            "存档",
            "封存",
            "archiv",
            "archiviert",
            "archivo",
            "archivos",
            "archivados",
            "arquivo",
            "arquivados",
            "archivio",
            "archief",
            "archiwum",
            "архив",
            "アーカイブ",
            "보관함",
            "보관편지함",
            "arkiv",
            "arkisto",
            "arşiv",
        ],
    ),
];

/// A folder as the server lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Candidate {
    /// Names from the top down, decoded.
    pub(crate) names: Vec<String>,
    /// The role that the server gives it. Absent when it gives none.
    pub(crate) marked: Option<MailboxRole>,
}

/// Returns each folder's role, in the same order.
pub(crate) fn assign(folders: &[Candidate]) -> Vec<MailboxRole> {
    let mut owner: BTreeMap<MailboxRole, usize> = BTreeMap::new();
    for (at, folder) in folders.iter().enumerate() {
        if is_inbox(folder) {
            owner.entry(MailboxRole::Inbox).or_insert(at);
        } else if let Some(role) = folder.marked {
            owner.entry(role).or_insert(at);
        }
    }
    let mut by_name: Vec<(usize, usize, MailboxRole)> = folders
        .iter()
        .enumerate()
        .filter(|(_, folder)| folder.marked.is_none() && !is_inbox(folder))
        .filter_map(|(at, folder)| by_name(folder).map(|role| (folder.names.len(), at, role)))
        .collect();
    by_name.sort_unstable_by_key(|(depth, at, _)| (*depth, *at));
    for (_, at, role) in by_name {
        owner.entry(role).or_insert(at);
    }
    for role in [MailboxRole::Sent, MailboxRole::Drafts, MailboxRole::Junk, MailboxRole::Trash] {
        if let std::collections::btree_map::Entry::Vacant(vacant) = owner.entry(role)
            && let Some(at) = deeper(folders, role)
        {
            vacant.insert(at);
        }
    }
    let mut roles = vec![MailboxRole::Other; folders.len()];
    for (role, at) in owner {
        if let Some(place) = roles.get_mut(at) {
            *place = role;
        }
    }
    roles
}

/// Returns the only folder anywhere below the top whose name says this role, where nothing else has it: making a
/// second one beside it would be worse than taking it. Of several nobody can say which is meant.
fn deeper(folders: &[Candidate], role: MailboxRole) -> Option<usize> {
    let mut found = folders.iter().enumerate().filter(|(_, folder)| {
        folder.marked.is_none()
            && folder.names.len() > 1
            && folder.names.last().and_then(|name| of_name(name)) == Some(role)
    });
    let (at, _) = found.next()?;
    found.next().is_none().then_some(at)
}

fn is_inbox(folder: &Candidate) -> bool {
    matches!(folder.names.as_slice(), [only] if only.eq_ignore_ascii_case("inbox"))
}

/// Returns what a name says. Only top-level folders and children of INBOX or of one provider's root (`[Gmail]`)
/// count: `Projects/Archive` is somebody's own.
fn by_name(folder: &Candidate) -> Option<MailboxRole> {
    let name = match folder.names.as_slice() {
        [only] => only,
        [root, name] if root.eq_ignore_ascii_case("inbox") || root.starts_with('[') => name,
        _ => return None,
    };
    of_name(name)
}

/// Returns the role whose table has this name.
pub(crate) fn of_name(name: &str) -> Option<MailboxRole> {
    let name = name.trim().to_lowercase();
    NAMES.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(role, _)| *role)
}

#[cfg(test)]
mod tests {
    use posthorn_model::MailboxRole;

    use super::{Candidate, assign};

    fn folder(path: &str, marked: Option<MailboxRole>) -> Candidate {
        Candidate { names: path.split('/').map(str::to_owned).collect(), marked }
    }

    #[test]
    fn names_in_many_languages_have_roles() {
        let table = [
            ("INBOX", MailboxRole::Inbox),
            ("inbox", MailboxRole::Inbox),
            ("Sent", MailboxRole::Sent),
            ("INBOX/Sent", MailboxRole::Sent),
            ("[Gmail]/Trash", MailboxRole::Trash),
            ("已发送", MailboxRole::Sent),
            ("草稿箱", MailboxRole::Drafts),
            ("垃圾邮件", MailboxRole::Junk),
            ("已删除", MailboxRole::Trash),
            ("Entwürfe", MailboxRole::Drafts),
            ("ENTWÜRFE", MailboxRole::Drafts),
            ("Corbeille", MailboxRole::Trash),
            ("Correo no deseado", MailboxRole::Junk),
            ("Архив", MailboxRole::Archive),
            ("送信済みトレイ", MailboxRole::Sent),
            ("Projects/Archive", MailboxRole::Other),
            ("Work", MailboxRole::Other),
        ];
        for (path, role) in table {
            assert_eq!(assign(&[folder(path, None)]), [role], "{path}");
        }
    }

    #[test]
    fn the_servers_word_comes_before_names_and_each_role_has_one_folder() {
        let folders = [
            folder("INBOX", None),
            folder("Sent", None),
            folder("Verschickt", Some(MailboxRole::Sent)),
            folder("INBOX/Trash", None),
            folder("Trash", None),
            folder("Deleted Items", None),
        ];
        let roles = assign(&folders);
        assert_eq!(
            roles,
            [
                MailboxRole::Inbox,
                MailboxRole::Other,
                MailboxRole::Sent,
                MailboxRole::Other,
                MailboxRole::Trash,
                MailboxRole::Other
            ]
        );
    }
}
