"""Two sites compared by meaning: which key of which file was added, removed or changed.

Files are matched by what they define, not by their names; comments, order of keys and line ends
don't count. Every other file is compared by its place and its bytes. A value that may hold a secret is told to differ, and not shown.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from exchange.addresses import HIDDEN, without_login
from exchange.errors import Invalid, Problem
from mappings.yaml_file import escape, read_yaml, refuse
from matters import file_text
from zhida import files, site_files

_NAMED = {
    "units": "unit",
    "systems": "system",
    "agreements": "agreement",
    "operators": "operator",
    "matters": "matter",
    "documents": "",
    "mappings": "mapping",
    "notices": "",
}
"""Folder → the key that names what a file defines; empty: the file's own name does."""
_SECRET = re.compile(r"pass|secret|token|passwd|pwd|口令|密码|密钥|appkey|app_key", re.IGNORECASE)
Leaves = Mapping[str, Any]


def compare(left: Path, right: Path) -> list[dict[str, str]]:
    """One row a difference: ``file``, ``key``, ``change``, ``left``, ``right``."""
    first, second = _read(left), _read(right)
    rows: list[dict[str, str]] = []
    for name in sorted({*first, *second}):
        if name not in second:
            rows.append(_row(name, "", "removed"))
        elif name not in first:
            rows.append(_row(name, "", "added"))
        else:
            rows += _differences(name, first[name], second[name])
    return rows


def _differences(name: str, left: Leaves, right: Leaves) -> Iterator[dict[str, str]]:
    for key in sorted({*left, *right}):
        if key not in right:
            yield _row(name, key, "removed", left=_shown(key, left[key]))
        elif key not in left:
            yield _row(name, key, "added", right=_shown(key, right[key]))
        elif left[key] != right[key]:
            shown = {"left": _shown(key, left[key]), "right": _shown(key, right[key])}
            yield _row(name, key, "changed", **shown)


def _row(file: str, key: str, change: str, *, left: str = "", right: str = "") -> dict[str, str]:
    return {"file": file, "key": key, "change": change, "left": left, "right": right}


def _read(folder: Path) -> dict[str, Leaves]:
    """``systems/police`` → its leaves. ``Invalid`` with every file that is no YAML."""
    if not (folder / "site.yaml").is_file():
        raise Invalid("site.not-found", folder=str(folder))
    found: dict[str, Leaves] = {}
    problems: list[Problem] = []
    paths = [("site", folder / "site.yaml")]
    paths += [(kind, path) for kind in _NAMED for path in site_files.paths(folder, kind)]
    paths += [("matters", path) for path in sorted(folder.glob("matters/*/matter.yaml"))]
    for kind, path in paths:
        try:
            content = _content(path)
        except Invalid as error:
            problems += error.problems
            continue
        key = _NAMED.get(kind)
        name = content.get(key, path.stem) if key else path.stem
        found[kind if kind == "site" else f"{kind}/{name}"] = dict(_leaves(content, ""))
    if problems:
        raise Invalid.of(problems)
    return found | _others(folder, {path for _, path in paths})


def _others(folder: Path, known: Collection[Path]) -> dict[str, Leaves]:
    """Certificates, WSDLs and whatever else lies there, by its place and its bytes."""
    found: dict[str, Leaves] = {}
    for path in sorted(folder.rglob("*")):
        place = path.relative_to(folder)
        if (
            path.is_file()
            and path not in known
            and not any(map(site_files.is_foreign, place.parts))
        ):
            digest = hashlib.sha256(files.read(path)).hexdigest()
            found[place.as_posix()] = {"": f"sha256 {digest[:16]}"}
    return found


def _content(path: Path) -> Mapping[str, Any]:
    read = read_yaml(file_text.decode(files.read(path), path.name))
    refuse(read.problems, path.name)
    return read.data if isinstance(read.data, Mapping) else {"": read.data}


def _leaves(value: Any, at: str) -> Iterator[tuple[str, Any]]:
    """Lists are compared as a whole, so that one field more is one difference."""
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from _leaves(inner, f"{at}/{escape(str(key))}")
    else:
        yield at, value


def _shown(key: str, value: Any) -> str:
    """
    >>> _shown("/store", "postgresql://zhida:word@db/zhida"), _shown("/options/secret", "x")
    ('postgresql://***@db/zhida', '***')
    """
    if _SECRET.search(key) or _SECRET.search(str(value)):
        return HIDDEN
    return without_login(str(value))
