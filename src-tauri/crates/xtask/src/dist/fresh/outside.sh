# sh -c OUTSIDE sh SUITE MIRROR DEB PICTURE INSIDE SESSION CLOSE: a fresh Debian in a folder, gone again at the end.
set -e
suite=$1 mirror=$2 deb=$3 picture=$4 inside=$5 session=$6 close=$7
folder=$(mktemp -d /var/tmp/posthorn-debian-XXXXXX)
# It becomes the root of an ordinary user too.
chmod 755 "$folder"
trap 'rm -rf --one-file-system "$folder"' EXIT
trap 'exit 130' INT TERM
export folder suite mirror deb inside session close
# Mounts and processes below end with this command, however it ends.
unshare --mount --pid --fork --kill-child sh -e -c '
  debootstrap --variant=minbase "$suite" "$folder" "$mirror" >"$folder.log" 2>&1 || { tail -n 20 "$folder.log"; rm -f "$folder.log"; exit 1; }
  rm -f "$folder.log"
  echo "ok: a fresh Debian"
  cp "$deb" "$folder/posthorn.deb"
  printf "%s" "$session" >"$folder/session.sh"
  printf "%s" "$close" >"$folder/close.py"
  cp /etc/resolv.conf "$folder/etc/resolv.conf"
  mount -t proc proc "$folder/proc"
  mount -t tmpfs -o mode=1777 tmpfs "$folder/dev/shm"
  chroot "$folder" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive /bin/sh -e -c "$inside"
'
cp "$folder/home/anna/window.png" "$picture"
if [ -n "$SUDO_UID" ]; then chown "$SUDO_UID:$SUDO_GID" "$picture"; fi
