"""A desktop's notification service on the test's own session bus: says what it is asked to show, and clicks it.

Each notification is one line of JSON on standard output; `click ID` or `close ID` on standard input is what a person does to it.
"""

import json
import sys

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

NAME = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"
XML = f"""<node><interface name="{NAME}">
<method name="Notify"><arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
<arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="as" direction="in"/><arg type="a{{sv}}" direction="in"/>
<arg type="i" direction="in"/><arg type="u" direction="out"/></method>
<method name="CloseNotification"><arg type="u" direction="in"/></method>
<method name="GetCapabilities"><arg type="as" direction="out"/></method>
<method name="GetServerInformation"><arg type="s" direction="out"/><arg type="s" direction="out"/>
<arg type="s" direction="out"/><arg type="s" direction="out"/></method>
<signal name="ActionInvoked"><arg type="u"/><arg type="s"/></signal>
<signal name="NotificationClosed"><arg type="u"/><arg type="u"/></signal>
</interface></node>"""
BY_USER = 2
BY_CALL = 3

bus = Gio.bus_get_sync(Gio.BusType.SESSION)
last = 0


def say(value):
    print(json.dumps(value), flush=True)


def emit(signal, arguments):
    bus.emit_signal(None, PATH, NAME, signal, arguments)


def answer(_bus, _sender, _path, _interface, method, parameters, invocation):
    global last
    if method == "Notify":
        application, replaces, icon, summary, body, actions, hints, _expire = parameters.unpack()
        last = replaces or last + 1
        invocation.return_value(GLib.Variant("(u)", (last,)))
        say({"id": last, "application": application, "icon": icon, "summary": summary, "body": body, "actions": actions, "hints": sorted(hints)})
    elif method == "CloseNotification":
        invocation.return_value(None)
        (which,) = parameters.unpack()
        say({"closed": which})
        emit("NotificationClosed", GLib.Variant("(uu)", (which, BY_CALL)))
    elif method == "GetCapabilities":
        invocation.return_value(GLib.Variant("(as)", (["actions", "body", "body-markup"],)))
    else:
        invocation.return_value(GLib.Variant("(ssss)", ("test", "test", "1", "1.2")))


def obey(channel, _condition):
    line = channel.readline()
    if not line:
        loop.quit()
        return False
    word, which = line.split()
    if word == "click":
        emit("ActionInvoked", GLib.Variant("(us)", (int(which), "default")))
    emit("NotificationClosed", GLib.Variant("(uu)", (int(which), BY_USER)))
    return True


loop = GLib.MainLoop()
bus.register_object(PATH, Gio.DBusNodeInfo.new_for_xml(XML).interfaces[0], answer, None, None)
Gio.bus_own_name_on_connection(bus, NAME, Gio.BusNameOwnerFlags.NONE, lambda *_: say({"ready": True}), None)
GLib.io_add_watch(sys.stdin, GLib.IO_IN | GLib.IO_HUP, obey)
loop.run()
