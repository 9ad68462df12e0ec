# An ordinary user with a screen, a window manager and a session bus, and nothing else that desktops have.
fail() {
  echo "failed: $*; the application said:"
  cat /tmp/said-by-posthorn 2>/dev/null || true
  exit 1
}
if [ "$1" != inside ]; then
  Xvfb -displayfd 1 -screen 0 1280x800x24 -nolisten tcp >/tmp/display 2>/tmp/xvfb.log &
  for tenth in $(seq 100); do [ -s /tmp/display ] && break; sleep 0.1; done
  DISPLAY=:$(cat /tmp/display)
  # There is no graphics card here; on a real desktop the last two are never set.
  export DISPLAY XDG_RUNTIME_DIR=/tmp/runtime WEBKIT_DISABLE_DMABUF_RENDERER=1 LIBGL_ALWAYS_SOFTWARE=1
  mkdir -m 700 /tmp/runtime
  exec dbus-run-session -- sh -e /session.sh inside
fi
cd
openbox >/dev/null 2>&1 &

gio mime x-scheme-handler/mailto | grep -q 'posthorn.desktop' || fail "mailto links are not offered to it"
echo "ok: mailto links are offered to it"

gtk-launch posthorn >/tmp/said-by-posthorn 2>&1 || fail "the desktop entry does not start"
window=
for half in $(seq 120); do
  window=$(xdotool search --onlyvisible --name '^Posthorn' 2>/dev/null | tail -n 1) && [ -n "$window" ] && break
  sleep 0.5
done
[ -n "$window" ] || fail "no window after a minute"
echo "ok: started by its desktop entry, its window is there: $(xdotool getwindowname "$window")"

wanted=$(sed -n 's/^StartupWMClass=//p' /usr/share/applications/posthorn.desktop)
class=$(xprop -id "$window" WM_CLASS)
case $class in
  *"\"$wanted\""*) echo "ok: $class is what the desktop entry names" ;;
  *) fail "$class is not $wanted, so docks would show a second icon" ;;
esac

colours=0
for half in $(seq 60); do
  import -window "$window" window.png
  colours=$(identify -format %k window.png)
  [ "$colours" -gt 50 ] && break
  sleep 0.5
done
[ "$colours" -gt 50 ] || fail "its window stays empty: $colours colours"
echo "ok: its first page is drawn, in $colours colours"

timeout 60 posthorn mailto:anna@posthorn.test >/tmp/said-by-second 2>&1 || fail "a second start does not hand its link over: $(cat /tmp/said-by-second)"
running=$(pgrep -x -c posthorn)
[ "$running" = 1 ] || fail "a mailto link left $running processes instead of reaching the one that runs"
echo "ok: a mailto link reaches the application that runs"

python3 /close.py "$window"
for half in $(seq 40); do pgrep -x posthorn >/dev/null || break; sleep 0.5; done
if pgrep -x posthorn >/dev/null; then fail "it did not end when its window was closed"; fi
echo "ok: it ends when its window is closed"
