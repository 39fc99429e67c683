"""Any wire as a source: mapped, told what is wrong, settled by the wire's own keys."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import jsonschema_rs
import pytest

from adapters import _feed_format, _records, feed
from adapters.feed import FeedSource, Meaning
from exchange.errors import Fatal, Invalid, Rejected
from exchange.ports import Endpoint, Parcel, Rereading, Settling, Source
from sandbox.births import birth

FORM = birth(1).form
GOOD = json.dumps(FORM).encode()
MEANING = Meaning("birth-declaration", "oa_form_615_birth_declaration")


class Lying:
    """A feed with what a test put there."""

    def __init__(self, *parcels):
        self.parcels, self.settled, self.asked = parcels, [], []

    def receive(self, stream, cursor, *, limit, wait=0.0):
        self.asked.append((stream, cursor, limit, wait))
        return self.parcels, "next"

    def settle(self, stream, keys):
        self.settled.append((stream, keys))

    def close(self):
        self.parcels = ()


def source(*parcels, meaning=MEANING, **more):
    wire = Lying(*parcels)
    return FeedSource(wire, {"births": meaning}, **more), wire


def test_a_parcel_becomes_a_document_of_its_kind():
    births, wire = source(Parcel("张三.json", GOOD), most=7, wait_s=0.5)
    (arrival,), after = births.poll("births", "before")
    assert (after, arrival.kind, arrival.error) == ("next", "birth-declaration", None)
    assert arrival.record["certificate"]["number"] == FORM["cszmbh"]
    assert (arrival.raw, bool(arrival.mapping_digest)) == (GOOD, True)
    assert wire.asked == [("births", "before", 7, 0.5)]
    assert "张三" not in arrival.key
    assert isinstance(births, Source) and isinstance(births, Settling)


@pytest.mark.parametrize(
    ("parcel", "code"),
    [
        (Parcel("1", b"{"), "feed.not-json"),
        (Parcel("1", b"[" * 100_000), "feed.not-json"),
        (Parcel("1", b"\xff"), "mapping.cannot-decode"),
        (Parcel("1", b"[]"), "mapping.not-an-object"),
        (Parcel("1", b"", error=Invalid("files.too-big", file="x", limit=1)), "files.too-big"),
    ],
)
def test_what_cannot_be_read_is_an_arrival_with_its_error_and_holds_up_no_other(parcel, code):
    births, _ = source(parcel, Parcel("2", GOOD))
    (bad, good), _ = births.poll("births", "")
    assert (bad.record, bad.error.code) == (None, code)
    assert good.record is not None


def test_settling_uses_the_wire_s_own_keys():
    births, wire = source(Parcel("a", GOOD), Parcel("b", GOOD))
    (first, _), _ = births.poll("births", "")
    births.settle("births", [first.key, "births:unknown"])
    assert wire.settled == [("births", ["a"])]


def test_messages_under_one_number_of_the_sender_are_one_and_settled_together():
    births, wire = source(
        Parcel("a", GOOD),
        Parcel("b", GOOD),
        meaning=Meaning(MEANING.kind, MEANING.mapping, key="/cszmbh"),
    )
    (first, second), _ = births.poll("births", "")
    assert first.key == second.key
    births.settle("births", [first.key])
    assert wire.settled == [("births", ["a", "b"])]


def test_a_message_without_its_number_is_told():
    births, _ = source(Parcel("a", b"{}"), meaning=Meaning("x", MEANING.mapping, key="/n"))
    (arrival,), _ = births.poll("births", "")
    assert arrival.error.code == "feed.no-key"


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_a_row_with_its_header_is_read_like_a_form(encoding):
    text = ",".join(FORM) + "\r\n" + ",".join(FORM.values())
    codec = {"gbk": "gb18030"}.get(encoding, encoding)
    assert _feed_format.read(text.encode(codec), "csv-row", encoding) == FORM


@pytest.mark.parametrize("text", ["a,b\n1", "a,b\n1,2,3", "a,a\n1,2", "a\n1\n2", 'a\n"1', "a"])
def test_what_is_no_row_is_refused(text):
    with pytest.raises(Invalid, match=r"feed\.not-a-row"):
        _feed_format.read(text.encode(), "csv-row", "utf-8")


# --- files with many records ----------------------------------------------------------------------

MANY = Meaning(MEANING.kind, MEANING.mapping, format="csv", encoding="gbk", records="many")


def csv_file(*forms):
    return _records.written(
        forms, "csv", _records.Layout.of({"columns": list(map(named, FORM))}), "gbk"
    )


def named(name):
    return {"name": name}


def test_each_record_of_a_file_is_a_message_and_the_file_is_settled_with_its_last():
    forms = [birth(number).form for number in (1, 2)]
    raw = csv_file(*forms, {**forms[0], "cszmbh": "?"})
    births, wire = source(Parcel("f", raw), Parcel("g", csv_file(forms[0])), meaning=MANY)
    arrivals, _ = births.poll("births", "")
    assert [arrival.error is None for arrival in arrivals] == [True, True, False, True]
    kept = json.loads(arrivals[1].raw)
    assert (kept["record"], kept["fields"]["cszmbh"]) == (2, forms[1]["cszmbh"])
    assert kept["file"] == hashlib.sha256(raw).hexdigest()
    births.settle("births", [arrivals[0].key, arrivals[1].key])
    births.settle("births", [arrivals[3].key])
    births.settle("births", [arrivals[2].key])
    assert wire.settled == [("births", []), ("births", ["g"]), ("births", ["f"])]


def test_each_arrival_tells_where_its_sender_finds_it():
    raw = csv_file(FORM, {**FORM, "cszmbh": "?"})
    births, _ = source(Parcel("f", raw, file="0101-ab"), meaning=MANY)
    arrivals, _ = births.poll("births", "")
    assert [(one.file, one.number) for one in arrivals] == [("0101-ab", 1), ("0101-ab", 2)]
    whole, _ = source(Parcel("f", raw + b"1,2\r\n", file="0101-ab"), meaning=MANY)
    (arrival,), _ = whole.poll("births", "")
    assert (arrival.file, arrival.number) == ("0101-ab", 0)
    row, _ = source(Parcel("f#7", GOOD, file="0101-ab", number=7))
    (arrival,), _ = row.poll("births", "")
    assert (arrival.file, arrival.number) == ("0101-ab", 7)


def test_a_file_that_cannot_be_read_is_one_arrival_with_all_that_is_wrong():
    raw = csv_file(FORM) + b"1,2\r\n3\r\n"
    births, wire = source(Parcel("f", raw), meaning=MANY)
    (arrival,), _ = births.poll("births", "")
    assert (arrival.raw, [p.facts["line"] for p in arrival.error.problems]) == (raw, [3, 4])
    births.settle("births", [arrival.key])
    assert wire.settled == [("births", ["f"])]


def test_a_file_without_a_record_is_settled_at_once():
    births, wire = source(Parcel("f", csv_file()), meaning=MANY)
    assert births.poll("births", "")[0] == []
    assert wire.settled == [("births", ["f"])]


def test_one_record_is_one_record():
    one = replace(MANY, records="one")
    births, _ = source(Parcel("f", csv_file(FORM)), Parcel("g", csv_file(FORM, FORM)), meaning=one)
    (good, bad), _ = births.poll("births", "")
    assert (good.error, good.raw) == (None, csv_file(FORM))
    assert (bad.error.code, bad.error.facts["count"]) == ("records.not-one", 2)


def test_a_layout_that_is_not_complete_is_told_before_any_file(tmp_path: Path):
    (tmp_path / "in").mkdir()
    wrong = {"fixed": "records.no-widths", "csv": "records.no-columns", "json": "records.only-one"}
    for form, code in wrong.items():
        told = options(folders={"births": {"folder": "in"}})
        about = {"format": form, "layout": {"header": False}, "records": "many"}
        told["streams"]["births"] |= about
        jsonschema_rs.validate(feed.OPTIONS, told)
        with pytest.raises(Fatal) as raised:
            feed.open_system(told, Endpoint(str(tmp_path)))
        assert raised.value.code == code


def test_records_have_numbers_of_their_own():
    births, wire = source(Parcel("f", csv_file(FORM, FORM)), meaning=replace(MANY, key="/cszmbh"))
    first, second = births.poll("births", "")[0]
    assert first.key == second.key
    births.settle("births", [first.key])
    assert wire.settled == [("births", ["f"])]


def options(**settings):
    streams = {"births": {"kind": MEANING.kind, "mapping": MEANING.mapping}}
    told = {"wire": "files", "settings": settings, "streams": streams}
    jsonschema_rs.validate(feed.OPTIONS, told)
    return told


@pytest.mark.parametrize(
    ("changed", "place", "code"),
    [
        ({}, "", ""),
        ({"kind": "birth-declaratio"}, "kind", "shape.no-such-kind"),
        ({"kind": "birth-record"}, "mapping", "feed.other-kind"),
        ({"mapping": "oa_form_615"}, "mapping", "mapping.no-such-mapping"),
    ],
)
def test_a_stream_is_of_a_known_kind_which_its_mapping_makes(changed, place, code):
    told = options(folders={"births": {"folder": "in"}})
    told["streams"]["births"] |= changed
    found = [(at, problem.code) for at, problem in feed.mistakes(told, None)]
    assert found == ([(f"/streams/births/{place}", code)] if code else [])


def test_a_wire_is_opened_by_its_name(tmp_path: Path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.json").write_bytes(GOOD)
    births = feed.open_system(
        options(folders={"births": {"folder": "in"}}), Endpoint(str(tmp_path))
    )
    (arrival,), _ = births.poll("births", "")
    births.settle("births", [arrival.key])
    assert births.poll("births", "")[0] == []
    births.close()


def test_a_wrong_wire_is_answered_with_the_nearest(tmp_path: Path):
    with pytest.raises(Fatal) as raised:
        feed.open_system(options() | {"wire": "file"}, Endpoint(str(tmp_path)))
    assert raised.value.facts == {"wire": "file", "nearest": "files"}


def test_a_wrong_setting_is_answered_with_the_nearest_and_its_place(tmp_path: Path):
    wrong = options(folders={"births": {"folder": "in", "splt": "csv"}})
    with pytest.raises(Fatal) as raised:
        feed.open_system(wrong, Endpoint(str(tmp_path)))
    path = "/settings/folders/births/splt"
    assert raised.value.facts == {"wire": "files", "path": path, "nearest": "split"}
    with pytest.raises(Fatal, match=r"feed\.settings"):
        feed.open_system(options(folders={"births": {"folder": "../x"}}), Endpoint(str(tmp_path)))


def test_nothing_is_done_behind_a_source():
    births, _ = source()
    assert births.operations == {}
    with pytest.raises(Fatal, match=r"feed\.no-such-operation"):
        births.prepare("reply", {}, "key")
    with pytest.raises(Fatal, match=r"feed\.no-stream"):
        births.poll("deaths", "")


# --- kept messages, read again ------------------------------------------------------------------


@pytest.mark.parametrize("own", ["", "/cszmbh"])
def test_a_kept_message_is_read_again_as_it_would_be_read_now(own):
    meaning = Meaning(MEANING.kind, MEANING.mapping, key=own)
    births, wire = source(Parcel("a", GOOD), meaning=meaning)
    (came,), _ = births.poll("births", "")
    wire.asked.clear()
    again = births.read_again("births", came.key, GOOD)
    assert again == came
    assert wire.asked == []
    assert isinstance(births, Rereading)


def test_a_kept_message_has_its_own_number_only_once_it_can_be_read():
    births, _ = source(meaning=Meaning(MEANING.kind, MEANING.mapping, key="/cszmbh"))
    assert births.read_again("births", "births:old", GOOD).key != "births:old"
    bad = births.read_again("births", "births:old", b'{"cszmbh": "1"}')
    assert (bad.key, bad.record, bool(bad.error.mapping_digest)) == ("births:old", None, True)
    unread = births.read_again("births", "births:old", b"{")
    assert (unread.key, unread.error.code) == ("births:old", "feed.not-json")


def test_a_kept_record_of_a_file_is_read_alone_and_a_whole_file_is_not():
    births, _ = source(Parcel("f", csv_file(FORM, FORM)), meaning=MANY)
    (first, second), _ = births.poll("births", "")
    again = births.read_again("births", second.key, second.raw)
    assert again == second != first
    for raw in (csv_file(FORM, FORM), b"{}", b"[]"):
        with pytest.raises(Rejected, match=r"feed\.whole-file"):
            births.read_again("births", "births:f", raw)


def test_a_stream_that_there_is_not_is_told_for_kept_messages_too():
    births, _ = source()
    with pytest.raises(Fatal, match=r"feed\.no-stream"):
        births.read_again("deaths", "births:a", GOOD)


def test_what_could_not_be_had_whole_is_marked():
    error = Invalid("files.too-big", file="x", limit=1)
    births, _ = source(Parcel("1", GOOD, error=error), Parcel("2", GOOD))
    (cut, whole), _ = births.poll("births", "")
    assert (cut.cut, whole.cut) == (True, False)
