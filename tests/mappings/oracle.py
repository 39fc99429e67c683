"""What a mapping file means, told a second time: out of docs/mapping-format.md, with no code of ours.

Only the file's content is taken from the product. Code lists are read with ``csv``, dates with
``datetime``, quantities as fractions, check digits by the standards' own sums. A key that is not
known here is an error, so that nothing goes untested.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

CODES = Path(__file__).resolve().parents[2] / "mappings" / "codes"
SOURCES = {"from", "first", "choose", "const", "join"}
STEPS = {"code", "crosswalk", "values", "identifier", "date", "number"}
OTHERS = {"to", "note", "required", "default", "missing", "text", "when", "each", "split", "unmapped", "one_way"}  # fmt: skip
TEXT = {"trim", "encoding", "max_bytes", "max_chars", "max_utf16"}
_BAD = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffd-\uffff]")
_WIDTH = {"yyyy": 4, "MM": 2, "dd": 2, "HH": 2, "mm": 2, "ss": 2, "SSS": 3}
UNITS = {
    "": (0, 1), "g": (1, 1), "kg": (1, 1000), "mm": (2, 1), "cm": (2, 10), "m": (2, 1000),
    "d": (3, 1), "wk": (3, 7), "wk+d": (3, 0), "fen": (4, 1), "分": (4, 1), "yuan": (4, 100),
    "元": (4, 100), "wan-yuan": (4, 10**6), "万元": (4, 10**6),
}  # fmt: skip


class Refused(ValueError):
    """The value can't be had as the file says."""


def fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().upper()


# --- tables -----------------------------------------------------------------------------------


@cache
def rows(scheme: str) -> list[dict[str, str]]:
    text = (CODES / f"{scheme}.csv").read_text("utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


@cache
def code_of(scheme: str, text: str) -> dict[str, str]:
    """The row that an accepted spelling means: the exact code before any name."""
    for wanted in (text, fold(text)):
        for row in rows(scheme):
            if row["code"] == wanted:
                return row
    for row in rows(scheme):
        if fold(text) in map(fold, [row["name_zh"], *filter(None, row["aliases"].split("|"))]):
            return row
    raise Refused(scheme)


def spelled(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Refused("not text")
    return str(value)


def in_force(row: Mapping[str, str], day: Any) -> bool:
    digits = re.sub(r"\D", "", day) if isinstance(day, str) else ""
    try:
        on = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return True  # the day's own rule says what is wrong with it
    begin, end = row["valid_from"], row["valid_to"]
    first = date.fromisoformat(f"{begin}-01-01" if len(begin) == 4 else begin or "0001-01-01")
    last = date.fromisoformat(f"{end}-12-31" if len(end) == 4 else end or "9999-12-31")
    return first <= on <= last


def code(value: Any, said: Any, day: Any) -> str:
    told = {"scheme": said} if isinstance(said, str) else dict(said)
    row = code_of(told["scheme"], spelled(value))
    if "as_of" in told and not in_force(row, day):
        raise Refused("not in force")
    return row["name_zh" if told.get("give") == "name" else "code"]


def crosswalk(value: Any, name: str) -> str:
    found = code_of(name.partition("__")[0], spelled(value))["code"]
    for row in rows(f"crosswalks/{name}"):
        if row["from"] == found:
            return row["to"]
    raise Refused(name)


def values(value: Any, table: Mapping[str, Any]) -> Any:
    key = str(value).lower() if isinstance(value, bool) and str(value).lower() in table else ""
    text = key or spelled(value)
    if text in table:
        return table[text]
    near = [each for each in table if fold(each) == fold(text)]
    if len(near) != 1:
        raise Refused("values")
    return table[near[0]]


# --- identifiers, dates, quantities -----------------------------------------------------------


def identifier(value: Any, scheme: str) -> str:
    if not isinstance(value, str):
        raise Refused(scheme)
    text = re.sub(r"[\s\u200b-\u200d\u2060\ufeff]", "", fold(value))
    if scheme == "gb11643" and re.fullmatch("[0-9]{15}", text):
        text = _extended(text)
    right = {
        "gb11643": lambda: _citizen(text),
        "gb32100": lambda: _credit(text),
        "birth_certificate": lambda: bool(re.fullmatch("[A-Z][0-9]{9}", text)),
    }[scheme]
    if not right():
        raise Refused(scheme)
    return text


def _citizen(text: str) -> bool:
    if not re.fullmatch("[0-9]{17}[0-9X]", text):
        return False
    return _check_digit(text[:17]) == text[17] and _is_day(text[6:14])


def _check_digit(digits: str) -> str:
    total = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(digits))
    return "10X98765432"[total % 11]


def _extended(text: str) -> str:
    """A number of before 1999: the century goes in, the check digit behind."""
    digits = f"{text[:6]}19{text[6:]}"
    return digits + _check_digit(digits)


def _is_day(digits: str) -> bool:
    try:
        return bool(datetime.strptime(digits, "%Y%m%d"))
    except ValueError:
        return False


def _credit(text: str) -> bool:
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    if len(text) != 18 or set(text) - set(letters):
        return False
    total = sum(letters.index(c) * pow(3, i, 31) for i, c in enumerate(text[:17]))
    return letters[(31 - total % 31) % 31] == text[17]


def civil(value: Any, said: Mapping[str, Any]) -> str:
    if not isinstance(value, str):
        raise Refused("date")
    patterns = [said["from"]] if isinstance(said["from"], str) else said["from"]
    for pattern in patterns:
        parts = _read(value.strip(), pattern)
        if parts:
            return _written(parts, said["to"])
    raise Refused("date")


def _read(text: str, pattern: str) -> dict[str, str]:
    """Token by token; blanks are tolerated around what separates."""
    parts: dict[str, str] = {}
    for piece in re.findall(r"yyyy|MM|dd|HH|mm|ss|SSS|[^yMdHmsS]+", pattern):
        if piece not in _WIDTH:
            start = len(text) - len(text.lstrip())
            if not piece.strip() and not start:
                return {}
            text = text.lstrip()
            if not text.startswith(piece.strip()):
                return {}
            text = text[len(piece.strip()) :].lstrip()
            continue
        digits, text = text[: _WIDTH[piece]], text[_WIDTH[piece] :]
        if not re.fullmatch(f"[0-9]{{{_WIDTH[piece]}}}", digits):
            return {}
        parts[piece] = digits
    return parts if not text else {}


def _written(parts: Mapping[str, str], target: str) -> str:
    wanted = [int(parts.get(name, "1")) for name in ("MM", "dd")]
    try:
        datetime(
            int(parts.get("yyyy", "2000")),
            *wanted,
            *(int(parts.get(n, "0")) for n in ("HH", "mm", "ss")),
        )  # type: ignore[arg-type]
    except ValueError:
        raise Refused("no such day or time") from None
    if any(token in target and token not in parts for token in _WIDTH):
        raise Refused("too coarse")
    for token, digits in parts.items():
        target = target.replace(token, digits)
    return target


def number(value: Any, said: Mapping[str, Any]) -> Any:
    source, target = said.get("from", ""), said.get("to", "")
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Refused("number")
    text = str(value).strip()
    weeks = source == "wk+d"
    shape = "[0-9]{1,3}([.][0-6])?" if weeks else r"[+-]?[0-9]{1,24}([.][0-9]{1,12})?"
    if (isinstance(value, str) or weeks) and not re.fullmatch(shape, text):
        raise Refused("number")
    whole, _, rest = text.partition(".")
    smallest = (
        Fraction(int(whole) * 7 + int(rest or 0)) if weeks else Fraction(text) * UNITS[source][1]
    )
    if target == "wk+d" and smallest.denominator != 1:
        raise Refused("rounding")
    if target == "wk+d":
        return f"{int(smallest) // 7}.{int(smallest) % 7}"
    made = smallest / UNITS[target][1]
    if said.get("as") == "text":
        return decimal(made, said.get("decimals"))
    if made.denominator != 1:
        raise Refused("rounding")
    return int(made)


def decimal(made: Fraction, decimals: int | None) -> str:
    places = next((n for n in range(40) if (made * 10**n).denominator == 1), None)
    if places is None or (decimals is not None and places > decimals):
        raise Refused("rounding")
    places = places if decimals is None else decimals
    digits = str(abs(int(made * 10**places))).rjust(places + 1, "0")
    sign = "-" if made < 0 else ""
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


# --- a record ---------------------------------------------------------------------------------


def get(record: Any, pointer: str, missing: list[str]) -> Any:
    """The value, or None where the source does not state it."""
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        record = record.get(name) if isinstance(record, Mapping) else None
    blank = isinstance(record, str) and record.strip() in {each.strip() for each in missing}
    return None if blank else record


def holds(
    test: Mapping[str, Any], record: Any, file: Mapping[str, Any], missing: list[str]
) -> bool:
    [(op, about)] = test.items()
    inputs = file["from"] if isinstance(file["from"], dict) else {"": file["from"]}

    def value(path: str) -> Any:
        found = get(record, path, missing)
        side = inputs.get("") or inputs[path.split("/")[1]]
        is_int = isinstance(found, int) and not isinstance(found, bool)
        return str(found) if is_int and not isinstance(side, str) else found

    paths = [about] if isinstance(about, str) else about
    if op in ("present", "absent"):
        return all((get(record, p, missing) not in (None, {})) == (op == "present") for p in paths)
    if op == "same":
        found = [get(record, path, missing) for path in paths]
        return found[0] is not None and all(each == found[0] for each in found)
    if op in ("equal", "in"):
        listed = {path: each if op == "in" else [each] for path, each in about.items()}
        return all(value(path) in each for path, each in listed.items())
    parts = [holds(part, record, file, missing) for part in ([about] if op == "not" else about)]
    return {"all": all(parts), "any": any(parts), "not": not parts[0]}[op]


def leaves(file: Mapping[str, Any], record: Any) -> tuple[dict[str, Any], list[str]]:
    """Every target leaf by its pointer, and the targets that can't be had."""
    made: dict[str, Any] = {}
    refused: list[str] = []
    for to, value in _rules(file, file["fields"], record, ""):
        if isinstance(value, Refused):
            refused.append(to)
        else:
            made[to] = value
    return made, refused


def _rules(file: Mapping[str, Any], rules: Any, record: Any, at: str) -> Iterator[tuple[str, Any]]:
    for rule in rules:
        unknown = set(rule) - SOURCES - STEPS - OTHERS
        assert not unknown, f"the oracle does not know {unknown}"
        try:
            found = _value(file, rule, record)
        except Refused as error:
            yield at + rule["to"], error
            continue
        if "each" in rule and found is not None:
            for index, member in enumerate(found):
                yield from _rules(file, rule["each"], member, f"{at}{rule['to']}/{index}")
        elif found is not None:
            yield at + rule["to"], found


def _value(file: Mapping[str, Any], rule: Mapping[str, Any], record: Any) -> Any:
    missing = rule.get("missing", file.get("missing", [""]))
    if "when" in rule and not holds(rule["when"], record, file, missing):
        return None
    found, is_const = _source(file, rule, record, missing)
    if is_const:
        return found
    if found is None:
        if "default" in rule:
            return rule["default"]
        if rule.get("required", True):
            raise Refused("missing")
        return None
    if "each" in rule:
        return _members(found)
    limits = {**file.get("text", {}), **rule.get("text", {})}
    if "split" in rule:
        raise NotImplementedError("split")
    return _limited(_converted(rule, found, record, missing), limits)


def _members(found: Any) -> list[Any]:
    listed = [found] if isinstance(found, Mapping) else found
    if not isinstance(listed, list) or not all(isinstance(each, Mapping) for each in listed):
        raise Refused("list")
    return listed


def _source(
    file: Mapping[str, Any], rule: Mapping[str, Any], record: Any, missing: list[str]
) -> tuple[Any, bool]:
    if "const" in rule:
        return rule["const"], True
    if "join" in rule:
        return _joined(rule, record, missing), False
    paths = rule.get("first") or ([rule["from"]] if "from" in rule else [])
    for choice in rule.get("choose") or [{"from": path} for path in paths]:
        stated = choice.get("const", get(record, choice.get("from", "/-"), missing))
        if holds(choice["when"], record, file, missing) if "when" in choice else stated is not None:
            return stated, "const" in choice
    return None, False


def _joined(rule: Mapping[str, Any], record: Any, missing: list[str]) -> Any:
    parts = [get(record, path, missing) for path in rule["join"]["of"]]
    if all(each is None for each in parts):
        return None
    if rule.get("required", True) and None in parts:
        raise Refused("missing")
    return rule["join"].get("with", "").join(spelled(each) for each in parts if each is not None)


def _converted(rule: Mapping[str, Any], value: Any, record: Any, missing: list[str]) -> Any:
    [step] = STEPS & set(rule) or {""}
    said = rule.get(step)
    day = get(record, said["as_of"], missing) if step == "code" and "as_of" in said else None
    try:
        return {
            "": lambda: _plain(value),
            "code": lambda: code(value, said, day),
            "crosswalk": lambda: crosswalk(value, said),
            "values": lambda: values(value, said),
            "identifier": lambda: identifier(value, said),
            "date": lambda: civil(value, said),
            "number": lambda: number(value, said),
        }[step]()
    except Refused:
        if rule.get("unmapped", "error") == "error":
            raise
        raise NotImplementedError("unmapped") from None


def _plain(value: Any) -> Any:
    if not isinstance(value, str | int):
        raise Refused("no single value")
    return value


def _limited(value: Any, limits: Mapping[str, Any]) -> Any:
    assert set(limits) <= TEXT, f"the oracle does not know {set(limits) - TEXT}"
    if not isinstance(value, str) or not limits:
        return value
    text = value.strip() if limits.get("trim") else value
    try:
        size = len(text.encode(limits.get("encoding", "utf-8")))
    except UnicodeEncodeError:
        raise Refused("encoding") from None
    units = len(text.encode("utf-16-le", "surrogatepass")) // 2
    sizes = {"max_bytes": size, "max_chars": len(text), "max_utf16": units}
    if _BAD.search(text) or any(sizes[key] > limits.get(key, sizes[key]) for key in sizes):
        raise Refused("text")
    return text
