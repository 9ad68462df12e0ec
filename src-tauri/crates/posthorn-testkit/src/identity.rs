//! Which users the servers run as: their packages' own as root, else whoever runs the tests.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use anyhow::{Context as _, Result};

/// User and group ids of files that a server must own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Owner {
    uid: u32,
    gid: u32,
}

impl Owner {
    /// Returns the ids of a user of this computer.
    fn named(user: &str) -> Result<Self> {
        let (uid, gid, _) =
            account(|name, _| name == user)?.with_context(|| format!("no user {user}"))?;
        Ok(Self { uid, gid })
    }

    /// Gives a file or folder to this owner.
    pub(crate) fn take(self, path: &Path) -> Result<()> {
        std::os::unix::fs::chown(path, Some(self.uid), Some(self.gid))
            .with_context(|| format!("giving {} to uid {}", path.display(), self.uid))
    }
}

/// The users of one run.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    /// Dovecot's `default_internal_user`.
    pub(crate) dovecot: String,
    /// Dovecot's `default_login_user`.
    pub(crate) login: String,
    /// Dovecot's `default_internal_group`.
    pub(crate) dovecot_group: String,
    /// Who owns the mail.
    pub(crate) mail: String,
    /// The group that owns the mail.
    pub(crate) mail_group: String,
    /// Exim's run-time user.
    pub(crate) exim: String,
    /// Exim's run-time group.
    pub(crate) exim_group: String,
    /// Owner of mail files; `None` where they are our own anyway.
    pub(crate) mail_owner: Option<Owner>,
    /// Owner of Exim's spool; `None` where it is our own anyway.
    pub(crate) exim_owner: Option<Owner>,
}

impl Identity {
    /// Finds out who we are.
    pub(crate) fn detect() -> Result<Self> {
        let own = std::fs::metadata("/proc/self").context("reading /proc/self")?.uid();
        if own == 0 { Self::root() } else { Self::ordinary(own) }
    }

    fn root() -> Result<Self> {
        Ok(Self {
            dovecot: "dovecot".to_owned(),
            login: "dovenull".to_owned(),
            dovecot_group: "dovecot".to_owned(),
            mail: "mail".to_owned(),
            mail_group: "mail".to_owned(),
            exim: "Debian-exim".to_owned(),
            exim_group: "Debian-exim".to_owned(),
            mail_owner: Some(Owner::named("mail")?),
            exim_owner: Some(Owner::named("Debian-exim")?),
        })
    }

    fn ordinary(own: u32) -> Result<Self> {
        let (_, gid, user) = account(|_, uid| uid == own)?
            .with_context(|| format!("uid {own} has no line in /etc/passwd"))?;
        let group = group_name(gid)?;
        Ok(Self {
            dovecot: user.clone(),
            login: user.clone(),
            dovecot_group: group.clone(),
            mail: user.clone(),
            mail_group: group.clone(),
            exim: user,
            exim_group: group,
            mail_owner: None,
            exim_owner: None,
        })
    }
}

/// Returns uid, gid and name of the first line of `/etc/passwd` that `wanted(name, uid)` accepts.
fn account(wanted: impl Fn(&str, u32) -> bool) -> Result<Option<(u32, u32, String)>> {
    let text = std::fs::read_to_string("/etc/passwd").context("reading /etc/passwd")?;
    Ok(text.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        wanted(name, uid).then(|| (uid, gid, name.to_owned()))
    }))
}

fn group_name(gid: u32) -> Result<String> {
    let text = std::fs::read_to_string("/etc/group").context("reading /etc/group")?;
    let found = text.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(gid)).then(|| name.to_owned())
    });
    found.with_context(|| format!("gid {gid} has no line in /etc/group"))
}
