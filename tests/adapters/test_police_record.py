"""One child's record for the birth register: rules that the mapping cannot say."""

from __future__ import annotations

from typing import Any

import pytest

from adapters import _police_record
from exchange.errors import Invalid

Record = dict[str, Any]


def _of(birth: Record, declaration: Record) -> dict[str, str]:
    return _police_record.of({"birth": birth, "declaration": declaration}, "k1")[0]


def _problems(birth: Record, declaration: Record) -> list[tuple[str, object]]:
    with pytest.raises(Invalid) as caught:
        _of(birth, declaration)
    return [(p.code, p.facts["path"]) for p in caught.value.problems]


def test_the_fields_stand_in_the_register_s_order(birth: Record, declaration: Record) -> None:
    fields = _of(birth, declaration)
    assert " ".join(fields) == (
        "postid cszmbh xm xb mz csrq cssj csdssxq csdxz lhsfz mqxm mqgmsfhm fqxm fqgmsfhm "
        "sbrxm sbrsfz sbrlxdh jhryxm jhrygmsfhm jhryjhgx"
    )
    assert (fields["postid"], fields["csrq"], fields["cssj"]) == ("k1", "20260105", "0130")


def test_the_applicant_is_guardian_one_with_the_relation_s_code(
    birth: Record, declaration: Record
) -> None:
    assert _of(birth, declaration)["jhryjhgx"] == "52"
    declaration["applicant"]["relation"] = "father"
    assert _of(birth, declaration)["jhryjhgx"] == "51"


def test_a_declared_ethnicity_counts_before_the_parents(birth: Record, declaration: Record) -> None:
    declaration["child"]["ethnicity"] = "05"
    assert _of(birth, declaration)["mz"] == "05"


def test_without_a_declaration_the_parents_common_ethnicity_counts(
    birth: Record, declaration: Record
) -> None:
    del declaration["child"]["ethnicity"]
    assert _of(birth, declaration)["mz"] == "01"


@pytest.mark.parametrize("father", [{"ethnicity": "05"}, {"ethnicity": None}, None])
def test_where_the_parents_differ_or_one_is_not_stated_the_ethnicity_must_be_declared(
    birth: Record, declaration: Record, father: Record | None
) -> None:
    del declaration["child"]["ethnicity"]
    declaration["household"]["follows"] = "mother"
    if father is None:
        del birth["father"]
    elif father["ethnicity"] is None:
        del birth["father"]["ethnicity"]
    else:
        birth["father"] |= father
    expected = [("police.ethnicity-not-declared", "/declaration/child/ethnicity")]
    assert _problems(birth, declaration) == expected


def test_the_household_follows_the_chosen_parent(birth: Record, declaration: Record) -> None:
    assert _of(birth, declaration)["lhsfz"] == birth["father"]["id_number"]
    declaration["household"]["follows"] = "mother"
    assert _of(birth, declaration)["lhsfz"] == birth["mother"]["id_number"]


def test_without_a_father_his_fields_are_absent(birth: Record, declaration: Record) -> None:
    del birth["father"]
    declaration["household"]["follows"] = "mother"
    fields = _of(birth, declaration)
    assert "fqxm" not in fields
    assert "fqgmsfhm" not in fields


def test_a_father_who_is_not_recorded_cannot_be_followed(
    birth: Record, declaration: Record
) -> None:
    del birth["father"]
    assert ("police.no-father", "/declaration/household/follows") in _problems(birth, declaration)


def test_a_parent_with_a_passport_goes_the_manual_way(birth: Record, declaration: Record) -> None:
    birth["mother"] |= {"id_type": "03", "id_number": "T0000001"}
    assert _problems(birth, declaration) == [("police.not-a-citizen", "/birth/mother/id_type")]


def test_two_documents_about_two_certificates_are_refused(
    birth: Record, declaration: Record
) -> None:
    declaration["certificate"]["number"] = "X320117002"
    expected = [("police.another-certificate", "/declaration/certificate/number")]
    assert _problems(birth, declaration) == expected


@pytest.mark.parametrize(
    ("name", "character"), [("张𬀩", "U+2C029"), ("张㛃", "U+36C3"), ("张䶮", "U+4DAE")]
)
def test_a_character_outside_gbk_is_named_with_its_field(
    birth: Record, declaration: Record, name: str, character: str
) -> None:
    declaration["child"]["name"] = name
    with pytest.raises(Invalid) as caught:
        _of(birth, declaration)
    assert caught.value.code == "mapping.cannot-encode"
    assert caught.value.facts["path"] == "/declaration/child/name"
    assert caught.value.facts["character"] == character


def test_a_long_name_with_a_dot_fits_and_a_longer_one_is_refused_and_never_cut(
    birth: Record, declaration: Record
) -> None:
    declaration["child"]["name"] = "阿卜杜热西提·阿卜杜热合曼"
    assert _of(birth, declaration)["xm"] == "阿卜杜热西提·阿卜杜热合曼"
    declaration["child"]["name"] = "阿" * 21
    assert _problems(birth, declaration) == [("mapping.too-long", "/declaration/child/name")]


def test_a_withheld_field_is_named_by_its_path(birth: Record, declaration: Record) -> None:
    del birth["child"]["birth_time"]
    del declaration["applicant"]["phone"]
    assert _problems(birth, declaration) == [
        ("mapping.missing", "/birth/child/birth_time"),
        ("mapping.missing", "/declaration/applicant/phone"),
    ]


def test_fields_that_are_not_needed_may_all_be_withheld(birth: Record, declaration: Record) -> None:
    whole = _of(birth, declaration)
    for record, names in (
        (birth, ["facility"]),
        (declaration, ["certificate", "insurance", "declared_on", "consent"]),
        (birth["certificate"], ["issued_on", "issuer"]),
        (birth["child"], ["order", "multiple"]),
        (birth["mother"], ["nationality", "id_type"]),
        (birth["father"], ["nationality", "id_type"]),
    ):
        for name in names:
            del record[name]
    assert _of(birth, declaration) == whole


def test_a_miswritten_number_of_an_identity_card_is_told_as_miswritten(
    birth: Record, declaration: Record
) -> None:
    birth["mother"]["id_number"] = "320117199303120026"
    expected = [("identifier.wrong-check-digit", "/birth/mother/id_number")]
    assert _problems(birth, declaration) == expected


def test_an_applicant_without_a_citizen_number_is_told_once(
    birth: Record, declaration: Record
) -> None:
    declaration["applicant"]["id_number"] = "E12345678"
    expected = [("police.no-citizen-number", "/declaration/applicant/id_number")]
    assert _problems(birth, declaration) == expected


def test_a_number_is_sent_in_the_register_s_spelling_wherever_it_stands(
    birth: Record, declaration: Record
) -> None:
    birth["mother"]["id_number"] = "11010519491231002x"
    declaration["household"]["follows"] = "mother"
    fields = _of(birth, declaration)
    assert fields["mqgmsfhm"] == fields["lhsfz"] == "11010519491231002X"
