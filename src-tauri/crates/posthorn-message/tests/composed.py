"""Reads messages with Python's own parser and says what it found: a JSON object a line, for `composed.rs`."""
import email
import email.policy
import json
import sys


def leaves(part):
    """The parts that hold something, in order; a message that is attached is one of them."""
    if part.get_content_maintype() != "multipart":
        yield part
        return
    for child in part.iter_parts():
        yield from leaves(child)


def people(field):
    return [[one.display_name, one.addr_spec] for one in field.addresses] if field else []


def ids(text):
    return [one.strip("<>") for one in str(text or "").split()]


def content(part):
    if part.get_content_type() == "message/rfc822":
        # Python reads it into a tree: its words are compared as that message's.
        return part.get_payload(0)["subject"].encode().hex()
    return (part.get_payload(decode=True) or b"").hex()


def read(path):
    with open(path, "rb") as file:
        message = email.message_from_binary_file(file, policy=email.policy.default)
    files, texts = [], {}
    for part in leaves(message):
        name, kind = part.get_filename(), part.get_content_type()
        if name is None and kind in ("text/plain", "text/html"):
            texts[kind] = part.get_content().replace("\r\n", "\n")
        else:
            files.append([name, kind, part["Content-ID"] and str(part["Content-ID"]).strip("<>"), content(part)])
    defects = [str(one) for part in message.walk() for one in part.defects]
    return {
        "subject": str(message["subject"]),
        "from": people(message["from"]),
        "to": people(message["to"]),
        "cc": people(message["cc"]),
        "replyTo": people(message["reply-to"]),
        "date": int(message["date"].datetime.timestamp()),
        "messageId": str(message["message-id"]).strip("<> "),
        "references": ids(message["references"]),
        "text": texts.get("text/plain"),
        "html": texts.get("text/html"),
        "files": files,
        "defects": defects,
    }


for path in sys.argv[1:]:
    print(json.dumps(read(path)))
