#!/usr/bin/python3
"""Prints what a screen reader is told of an application as one line of JSON: `accessible.py NAME`.

A node is {role, name, description, states, attributes, text, children}.
"""
import json
import sys

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

# More than the interface ever has; a tree without an end is a fault.
MOST_NODES = 6000
STATES = {
    "focused": Atspi.StateType.FOCUSED,
    "focusable": Atspi.StateType.FOCUSABLE,
    "selected": Atspi.StateType.SELECTED,
    "expanded": Atspi.StateType.EXPANDED,
    "checked": Atspi.StateType.CHECKED,
    "editable": Atspi.StateType.EDITABLE,
    "multiline": Atspi.StateType.MULTI_LINE,
}
count = 0


def text_of(node):
    try:
        text = node.get_text_iface()
        return text and Atspi.Text.get_text(text, 0, min(2000, Atspi.Text.get_character_count(text))) or ""
    except GLib.Error:
        return ""


def read(node):
    global count
    count += 1
    if count > MOST_NODES:
        raise SystemExit("the tree has no end")
    states = node.get_state_set()
    children = []
    for at in range(node.get_child_count()):
        try:
            child = node.get_child_at_index(at)
            if child:
                children.append(read(child))
        except GLib.Error:
            # It went while it was read.
            continue
    return {
        "role": node.get_role_name(),
        "name": node.get_name() or "",
        "description": node.get_description() or "",
        "states": [name for name, state in STATES.items() if states.contains(state)],
        "attributes": dict(node.get_attributes() or {}),
        "text": text_of(node),
        "children": children,
    }


Atspi.init()
desktop = Atspi.get_desktop(0)
found = [desktop.get_child_at_index(at) for at in range(desktop.get_child_count())]
names = [one.get_name() for one in found if one]
wanted = [one for one in found if one and one.get_name().lower() == sys.argv[1].lower()]
if not wanted:
    raise SystemExit(f"{sys.argv[1]} is not among {names}")
print(json.dumps(read(wanted[0])))
