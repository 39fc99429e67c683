"""A line of the books as the answer to a question that the system itself does not take."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from exchange import canonical
from exchange.errors import Fatal, Rejected
from exchange.ports import BookEntry, Prepared
from zhida.booked import Booked

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ASKED = Prepared("do", "k1", None)


class Silent:
    """An adapter that must not be spoken with."""

    operations: dict[str, Any] = {}  # noqa: RUF012


def _booked(state: Any) -> Booked:
    return Booked(Silent(), BookEntry("k1", "N1", state, AT))  # type: ignore[arg-type]


def test_an_applied_line_is_an_answer_with_its_reference() -> None:
    answer = _booked("applied").probe(ASKED)
    assert (answer.reference, answer.as_of, answer.waiting, answer.record) == (
        "N1",
        AT,
        False,
        None,
    )
    assert canonical.loads(answer.raw)["effect"] == "k1"


def test_a_waiting_line_is_stored_and_not_over() -> None:
    assert _booked("waiting").probe(ASKED).waiting


def test_a_refused_line_is_a_refusal() -> None:
    with pytest.raises(Rejected) as caught:
        _booked("refused").probe(ASKED)
    assert canonical.loads(caught.value.raw)["state"] == "refused"


def test_any_content_may_be_asked_about_and_nothing_is_ever_sent() -> None:
    booked = _booked("applied")
    assert booked.prepare("do", {}, "k1") == ASKED
    for send in (booked.submit, booked.fetch):
        with pytest.raises(Fatal):
            send(ASKED)
