"""The system of docs/how-to/connect-a-system.md, as its page writes it, against the real thing."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters import generic
from exchange.errors import Fatal, Invalid, Rejected, Retriable, Unknown
from exchange.ports import Adapter, Bookkeeper, Endpoint, Prepared
from mappings import site_files
from matters import files
from tests import how_to_files
from tests.peers.subsidy_platform import SubsidyPlatform
from zhida import site_schemas

PAGE = "connect-a-system"
KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def platform() -> Iterator[SubsidyPlatform]:
    with SubsidyPlatform() as peer:
        yield peer


@pytest.fixture
def site(tmp_path: Path) -> Path:
    how_to_files.write(PAGE, tmp_path)
    return tmp_path


@pytest.fixture
def options(site: Path) -> dict[str, Any]:
    schema = site_schemas.system_with(generic.OPTIONS)
    told: dict[str, Any] = files.load(site / "systems/childcare.yaml", schema)["options"]
    return told


Opener = Callable[..., generic.Generic]


@pytest.fixture
def opened(site: Path, options: dict[str, Any], platform: SubsidyPlatform) -> Iterator[Opener]:
    """The page's system, with other settings of one operation if a test wants them."""
    adapters: list[generic.Generic] = []

    def of(**changes: Any) -> generic.Generic:
        told = copy.deepcopy(options)
        told["settings"] = changes.pop("settings", {"timeout_s": 1})
        told["operations"]["grant"] |= changes
        adapters.append(generic.open_system(told, Endpoint(platform.address, site=site)))
        return adapters[-1]

    yield of
    for adapter in adapters:
        adapter.close()


@pytest.fixture
def grant(opened: Opener, citizen: dict[str, Any]) -> tuple[generic.Generic, Prepared]:
    adapter = opened()
    return adapter, adapter.prepare("grant", {"citizen": citizen}, KEY)


def test_the_page_s_files_are_without_mistakes(site: Path, options: dict[str, Any]) -> None:
    assert list(site_files.problems(site)) == []
    assert generic.mistakes(options, site) == []
    (operation,) = generic.declared(options).values()
    assert (operation.name, operation.title) == ("grant", "育儿补贴申领")
    assert operation.irreversible
    assert operation.settle == timedelta(seconds=5)


def test_it_is_granted_once_and_found_by_our_number(
    grant: tuple[generic.Generic, Prepared],
    platform: SubsidyPlatform,
    citizen: dict[str, Any],
    site: Path,
) -> None:
    adapter, prepared = grant
    typed: Adapter = adapter
    assert typed.probe(prepared) is None
    answer = adapter.submit(prepared)
    (row,) = platform.rows
    assert row["body"] == {
        "version": "1.0",
        "serial": KEY,
        "person": {"name": "张小直", "idno": citizen["citizen_id"], "born": "20260105"},
    }
    found = adapter.probe(prepared)
    assert found is not None
    assert (answer.reference, found.reference) == (row["id"], row["id"])
    assert (answer.waiting, found.waiting) == (False, False)
    assert prepared.mapping_digest == site_files.load("citizen_childcare_request", site).digest


@pytest.mark.parametrize("fault", ["lose", "hang", "vague"])
def test_what_was_not_said_is_unknown_and_the_probe_finds_it(
    grant: tuple[generic.Generic, Prepared], platform: SubsidyPlatform, fault: str
) -> None:
    adapter, prepared = grant
    platform.fault = fault
    with pytest.raises(Unknown):
        adapter.submit(prepared)
    platform.release.set()
    found = adapter.probe(prepared)
    assert found is not None
    assert [found.reference] == [row["id"] for row in platform.rows]


@pytest.mark.parametrize("fault", ["refuse", "refuse-400"])
def test_a_no_carries_the_platform_s_words_whatever_its_status(
    grant: tuple[generic.Generic, Prepared], platform: SubsidyPlatform, fault: str
) -> None:
    adapter, prepared = grant
    platform.fault, platform.reason = fault, "张小直已在外区领取"
    with pytest.raises(Rejected) as caught:
        adapter.submit(prepared)
    assert (caught.value.code, caught.value.reason) == ("generic.refused", "张小直已在外区领取")
    assert caught.value.facts == {"operation": "grant", "code": "4001"}
    assert "张小直".encode() in caught.value.raw
    assert platform.rows == []
    assert adapter.probe(prepared) is None


def test_busy_and_a_wrong_login_are_told_apart_from_a_no(
    grant: tuple[generic.Generic, Prepared], platform: SubsidyPlatform
) -> None:
    adapter, prepared = grant
    for fault, kind, code in (
        ("busy", Retriable, "generic.busy"),
        ("login", Fatal, "generic.login-refused"),
        ("ours", Fatal, "generic.our-mistake"),
    ):
        platform.fault = fault
        with pytest.raises(kind) as caught:
            adapter.submit(prepared)
        assert caught.value.code == code
        assert "/code: " in str(caught.value.facts["seen"])  # the peer's own code
    assert platform.rows == []


def test_a_mistake_of_ours_is_told_with_its_code_and_nobody_s_name(
    grant: tuple[generic.Generic, Prepared], platform: SubsidyPlatform
) -> None:
    adapter, prepared = grant
    platform.fault = "ours"
    with pytest.raises(Fatal) as caught:
        adapter.submit(prepared)
    assert "/code: 4000" in str(caught.value.facts["seen"])
    assert "张小直" not in str(caught.value)
    assert adapter.probe(prepared) is None


def test_a_zero_without_a_number_is_no_success(
    grant: tuple[generic.Generic, Prepared], platform: SubsidyPlatform
) -> None:
    adapter, prepared = grant
    platform.fault = "broken"
    with pytest.raises(Unknown) as caught:
        adapter.submit(prepared)
    assert caught.value.code == "generic.unclear"


def test_a_refused_question_says_nothing_about_the_effect(
    grant: tuple[generic.Generic, Prepared], platform: SubsidyPlatform
) -> None:
    adapter, prepared = grant
    adapter.submit(prepared)
    platform.fault = "query-refused"
    with pytest.raises(Unknown):
        adapter.probe(prepared)


def test_a_wire_that_refuses_the_question_says_nothing_either(
    opened: Opener, options: dict[str, Any], citizen: dict[str, Any]
) -> None:
    probe = options["operations"]["grant"]["probe"] | {"call": "POST /api/nowhere"}
    adapter = opened(probe=probe)
    prepared = adapter.prepare("grant", {"citizen": citizen}, KEY)
    with pytest.raises(Unknown) as caught:
        adapter.probe(prepared)
    assert caught.value.code == "wire.status-refused"


def test_an_answer_about_somebody_else_is_not_believed(
    opened: Opener, options: dict[str, Any], citizen: dict[str, Any]
) -> None:
    answer = options["operations"]["grant"]["answer"] | {"same": {"/data/id": "/person/idno"}}
    adapter = opened(answer=answer)
    with pytest.raises(Unknown) as caught:
        adapter.submit(adapter.prepare("grant", {"citizen": citizen}, KEY))
    assert caught.value.facts == {"operation": "grant", "field": "/data/id"}


def test_bad_data_is_found_before_anything_is_sent(
    grant: tuple[generic.Generic, Prepared], platform: SubsidyPlatform, citizen: dict[str, Any]
) -> None:
    adapter, _ = grant
    citizen["birth_date"], citizen["name"] = "2026-02-30", "张" * 51
    with pytest.raises(Invalid) as caught:
        adapter.prepare("grant", {"citizen": citizen}, KEY)
    assert len(caught.value.problems) == 2
    assert platform.requests == []


def test_a_server_that_is_away_is_retriable(
    opened: Opener, platform: SubsidyPlatform, citizen: dict[str, Any]
) -> None:
    adapter = opened()
    prepared = adapter.prepare("grant", {"citizen": citizen}, KEY)
    platform.__exit__()
    with pytest.raises(Retriable):
        adapter.submit(prepared)
    platform.__enter__()


def test_a_message_that_says_a_member_twice_is_not_sent(
    opened: Opener, platform: SubsidyPlatform, citizen: dict[str, Any]
) -> None:
    adapter = opened(constants={"/person/name": "x"})
    with pytest.raises(Fatal) as caught:
        adapter.prepare("grant", {"citizen": citizen}, KEY)
    assert caught.value.code == "generic.member-twice"


def test_a_rehearsal_shows_what_would_go_over_the_wire(
    opened: Opener, citizen: dict[str, Any]
) -> None:
    prepared = opened(probe=ASK).prepare("grant", {"citizen": citizen}, KEY)
    shown = dict(prepared.body)
    assert shown["request"]["POST /api/apply"]["person"]["name"] == "张小直"
    assert shown["question"] == {"GET /api/persons/{/idno}": {}}


def test_the_connection_s_secrets_go_into_the_message_and_nowhere_else(
    site: Path, options: dict[str, Any], platform: SubsidyPlatform, citizen: dict[str, Any]
) -> None:
    told = copy.deepcopy(options)
    secret = {"/auth/user": "login", "/auth/pass": "password", "/auth/key": "extra.appkey"}
    grant = told["operations"]["grant"]
    for part in (grant, grant["probe"], grant["books"]):
        part["credentials"] = secret
    where = Endpoint(platform.address, "hub", "s3cret", {"appkey": "k3y"}, site=site)
    adapter = generic.open_system(told, where)
    prepared = adapter.prepare("grant", {"citizen": citizen}, KEY)
    adapter.submit(prepared)
    adapter.probe(prepared)
    entries(adapter)
    sent = {"user": "hub", "pass": "s3cret", "key": "k3y"}
    assert platform.rows[0]["body"]["auth"] == sent
    assert all('"pass": "s3cret"' in body for _, body in platform.requests)
    assert len(platform.requests) == 3
    assert "s3cret" not in repr(adapter._plans)
    adapter.close()
    with pytest.raises(Fatal) as caught:
        generic.open_system(told, Endpoint(platform.address, "hub", "s3cret", site=site))
    assert caught.value.code == "generic.no-credential"
    assert caught.value.facts == {"name": "extra.appkey"}


def test_an_operation_that_is_not_there_is_answered_with_the_nearest(opened: Opener) -> None:
    with pytest.raises(Fatal) as caught:
        opened().prepare("grand", {}, KEY)
    assert caught.value.code == "generic.no-such-operation"
    assert caught.value.facts["nearest"] == "grant"


# --- a person in a path --------------------------------------------------------------------------

ASK = {
    "call": "GET /api/persons/{/idno}",
    "take": {"/idno": "/person/idno"},
    "there": [{"at": "/found", "one_of": [1, 2]}],
    "not_there": [{"at": "/error", "equals": "NO_PERSON"}],
}


def test_a_no_by_the_status_and_a_yes_by_the_body_is_neither(
    opened: Opener, platform: SubsidyPlatform, citizen: dict[str, Any]
) -> None:
    adapter = opened(
        probe=ASK | {"there": [{"at": "/error", "equals": "NO_PERSON"}], "not_there": NO}
    )
    prepared = adapter.prepare("grant", {"citizen": citizen}, KEY)
    with pytest.raises(Unknown) as caught:
        adapter.probe(prepared)
    assert caught.value.code == "generic.contradictory"


NO = [{"at": "/x", "equals": "y"}]


def test_a_path_with_a_person_s_number_is_told_as_the_site_wrote_it(
    opened: Opener, platform: SubsidyPlatform, citizen: dict[str, Any]
) -> None:
    adapter = opened(probe=ASK | {"not_there": NO})
    with pytest.raises(Unknown) as caught:
        adapter.probe(adapter.prepare("grant", {"citizen": citizen}, KEY))
    assert caught.value.facts["operation"] == ASK["call"]
    assert citizen["citizen_id"] not in str(caught.value)


def test_a_reason_without_end_is_cut(
    grant: tuple[generic.Generic, Prepared], platform: SubsidyPlatform
) -> None:
    adapter, prepared = grant
    platform.fault, platform.reason = "refuse", "不" * 5000
    with pytest.raises(Rejected) as caught:
        adapter.submit(prepared)
    assert len(caught.value.reason) == 2000


def test_a_value_goes_into_the_path_and_into_no_fact(
    opened: Opener, platform: SubsidyPlatform, citizen: dict[str, Any]
) -> None:
    adapter = opened(probe=ASK)
    prepared = adapter.prepare("grant", {"citizen": citizen}, KEY)
    assert adapter.probe(prepared) is None, "404 with the body that the rule names"
    adapter.submit(prepared)
    assert adapter.probe(prepared) is not None
    assert platform.requests[0][0] == f"/api/persons/{citizen['citizen_id']}"
    platform.__exit__()
    with pytest.raises(Retriable) as caught:
        adapter.probe(prepared)
    assert citizen["citizen_id"] not in str(caught.value)
    platform.__enter__()


@pytest.mark.parametrize("value", ["..", ".", "a/../../apply", "x?y=1"])
def test_a_value_leads_to_no_other_path(
    opened: Opener, platform: SubsidyPlatform, citizen: dict[str, Any], value: str
) -> None:
    citizen["name"] = value
    adapter = opened(probe=ASK | {"take": {"/idno": "/person/name"}})
    try:
        prepared = adapter.prepare("grant", {"citizen": citizen}, KEY)
    except Invalid as error:
        assert error.code == "generic.path-value"
        return
    assert adapter.probe(prepared) is None
    ((path, _),) = platform.requests
    assert path.count("/") == 3
    assert "?" not in path


# --- XML in a text, both ways, and a document that comes back --------------------------------------

ENROL: dict[str, Any] = {
    "gives": "insurance-enrolment",
    "call": "POST /api/xml",
    "wrap": [{"at": "/person", "as": "xml", "root": "Q", "declares": "GBK"}],
    "answer": {
        "unwrap": [{"at": "/return", "as": "xml"}],
        "success": [{"at": "/return/RESULT/CODE", "equals": 0}],
        "record": {"mapping": "insurance_output_enrolment", "at": "/return/RESULT/ROW"},
        "as_of": {"at": "/return/RESULT/ROW/insu_date", "format": "yyyy-MM-dd"},
        "same": {"/return/RESULT/ROW/certno": "/person/idno"},
    },
}


def test_xml_in_a_text_is_written_and_read_and_gives_a_document(
    opened: Opener, options: dict[str, Any], citizen: dict[str, Any]
) -> None:
    probe = options["operations"]["grant"]["probe"] | {"record": ENROL["answer"]["record"]}
    adapter = opened(**ENROL, probe=probe)
    prepared = adapter.prepare("grant", {"citizen": citizen}, KEY)
    told = prepared.body.request.body["person"]
    assert told.startswith('<?xml version="1.0" encoding="GBK"?><Q><name>张小直</name><idno>')
    answer = adapter.submit(prepared)
    assert answer.record is not None
    assert answer.record["citizen_id"] == citizen["citizen_id"]
    assert answer.as_of == datetime.fromisoformat("2026-01-08T00:00:00+08:00")
    assert answer.mapping_digest


@pytest.mark.parametrize(
    ("told", "path", "problem"),
    [
        ({"as_of": {"at": "/return/RESULT/ROW/insu_date", "format": "yyyyMMdd"}},
         "/return/RESULT/ROW/insu_date", "mapping.not-a-date"),
        ({"record": ENROL["answer"]["record"] | {"at": "/return/RESULT"}},
         "/psn_no", "mapping.missing"),
    ],
)  # fmt: skip
def test_what_was_done_and_cannot_be_read_is_unknown_with_its_place(
    opened: Opener,
    options: dict[str, Any],
    citizen: dict[str, Any],
    told: dict[str, Any],
    path: str,
    problem: str,
) -> None:
    probe = options["operations"]["grant"]["probe"] | {"record": ENROL["answer"]["record"]}
    adapter = opened(**ENROL | {"answer": ENROL["answer"] | told}, probe=probe)
    with pytest.raises(Unknown, match=r"generic\.answer-not-understood") as caught:
        adapter.submit(adapter.prepare("grant", {"citizen": citizen}, KEY))
    assert caught.value.facts == {"operation": "grant", "path": path, "problem": problem}


# --- the books --------------------------------------------------------------------------------


def entries(adapter: generic.Generic) -> list[Any]:
    now = datetime.now(UTC)
    return list(adapter.books("grant", now - timedelta(minutes=1), now + timedelta(seconds=2)))


def many(adapter: generic.Generic, citizen: dict[str, Any], count: int) -> set[str]:
    keys = {f"{number:032x}" for number in range(count)}
    for key in sorted(keys):
        adapter.submit(adapter.prepare("grant", {"citizen": citizen}, key))
    return keys


def test_the_books_are_read_to_their_end(
    opened: Opener, options: dict[str, Any], citizen: dict[str, Any], platform: SubsidyPlatform
) -> None:
    books = options["operations"]["grant"]["books"]
    adapter = opened(books=books | {"page": books["page"] | {"size": 3}})
    assert isinstance(adapter, Bookkeeper)
    assert adapter.booked == {"grant"}
    assert entries(adapter) == []
    keys = many(adapter, citizen, 6)
    platform.rows[0]["state"] = "2"
    found = entries(adapter)
    assert {entry.effect_key for entry in found} == keys
    assert [entry.state for entry in found] == ["refused", *["applied"] * 5]
    assert found[0].reference == "BT000001"
    earlier = datetime.now(UTC) - timedelta(days=1)
    assert list(adapter.books("grant", earlier - timedelta(days=1), earlier)) == []


def test_a_key_that_was_sent_in_another_form_is_known_in_the_books(
    opened: Opener, citizen: dict[str, Any], platform: SubsidyPlatform
) -> None:
    adapter = opened(effect_key_as="ZD-{key}.1")
    keys = many(adapter, citizen, 2)
    platform.rows.append(platform.rows[0] | {"serial": "somebody else's"})
    found = {entry.effect_key for entry in entries(adapter)}
    assert found == keys | {"somebody else's"}
    assert platform.rows[0]["serial"] == f"ZD-{min(keys)}.1"


def test_what_is_listed_outside_of_the_span_is_left_out(
    opened: Opener, options: dict[str, Any], citizen: dict[str, Any], platform: SubsidyPlatform
) -> None:
    books = options["operations"]["grant"]["books"]
    adapter = opened(books={k: v for k, v in books.items() if k not in ("since", "until")} | FIXED)
    many(adapter, citizen, 3)
    platform.rows[1]["time"] = "2020-01-01 00:00:00"
    platform.rows[2]["time"] = "2098-01-01 00:00:00"
    assert len(entries(adapter)) == 1


FIXED = {"constants": {"/begin": "2000-01-01", "/end": "2099-01-01"}}


@pytest.mark.parametrize("total", ["/data/total", ""])
def test_a_page_that_is_shorter_than_asked_for_is_not_the_end(
    opened: Opener,
    options: dict[str, Any],
    citizen: dict[str, Any],
    platform: SubsidyPlatform,
    total: str,
) -> None:
    books = {k: v for k, v in options["operations"]["grant"]["books"].items() if k != "total"}
    adapter = opened(books=books | ({"total": total} if total else {}))
    keys = many(adapter, citizen, 5)
    platform.cap = 2
    assert {entry.effect_key for entry in entries(adapter)} == keys


AGAIN = {"at": "/other", "size_at": "/what", "size": 3}
"""The page's number goes where the system does not look."""
ONCE = {"at": "/other", "size_at": "/what", "size": 10}
TWO = {"/page": 4, "/size": 2}
"""Behind the last page: none of the six."""


@pytest.mark.parametrize(
    ("change", "state", "reason"),
    [
        ({}, "7", "state"),
        ({"rows": "/data/list"}, "1", "no list"),
        ({"success": [{"at": "/code", "equals": "1"}]}, "1", "no success"),
        ({"at": {"at": "/id"}}, "1", "time"),
        ({"call": "POST /api/nowhere"}, "1", "wire.status-refused"),
        ({"page": AGAIN}, "1", "the same page again"),
        ({"page": AGAIN | {"size": 2}}, "1", "more than asked for"),
        ({"total": "/data/rows/0/state"}, "2", "not as many as it says"),
        ({"total": "/data/total", "page": ONCE, "constants": TWO}, "1", "not as many as it says"),
        ({"total": "/data/nothing"}, "1", "not as many as it says"),
        ({"unwrap": [{"at": "/data/rows/0/serial", "as": "json"}]}, "1", "unreadable"),
    ],
)
def test_a_part_of_the_books_is_an_error(
    opened: Opener,
    options: dict[str, Any],
    citizen: dict[str, Any],
    platform: SubsidyPlatform,
    change: dict[str, Any],
    state: str,
    reason: str,
) -> None:
    books = options["operations"]["grant"]["books"] | {"constants": {}}
    page = books["page"] | {"size": 3}
    books = books | {"page": page} | change
    if "page" in change:
        books["constants"] = books["constants"] or {"/page": 1, "/size": 3}
    adapter = opened(books=books)
    many(adapter, citizen, 6)
    platform.rows[0]["state"] = state
    with pytest.raises(Retriable) as caught:
        entries(adapter)
    assert caught.value.code == "generic.unreadable-books"
    assert caught.value.facts == {"operation": "grant", "reason": reason}


@pytest.mark.parametrize(("code", "is_empty"), [("0", True), ("1", False)])
def test_where_no_list_stands_only_the_site_s_rule_says_that_there_is_none(
    opened: Opener, options: dict[str, Any], code: str, is_empty: bool
) -> None:
    told = options["operations"]["grant"]["books"]
    books = {k: v for k, v in told.items() if k not in ("total", "page")}
    none = [{"at": "/code", "equals": code}, {"at": "/data/list", "absent": True}]
    paged = {"constants": {"/page": 1, "/size": 9}}
    adapter = opened(books=books | paged | {"rows": "/data/list", "empty": none})
    if is_empty:
        assert entries(adapter) == []
        return
    with pytest.raises(Retriable) as caught:
        entries(adapter)
    assert caught.value.facts["reason"] == "no list"


def test_who_lists_nothing_has_no_books(site: Path, options: dict[str, Any]) -> None:
    told = copy.deepcopy(options)
    del told["operations"]["grant"]["books"]
    adapter = generic.open_system(told, Endpoint("http://127.0.0.1:9", site=site))
    assert adapter.booked == frozenset()
    with pytest.raises(Fatal, match=r"generic\.no-books"):
        adapter.books("grant", datetime.now(UTC), datetime.now(UTC))
    adapter.close()


def test_who_cannot_be_asked_is_not_asked(
    site: Path, options: dict[str, Any], platform: SubsidyPlatform, citizen: dict[str, Any]
) -> None:
    told = copy.deepcopy(options)
    told["operations"]["grant"]["idempotence"] = "none"
    del told["operations"]["grant"]["probe"]
    adapter = generic.open_system(told, Endpoint(platform.address, site=site))
    prepared = adapter.prepare("grant", {"citizen": citizen}, KEY)
    with pytest.raises(Fatal, match=r"generic\.not-probed"):
        adapter.probe(prepared)
    with pytest.raises(Fatal, match=r"generic\.not-probed"):
        adapter.rehearse(prepared, b"{}", probe=True)
    adapter.close()
    assert platform.requests == []
