"""All are counted, few are written down."""

from zhida.signer_refusals import Refusals, is_told


def test_each_asker_has_a_count_of_its_own_up_to_a_thousand() -> None:
    found = Refusals()
    assert [found.count("a"), found.count("a"), found.count("b")] == [1, 2, 1]
    for number in range(2000):
        found.count(str(number))
    assert found.count("one more") > 1000
    assert found.count("a") == 3


def test_of_a_million_about_a_hundred_are_told() -> None:
    assert sum(map(is_told, range(1, 1_000_001))) == 113
