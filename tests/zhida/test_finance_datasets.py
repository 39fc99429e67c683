"""A name that is none is told with its place and the nearest that is one."""

import pytest

from exchange.errors import Invalid
from tests.zhida import finance_stores
from tests.zhida.finance_town import DATASETS, Place
from zhida import finance_datasets, finance_letters

place = finance_stores.place


def test_each_slip_is_told() -> None:
    with pytest.raises(Invalid) as caught:
        finance_datasets.require_known(["tax", "cuort", "taxx"], ["tax", "court"])
    told = [(each.code, each.facts) for each in caught.value.problems]
    assert told == [
        ("finance.unknown-dataset", {"path": "/datasets/1", "nearest": "court"}),
        ("finance.unknown-dataset", {"path": "/datasets/2", "nearest": "tax"}),
    ]


def test_such_a_letter_is_not_taken_in(place: Place) -> None:
    def take(datasets: list[str]) -> finance_letters.Letter:
        token = place.firm.letter(datasets=datasets)
        return finance_letters.take(
            place.hub, place.rules, bank="bank-a", token=token, known=DATASETS
        )

    with pytest.raises(Invalid, match=r"finance\.unknown-dataset"):
        take(["invoice", "invoces"])
    assert take(["invoice"]).row.datasets == "invoice"  # the number is still free
