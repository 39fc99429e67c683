"""Whose word a document is, in the words that all reports, lists and verifications use."""

from __future__ import annotations

from collections.abc import Iterable

WORDS = {"unit": "{title}签名（单位自管密钥）", "hub": "中枢代读{title}（中枢签名）"}
SHORT = {"unit": "单位签名", "hub": "中枢代读", "hub+unit": "两种都有", "": "—"}
OWN = "中枢自己的数据（中枢签名）"


def told(custody: str, title: str, *, own: bool = False) -> str:
    """``title`` is the provider's; ``own``: the provider is the hub's unit itself. Empty for a document
    that is gone.

    >>> told("hub", "公安分局"), told("unit", "医院")
    ('中枢代读公安分局（中枢签名）', '医院签名（单位自管密钥）')
    """
    if not custody:
        return ""
    return OWN if own else WORDS[custody].format(title=title)


def several(custodies: Iterable[str]) -> str:
    """Of many documents, as a key of ``SHORT``.

    >>> several(["unit", "", "hub", "unit"]), several([])
    ('hub+unit', '')
    """
    return "+".join(sorted(set(custodies) - {""}))
