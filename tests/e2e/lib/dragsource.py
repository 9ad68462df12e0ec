#!/usr/bin/python3
"""A window of another program that holds files to drag: `dragsource.py X Y FILE...`. Prints `ready`, then `drag-end`."""
import pathlib
import sys

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, GLib, Gtk  # noqa: E402

x, y, *files = sys.argv[1:]
window = Gtk.Window(type=Gtk.WindowType.POPUP)
window.move(int(x), int(y))
window.resize(120, 120)
box = Gtk.EventBox()
box.add(Gtk.Label(label="DRAG ME"))
window.add(box)
box.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [Gtk.TargetEntry.new("text/uri-list", 0, 0)], Gdk.DragAction.COPY)
box.connect("drag-data-get", lambda _w, _c, data, _i, _t: data.set_uris([pathlib.Path(file).as_uri() for file in files]))
box.connect("drag-end", lambda *_: print("drag-end", flush=True))
window.show_all()
GLib.idle_add(lambda: print("ready", flush=True))
GLib.timeout_add_seconds(300, Gtk.main_quit)
Gtk.main()
