//! IMAP: lists of folders that are endless, absurd or untrue.

use posthorn_sync::ProblemKind::{Limit, Protocol as Broken, Refused};

use crate::imap::{Act, Scene, scene};

/// The list of folders is this.
fn listed(lines: &str) -> Scene {
    scene(&format!("? $ LIST *\n{lines}\nS: $ OK\n"))
}

const OWN: &str = "S: * LIST () \"/\" INBOX\nS: * LIST () \"/\" Archive";

scenes! {
    a_list_without_end: listed("S* forever * LIST () \"/\" f{n}").waits(Limit).keeps(30);
    a_list_of_twenty_thousand_folders: listed(&format!("{OWN}\nS* 20000 * LIST (\\Noselect) \"/\" f{{n}}")).keeps(30);
    a_list_of_one_folder_twenty_thousand_times: listed(&format!("{OWN}\nS* 20000 * LIST (\\Noselect) \"/\" same")).keeps(30);
    a_list_of_nothing: listed("S: * OK x").waits(Broken).keeps(30);
    a_list_that_has_lost_everything: scene("?1 $ LIST *\nS: * LIST (\\Noselect) \"/\" Other\nS: $ OK\n").keeps(30);
    a_list_that_is_refused: scene("? $ LIST *\nS: $ NO no\n").waits(Refused).keeps(30);
    a_name_without_end: listed("S- * LIST () \"/\" \"\nS** forever a").waits(Limit).keeps(30);
    a_name_of_a_megabyte: listed(&format!("{OWN}\nS- * LIST (\\Noselect) \"/\" \"\nS** 1000000 a\nS: \"")).keeps(30);
    a_name_of_a_thousand_levels: listed(&format!("{OWN}\nS- * LIST (\\Noselect) \"/\" \"\nS** 300 a/\nS: \"")).keeps(30);
    names_with_paths: listed(&format!(
        "{OWN}\nS: * LIST (\\Noselect) \"/\" \"../../../../etc/passwd\"\nS: * LIST (\\Noselect) \"/\" \"/\"\nS: * LIST (\\Noselect) \"/\" \"\"\nS: * LIST (\\Noselect) \"/\" \"C:\\\\\\\\x\"\nS: * LIST (\\Noselect) \"/\" \"~\""
    )).keeps(30);
    names_with_controls: listed(&format!(
        "{OWN}\nS: * LIST (\\Noselect) \"/\" \"a\\x00b\"\nS: * LIST (\\Noselect) \"/\" \"\\x1b[2J\"\nS: * LIST (\\Noselect) \"/\" {{4}}\nS- a\\r\\nb\nS: "
    )).keeps(30);
    names_with_eight_bits: listed(&format!(
        "{OWN}\nS: * LIST (\\Noselect) \"/\" \"\\xFF\\xFE\\x80\"\nS: * LIST (\\Noselect) \"/\" \"&AAAAA\"\nS: * LIST (\\Noselect) \"/\" \"&//8-\"\nS: * LIST (\\Noselect) \"\\xFF\" x"
    )).keeps(30);
    a_delimiter_that_is_a_letter: listed("S: * LIST () \"N\" INBOX\nS: * LIST () \"h\" Archive").keeps(30);
    attributes_by_the_hundred_thousand: listed(&format!("{OWN}\nS- * LIST (\\Noselect\nS** 100000  \\A{{n}}\nS: ) \"/\" many")).keeps(30);
    every_folder_is_the_sent_one: listed(&format!("{OWN}\nS* 500 * LIST (\\Noselect \\Sent \\Trash \\Junk) \"/\" s{{n}}")).keeps(30);
    every_folder_is_the_inbox: listed(&format!("{OWN}\nS: * LIST () \"/\" inbox\nS: * LIST () \"/\" Inbox\nS: * LIST (\\Noselect) \"/\" INBOX")).keeps(30);
    the_inbox_cannot_be_opened: listed("S: * LIST (\\Noselect) \"/\" INBOX\nS: * LIST () \"/\" Archive");
    folders_in_a_ring: listed(&format!("{OWN}\nS: * LIST (\\Noselect) \"/\" a/b/a/b/a\nS: * LIST (\\Noselect) \"b\" a/b/a\nS: * LIST (\\Noselect) \"a\" b/a/b")).keeps(30);
    another_list_at_each_look: scene(
        "?1 $ LIST *\nS: * LIST () \"/\" INBOX\nS: * LIST () \"/\" Archive\nS* 50 * LIST (\\Noselect) \"/\" one{n}\nS: $ OK\n\
         ? $ LIST *\nS: * LIST () \"/\" INBOX\nS: * LIST () \"/\" Archive\nS* 50 * LIST (\\Noselect) \"/\" two{n}\nS: $ OK\n"
    ).then(Act::Check).keeps(30);
    counts_that_are_no_numbers: scene("? $ LIST *\nS: * LIST () \"/\" INBOX\nS: * LIST () \"/\" Archive\nS: * STATUS INBOX (MESSAGES x)\nS: $ OK\n").offering("LIST-EXTENDED LIST-STATUS").waits(Broken).keeps(30);
    counts_beyond_all: scene(
        "? $ LIST *\nS: * LIST () \"/\" INBOX\nS: * LIST () \"/\" Archive\nS: * STATUS INBOX (MESSAGES 4294967295 UNSEEN 4294967295 UIDNEXT 4294967295 UIDVALIDITY 4294967295 HIGHESTMODSEQ 18446744073709551615)\nS: $ OK\n"
    ).offering("LIST-EXTENDED LIST-STATUS").keeps(30);
}
