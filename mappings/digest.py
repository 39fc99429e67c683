"""What a mapping does, as one number: for notes and evidence."""

from __future__ import annotations

import hashlib

import orjson

from mappings import site_codes
from mappings.rules import MappingFile, Rule
from mappings.site_codes import Lists


def of(file: MappingFile) -> str:
    """Hex SHA-256 over the content without its tests, and the code lists that it uses."""
    content = {key: value for key, value in file.content.items() if key != "tests"}
    known = site_codes.of(file.shapes.site)
    lists = {kind: digest for rule in file.rules for kind, digest in _lists(rule, known)}
    pinned = {"mapping": content, "codes": lists}
    return hashlib.sha256(orjson.dumps(pinned, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _lists(rule: Rule, known: Lists) -> list[tuple[str, str]]:
    found = [pair for inner in rule.each for pair in _lists(inner, known)]
    if rule.step and rule.step.kind == "code":
        codes = known.scheme(rule.step.options["scheme"])
        found.append((codes.scheme, codes.digest))
    if rule.step and rule.step.kind == "crosswalk":
        walk = known.crosswalk(rule.step.options["scheme"])
        found += [(side.scheme, side.digest) for side in (walk.source, walk.target)]
        found.append((walk.name, walk.digest))
    return found
