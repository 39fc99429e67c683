"""The front-end machine's envelope: what it says without having been to the bank tells nothing."""

from __future__ import annotations

from typing import Any

import pytest

from adapters._bank_line import BankLine
from exchange.errors import Unknown
from exchange.ports import Reply

HEAD = "<INFO><FUNNAM>SCOPNACT</FUNNAM><RETCOD>0</RETCOD></INFO>"


class Machine:
    """Answers with one text, and keeps what it was sent."""

    def __init__(self, text: Any) -> None:
        self.text, self.sent = text, [("", "")]

    def call(self, operation: str, body: Any) -> Reply:
        self.sent.append((operation, body))
        return Reply(b"raw", self.text)

    def close(self) -> None:
        """Nothing is open."""


def _asked(text: Any) -> Any:
    return BankLine(Machine(text), "/", "hub").call("SCOPNACT", {"X": {"A": "1"}}).value


def test_a_request_declares_gbk_and_names_function_and_user() -> None:
    machine = Machine(f"<CMBSDKPGK>{HEAD}</CMBSDKPGK>")
    BankLine(machine, "/erp", "hub").call("SCOPNACT", {"SCOPNACX": {"CLTNAM": "张小直<"}})
    assert machine.sent[-1] == (
        "POST /erp",
        (
            '<?xml version="1.0" encoding="GBK"?><CMBSDKPGK><INFO><FUNNAM>SCOPNACT</FUNNAM>'
            "<DATTYP>2</DATTYP><LGNNAM>hub</LGNNAM></INFO>"
            "<SCOPNACX><CLTNAM>张小直&lt;</CLTNAM></SCOPNACX></CMBSDKPGK>"
        ),
    )


def test_the_sections_are_given_and_an_account_s_number_is_cut() -> None:
    section = "<Z><CRDNBR>A17000001</CRDNBR><ACCNBR>6217000000000000012</ACCNBR></Z>"
    found = _asked(f'<?xml version="1.0" encoding="GBK"?><CMBSDKPGK>{HEAD}{section}</CMBSDKPGK>')
    assert found == {"Z": {"CRDNBR": "A17000001", "ACCTAL": "0012"}}


@pytest.mark.parametrize("number", ["", "12", "****0012", "６２１７０００１"])
def test_what_is_no_account_has_no_tail(number: str) -> None:
    section = f"<Z><ACCNBR>{number}</ACCNBR><A>1</A></Z>"
    assert _asked(f"<CMBSDKPGK>{HEAD}{section}</CMBSDKPGK>") == {"Z": {"A": "1"}}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("CDCServer:通讯异常", "bank.front-end"),
        ("\ufeff ErrMsg:用户未登录 张小直", "bank.front-end"),
        ("<html>x</html>", "bank.unreadable-answer"),
        ("OK", "bank.unreadable-answer"),
        (None, "bank.unreadable-answer"),
        ("<CMBSDKPGK/>", "bank.unreadable-answer"),
        ("<CMBSDKPGK><INFO>0</INFO></CMBSDKPGK>", "bank.unreadable-answer"),
        (f"<OTHER>{HEAD}</OTHER>", "bank.unreadable-answer"),
        (f"<CMBSDKPGK>{HEAD.replace('ACT', 'XXX')}</CMBSDKPGK>", "bank.unreadable-answer"),
        (f"<!DOCTYPE a><CMBSDKPGK>{HEAD}</CMBSDKPGK>", "bank.unreadable-answer"),
        *[
            (f"<CMBSDKPGK>{HEAD.replace('>0<', f'>{code}<')}</CMBSDKPGK>", "bank.not-told")
            for code in ("-9", "-1", "1", "", "张小直")
        ],
    ],
)
def test_anything_else_is_unknown_and_quotes_nobody(text: Any, code: str) -> None:
    with pytest.raises(Unknown) as caught:
        _asked(text)
    assert caught.value.code == code
    assert caught.value.facts["function"] == "SCOPNACT"
    assert "张小直" not in repr(caught.value.facts)
