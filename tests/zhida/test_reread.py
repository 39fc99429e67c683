"""A message that could not be understood opens its case once the stream's mapping is mended."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest

from exchange import canonical, times
from exchange.errors import Fatal, Rejected
from exchange.store import case_rows, document_rows, ledger_rows
from tests.peers.subsidy_platform import SubsidyPlatform
from tests.zhida import meals
from tests.zhida.meals import Window
from zhida import kept, operators, reread, sweep
from zhida.flows import flows
from zhida.kept import Filter, Kept

STORES = ("sqlite", "postgresql")
RIGHT, WRONG = "from: /xm}", 'from: /xm, values: {"张": "张"}}'


@pytest.fixture(scope="module")
def site_files() -> dict[str, str]:
    return meals.site_files()


@pytest.fixture(scope="module")
def platform() -> Iterator[SubsidyPlatform]:
    with SubsidyPlatform() as peer:
        yield peer


@pytest.fixture(scope="module")
def window(
    town: Any, platform: SubsidyPlatform, tmp_path_factory: pytest.TempPathFactory
) -> Window:
    return meals.window(town, platform.port, tmp_path_factory.mktemp("window"))


@pytest.fixture
def mapping(town: Any) -> Iterator[Path]:
    """The one that reads the window's forms; right again after the test."""
    file = Path(town.district.directory / "site" / "mappings" / "meal_form.yaml")
    text = file.read_text("utf-8")
    yield file
    file.write_text(text, "utf-8")


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def take_in(town: Any) -> None:
    town.clock.skip(61)
    sweep.take_in(town.hub, town.hub.site.matter("elderly-meals"))
    balanced(town)


def balanced(town: Any) -> dict[str, int]:
    found = flows(town.hub.store)
    assert [flow for flow in found if not flow.balanced] == []
    return next((dict(+f.counts) for f in found if f.name == "meal-forms"), {})


def listed(town: Any) -> list[Kept]:
    """Of this stream, in order."""
    with town.hub.store.read() as connection:
        return kept.choose(connection, Filter(source="meal-forms"))


def misread(town: Any, window: Window, mapping: Path, **form: str) -> Kept:
    """A form that came while the mapping was wrong."""
    if WRONG not in mapping.read_text("utf-8"):
        change(mapping, RIGHT, WRONG)
    window.apply(**form)
    take_in(town)
    found = listed(town)[-1]
    assert found.problems[0]["code"] == "mapping.unlisted-value"
    return found


def again(town: Any, told: Kept, **how: Any) -> dict[str, Any]:
    made = reread.done(told, town.hub, town.operator("wang"), **how)
    balanced(town)
    return made


def cases(town: Any) -> list[str]:
    with town.hub.store.read() as connection:
        return [row.id for row in case_rows.list_cases(connection, "elderly-meals")]


def entries(town: Any, ref: str) -> list[dict[str, Any]]:
    with town.hub.store.read() as connection:
        rows = [
            row
            for kind in ("invalid", "duplicate", "reread")
            for row in ledger_rows.entries_of(connection, kind, ref)
        ]
    return [canonical.loads(row.body) for row in rows]


@pytest.mark.guarantee("G13")
def test_it_opens_its_case_as_if_it_had_come_now_and_is_counted_once(
    town: Any, window: Window, mapping: Path, platform: SubsidyPlatform
) -> None:
    sent, opened = len(platform.rows), len(cases(town))
    before = balanced(town)
    told = misread(town, window, mapping)
    assert balanced(town) == before | {"invalid": before.get("invalid", 0) + 1}
    change(mapping, WRONG, RIGHT)
    made = again(town, told, reason="映射取错字段")
    assert made["result"] == "opened"
    assert made["case"] == cases(town)[0]
    assert balanced(town) == before | {"opened": before.get("opened", 0) + 1}
    assert told.row.id not in {each.row.id for each in listed(town)}
    window.work()
    balanced(town)
    assert (len(platform.rows), len(cases(town))) == (sent + 1, opened + 1)
    came, read = entries(town, told.row.id)
    assert (came["matter"], came["stream"]) == ("elderly-meals", "forms")
    assert read["mapping_was"] == came["mapping_digest"] != read["mapping_digest"]
    assert read["case"] == made["case"]
    signed = operators.verify(town.hub.site, read["token"], role="operate")
    assert (signed.action, signed.target) == ("reread", {"message": told.row.id})
    town.audit()
    file = str(window.folder / "evidence.zip")
    trust = str(town.district.directory / "trust")
    assert (
        window.zhida(
            "evidence", "export", made["case"], "-o", file, "--reason", "取证", operator="li"
        )[0]
        == 0
    )
    assert window.zhida("evidence", "verify", file, "--trust", trust)[0] == 0
    assert "重新读取来件" in window.zhida("evidence", "report", file, "--trust", trust)[1]


def test_its_document_is_as_of_when_it_came_and_holds_its_bytes(
    town: Any, window: Window, mapping: Path
) -> None:
    told = misread(town, window, mapping)
    town.clock.skip(3600)
    change(mapping, WRONG, RIGHT)
    case = again(town, told)["case"]
    with town.hub.store.read() as connection:
        name = case_rows.documents(connection, case)["application"]
        row = document_rows.get(connection, name)
    assert row is not None
    assert row.as_of == told.row.at
    assert times.instant(row.created_at) > times.instant(told.row.at)
    evidence = json.loads(town.hub.vault.unseal(row.raw, about=f"{name}/raw"))
    before = town.hub.vault.unseal(told.row.raw, about=told.row.id)
    assert base64.b64encode(before).decode() in evidence.values()


def test_the_same_message_once_more_is_known_afterwards(
    town: Any, window: Window, mapping: Path
) -> None:
    number = f"ZC{900001}"
    told = misread(town, window, mapping, bh=number)
    change(mapping, WRONG, RIGHT)
    again(town, told)
    opened = len(cases(town))
    window.apply(bh=number)
    take_in(town)
    assert len(cases(town)) == opened


def test_with_the_mapping_as_it_was_nothing_is_done_unless_again(
    town: Any, window: Window, mapping: Path
) -> None:
    told = misread(town, window, mapping)
    with pytest.raises(Rejected, match=r"invalid\.unmended"):
        again(town, told)
    assert len(entries(town, told.row.id)) == 1
    before = balanced(town)
    made = again(town, told, again=True)
    assert (made["result"], made["code"]) == ("invalid", "mapping.unlisted-value")
    assert balanced(town) == before
    assert len(entries(town, told.row.id)) == 2
    assert [each for each in listed(town) if each.row == told.row]


def test_what_still_cannot_be_understood_stays_with_its_new_reasons(
    town: Any, window: Window, mapping: Path
) -> None:
    told = misread(town, window, mapping, sfz="110105194912310021")
    before = balanced(town)
    change(mapping, WRONG, RIGHT)
    made = again(town, told)
    assert made["result"] == "invalid"
    [now] = [each for each in listed(town) if each.row.id == told.row.id]
    assert [problem["code"] for problem in now.problems] == ["identifier.wrong-check-digit"]
    assert now.mapping != told.mapping
    assert balanced(town) == before
    with pytest.raises(Rejected, match=r"invalid\.unmended"):
        again(town, now)


def test_who_has_not_consented_is_not_taken_in_by_it(
    town: Any, window: Window, mapping: Path
) -> None:
    told = misread(town, window, mapping, ty="否")
    change(mapping, WRONG, RIGHT)
    opened = len(cases(town))
    assert again(town, told)["code"] == "intake.no-consent"
    assert len(cases(town)) == opened


@pytest.mark.guarantee("G13")
def test_the_same_business_twice_opens_one_case(town: Any, window: Window, mapping: Path) -> None:
    number = "ZC900002"
    first = misread(town, window, mapping, bh=number)
    second = misread(town, window, mapping, bh=number)
    opened, before = len(cases(town)), balanced(town)
    change(mapping, WRONG, RIGHT)
    assert again(town, first)["result"] == "opened"
    made = again(town, second)
    assert (made["result"], made["code"]) == ("duplicate", "intake.duplicate-case")
    assert len(cases(town)) == opened + 1
    after = balanced(town)
    assert after["duplicate"] == before.get("duplicate", 0) + 1
    assert after["opened"] == before.get("opened", 0) + 1


# --- what can't be read again ------------------------------------------------------------------


def refused(town: Any, told: Kept, code: str) -> None:
    count, before = len(entries(town, told.row.id)), balanced(town)
    with pytest.raises(Rejected) as caught:
        again(town, told, again=True)
    assert caught.value.code == code
    assert (len(entries(town, told.row.id)), balanced(town)) == (count, before)
    tried = reread.tried(told, town.hub, None, again=True)
    assert (tried["result"], tried["code"]) == ("refused", code)
    assert tried["remedy"]


def test_a_message_of_which_not_all_was_kept(town: Any, window: Window, mapping: Path) -> None:
    told = misread(town, window, mapping)
    change(mapping, WRONG, RIGHT)
    refused(town, replace(told, cut=True), "invalid.cut")
    empty = town.hub.vault.seal("elderly-meals-2031-01", b"", about=told.row.id)
    refused(town, replace(told, row=replace(told.row, raw=empty)), "invalid.cut")
    again(town, told)


def test_a_message_whose_key_is_destroyed(town: Any, window: Window, mapping: Path) -> None:
    told = misread(town, window, mapping)
    bucket = told.row.raw[1 : 1 + told.row.raw[0]].decode()
    file = Path(town.env["ZHIDA_VAR"]) / "keys" / f"{bucket}.key"
    away = file.with_suffix(".away")
    file.rename(away)
    try:
        refused(town, told, "invalid.erased")
    finally:
        away.rename(file)


def test_a_message_that_its_sender_has_sent_anew(town: Any, window: Window, mapping: Path) -> None:
    told = misread(town, window, mapping)
    change(mapping, WRONG, RIGHT)
    key = told.row.source, told.row.key
    with town.hub.store.write() as connection:
        known = document_rows.seen(connection, *key)
        document_rows.forget(connection, *key)
        later = {"document": "", "first_at": told.row.at}
        document_rows.remember(connection, *key, content="another", **later)
    refused(town, told, "invalid.overtaken")
    with town.hub.store.write() as connection:
        document_rows.forget(connection, *key)
        document_rows.remember(connection, *key, content=known or "", **later)
    again(town, told)


def test_a_message_under_the_number_of_one_that_opened_a_case(
    town: Any, window: Window, mapping: Path
) -> None:
    told = misread(town, window, mapping)
    problems = canonical.dumps([{"code": "intake.conflict", "key": "7"}]).decode()
    with town.hub.store.write() as connection:
        document_rows.set_problems(connection, told.row.id, problems)
    refused(town, listed(town)[-1], "invalid.conflict")


def test_a_message_of_a_stream_that_the_site_has_no_more(
    town: Any, window: Window, mapping: Path
) -> None:
    told = misread(town, window, mapping)
    refused(town, replace(told, stream="gone"), "invalid.no-stream")
    assert kept.stream_of(town.hub, replace(told, stream="", matter="")).opening.stream == "forms"


def test_an_id_that_is_none(town: Any, window: Window) -> None:
    with town.hub.store.read() as connection, pytest.raises(Fatal, match=r"invalid\.unknown"):
        kept.one(connection, "zz")


# --- at once, in bulk --------------------------------------------------------------------------


@pytest.mark.guarantee("G2")
def test_two_operators_at_once_open_one_case(town: Any, window: Window, mapping: Path) -> None:
    told, opened = misread(town, window, mapping), len(cases(town))
    change(mapping, WRONG, RIGHT)
    heard: list[str] = []
    both = Barrier(2)

    def one(name: str) -> None:
        with closing(town.open_hub()) as hub:
            found = reread.look(hub, told)
            both.wait(30)
            try:
                heard.append(reread.carry_out(found, town.operator(name)))
            except Rejected as error:
                heard.append(error.code)

    threads = [Thread(target=one, args=(name,)) for name in ("wang", "li")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(heard) == sorted(["invalid.changed", cases(town)[0]])
    assert len(cases(town)) == opened + 1
    balanced(town)
    town.audit()


def zhida(town: Any, *words: str, operator: str = "") -> Any:
    with town.worker("-m", "zhida", *words, "--json", operator=operator) as process:
        out, _ = process.communicate(timeout=120)
    assert process.returncode == 0, out
    return json.loads(out)


def test_many_are_read_dry_first_and_then_in_the_order_in_which_they_came(
    town: Any, window: Window, mapping: Path
) -> None:
    mine = [misread(town, window, mapping).row.id for _ in range(3)]
    words = ("invalid", "replay", "--source", "meal-forms", "--stream", "forms")
    words += ("--code", "mapping.unlisted-value")

    def told(*more: str, operator: str = "") -> dict[str, str]:
        rows = zhida(town, *words, *more, operator=operator)
        assert [row["id"] for row in rows if row["id"] in mine] in (mine, [])
        return {row["id"]: row["result"] for row in rows}

    before = told()
    assert [before[each] for each in mine] == ["unmended"] * 3
    change(mapping, WRONG, RIGHT)
    opened = len(cases(town))
    dry = told()
    assert [dry[each] for each in mine] == ["opened"] * 3
    assert len(cases(town)) == opened
    assert told("--yes", operator="wang") == dry
    assert len(cases(town)) == opened + list(dry.values()).count("opened")
    assert not set(mine) & set(told())
    balanced(town)


def test_a_source_that_there_is_not_is_told_with_the_nearest(town: Any, window: Window) -> None:
    words = ("-m", "zhida", "invalid", "replay", "--source", "meal-form")
    with town.worker(*words, stderr=-1) as process:
        _, errors = process.communicate(timeout=120)
    assert process.returncode == 65
    assert "meal-forms" in errors


def test_one_is_read_by_the_beginning_of_its_id_and_only_by_an_operator(
    town: Any, window: Window, mapping: Path
) -> None:
    told = misread(town, window, mapping)
    change(mapping, WRONG, RIGHT)
    words = ("-m", "zhida", "invalid", "replay", told.row.id[:12])
    with town.worker(*words, stderr=-1) as process:
        _, errors = process.communicate(timeout=120)
    assert process.returncode == 77
    assert "ZHIDA_OPERATOR" in errors
    assert zhida(town, *words[2:], operator="wang")["result"] == "opened"


def test_a_form_of_the_oa_is_read_again_out_of_its_kept_answer(town: Any, window: Window) -> None:
    town.declare(4711, sbrsfz="320117", lhfs="9")
    town.take_in()
    with town.hub.store.read() as connection:
        [told] = kept.choose(connection, Filter(source="oa"))
    with pytest.raises(Rejected, match=r"invalid\.unmended"):
        again(town, told)
    assert again(town, told, again=True)["result"] == "invalid"
    with town.hub.store.read() as connection:
        [now] = kept.choose(connection, Filter(source="oa"))
    assert now == told
