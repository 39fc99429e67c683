"""The hospital: birth messages to birth records, and signed records by certificate number."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters import hospital
from connectors.memory import Memory
from exchange import times
from exchange.errors import Fatal, Forbidden, Invalid, Rejected, Retriable
from mappings import shapes


def _problems(text: str) -> set[tuple[str, object]]:
    with pytest.raises(Invalid) as caught:
        hospital.read_birth(text.encode())
    return {(p.code, p.facts.get("path")) for p in caught.value.problems}


def test_a_whole_message_becomes_a_birth_record(er7: str) -> None:
    record = hospital.read_birth(er7.encode())
    shapes.validate("birth-record", record)
    assert record["certificate"]["number"] == "X320117001"
    assert record["child"]["birth_date"] == "2026-01-05"
    assert record["child"]["birth_time"] == "01:30"
    assert record["child"]["length_mm"] == 505
    assert record["child"]["gestation_days"] == 276
    assert record["father"]["ethnicity"] == "02"
    assert record["facility"]["uscc"] == "12320117MB1A000017"


@pytest.mark.parametrize("name", ["李㛃", "李𬀩", "李䶮", "阿卜杜热西提·阿卜杜热合曼", "李\u9fb4"])
@pytest.mark.parametrize(("label", "codec"), [("UNICODE UTF-8", "utf-8"), ("GBK", "gb18030")])
def test_rare_names_come_through_unchanged(er7: str, name: str, label: str, codec: str) -> None:
    text = er7.replace("UNICODE UTF-8", label).replace("李小达", name)
    assert hospital.read_birth(text.encode(codec))["mother"]["name"] == name


def test_a_father_who_is_not_recorded_is_absent_as_a_whole(er7: str) -> None:
    without = "\r".join(line for line in er7.split("\r") if "|FTH^" not in line)
    assert "father" not in hospital.read_birth(without.encode())


def test_a_father_crossed_out_with_slashes_is_absent_as_a_whole(er7: str) -> None:
    lines = [line for line in er7.split("\r") if "|FTH^" not in line]
    lines.insert(4, "NK1|2|/|FTH^Father^HL70063||||||||||||||||/||||||||||||||/||/")
    assert "father" not in hospital.read_birth("\r".join(lines).encode())


def test_an_ethnicity_of_a_slash_is_absent(er7: str) -> None:
    record = hospital.read_birth(er7.replace("^^^^01||02", "^^^^01||/").encode())
    assert "ethnicity" not in record["father"]
    assert record["father"]["name"] == "张大直"


def test_twins_are_two_messages_that_differ_in_certificate_and_order(er7: str) -> None:
    first = er7.replace("|N|1\r", "|Y|1\r")
    second = first.replace("|Y|1\r", "|Y|2\r").replace("X320117001", "X320117002")
    one, two = (hospital.read_birth(text.encode()) for text in (first, second))
    assert (one["child"]["order"], two["child"]["order"]) == (1, 2)
    assert one["child"]["multiple"]
    assert one["certificate"] != two["certificate"]
    assert one["mother"] == two["mother"]


def test_every_problem_is_told_at_once_by_the_field_s_hl7_name(er7: str) -> None:
    bad = er7.replace("|M|", "|Q|").replace("202601050130", "202602300130")
    bad = bad.replace("X320117001", "X32011700").replace("^^^^01||02", "^^^^01||60")
    bad = bad.replace("3350|g", "3.35|kg")
    assert {
        ("mapping.unknown-code", "PID-8"),
        ("mapping.not-a-date", "PID-7"),
        ("identifier.wrong-length", "ZCS-1"),
        ("mapping.unknown-code", "NK1(FTH)-35"),
        ("hospital.unexpected-unit", "OBX(8339-4)-5"),
    } <= _problems(bad)


def test_a_missing_segment_is_one_problem_and_not_one_a_field(er7: str) -> None:
    without = "\r".join(line for line in er7.split("\r") if not line.startswith("ZCS"))
    assert _problems(without) == {("hospital.missing-segment", "ZCS")}


def test_a_division_that_was_abolished_before_the_birth_is_refused(er7: str) -> None:
    """白下区 320103 became part of 秦淮区 in 2013."""
    assert "|320117" in er7
    found = _problems(er7.replace("|320117", "|320103"))
    assert found == {("mapping.code-not-in-force", "ZCS-5")}


def test_a_wrong_check_digit_is_found(er7: str) -> None:
    found = _problems(er7.replace("320117199303120025", "320117199303120026"))
    assert found == {("shape.wrong-format", "/mother/id_number")}


def test_no_problem_carries_a_value(er7: str) -> None:
    bad = er7.replace("|M|", "|Q|").replace("320117199303120025", "320117199303120026")
    with pytest.raises(Invalid) as caught:
        hospital.read_birth(bad.encode())
    told = str([(p.code, p.facts) for p in caught.value.problems])
    for value in ("李小达", "320117199303120026", "X320117001"):
        assert value not in told


@given(st.binary(max_size=300))
def test_random_bytes_raise_only_our_errors(raw: bytes) -> None:
    with pytest.raises(Invalid):
        hospital.read_birth(raw)


@given(st.data())
def test_a_damaged_message_is_a_record_or_an_invalid(er7: str, data: st.DataObject) -> None:
    raw = bytearray(er7.encode())
    for _ in range(data.draw(st.integers(1, 5))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        shapes.validate("birth-record", hospital.read_birth(bytes(raw)))
    except Invalid:
        return


# --- the hub's side: ask the signer -------------------------------------------------------------


def _asked(answer: Any) -> Any:
    adapter = hospital.Hospital(Memory({"POST /query": answer}))
    inputs = {"declaration": {"certificate": {"number": "X320117001"}, "child": {"name": "张小直"}}}
    return adapter.fetch(adapter.prepare("birth_record", inputs, "k1"))


def test_only_the_certificate_s_number_leaves_for_the_hospital() -> None:
    sent: list[Any] = []
    answer = _asked(lambda body: sent.append(body) or {"document": "eyJ~a~"})
    assert sent == [{"kind": "birth-record", "identity": {"/certificate/number": "X320117001"}}]
    assert answer.signed == "eyJ~a~"


def test_a_birth_that_is_not_recorded_yet_lets_the_case_wait(canned: Any) -> None:
    canned.will_answer(b'{"code":"no-such-document"}', status=404, media="application/json")
    adapter = hospital.open_system({}, canned.endpoint())
    prepared = adapter.prepare(
        "birth_record", {"declaration": {"certificate": {"number": "X1"}}}, "k"
    )
    answer = adapter.fetch(prepared)
    adapter.close()
    assert answer.waiting
    assert not answer.signed
    assert answer.raw == b'{"code":"no-such-document"}'
    assert canned.requests[0][0] == "/query"


@pytest.mark.parametrize("body", [b"<html>404</html>", b'{"code":"other"}', b"[1]", b""])
def test_a_404_of_a_wrong_path_is_not_taken_for_a_missing_birth(canned: Any, body: bytes) -> None:
    canned.will_answer(body, status=404, media="application/json")
    adapter = hospital.open_system({}, canned.endpoint())
    prepared = adapter.prepare(
        "birth_record", {"declaration": {"certificate": {"number": "X1"}}}, "k"
    )
    with pytest.raises(Rejected) as caught:
        adapter.fetch(prepared)
    adapter.close()
    assert caught.value.code == "wire.status-refused"


@pytest.mark.parametrize("answer", [{}, {"document": ""}, {"document": 7}, [], "x"])
def test_an_answer_without_a_document_is_asked_for_again(answer: Any) -> None:
    with pytest.raises(Retriable) as caught:
        _asked(lambda body: answer)
    assert caught.value.code == "hospital.unreadable-answer"


def test_a_withheld_certificate_number_names_its_path() -> None:
    adapter = hospital.Hospital(Memory({}))
    with pytest.raises(Invalid) as caught:
        adapter.prepare("birth_record", {"declaration": {"child": {"name": "张小直"}}}, "k1")
    assert caught.value.code == "hospital.withheld"
    assert caught.value.facts == {"path": "/declaration/certificate/number"}


def test_nothing_is_done_in_a_hospital_s_system() -> None:
    adapter = hospital.Hospital(Memory({}))
    assert not adapter.operations["birth_record"].effect
    with pytest.raises(Fatal, match=r"hospital\.no-such-operation"):
        adapter.prepare("delete_birth", {}, "k1")


def test_a_message_tells_when_the_hospital_wrote_it_down(er7: str) -> None:
    told = hospital.read_message(er7.encode())
    assert told.kind == "birth-record"
    event = next(line for line in er7.split("\r") if line.startswith("EVN"))
    for stamp, utc in (
        ("20260106090000.5", "2026-01-06T01:00:00.500000Z"),
        ("20260106090000", "2026-01-06T01:00:00.000000Z"),
        ("20260106090000+0000", "2026-01-06T09:00:00.000000Z"),
    ):
        at = hospital.read_message(er7.replace(event, f"EVN|A28|{stamp}").encode()).recorded_at
        assert at is not None
        assert times.stamp(at) == utc
    for vague in ("", "20260106", "20261306090000"):
        text = er7.replace(event, f"EVN|A28|{vague}")
        assert hospital.read_message(text.encode()).recorded_at is None


def test_a_birth_told_anew_reads_like_a_birth(er7: str) -> None:
    anew = er7.replace("ADT^A28", "ADT^A08")
    assert hospital.read_message(anew.encode()).record == hospital.read_birth(er7.encode())


def test_a_deletion_names_the_certificate_and_nothing_else(er7: str) -> None:
    told = hospital.read_message(er7.replace("ADT^A28", "ADT^A29").encode())
    assert told.kind == "revocation"
    assert told.record == {"kind": "birth-record", "certificate": {"number": "X320117001"}}


def test_a_deletion_of_nothing_is_invalid(er7: str) -> None:
    text = er7.replace("ADT^A28", "ADT^A29").replace("ZCS|X320117001", "ZCS|")
    with pytest.raises(Invalid) as caught:
        hospital.read_message(text.encode())
    assert caught.value.code == "hospital.missing-segment"


def _changes(answer: Any) -> hospital.Hospital:
    return hospital.Hospital(Memory({"POST /changes": lambda body: answer}))


def test_changes_come_as_signed_documents_with_the_next_place() -> None:
    told = {
        "documents": [
            {"document": "a.b.c~", "kind": "birth-record"},
            {"document": "d.e.f~", "kind": "revocation"},
        ],
        "next": "17",
    }
    arrivals, after = _changes(told).poll("changes", "")
    assert after == "17"
    assert [(each.signed, each.revoked) for each in arrivals] == [
        ("a.b.c~", False),
        ("d.e.f~", True),
    ]
    assert arrivals[0].key != arrivals[1].key


def test_births_come_from_another_list_if_the_hospital_announces_them() -> None:
    told = {"documents": [{"document": "a.b.c~", "kind": "birth-record"}], "next": "3"}
    (arrival,), after = hospital.Hospital(Memory({"POST /births": lambda body: told})).poll(
        "births", ""
    )
    assert (arrival.signed, arrival.kind, after) == ("a.b.c~", "birth-record", "3")


def test_a_hospital_that_announces_nothing_to_us_says_so() -> None:
    def refuse(_: Any) -> Any:
        raise Rejected("http.status", status=403).answered(b'{"code":"not-announced"}')

    with pytest.raises(Forbidden, match=r"hospital\.not-announced"):
        hospital.Hospital(Memory({"POST /births": refuse})).poll("births", "")


def test_a_signer_whose_log_is_shorter_than_before_is_told_of() -> None:
    def refuse(_: Any) -> Any:
        raise Rejected("http.status", status=409).answered(b'{"code":"beyond"}')

    with pytest.raises(Rejected, match=r"hospital\.log-shorter"):
        hospital.Hospital(Memory({"POST /changes": refuse})).poll("changes", "17")


@pytest.mark.parametrize(
    "answer", [None, {}, {"documents": [], "next": 3}, {"documents": [{"kind": "x"}], "next": "1"}]
)
def test_an_unreadable_answer_about_changes_moves_nothing(answer: Any) -> None:
    with pytest.raises(Retriable) as caught:
        _changes(answer).poll("changes", "4")
    assert caught.value.code == "hospital.unreadable-answer"


def test_a_record_that_was_taken_back_is_a_refusal() -> None:
    def gone(_: Any) -> Any:
        raise Rejected("http.status", status=410).answered(b'{"code":"revoked"}')

    asked = hospital.Hospital(Memory({"POST /query": gone}))
    prepared = asked.prepare("birth_record", {"declaration": {"certificate": {"number": "X"}}}, "")
    with pytest.raises(Rejected) as caught:
        asked.fetch(prepared)
    assert caught.value.code == "hospital.revoked"
