"""The scanner itself: every wrapping it claims to see through, and combinations of them."""

from __future__ import annotations

import base64
import gzip
import html
import io
import json
import sqlite3
import urllib.parse
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

NAME, NUMBER = "秦龘犇", "320117199107138647"
CANARIES = {"name": NAME, "number": NUMBER}
TEXT = f'{{"child": "{NAME}", "id": "{NUMBER}"}}'


def _base64(shift: int, encode: Callable[[bytes], bytes]) -> Callable[[str], bytes]:
    return lambda text: b'"' + encode(b"x" * shift + text.encode()).rstrip(b"=") + b'"'


def _zip(text: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.json", text)
    return file.getvalue()


def _entities(number: str) -> Callable[[str], bytes]:
    return lambda text: "".join(
        (f"&#{ord(c)};" if number == "decimal" else f"&#x{ord(c):X};") for c in text
    ).encode()


WRAPPINGS: dict[str, Callable[[str], bytes]] = {
    "utf-8": str.encode,
    "gbk": lambda text: text.encode("gbk"),
    "gb18030": lambda text: text.encode("gb18030"),
    "utf-16-le": lambda text: text.encode("utf-16-le"),
    "utf-16-be": lambda text: text.encode("utf-16-be"),
    "\\u": lambda text: json.dumps(text).encode(),
    "\\u upper case": lambda text: json.dumps(text).upper().replace("\\U", "\\u").encode(),
    "\\u twice": lambda text: json.dumps(json.dumps(text)).encode(),
    "percent": lambda text: urllib.parse.quote(text).encode(),
    "percent of gbk": lambda text: urllib.parse.quote(text, encoding="gbk").encode(),
    "decimal entities": _entities("decimal"),
    "hexadecimal entities": _entities("hexadecimal"),
    "quoted html": lambda text: html.escape(text).encode(),
    "hex": lambda text: text.encode().hex().encode(),
    "hex upper case": lambda text: text.encode().hex().upper().encode(),
    "hex at an odd place": lambda text: b"a" + text.encode().hex().encode() + b"b",
    "gzip": lambda text: b"..." + gzip.compress(text.encode()) + b"...",
    "zlib": lambda text: b"..." + zlib.compress(text.encode()) + b"...",
    "zip": _zip,
    "folded base64": lambda text: base64.encodebytes(b"." * 50 + text.encode()),
    "gzip in base64": lambda text: base64.b64encode(gzip.compress(text.encode())),
    "base64 of gbk": lambda text: base64.b64encode(text.encode("gbk")),
    "base64 in \\u in gzip": lambda text: gzip.compress(
        json.dumps({"a": base64.b64encode(text.encode()).decode()}).encode()
    ),
    "base64 of base64": lambda text: base64.b64encode(base64.b64encode(b"7" + text.encode())),
    "hex in percent": lambda text: urllib.parse.quote(text.encode().hex()).encode(),
    **{f"base64 at {n}": _base64(n, base64.b64encode) for n in range(3)},
    **{f"base64url at {n}": _base64(n, base64.urlsafe_b64encode) for n in range(3)},
}


@pytest.mark.parametrize("wrap", WRAPPINGS.values(), ids=WRAPPINGS)
def test_it_sees_through(scanner_module: Any, wrap: Callable[[str], bytes]) -> None:
    found = scanner_module.Scanner(CANARIES).find(b"before \x00\xff" + wrap(TEXT) + b"\x01 after")
    assert found == {"name", "number"}


@pytest.mark.parametrize("wrap", WRAPPINGS.values(), ids=WRAPPINGS)
def test_it_finds_nothing_where_nothing_is(
    scanner_module: Any, wrap: Callable[[str], bytes]
) -> None:
    other = TEXT.replace(NAME, "秦龙奔").replace(NUMBER, "320117199107138655")
    assert scanner_module.Scanner(CANARIES).find(wrap(other)) == set()


def test_it_finds_a_disclosure_whatever_it_discloses(scanner_module: Any) -> None:
    inner = b'["' + base64.urlsafe_b64encode(b"0" * 16).rstrip(b"=") + b'","/child/weight_g",3350]'
    token = b"eyJh.eyJi.c2ln~" + base64.urlsafe_b64encode(inner).rstrip(b"=") + b"~"
    assert scanner_module.Scanner({}).find(token) == {scanner_module.DISCLOSURE}
    assert scanner_module.Scanner({}).find(b'{"disclosed":["/child/weight_g"]}') == set()


def test_it_finds_what_lies_on_several_pages_of_a_database(
    scanner_module: Any, tmp_path: Path
) -> None:
    file = tmp_path / "a.db"
    with sqlite3.connect(file) as database:
        database.execute("CREATE TABLE t (a TEXT, b BLOB)")
        row = ("." * 4060 + NAME * 3, gzip.compress(NUMBER.encode()))
        database.execute("INSERT INTO t VALUES (?, ?)", row)
    database.close()
    found = scanner_module.Scanner(CANARIES).find_in([file])
    assert found == {str(file): {"name", "number"}}


def test_it_looks_at_the_names_of_files(scanner_module: Any, tmp_path: Path) -> None:
    (tmp_path / f"{NUMBER}.lock").touch()
    found = scanner_module.Scanner(CANARIES).find_in(scanner_module.files_below(tmp_path))
    assert list(found.values()) == [{"number"}]
