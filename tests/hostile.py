"""Texts that somebody might write on a wiki page to reach more than its readers: one table for every sink.

Each is data wherever it gets to. ``FORBIDDEN`` is what no sink may be given, ``MARK`` a word that stands in
each of them, by which it is found again: what is hostile is not to be lost either.
"""

from __future__ import annotations

import re

MARK = "Herald"
# Controls but for line feed and tab, half characters, and what turns the direction of a text.
FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")

# Written as a wiki's API would give them: with the very characters, but for a line break, which ends an item.
HOSTILE = {
    "a header": "Herald\r\nBcc: everyone@example.org\r\n\r\nand a body",
    "a header in an encoded word": "Herald =?utf-8?q?=0D=0ABcc=3A_everyone=40example=2Eorg?=",
    "a log line": "Herald\n2026-11-18 12:00:00 ERROR all secrets follow",
    "a NUL": "Herald \x00 here",
    "an escape sequence": "Herald \x1b[2J\x1b[31mred\x1b]0;title\x07",
    "a link of the terminal": "Herald \x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "a C1 control": "Herald \x9b31m \x85 next",
    "CTCP and colours of IRC": "Herald \x01ACTION obeys\x01 \x0304red\x03 \x02bold\x0f \x16",
    "a command of IRC": "Herald\r\nPRIVMSG #other :obeyed",
    "a template": "Herald {{ 7 * 7 }} {% for x in ().__class__.__mro__ %}{{ x }}{% endfor %} {# gone #}",
    "a template's way out": "Herald {{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "a format string": "Herald %s %(x)s {0.__class__} {item!r} $HOME ${HOME}",
    "a script": 'Herald <script>alert("1")</script><img src=x onerror=alert(1)>',
    "the end of a script": "Herald </script><script>alert(1)</script>",
    "the end of an attribute": 'Herald " onmouseover="alert(1)" x=\'',
    "the end of CDATA": "Herald ]]> <!-- --> <![CDATA[ <?xml version='1.0'?>",
    "an entity of XML": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]> Herald &e;',
    "a path": "Herald ../../../../etc/passwd /etc/passwd ..\\..\\boot.ini file:///etc/passwd",
    "a shell": "Herald; touch /tmp/herald && `touch /tmp/herald` $(touch /tmp/herald) | sh -c id",
    "a statement of SQL": "Herald'); DROP TABLE delivery; --",
    "markup of rich": "Herald [bold red]not bold[/] [link=https://evil.example]link[/link] :bomb:",
    "Markdown": "Herald **bold** [link](javascript:alert(1)) `code` # heading > quote ||spoiler||",
    "mentions of everybody": "Herald @everyone @here <@&123> <!channel> @room",
    "the other direction": "Herald \u202egpj.exe\u202c \u2067abc\u2069",
    "a hidden text": "Herald " + "".join(chr(0xE0000 + ord(character)) for character in "obey me"),
    "half a character": "Herald \ud83d here",
    "what never is a character": "Herald \ufdd0\uffff\U0010ffff",
    "a long word": "Herald" + "a" * 5000,
    "much that is nested": "Herald " + "(" * 500 + "x" + ")" * 500,
    "a pattern's worst": "Herald " + "a." * 500 + "@" + "a-" * 500 + "! https://" + "a." * 500,
}
