"""Records for a mapping's source, out of its shape or its list of wire fields: right ones, and odd ones.

Odd is what the dossier's section D tells of real senders: rare and private characters, dots, full
width, blanks, long numbers, leading zeros, leap days, other spellings, other types.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import strategies as st

from mappings.fields import source_fields
from mappings.flat import leaves
from mappings.rules import MappingFile
from mappings.shape_leaves import resolved
from tests.mappings import oracle

CITIZENS = ["11010519491231002X", "440524188001010014", "320117202601050015", "320117199303120025"]
BANKS = ["102301000014", "102100099996"]
CREDITS = ["91330000755918469E", "91440300192317458F", "91350100M000100Y43", "12320117MB1A000017"]
DAYS = st.dates() | st.sampled_from(["2028-02-29", "2000-02-29", "1988-07-01"]).map(
    oracle.date.fromisoformat
)
ODD_NAMES = [
    "张三㛃", "李𬀩", "䶮小直", "张\ue863", "买买提·小直", "买买提•小直", "买买提・小直", "买买提．小直",
    "\uf9b4小直", "⼥小直", "阿卜杜热西提·阿卜杜热合曼", "Ｚhang", " 张小直 ", "张\u3000小直", "张\u200b小直",
    "00123", "32011720260105001", "12345678901234567890", "３２０１１７Ｘ", "（）有限公司", "'; --", "null",
]  # fmt: skip
FREE = ["household", "insurance", "registration"]
"""Names in an object whose members are free: items of a matter."""
NAMES = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=12)
ODD: list[Any] = [
        *ODD_NAMES, "", "/", "NA", "长期", "0000-00-00", "20260230", "2026 - 01 - 05", "２０２６０１０５",
        "202601052400", "2026-01-05T00:30:00+08:00", "1,000.00", "0.001", "-5", "1e3", "００１", "\x07", "\ufffd",
        "99", "11010519491231002x", "110105194912310021", "1 ", 0, 1, 20260105, 12345678901234567890, True,
        False, 0.1, None, [], ["x"], {}, {"x": "y"},
]  # fmt: skip


@st.composite
def records(draw: st.DrawFn, file: MappingFile) -> dict[str, Any]:
    """Whole records, clean by the rules' own meaning; in every other one a name is a rare one."""
    record: dict[str, Any] = json.loads(json.dumps(draw(_clean(file))))
    for rule in file.content["fields"]:
        if "values" in rule and "from" in rule and isinstance(file.inputs.get(""), str):
            put(record, rule["from"], draw(st.sampled_from(sorted(rule["values"]))))
    names = [at for at, each in leaves(record) if isinstance(each, str) and each[:1] >= "一"]
    if names and draw(st.booleans()):
        put(record, draw(st.sampled_from(names)), draw(st.sampled_from(ODD_NAMES)))
    return record


def _clean(file: MappingFile) -> st.SearchStrategy[dict[str, Any]]:
    inputs = {
        name: _document(file, side) if isinstance(side, str) else _wire(file, name, side)
        for name, side in file.inputs.items()
    }
    return inputs[""] if "" in inputs else st.fixed_dictionaries(inputs)


@st.composite
def odd_records(draw: st.DrawFn, file: MappingFile) -> dict[str, Any]:
    """The same with one to three fields made odd, or taken away."""
    record: dict[str, Any] = json.loads(json.dumps(draw(records(file))))
    paths = list(source_fields(file.inputs, file.shapes))
    for path in draw(st.lists(st.sampled_from(paths), min_size=1, max_size=3)):
        if "/*" not in path:
            put(record, path, draw(st.sampled_from(odd_values(file.content, path))))
    return record


_NEAR_MISSES: Mapping[str, list[str]] = {
    "number": ["50.55", "0.001", "12.345", "1e3", "1,000.00", "-5", "+5", "007", "39.7", "１"],
    "date": ["20260230", "19000229", "20000229", "2026 - 01 - 05", "0000-00-00", "99991231", "202601052400",
             "20260105235959999", "1767542400000", "46027", "/Date(1767542400000)/"],
    "code": ["汉", "1", "HA", "毛难族", "仡佬族", "57", "99", "320103", "320117000000", "01 ", "０１"],
    "values": [" 1 ", "１", "Y", "y", "是", "true"],
    "identifier": ["110105491231002", "110105194912310021", "11010519491231002x", "1101051949123100 2X", "91330000755918469O"],
}  # fmt: skip


def odd_values(file: Mapping[str, Any], path: str) -> list[Any]:
    """Anything odd, and what is nearly right for a step that reads the field."""
    steps = {key for rule in file["fields"] if path in _read_by(rule) for key in rule}
    return [*(text for step in steps for text in _NEAR_MISSES.get(step, ())), *ODD]


def put(record: dict[str, Any], pointer: str, value: Any) -> None:
    *above, last = [p.replace("~1", "/").replace("~0", "~") for p in pointer.split("/")[1:]]
    node = record
    for name in above:
        if not isinstance(node.get(name), dict):
            node[name] = {}
        node = node[name]
    node[last] = value


# --- documents --------------------------------------------------------------------------------


def _document(file: MappingFile, kind: str) -> st.SearchStrategy[dict[str, Any]]:
    shape = file.shapes.find(kind)

    def is_right(record: dict[str, Any]) -> bool:
        try:
            shape.validate(record)
        except ValueError:
            return False
        except Exception:
            return False
        return True

    whole, partial = (_of_schema(shape.schema, shape.schema, whole=w) for w in (True, False))
    return st.one_of(whole, whole, partial).filter(is_right)


def _of_schema(
    schema: Mapping[str, Any], root: Mapping[str, Any], *, whole: bool
) -> st.SearchStrategy[Any]:
    """``whole``: with every optional field."""
    known = resolved(schema, root)
    if "properties" in known:
        inner = {n: _field(n, part, root, whole=whole) for n, part in known["properties"].items()}
        must = {
            name: each for name, each in inner.items() if whole or name in known.get("required", ())
        }
        found = st.fixed_dictionaries(must, optional={n: inner[n] for n in inner if n not in must})
        return found.filter(bool) if known.get("minProperties") else found
    if known.get("type") == "object":  # its members are free
        member = _of_schema(known["additionalProperties"], root, whole=whole)
        return st.dictionaries(st.sampled_from(FREE), member, min_size=1)
    if "items" in known:
        return st.lists(_of_schema(known["items"], root, whole=whole), max_size=3)
    if known.get("type") == "integer":
        return st.integers(known.get("minimum", -(2**53) + 1), known.get("maximum", 2**53 - 1))
    return st.booleans() if known.get("type") == "boolean" else _text(known)


def _field(
    name: str, schema: Mapping[str, Any], root: Mapping[str, Any], *, whole: bool
) -> st.SearchStrategy[Any]:
    """Papers are mostly a citizen's: any other pair of type and number is refused as a rule."""
    known = resolved(schema, root)
    papers = {"id_type": ["01", "01", "01", "03", "111"], "id_number": CITIZENS}.get(name, [])
    fitting = [each for each in papers if re.search(known.get("pattern", ""), each)]
    if fitting and "enum" not in known:
        return st.sampled_from(fitting)
    return _of_schema(known, root, whole=whole)


def _text(known: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    if "enum" in known:
        return st.sampled_from(known["enum"])
    if "const" in known:
        return st.just(known["const"])
    if "pattern" in known and "format" not in known:
        return st.from_regex(
            known["pattern"].replace("$", r"\Z"), alphabet=st.characters(max_codepoint=126)
        )
    formats = {
        "civil-date": DAYS.map(lambda day: day.isoformat()),
        "gb11643": st.sampled_from(CITIZENS),
        "gb32100": st.sampled_from(CREDITS),
        "cnaps": st.sampled_from(BANKS),
        "birth-certificate": st.from_regex(r"[A-Z][0-9]{9}", fullmatch=True),
    }
    return formats.get(known.get("format", ""), NAMES)


# --- wires ------------------------------------------------------------------------------------


def _wire(
    file: MappingFile, name: str, paths: tuple[str, ...]
) -> st.SearchStrategy[dict[str, Any]]:
    prefix = f"/{name}" if name else ""
    fitting = {path: _fitting(file, prefix + path) for path in paths}

    @st.composite
    def built(draw: st.DrawFn) -> dict[str, Any]:
        record: dict[str, Any] = {}
        for path, strategy in fitting.items():
            if "/*" in path:
                raise NotImplementedError("lists of wire fields")
            value = draw(strategy)
            if value is not None:
                put(record, path, value)
        return record

    return built()


def _fitting(file: MappingFile, path: str) -> st.SearchStrategy[Any]:
    """What the first rule that reads the field can take; absent where no rule demands it."""
    reading = [rule for rule in file.content["fields"] if path in _read_by(rule)]
    if not reading:
        return st.none() | NAMES
    optional = all(rule.get("required", "default" not in rule) is False for rule in reading)
    made = _taken(reading[0], _target(file, reading[0]["to"]))
    return st.none() | made if optional or any("when" in rule for rule in reading) else made


def _target(file: MappingFile, pointer: str) -> Mapping[str, Any]:
    """The schema of the leaf that a rule writes; empty for a wire."""
    root = {} if file.target == "wire" else file.shapes.shape(file.target)
    node: Mapping[str, Any] = root
    for name in pointer.split("/")[1:]:
        node = resolved(node.get("properties", {}).get(name, {}), root)
    known = {key: each for key, each in node.items() if key != "$ref"}
    return {"name": pointer.rpartition("/")[2], **known}


def _read_by(rule: Mapping[str, Any]) -> Iterator[str]:
    yield from (rule.get("from", ""), *rule.get("first", ()), *rule.get("join", {}).get("of", ()))
    yield from (part.get("from", "") for part in rule.get("choose", ()))


def _taken(rule: Mapping[str, Any], target: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    if "code" in rule:
        said = rule["code"]
        return st.sampled_from(_spellings(said if isinstance(said, str) else said["scheme"]))
    if "crosswalk" in rule:
        return st.sampled_from(
            [row["from"] for row in oracle.rows(f"crosswalks/{rule['crosswalk']}")]
        )
    if "values" in rule:
        return st.sampled_from(sorted(rule["values"]))
    if "identifier" in rule:
        known = {"gb11643": CITIZENS, "gb32100": CREDITS}.get(rule["identifier"])
        return st.sampled_from(known) if known else st.from_regex("[A-Z][0-9]{9}", fullmatch=True)
    if "date" in rule:
        patterns = rule["date"]["from"]
        listed = [patterns] if isinstance(patterns, str) else patterns
        return st.tuples(st.datetimes(), st.sampled_from(listed)).map(lambda t: _day(*t))
    if "number" in rule:
        return _quantities(rule["number"], target)
    return _field(target["name"], target, {}, whole=True)


def _spellings(scheme: str) -> list[str]:
    listed = oracle.rows(scheme)
    return [text for row in listed for text in (row["code"], row["name_zh"]) if not row["valid_to"]]


def _day(moment: oracle.datetime, pattern: str) -> str:
    told = {"yyyy": f"{moment.year:04}", "MM": f"{moment.month:02}", "dd": f"{moment.day:02}"}
    told |= {"HH": f"{moment.hour:02}", "mm": f"{moment.minute:02}", "ss": f"{moment.second:02}"}
    for token, digits in told.items():
        pattern = pattern.replace(token, digits)
    return pattern


def _quantities(said: Mapping[str, Any], target: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Such that the target's range holds it; and any other, for the refusal."""
    source, unit = said.get("from", ""), said.get("to", "")
    if source == "wk+d":
        return st.tuples(st.integers(24, 44), st.integers(0, 6)).map(lambda t: f"{t[0]}.{t[1]}")
    fitting = st.integers(target.get("minimum", 0), target.get("maximum", 10**20))

    def spelled(amount: int) -> str:
        scale = oracle.Fraction(oracle.UNITS[unit][1], oracle.UNITS[source][1])
        try:
            return oracle.decimal(amount * scale, None)
        except oracle.Refused:
            return str(amount)

    return fitting.map(spelled) | fitting.map(spelled) | st.integers(0, 10**20).map(str)
