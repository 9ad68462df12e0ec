#!/usr/bin/python3
"""Another program that owns the clipboard: `clipboard.py image WIDTH HEIGHT` offers a red picture, `clipboard.py text WORDS` words. Prints `ready`."""
import sys

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("GdkPixbuf", "2.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, GdkPixbuf, GLib, Gtk  # noqa: E402

kind, *rest = sys.argv[1:]
clipboard = Gtk.Clipboard.get(Gdk.SELECTION_CLIPBOARD)
if kind == "image":
    picture = GdkPixbuf.Pixbuf.new(GdkPixbuf.Colorspace.RGB, False, 8, int(rest[0]), int(rest[1]))
    picture.fill(0xC62828FF)
    clipboard.set_image(picture)
else:
    clipboard.set_text(rest[0], -1)
GLib.idle_add(lambda: print("ready", flush=True))
GLib.timeout_add_seconds(300, Gtk.main_quit)
Gtk.main()
