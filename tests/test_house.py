"""The house itself: our names are ours, imports go one way, every problem has its text."""

from __future__ import annotations

import ast
import csv
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from pathlib import Path
from string import Formatter

import pytest

ROOT = Path(__file__).resolve().parents[1]
OURS = ("crypto", "exchange", "mappings", "connectors", "adapters", "matters", "zhida")
TOP_LEVEL = {*OURS, "sandbox", "dags"}
CODE = re.compile(r"[a-z][a-z-]*\.[a-z][a-z0-9]*(-[a-z0-9]+)*")
CATALOGUES = {package: ROOT / package / "problems.csv" for package in OURS}
ERRORS = {
    "Retriable", "NotYet", "Rejected", "Invalid", "Forbidden", "Unknown", "Fatal", "Problem", "Mistake",
    "Malformed", "BadSignature", "BadKey", "Untrusted", "Expired", "Revoked", "Unsupported",
}  # fmt: skip


# --- our top-level names ----------------------------------------------------------------------


def claimed(distribution: metadata.Distribution) -> set[str]:
    """The top-level names that an installed distribution brings."""
    told = (distribution.read_text("top_level.txt") or "").split()
    files = [file for file in distribution.files or () if file.suffix in (".py", ".so")]
    return {*told, *(file.parts[0].removesuffix(".py") for file in files)}


def strangers() -> Iterator[tuple[str, set[str]]]:
    for distribution in metadata.distributions():
        name = distribution.metadata["Name"]
        taken = claimed(distribution) & TOP_LEVEL
        if name != "zhida" and taken:
            yield name, taken


def test_no_other_distribution_claims_one_of_our_names() -> None:
    assert list(strangers()) == []


def test_a_distribution_that_did_would_be_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, record in (("intruder", "adapters/x.py,,\n"), ("modest", "modest/adapters.py,,\n")):
        info = tmp_path / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "RECORD").write_text(record)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert list(strangers()) == [("intruder", {"adapters"})]


def test_our_packages_are_imported_from_here() -> None:
    for name in OURS:
        module = __import__(name)
        assert [Path(path) for path in module.__path__] == [ROOT / name]


# --- who imports whom -------------------------------------------------------------------------


def test_imports_go_downwards_only() -> None:
    program = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run(
        [str(program), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    assert re.search(r"[1-9][0-9]* kept, 0 broken", done.stdout)


def test_package_files_are_empty_and_dags_is_no_package() -> None:
    for name in OURS:
        for file in (ROOT / name).rglob("__init__.py"):
            assert file.read_text("utf-8").strip() == "", file
    assert not (ROOT / "dags" / "__init__.py").exists()
    assert not list((ROOT / "tests").rglob("__init__.py"))


# --- every problem has its text ---------------------------------------------------------------


@dataclass
class Sites:
    """Where codes stand in the source."""

    raised: dict[str, set[str]] = field(default_factory=dict)
    """Code → files in which an error is made of it."""
    written: set[str] = field(default_factory=set)
    """Every text in the source, so also codes that stand in tables."""
    facts: dict[str, set[str]] = field(default_factory=dict)
    open_facts: set[str] = field(default_factory=set)
    """Codes whose facts are not all to be seen where the error is made."""
    added: set[str] = field(default_factory=set)
    """Facts that an outer layer adds to a problem: ``{"file": name, **problem.facts}``."""


def rows(package: str) -> list[dict[str, str]]:
    file = CATALOGUES[package]
    return list(csv.DictReader(file.read_text("utf-8").splitlines())) if file.is_file() else []


def all_rows() -> list[dict[str, str]]:
    return [row for package in OURS for row in rows(package)]


def _texts(node: ast.AST) -> Iterator[str]:
    """All texts under a node but docstrings; an f-string's known beginning ends in ``*``."""
    parts = {id(part) for n in ast.walk(node) if isinstance(n, ast.JoinedStr) for part in n.values}
    docs = {id(n.value) for n in ast.walk(node) if isinstance(n, ast.Expr)}
    for each in ast.walk(node):
        if isinstance(each, ast.JoinedStr) and isinstance(each.values[0], ast.Constant):
            yield f"{each.values[0].value}*"
        constant = isinstance(each, ast.Constant) and isinstance(each.value, str)
        if constant and id(each) not in parts | docs:
            yield each.value


def _name(call: ast.Call) -> str:
    node = call.func
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


def _code_of(call: ast.Call) -> tuple[str, list[ast.expr]]:
    """The code that an error, a problem or an outcome is made of, and what stands after it."""
    place = {"Outcome": 1, "translated": 1}.get(_name(call), 0 if _name(call) in ERRORS else -1)
    if place < 0 or len(call.args) <= place:
        return "", []
    first = call.args[place]
    text = first.value if isinstance(first, ast.Constant) else ""
    return (text, call.args[place + 1 :]) if isinstance(text, str) else ("", [])


def _note_facts(sites: Sites, code: str, call: ast.Call, rest: list[ast.expr]) -> None:
    known = sites.facts.setdefault(code, set())
    known |= {keyword.arg for keyword in call.keywords if keyword.arg}
    closed = all(keyword.arg for keyword in call.keywords)
    for each in rest:
        if isinstance(each, ast.Dict) and all(isinstance(k, ast.Constant) for k in each.keys):
            known |= {str(k.value) for k in each.keys if isinstance(k, ast.Constant)}
        elif not isinstance(each, ast.Constant):
            closed = False
    if not closed:
        sites.open_facts.add(code)


def _added(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            pairs = list(zip(node.keys, node.values, strict=True))
            if any(key is None and _is_facts(value) for key, value in pairs):
                yield from (str(key.value) for key, _ in pairs if isinstance(key, ast.Constant))
        if isinstance(node, ast.Call):
            spread = [each.value for each in node.keywords if each.arg is None]
            if any(_is_facts(value) for value in spread):
                yield from (each.arg for each in node.keywords if each.arg)


def _is_facts(node: ast.expr) -> bool:
    return (isinstance(node, ast.Name) and node.id == "facts") or (
        isinstance(node, ast.Attribute) and node.attr == "facts"
    )


@cache
def scan() -> Sites:
    """Once, and only by whoever runs these tests."""
    sites = Sites()
    for package in OURS:
        for file in (ROOT / package).rglob("*.py"):
            tree = ast.parse(file.read_text("utf-8"))
            found = list(_texts(tree))
            sites.written.update(found)
            sites.added.update(_added(tree))
            calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
            direct: Counter[str] = Counter()
            for call in calls:
                code, rest = _code_of(call)
                if CODE.fullmatch(code):
                    direct[code] += 1
                    sites.raised.setdefault(code, set()).add(str(file.relative_to(ROOT)))
                    _note_facts(sites, code, call, rest)
            sites.open_facts.update(
                text for text, count in Counter(found).items() if count > direct[text]
            )
    return sites


@pytest.fixture
def sites() -> Sites:
    return scan()


def test_the_scan_sees_something(sites: Sites) -> None:
    assert len(sites.raised) > 100
    assert "delivery.conflict" in sites.raised
    assert "ledger.nested" in sites.raised
    assert sites.facts["canonical.too-deep"] == {"path", "limit"}


def test_every_code_that_is_raised_has_a_text(sites: Sites) -> None:
    known = {row["code"] for row in all_rows()}
    missing = {code: files for code, files in sites.raised.items() if code not in known}
    assert missing == {}


def test_every_code_that_stands_in_a_table_has_a_text(sites: Sites) -> None:
    known = {row["code"] for row in all_rows()}
    families = {code.split(".")[0] for code in sites.raised}
    alike = {
        text
        for text in sites.written
        if CODE.fullmatch(text) and "-" in text and text.split(".")[0] in families
    }
    assert alike - known == set()


def test_no_text_is_without_its_code(sites: Sites) -> None:
    beginnings = {text[:-1] for text in sites.written if text.endswith(".*")}
    unused = {
        row["code"]
        for row in all_rows()
        if row["code"] not in sites.written
        and not any(
            row["code"].startswith(beginning)
            and row["code"].removeprefix(beginning) in sites.written
            for beginning in beginnings
        )
    }
    assert unused == set()


def test_no_code_is_told_twice() -> None:
    counts = Counter(row["code"] for row in all_rows())
    assert [code for code, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("package", OURS)
def test_each_catalogue_is_complete(package: str) -> None:
    for row in rows(package):
        assert list(row) == ["code", "zh", "en", "remedy_zh", "remedy_en"], row
        assert CODE.fullmatch(row["code"]), row
        for column in row:
            assert isinstance(row[column], str), row
            assert row[column].strip() == row[column] != "", row
        assert re.search(r"[\u4e00-\u9fff]", row["zh"] + row["remedy_zh"]), row
        assert not re.search(r"[\u4e00-\u9fff]", row["en"]), row


PREFIX = re.compile(r'(?:removeprefix\(|f)"([a-z]+\.)(?="\)|\{)')
"""A test that compares the codes of one family may take the family's name away first, or put it on."""


def named_in(text: str) -> set[str]:
    """The codes that a test's text names, as they are or as a pattern."""
    quoted = set(re.findall(r'"([a-z0-9-]+)"', text))
    short = {family + name for family in PREFIX.findall(text) for name in quoted}
    return {found[0] for found in CODE.finditer(text.replace("\\.", "."))} | short


def test_a_code_in_a_test_is_found_in_each_of_its_forms() -> None:
    text = r"""("wire.name", match=r"sftp\.no-folder"); removeprefix("gate."); f"desk.{x}"; ["missing"]"""
    found = {"wire.name", "sftp.no-folder", "gate.missing", "desk.missing"}
    assert named_in(text) >= found
    assert "sftp.no" not in named_in(text)


def named_in_tests() -> set[str]:
    """The codes that stand in a test; this file tests none of them."""
    files = [file for file in (ROOT / "tests").rglob("*.py") if file != Path(__file__)]
    return set().union(*(named_in(file.read_text("utf-8")) for file in files))


@pytest.mark.parametrize("package", ["connectors", "adapters", "mappings", "matters"])
def test_every_error_of_a_wire_and_of_an_adapter_is_produced_in_a_test(package: str) -> None:
    codes = {row["code"] for row in rows(package)}
    assert codes - named_in_tests() == set()


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_tell_the_same_facts() -> None:
    different = [
        row["code"] for row in all_rows() if placeholders(row["zh"]) != placeholders(row["en"])
    ]
    assert different == []


def test_every_fact_in_a_text_is_one_that_the_error_carries(sites: Sites) -> None:
    wrong = {}
    for row in all_rows():
        code = row["code"]
        if code in sites.open_facts or code not in sites.facts:
            continue
        told = set().union(*(placeholders(row[column]) for column in row if column != "code"))
        if left := told - sites.facts[code] - sites.added:
            wrong[code] = left
    assert wrong == {}
