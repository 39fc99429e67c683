"""Every code that evidence raises is explained, with facts that the error carries."""

import ast
import csv
import re
import string
from importlib import resources

CODE = re.compile(r"evidence\.[a-z-]+")


def rows():
    text = resources.files("exchange").joinpath("problems.csv").read_text("utf-8")
    return [row for row in csv.DictReader(text.splitlines()) if CODE.fullmatch(row["code"])]


def raised():
    sources = list(resources.files("exchange").iterdir())
    sources.append(resources.files("zhida") / "evidence_cli.py")
    for module in sources:
        if module.name.startswith("evidence") and module.name.endswith(".py"):
            for node in ast.walk(ast.parse(module.read_text("utf-8"))):
                if isinstance(node, ast.Call) and node.args:
                    first = node.args[0]
                    if isinstance(first, ast.Constant) and CODE.fullmatch(str(first.value)):
                        yield first.value, {keyword.arg for keyword in node.keywords}


COMPUTED = {"evidence.expired", "evidence.revoked"}
"""Spelt out of a lapse's kind; their facts are unit, serial, at and reason."""


def test_raised_codes_and_explained_codes_are_the_same():
    assert {code for code, _ in raised()} | COMPUTED == {row["code"] for row in rows()}


def test_texts_use_only_facts_that_the_error_carries():
    known = {code: set() for code, _ in raised()}
    for code, facts in raised():
        known[code] |= facts
    remarks = {"evidence.revoked-later", "evidence.expired-since", "evidence.sent-elsewhere"}
    for row in rows():
        text = row["zh"] + row["en"] + row["remedy_zh"] + row["remedy_en"]
        wanted = {name for _, name, _, _ in string.Formatter().parse(text) if name}
        if row["code"] not in COMPUTED | remarks:
            assert wanted <= known[row["code"]], row["code"]


def test_every_code_is_explained_once_and_completely():
    codes = [row["code"] for row in rows()]
    assert len(codes) == len(set(codes))
    for row in rows():
        assert all(row[column] for column in ("zh", "en", "remedy_zh", "remedy_en")), row
        assert None not in row
