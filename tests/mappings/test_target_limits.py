"""The limits of targets, at their edges: a text arrives whole or is refused, and is never cut.

40 bytes of GBK for a name (the police's births), NVARCHAR2(20) for a number or a name (units of
UTF-16), 62 bytes of GBK for the purpose of a payment (a bank). Dossier D-04, D-06.
"""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.errors import Invalid
from mappings.compiler import Mapping
from mappings.encoding import encode
from mappings.faults import Fault
from mappings.text_check import text_check, utf16_units

pytestmark = pytest.mark.guarantee("G14")

Build = Callable[[str], Mapping]
POLICE = {"encoding": "gbk", "max_bytes": 40}
ORACLE = {"encoding": "utf-8", "max_utf16": 20}
BANK = {"encoding": "gbk", "max_bytes": 62}
MYSQL = {"encoding": "utf-8", "max_chars": 20}
LONG = "阿卜杜热西提·阿卜杜热合曼"
TEXT = st.text("张三·aB李", max_size=64) | st.text("张𬀩㛃䶮a", max_size=40)


def told(limits: dict[str, object], text: str) -> dict[str, object] | str:
    """The text as it arrives, or the facts of its refusal."""
    try:
        return str(text_check(**limits)(text))  # type: ignore[arg-type]
    except Fault as fault:
        return fault.facts


@pytest.mark.parametrize(
    ("limits", "longest", "unit"),
    [
        (POLICE, "张" * 20, "gbk bytes"),
        (POLICE, "张" * 19 + "ab", "gbk bytes"),
        (POLICE, LONG + "·小直小直小直", "gbk bytes"),
        (BANK, "款" * 31, "gbk bytes"),
        (BANK, "款" * 30 + "ab", "gbk bytes"),
        (ORACLE, "张" * 20, "UTF-16 units"),
        (ORACLE, "𬀩" * 10, "UTF-16 units"),
        (ORACLE, "张" * 18 + "𬀩", "UTF-16 units"),
        (MYSQL, "𬀩" * 20, "characters"),
    ],
)
def test_the_longest_that_fits_passes_and_one_more_is_refused(
    limits: dict[str, object], longest: str, unit: str
) -> None:
    assert told(limits, longest) == longest
    for more in ("a", "张"):
        refused = told(limits, longest + more)
        assert isinstance(refused, dict)
        assert refused["unit"] == unit
        assert int(str(refused["length"])) > int(str(refused["limit"]))


def test_the_last_byte_is_not_enough_for_a_han_character() -> None:
    """39 of 40 bytes are taken: half a character would be a damaged one."""
    assert told(POLICE, "张" * 19 + "a") == "张" * 19 + "a"
    refused = told(POLICE, "张" * 19 + "a张")
    assert isinstance(refused, dict)
    assert refused["length"] == 41


def test_a_surrogate_pair_is_not_split_at_the_edge() -> None:
    refused = told(ORACLE, "张" * 19 + "𬀩")
    assert refused == {"limit": 20, "length": 21, "unit": "UTF-16 units"}
    assert told({"max_chars": 20}, "张" * 19 + "𬀩") == "张" * 19 + "𬀩"


def test_a_rare_character_is_refused_by_name_before_its_length_is_counted() -> None:
    refused = told(POLICE, "张㛃")
    assert isinstance(refused, dict)
    assert refused["character"] == "U+36C3"


@settings(max_examples=300)
@given(TEXT, st.sampled_from([POLICE, ORACLE, BANK, MYSQL]))
def test_a_text_arrives_whole_or_not_at_all(text: str, limits: dict[str, object]) -> None:
    arrived = told(limits, text)
    if isinstance(arrived, str):
        assert arrived == text
        assert utf16_units(text) <= int(str(limits.get("max_utf16", 1000)))
        if "max_bytes" in limits:
            assert len(encode(text, "gbk")) <= int(str(limits["max_bytes"]))


@given(st.text())
def test_units_of_utf16_are_what_the_codec_makes(text: str) -> None:
    assert utf16_units(text) == len(text.encode("utf-16-le", "surrogatepass")) // 2


def test_a_mapping_file_states_the_limit_and_the_problem_names_it(one_rule: Build) -> None:
    mapping = one_rule("{to: /out, from: /a, text: {max_utf16: 20}}")
    assert mapping.apply({"a": "𬀩" * 10}) == {"out": "𬀩" * 10}
    with pytest.raises(Invalid) as caught:
        mapping.apply({"a": "𬀩" * 11})
    facts = caught.value.facts
    assert caught.value.code == "mapping.too-long"
    assert (facts["limit"], facts["length"], facts["unit"]) == (20, 22, "UTF-16 units")
    assert "𬀩" not in str(facts)
