"""Chinese is found by pairs of characters; the browser cuts as the index does."""

from __future__ import annotations

import doctest
import json
import shutil
import subprocess

import pytest

from docs.web import bigrams

TEXTS = [
    "出生登记用OA，见 wire.refused",
    "“待人工”怎么办？",
    "人",
    "证书到期怎么办，如何换？",
    "zhida check --json",
    "𠮷祥的名字，㐂",
    "GB/T 39786—2021 密评",
    "",
]


def test_its_examples() -> None:
    assert doctest.testmod(bigrams) == (0, 1)


def test_every_run_of_two_or_more_is_found() -> None:
    terms = set(bigrams.split("城乡居民医保参保，由国务院卫生健康委员会"))
    for asked in ("医保", "居民医保", "医保参保", "卫生健康"):
        assert set(bigrams.split(asked)) <= terms
    assert "保由" not in terms, "a comma parts"


def test_a_question_is_searched_by_what_it_asks_about() -> None:
    assert bigrams.split("证书到期怎么办？") == ["证书", "书到", "到期"]


def test_the_browser_cuts_the_same() -> None:
    """Node.js is a peer of other tests of ``make test`` too."""
    node = shutil.which("node")
    if node is None:
        pytest.fail("Node.js is missing: tests/peers/install.sh installs it")
    script = f"{bigrams.SPLITTER}\nconsole.log(JSON.stringify({json.dumps(TEXTS)}.map(splitQuery)))"
    done = subprocess.run([node, "-e", script], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [bigrams.split(text) for text in TEXTS]
