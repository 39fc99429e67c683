"""Every identifier module has the same verbs; an unknown name is answered with the nearest."""

from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import Fatal, Invalid
from exchange.problems import describe
from mappings.identifiers import catalogue

VALID = {
    "bank_card": "6225 8814 1420 7430",
    "birth_certificate": "x320117001",
    "cnaps": "102100099996",
    "e_certificate": "1.2.156.3005.2.BIRTH.12320117MB1A000017.X320117001.001.0",
    "gb11643": "130503670401001",
    "gb11714": "M000100Y-4",
    "gb32100": "91350100m000100y43",
    "invoice_code": "3200171130",
    "invoice_number": "25322000000012345678",
    "medical_insurance_division": "320199",
}
SIGNS = st.text("0123456789XxYOI-－ 　．.张\u200b", max_size=21) | st.text(max_size=21)


def test_every_module_of_the_folder_that_has_the_verbs_is_listed() -> None:
    folder = Path(import_module("mappings.identifiers.catalogue").__file__ or "").parent
    modules = [import_module(f"mappings.identifiers.{f.stem}") for f in folder.glob("[a-z]*.py")]
    found = {m.__name__.rpartition(".")[2] for m in modules if hasattr(m, "validate")}
    assert found == set(catalogue.NAMES) == set(VALID)


@pytest.mark.parametrize("name", catalogue.NAMES)
def test_the_same_verbs_everywhere(name: str) -> None:
    known = catalogue.find(name)
    clean = known.validate(VALID[name])
    assert known.is_valid(VALID[name])
    assert known.validate(known.compact(known.format(VALID[name]))) == clean
    assert known.title
    assert known.source
    assert catalogue.validator(name) is known.validate
    assert all(each.code.startswith("identifier.") for each in known.warnings(VALID[name]))


@pytest.mark.parametrize("name", catalogue.NAMES)
@given(text=SIGNS)
def test_any_text_is_valid_or_told_and_never_a_defect(name: str, text: str) -> None:
    known = catalogue.find(name)
    try:
        clean = known.validate(text)
    except Invalid as error:
        assert not known.is_valid(text)
        assert set(error.facts) == {"scheme", "mask"}
        with pytest.raises(Invalid):
            known.warnings(text)
        return
    assert known.validate(clean) == clean
    for each in known.warnings(text):
        assert clean not in str(each.facts)
        assert describe(each.code, each.facts)[1], "every warning says what to do"


def test_only_listed_names_are_imported_and_the_nearest_is_told() -> None:
    for wrong, near in (("os", "birth"), ("gb32010", "gb32100"), ("bank-card", "bank_card")):
        with pytest.raises(Fatal) as caught:
            catalogue.find(wrong)
        assert caught.value.code == "identifier.no-such"
        assert near in str(caught.value.facts["nearest"])
