"""The bank's answers, word by word: only FIN and S about our own reference and card is an account."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from adapters import _short_key, bank
from exchange.errors import Rejected, Unknown
from exchange.ports import Endpoint, Prepared

KEY = "5f" * 16
TOLD = {
    "YURREF": _short_key.shortened(KEY),
    "REQNBR": "0000000007",
    "CRDNBR": "A17000001",
    "REQSTS": "FIN",
    "RTNFLG": "S",
    "ACCNBR": "6217000000000000012",
    "OPNDAT": "20260109",
}


@pytest.fixture
def adapter(canned: Any) -> Iterator[bank.Bank]:
    opened = bank.open_system({"bank": "102"}, Endpoint(canned.address, "hub"))
    yield opened
    opened.close()


@pytest.fixture
def prepared(adapter: bank.Bank, citizen: Any, declaration: Any) -> Prepared:
    card = {"citizen_id": citizen["citizen_id"], "card_number": "A17000001", "bank": "102"}
    inputs = {"card": card, "citizen": citizen, "declaration": declaration}
    return adapter.prepare("open_card_account", inputs, KEY)


def _answers(canned: Any, function: str = "SCOPNACT", **changed: str) -> None:
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in {**TOLD, **changed}.items())
    _says(canned, f"<SCOPNACZ>{inner}</SCOPNACZ>", function)


def _says(canned: Any, section: str, function: str = "SCOPNACT") -> None:
    head = f"<INFO><FUNNAM>{function}</FUNNAM><RETCOD>0</RETCOD></INFO>"
    text = f'<?xml version="1.0" encoding="GBK"?><CMBSDKPGK>{head}{section}</CMBSDKPGK>'
    canned.will_answer(text.encode("gbk"), media="text/xml")


def test_an_account_is_a_document_with_four_digits(
    canned: Any, adapter: bank.Bank, prepared: Prepared
) -> None:
    _answers(canned)
    answer = adapter.submit(prepared)
    assert answer.reference == "0000000007"
    assert answer.record == {
        "card_number": "A17000001",
        "account_tail": "0012",
        "reference": "0000000007",
        "opened_on": "2026-01-09",
    }
    assert canned.headers[0]["content-type"] == "text/xml; charset=GBK"
    assert prepared.effect_key == KEY


@pytest.mark.parametrize("state", ["AUT", "NTE", "BNK", "WRF", "OPR", "APW"])
def test_what_the_bank_still_works_on_is_stored(
    canned: Any, adapter: bank.Bank, prepared: Prepared, state: str
) -> None:
    _answers(canned, REQSTS=state, RTNFLG="", ACCNBR="")
    assert adapter.submit(prepared).waiting
    canned.answers.clear()
    _answers(canned, "SCQRYACT", REQSTS=state, RTNFLG="", ACCNBR="")
    assert adapter.probe(prepared).waiting  # type: ignore[union-attr]


def test_a_no_is_the_bank_s_own(canned: Any, adapter: bank.Bank, prepared: Prepared) -> None:
    _answers(canned, RTNFLG="F", ERRCOD="SCB0001", ERRTXT="客户信息不符")
    with pytest.raises(Rejected) as caught:
        adapter.submit(prepared)
    assert (caught.value.reason, caught.value.facts["code"]) == ("客户信息不符", "SCB0001")


@pytest.mark.parametrize(
    "changed", [{"RTNFLG": "R"}, {"RTNFLG": ""}, {"REQSTS": "XXX"}, {"REQSTS": "", "RTNFLG": "F"}]
)
def test_a_state_that_is_not_agreed_is_unknown(
    canned: Any, adapter: bank.Bank, prepared: Prepared, changed: dict[str, str]
) -> None:
    _answers(canned, **changed)
    with pytest.raises(Unknown) as caught:
        adapter.submit(prepared)
    assert caught.value.code == "generic.unclear"


def test_reached_and_nothing_said_is_unknown(
    canned: Any, adapter: bank.Bank, prepared: Prepared
) -> None:
    _says(canned, "")
    with pytest.raises(Unknown):
        adapter.submit(prepared)


@pytest.mark.parametrize("changed", [{"YURREF": "OTHER"}, {"CRDNBR": "A17000002"}, {"YURREF": ""}])
def test_an_answer_about_another_is_not_believed(
    canned: Any, adapter: bank.Bank, prepared: Prepared, changed: dict[str, str]
) -> None:
    for ask, function in ((adapter.submit, "SCOPNACT"), (adapter.probe, "SCQRYACT")):
        canned.answers.clear()
        _answers(canned, function, **changed)
        with pytest.raises(Unknown) as caught:
            ask(prepared)
        assert caught.value.code == "generic.answer-about-another"


def test_only_the_bank_s_word_that_there_is_none_means_not_there(
    canned: Any, adapter: bank.Bank, prepared: Prepared
) -> None:
    _says(canned, "<SCQRYACZ><RECCNT>0</RECCNT></SCQRYACZ>", "SCQRYACT")
    assert adapter.probe(prepared) is None
    assert f"<YURREF>{TOLD['YURREF']}</YURREF>".encode() in canned.requests[-1][1]
    canned.answers.clear()
    _says(canned, "", "SCQRYACT")
    with pytest.raises(Unknown):
        adapter.probe(prepared)


def test_an_account_that_cannot_be_read_is_unknown(
    canned: Any, adapter: bank.Bank, prepared: Prepared
) -> None:
    _answers(canned, ACCNBR="***")
    with pytest.raises(Unknown) as caught:
        adapter.submit(prepared)
    assert caught.value.code == "generic.answer-not-understood"
