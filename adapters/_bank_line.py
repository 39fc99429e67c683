"""A bank's front-end machine: XML in GBK, posted; what it answers without having been to the bank.

Style: the bank-enterprise link of one bank whose documents are public (dossier C5). ``RETCOD`` 0 only
means that the bank was reached: what became of the business stands in its own section. Anything
else, and a line of words instead of XML, says nothing of the effect: asked after, never repeated.

Error map::

    CDCServer:… or ErrMsg:… instead of XML       Unknown  bank.front-end
    RETCOD other than 0 (−9, −1 …)               Unknown  bank.not-told
    no such XML, or about another function       Unknown  bank.unreadable-answer
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters import _fact
from adapters._account_tail import tail
from connectors import xml_in_text
from exchange.errors import Unknown
from exchange.ports import Connector, Reply

ROOT = "CMBSDKPGK"
_WORDS = ("CDCServer:", "ErrMsg:")


@dataclass(frozen=True, slots=True)
class BankLine:
    """A connector: the operation is a function's name, the body its sections."""

    over: Connector
    """The wire that posts a text and gives one."""
    path: str
    login: str
    """The user of the front-end machine (LGNNAM)."""

    def call(self, operation: str, body: Any) -> Reply:
        """Raises what the wire raises, and ``Unknown`` for an answer that tells nothing."""
        head = {"FUNNAM": operation, "DATTYP": "2", "LGNNAM": self.login}
        text = xml_in_text.written(ROOT, {"INFO": head, **body}, "GBK")
        reply = self.over.call(f"POST {self.path}", text)
        return Reply(reply.raw, _told(reply.value, operation))

    def close(self) -> None:
        """Close the wire."""
        self.over.close()


def _told(text: object, function: str) -> dict[str, Any]:
    if isinstance(text, str) and text.lstrip("\ufeff \r\n\t").startswith(_WORDS):
        raise Unknown("bank.front-end", function=function)
    try:
        root = xml_in_text.root(text)
        found = xml_in_text.value(root)
    except xml_in_text.NoXmlError:
        raise Unknown("bank.unreadable-answer", function=function) from None
    head = found.get("INFO") if isinstance(found, Mapping) else None
    if root.tag != ROOT or not isinstance(head, Mapping) or head.get("FUNNAM") != function:
        raise Unknown("bank.unreadable-answer", function=function)
    code = str(head.get("RETCOD", "")).strip()
    if code != "0":
        raise Unknown("bank.not-told", function=function, code=_fact.code(code))
    return {name: _cut(section) for name, section in found.items() if name != "INFO"}


def _cut(section: Any) -> Any:
    """An account's number goes no further than here: its last four digits do.

    >>> _cut({"ACCNBR": "6217000000000001234", "CRDNBR": "A17"})
    {'CRDNBR': 'A17', 'ACCTAL': '1234'}
    """
    if not isinstance(section, Mapping) or "ACCNBR" not in section:
        return section
    left = {name: each for name, each in section.items() if name != "ACCNBR"}
    known = tail(section["ACCNBR"])
    return left | ({"ACCTAL": known} if known else {})
