"""Names of organisations compared: brackets, width and company form, apart from what is stored.

（） and () are one sign written twice: equal. 有限公司 and 有限责任公司 are two names for one company form
in the law (公司法): a register may write either, so they are *alike* and not the same; the unified
social credit code decides. 股份有限公司 is another form and stays different. Dossier D-24.
"""

from __future__ import annotations

import re

from mappings import names
from mappings.names import Match

_OPEN, _CLOSE = "（〔【［[{〖「『《〈", "）〕】］]}〗」』》〉"
_BRACKETS = str.maketrans(_OPEN + _CLOSE, "(" * len(_OPEN) + ")" * len(_CLOSE))
_SIGNS = re.compile(r"[()\s·\"'“”‘’,，、\-－—–]")
_LONG_FORM, _SHORT_FORM = "有限责任公司", "有限公司"


def comparison_form(name: str) -> str:
    """The form by which two spellings of one name are equal. Not for storing, showing or sending.

    >>> comparison_form("南京示例（集团） 有限公司") == comparison_form("南京示例(集团)有限公司")
    True
    """
    return names.comparison_form(name).translate(_BRACKETS)


def weak_form(name: str) -> str:
    """The second key: one company form for the limited company; no brackets, quotes, dots, spaces.

    >>> weak_form("南京示例（集团）有限责任公司") == weak_form("南京示例集团有限公司")
    True
    >>> weak_form("南京示例股份有限公司") == weak_form("南京示例有限公司")
    False
    """
    return _SIGNS.sub("", comparison_form(name)).replace(_LONG_FORM, _SHORT_FORM)


def same_name(one: str, other: str) -> bool:
    """Whether both are one name, written in whatever way. False where nobody can tell.

    >>> same_name("示例（南京）有限公司", "示例(南京)有限公司"), same_name("甲有限公司", "甲有限责任公司")
    (True, False)
    """
    return match(one, other) is Match.SAME


def match(one: str, other: str) -> Match:
    """The two names compared.

    >>> match("甲有限公司", "甲有限责任公司").value, match("甲有限公司", "乙有限公司").value
    ('alike', 'different')
    """
    return names.matched(one, other, comparison_form, weak_form)
