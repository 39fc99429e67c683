import re
from pathlib import Path

import pytest

from exchange.problems import catalogue, describe

SOURCES = sorted((Path(__file__).parents[2] / "connectors").glob("*.py"))
CODE = re.compile(r'"((?:amqp|wire|soap|rest|mllp|files|ftps|gate|sftp|tables)\.[a-z-]+)"')
RAISED = sorted({code for file in SOURCES for code in CODE.findall(file.read_text("utf-8"))})
FAMILIES = ("amqp", "wire", "soap", "rest", "mllp", "files", "ftps", "gate", "sftp", "tables")
KNOWN = sorted(code for code in catalogue() if code.split(".")[0] in FAMILIES)


def test_each_code_has_its_text_and_no_text_is_left_over():
    assert RAISED == KNOWN


@pytest.mark.parametrize("code", KNOWN)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_text_says_what_happened_and_what_to_do(code, language):
    happened, remedy = describe(code, {}, language)
    assert happened
    assert remedy
    chinese = re.search("[\u4e00-\u9fff]", happened + remedy)
    assert bool(chinese) == (language == "zh")
