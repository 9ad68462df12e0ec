#!/usr/bin/python3
"""A window of another program that takes files: `droptarget.py X Y`. Prints `ready`, `over`, and a line of JSON for each drop."""
import hashlib
import json
import pathlib
import sys
import urllib.parse

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, GLib, Gtk  # noqa: E402

x, y = sys.argv[1:]


def taken(uri):
    path = pathlib.Path(urllib.parse.unquote(urllib.parse.urlsplit(uri).path))
    return {"uri": uri, "name": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "mode": path.stat().st_mode & 0o777}


def received(_widget, context, _x, _y, data, _info, time):
    print(json.dumps([taken(uri) for uri in data.get_uris()]), flush=True)
    Gtk.drag_finish(context, True, False, time)


def dropped(widget, context, _x, _y, time):
    widget.drag_get_data(context, Gdk.Atom.intern("text/uri-list", False), time)
    return True


def moved(_widget, context, _x, _y, time):
    Gdk.drag_status(context, Gdk.DragAction.COPY, time)
    print("over", flush=True)
    return True


window = Gtk.Window(type=Gtk.WindowType.POPUP)
window.move(int(x), int(y))
window.resize(120, 120)
box = Gtk.EventBox()
box.add(Gtk.Label(label="DROP HERE"))
window.add(box)
box.drag_dest_set(0, [Gtk.TargetEntry.new("text/uri-list", 0, 0)], Gdk.DragAction.COPY)
box.connect("drag-motion", moved)
box.connect("drag-drop", dropped)
box.connect("drag-data-received", received)
window.show_all()
GLib.idle_add(lambda: print("ready", flush=True))
GLib.timeout_add_seconds(300, Gtk.main_quit)
Gtk.main()
