"""Every code that crypto raises is explained to people in both languages, and only those."""

import ast
import csv
import re
import string
from importlib import resources

CODE = re.compile(r"crypto\.[a-z0-9]+(-[a-z0-9]+)*")


def rows():
    text = resources.files("crypto").joinpath("problems.csv").read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


def calls():
    """(code, names of its facts) of every raise; None for facts given as a whole mapping."""
    for module in resources.files("crypto").iterdir():
        if module.name.endswith(".py"):
            for node in ast.walk(ast.parse(module.read_text("utf-8"))):
                if isinstance(node, ast.Call):
                    first = [a.value for a in node.args[:2] if isinstance(a, ast.Constant)]
                    codes = [c for c in first if isinstance(c, str) and CODE.fullmatch(c)]
                    names = [k.arg for k in node.keywords]
                    yield from ((c, None if None in names else set(names)) for c in codes)


def test_raised_codes_and_explained_codes_are_the_same():
    assert {code for code, _ in calls()} == {row["code"] for row in rows()}


def test_each_code_is_explained_once_and_completely():
    codes = [row["code"] for row in rows()]
    assert len(codes) == len(set(codes))
    assert all(row[column] for row in rows() for column in ("zh", "en", "remedy_zh", "remedy_en"))


def test_texts_use_only_facts_that_the_error_carries():
    known = list(calls())
    for row in rows():
        text = row["zh"] + row["en"] + row["remedy_zh"] + row["remedy_en"]
        wanted = {name for _, name, _, _ in string.Formatter().parse(text) if name}
        for code, facts in known:
            if code == row["code"] and facts is not None:
                assert wanted <= facts, (code, wanted - facts)
