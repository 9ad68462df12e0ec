# Root in the fresh Debian. Each line that begins with "ok: " is one thing that was checked.
fail() { echo "failed: $*"; exit 1; }
quietly() { "$@" >/tmp/said 2>&1 || { tail -n 30 /tmp/said; fail "$*"; }; }

printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
chmod +x /usr/sbin/policy-rc.d
quietly apt-get update -q
quietly apt-get install -q -y --no-install-recommends /posthorn.deb
echo "ok: apt installs the package with what it depends on: $(dpkg-query --show --showformat '${Depends}' posthorn)"

missing=$(ldd /usr/bin/posthorn | grep 'not found' || true)
[ -z "$missing" ] || fail "its dependencies lack: $missing"
echo "ok: every library of the program is there"

quietly apt-get install -q -y --no-install-recommends xvfb xdotool x11-utils openbox dbus dbus-x11 libgtk-3-bin \
  libglib2.0-bin desktop-file-utils appstream imagemagick fonts-dejavu-core procps python3
entry=/usr/share/applications/posthorn.desktop
quietly desktop-file-validate "$entry"
grep -qx 'Exec=posthorn %u' "$entry" || fail "the desktop entry does not pass links on"
quietly appstreamcli validate --no-net /usr/share/metainfo/example.posthorn.Posthorn.metainfo.xml
echo "ok: the installed desktop entry and AppStream metadata are valid"

useradd --create-home anna
exec runuser -u anna -- env -i PATH=/usr/bin:/bin HOME=/home/anna USER=anna LANG=C.UTF-8 sh -e /session.sh
