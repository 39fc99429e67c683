"""What a mapping does, as one number: for notes and evidence."""

from __future__ import annotations

import hashlib

import orjson

from mappings import codes
from mappings.rules import MappingFile, Rule


def of(file: MappingFile) -> str:
    """Hex SHA-256 over the content without its tests, and the code lists that it uses."""
    content = {key: value for key, value in file.content.items() if key != "tests"}
    lists = {kind: digest for rule in file.rules for kind, digest in _lists(rule)}
    pinned = {"mapping": content, "codes": lists}
    return hashlib.sha256(orjson.dumps(pinned, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _lists(rule: Rule) -> list[tuple[str, str]]:
    found = [pair for inner in rule.each for pair in _lists(inner)]
    if rule.step and rule.step.kind == "code":
        known = codes.scheme(rule.step.options["scheme"])
        found.append((known.scheme, known.digest))
    if rule.step and rule.step.kind == "crosswalk":
        walk = codes.crosswalk(rule.step.options["scheme"])
        found += [(side.scheme, side.digest) for side in (walk.source, walk.target)]
        found.append((walk.name, walk.digest))
    return found
