"""Chinese is searched by pairs of characters, on both sides alike.

Sphinx cuts Chinese into words with a dictionary when it makes the index, and not at all what a reader types: 「出生登记」
is one word to the browser and two in the index. Pairs need no dictionary, and every run of two characters or more is found.
"""

from __future__ import annotations

import re
from typing import Any

QUOTES = "“”‘’「」『』《》"
"""They part no words: 停在“待人工” is found by 停在待人工."""
ASKING = "怎么办|怎么|怎样|如何|为什么|什么|吗|呢"
"""A question is searched by what it asks about."""
HAN = "\u3400-\u9fff\U00020000-\U0003ffff"
_RUN = re.compile(rf"[{HAN}]+|(?:(?![{HAN}])\w)+")
SPLITTER = r"""
const QUOTES = /[“”‘’「」『』《》]/g;
const ASKING = /怎么办|怎么|怎样|如何|为什么|什么|吗|呢/g;
const HAN = "[\\u3400-\\u9fff\\u{20000}-\\u{3ffff}]";
const RUN = new RegExp(`${HAN}+|(?:(?!${HAN})[\\p{L}\\p{N}_])+`, "gu");
const IS_HAN = new RegExp(`^${HAN}`, "u");
var splitQuery = (query) => (query.replace(QUOTES, "").replace(ASKING, " ").match(RUN) || []).flatMap((run) => {
  const signs = Array.from(run);
  if (!IS_HAN.test(run) || signs.length < 3) return [run];
  return signs.slice(1).map((sign, place) => signs[place] + sign);
});
"""
"""The same as ``split``, for the browser."""


def split(text: str) -> list[str]:
    """The terms under which a text is found; it is searched by the same.

    >>> split("出生“登记”用OA，见 wire.refused")
    ['出生', '生登', '登记', '记用', 'OA', '见', 'wire', 'refused']
    """
    plain = re.sub(ASKING, " ", re.sub(f"[{QUOTES}]", "", text))
    return [term for run in _RUN.findall(plain) for term in _terms(run)]


def _terms(run: str) -> list[str]:
    if len(run) < 3 or not re.match(f"[{HAN}]", run):
        return [run]
    return [run[place : place + 2] for place in range(len(run) - 1)]


def setup(app: Any) -> dict[str, bool]:
    """Called by Sphinx."""
    from sphinx.search import SearchLanguage

    class Pairs(SearchLanguage):
        lang = "zh"
        language_name = "Chinese"
        js_splitter_code = SPLITTER

        def split(self, text: str) -> list[str]:
            return split(text)

    app.add_search_language(Pairs)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
