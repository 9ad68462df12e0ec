//! Pictures that are there to tell their sender when, where and how often a message was read.
//!
//! Found by their size or by the service that made them. They are named and never fetched, also where the other
//! pictures of the message are. Not all are found: a picture of ordinary size with a number in its URL counts as well.

use super::link::host_of;
use super::tag::Tag;

/// A picture that counts readers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pixel {
    /// Its index in [`super::Clean::remote_images`].
    pub index: usize,
    /// Who counts: a service known by name, else the host.
    pub who: String,
}

/// Services that count readers, by a piece of their pictures' URLs in lower case.
const SERVICES: &[(&str, &str)] = &[
    ("list-manage.com/track/open", "Mailchimp"),
    ("mandrillapp.com/track/open", "Mailchimp"),
    ("/wf/open?", "SendGrid"),
    ("awstrack.me/", "Amazon SES"),
    ("track.hubspot", "HubSpot"),
    ("hubspotemail.net/", "HubSpot"),
    ("hs-sales-engage.com/", "HubSpot"),
    ("customeriomail.com/e/o", "Customer.io"),
    ("track.customer.io/e/o", "Customer.io"),
    ("trk.klaviyomail.com/o", "Klaviyo"),
    ("/open.aspx?", "Salesforce"),
    ("rs6.net/on.jsp", "Constant Contact"),
    ("createsend", "Campaign Monitor"),
    ("sendibt", "Brevo"),
    ("sendibm", "Brevo"),
    ("mailtrack.io/trace", "Mailtrack"),
    ("mltrk.io/pixel", "Mailtrack"),
    ("mailfoogae.appspot.com/", "Streak"),
    ("t.yesware.com/", "Yesware"),
    ("mixmax.com/e/o", "Mixmax"),
    ("mixmax.com/api/track", "Mixmax"),
    ("r.superhuman.com/", "Superhuman"),
    ("mailstat.us/tr", "Boomerang"),
    ("via.intercom.io/o", "Intercom"),
    ("iterable.com/e/open", "Iterable"),
    ("google-analytics.com/", "Google Analytics"),
    ("linkedin.com/emimp/", "LinkedIn"),
    ("facebook.com/email_open_log_pic", "Facebook"),
    ("sailthru.com/", "Sailthru"),
    ("sparkpostmail.com/", "SparkPost"),
    ("/q/open/", "SparkPost"),
    ("emltrk.com/", "Litmus"),
    ("mjt.lu/oo/", "Mailjet"),
    ("cmail19.com/t/", "Campaign Monitor"),
    ("cmail20.com/t/", "Campaign Monitor"),
];

/// Largest side in pixels of a picture that nobody is meant to see.
const MAX_SIDE: f32 = 2.0;

/// Returns the pixel that an `img` is; `None` for a picture to be seen. `src` is what the cleaner wrote, `remote` the
/// URLs that its numbers mean.
pub(super) fn pixel(tag: &Tag<'_>, src: &str, remote: &[String]) -> Option<Pixel> {
    let number = src.strip_prefix("blocked/").or_else(|| src.strip_prefix("remote/"))?;
    let index: usize = number.parse().ok()?;
    let url = remote.get(index)?;
    let lower = url.to_ascii_lowercase();
    let service = SERVICES.iter().find(|(piece, _)| lower.contains(piece)).map(|(_, name)| *name);
    if service.is_none() && !is_unseen(tag) {
        return None;
    }
    let host = || host_of(url).map(|(host, _)| host).unwrap_or_default();
    Some(Pixel { index, who: service.map_or_else(host, str::to_owned) })
}

/// Tells whether a picture has no size to speak of, or is hidden.
fn is_unseen(tag: &Tag<'_>) -> bool {
    let style = tag.attribute("style").unwrap_or_default().to_ascii_lowercase().replace(' ', "");
    let styled = |name: &str| -> Option<f32> {
        style.split(';').find_map(|one| one.strip_prefix(name)?.strip_prefix(':')).and_then(size)
    };
    let side = |name: &str| -> Option<f32> {
        styled(name).or_else(|| tag.attribute(name).as_deref().and_then(size))
    };
    let is_small = |name: &str| side(name).is_some_and(|side| side <= MAX_SIDE);
    let is_hidden = ["display:none", "visibility:hidden", "opacity:0"]
        .iter()
        .any(|hidden| style.split(';').any(|one| one.trim_end_matches("!important") == *hidden));
    is_hidden || is_small("width") && is_small("height")
}

/// Reads a length in pixels; other units are none.
fn size(text: &str) -> Option<f32> {
    let text = text.trim().trim_end_matches("!important").trim_end_matches("px").trim();
    text.parse().ok().filter(|size: &f32| *size >= 0.0)
}

#[cfg(test)]
mod tests {
    use crate::html::{CleanOptions, RemoteImages, clean};

    #[test]
    fn pictures_that_count_readers_are_named_and_never_asked_for() {
        for (html, who) in [
            ("<img src='https://a.example/p.gif' width=1 height=1>", Some("a.example")),
            ("<img src='https://a.example/p.gif' width='0' height='0'>", Some("a.example")),
            (
                "<img src='https://a.example/p.gif' style='width: 1px !important; height:1px'>",
                Some("a.example"),
            ),
            ("<img src='https://a.example/p.gif' style='display:none'>", Some("a.example")),
            ("<img src='https://x.list-manage.com/track/open.php?u=1'>", Some("Mailchimp")),
            ("<img src='https://a.example/p.gif' width=1 height=90>", None),
            ("<img src='https://a.example/p.gif' width=600>", None),
            ("<img src='https://a.example/p.gif'>", None),
            ("<img src='cid:a' width=1 height=1>", None),
        ] {
            for remote in [RemoteImages::Block, RemoteImages::Allow] {
                let clean = clean(html, CleanOptions { remote, ..CleanOptions::default() });
                let named: Vec<&str> =
                    clean.pixels.iter().map(|pixel| pixel.who.as_str()).collect();
                assert_eq!(named, who.into_iter().collect::<Vec<_>>(), "{html}");
                assert!(who.is_none() || !clean.body.contains("remote/"), "{}", clean.body);
            }
        }
    }

    #[test]
    fn a_pixel_does_not_take_a_picture_of_the_same_address_away() {
        let html = "<img src='https://a.example/p.gif' width=1 height=1><img src='https://a.example/p.gif'>";
        let clean =
            clean(html, CleanOptions { remote: RemoteImages::Allow, ..CleanOptions::default() });
        assert!(
            clean.body.contains("blocked/0") && clean.body.contains("remote/0"),
            "{}",
            clean.body
        );
        assert_eq!((clean.pixels.len(), clean.blocked), (1, 0));
    }
}
