"""Who got what: a value only of what was presented and asked for, with the meaning of a code."""

import pytest

from exchange import evidence_report_transfers as part
from exchange.evidence_verify import verify
from exchange.evidence_words import NOTE, AsSigned


class Words(AsSigned):
    """Codes have meanings, nothing has a title."""

    def meaning(self, kind, path, value):
        return "女性" if path == "/child/sex" else ""


@pytest.fixture(scope="module")
def moved(sm2):
    checked = verify(sm2.bundle, sm2.checker())
    return next(each for each in checked.transfers if "/child/sex" in each.disclosed)


def test_values_only_if_asked_for(moved):
    assert "/child/sex" in part.fields(moved, Words(), values=False)
    assert "/child/sex = 2（女性）" in part.fields(moved, Words(), values=True)
    assert not [each for each in part.fields(moved, Words(), values=False) if "女性" in each]


def test_what_was_not_presented_has_no_value(moved):
    from dataclasses import replace

    hidden = replace(moved, fields={})
    assert part.fields(hidden, Words(), values=True) == list(hidden.disclosed)


def test_the_note_stands_where_there_are_words(moved):
    class Own:
        """Not the bundle's."""

    assert part.note(Own()) == [NOTE]
    assert part.note(AsSigned()) == []
