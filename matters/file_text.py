"""A site file's bytes to text: in which encoding an editor saved it, told with the line."""

from __future__ import annotations

import unicodedata

from exchange.errors import Fact, Invalid

_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def decode(data: bytes, name: str) -> str:
    """UTF-8 with or without a mark; ``Invalid`` names what it is instead.

    >>> decode(b"\\xef\\xbb\\xbfa: 1", "x.yaml")
    'a: 1'
    """
    if data.startswith(_UTF16) or b"\x00" in data[:200]:
        raise Invalid("file.utf16", file=name)
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        facts: dict[str, Fact] = {"file": name, "line": line, "found": _found(data)}
        raise Invalid("file.not-utf8", **facts) from None
    if line := _chance_line(text):
        raise Invalid("file.not-utf8", file=name, line=line, found="GBK")
    return text


def mark(data: bytes) -> str:
    """The byte order mark that such a file begins with, for whoever writes it again; or nothing.

    >>> mark(b"\\xef\\xbb\\xbfa: 1") == "\\ufeff", mark(b"a: 1")
    (True, '')
    """
    return "\ufeff" if data.startswith(b"\xef\xbb\xbf") else ""


def _chance_line(text: str) -> int:
    """The first line of GBK that is UTF-8 by chance; 0: none.

    A few words in GBK (医院, 联通) have the form of UTF-8 and read as Cyrillic, Hebrew or Arabic
    letters. A file of these and no Chinese at all was not meant so.

    >>> _chance_line("a: 1\\nb: " + "医院".encode("gbk").decode()), _chance_line("café, Ж 中")
    (2, 0)
    """
    strange = [line for line in text.splitlines() if any("\u0370" <= c < "\u0800" for c in line)]
    if not strange or any(c >= "\u0800" for c in text):
        return 0
    return text.splitlines().index(strange[0]) + 1


def decomposed_line(text: str) -> int:
    """The first line with letters in two parts (NFD), as macOS writes them; 0: none.

    Two spellings that look alike are two names. Compatibility ideographs are left alone: they
    may be the very character of somebody's name.

    >>> decomposed_line("a\\ncafe\\u0301"), decomposed_line("caf\\u00e9")
    (2, 0)
    """
    for number, line in enumerate(text.splitlines(), 1):
        if any(map(unicodedata.combining, line)) and not unicodedata.is_normalized("NFC", line):
            return number
    return 0


def _found(data: bytes) -> str:
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return "?"
    return "GBK"
