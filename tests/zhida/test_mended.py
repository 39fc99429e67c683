"""An item that came to nothing because of our mapping is done once the mapping is mended: once."""

from __future__ import annotations

import doctest
import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest

from exchange import canonical, versions
from exchange.errors import Fatal, Rejected
from exchange.store import case_rows, delivery_rows, ledger_rows
from exchange.store.case_rows import ItemRow
from tests.peers.subsidy_platform import SubsidyPlatform
from tests.zhida import meals
from tests.zhida.meals import Window
from zhida import mended, operators, sweep
from zhida.flows import flows
from zhida.mended import Mappings
from zhida.replay import replay

STORES = ("sqlite", "postgresql")
RIGHT, WRONG = "from: /meal/person/name}", "from: /meal/person/illness}"
"""The agreement withholds the illness, so a mapping that wants it finds nothing."""


@pytest.fixture(scope="module")
def site_files() -> dict[str, str]:
    """A third item that is to follow the others, whatever becomes of them."""
    told = meals.site_files()
    name = "matters/elderly-meals.yaml"
    late = """  file:
    title: 归档申请
    unit: service-window
    do: meal_archive.file
    after: [grant, tell]
"""
    told["systems/meal-archive.yaml"] = f"""
system: meal-archive
title: 助餐归档目录
unit: service-window
adapter: generic
connection: meal
options:
  wire: files
  settings: {{folders: {{out: {{folder: filed}}}}}}
  operations:
    file:
      title: 归档
      needs: {{meal: {meals.KIND}}}
      identity: [meal/编号]
      idempotence: natural
      call: put out
      mapping: meal_filed
      effect_key: /name
      effect_key_as: "{{key}}.json"
      wrap: [{{at: /content, as: json, encoding: utf-8}}]
      answer: {{written: applied}}
"""
    told["mappings/meal_filed.yaml"] = f"""
mapping: meal_filed
title: 助餐补贴申请 → 归档单
from: {{meal: {meals.KIND}}}
to: wire
fields:
  - {{to: /content/number, from: /meal/编号}}
ignore:
  - {{fields: [/meal/person/name, /meal/person/身份证号, /meal/person/illness, /meal/consent], reason: not-needed}}
"""
    told["agreements/window-to-itself.yaml"] = f"""
agreement: window-to-itself
provider: service-window
receiver: service-window
document: {meals.KIND}
purpose: elderly-meals
basis: 申请人签署的同意书
fields: [/编号]
valid_from: "2026-01-01"
valid_until: "2028-12-31"
"""
    return told | {name: told[name] + late}


@pytest.fixture(scope="module")
def platform() -> Iterator[SubsidyPlatform]:
    with SubsidyPlatform() as peer:
        yield peer


@pytest.fixture(scope="module")
def window(
    town: Any, platform: SubsidyPlatform, tmp_path_factory: pytest.TempPathFactory
) -> Window:
    folder = tmp_path_factory.mktemp("window")
    (folder / "filed").mkdir()
    return meals.window(town, platform.port, folder)


@pytest.fixture
def mapping(town: Any) -> Iterator[Path]:
    """The one that makes the platform's request; right again after the test."""
    file = Path(town.district.directory / "site" / "mappings" / "meal_request.yaml")
    text = file.read_text("utf-8")
    yield file
    file.write_text(text, "utf-8")


def spoil(file: Path) -> None:
    text = file.read_text("utf-8")
    assert RIGHT in text
    file.write_text(text.replace(RIGHT, WRONG), "utf-8")


def mend(file: Path) -> None:
    file.write_text(file.read_text("utf-8").replace(WRONG, RIGHT), "utf-8")


@contextmanager
def fresh(town: Any) -> Iterator[Any]:
    """A process that reads the site as it is now."""
    with closing(town.open_hub()) as hub:
        yield hub


def work(town: Any, *, but: str = "", sweeps: int = 4) -> None:
    """Sweep as new processes do; ``but``: the item whose turn does not come."""
    for _ in range(sweeps):
        with fresh(town) as hub:
            matter = hub.site.matter("elderly-meals")
            sweep.take_in(hub, matter)
            for item in sweep.in_order(matter):
                if item.name != but:
                    sweep.sweep_item(hub, matter, item)
        town.clock.skip(61)
        balanced(town)


def balanced(town: Any) -> None:
    assert [flow for flow in flows(town.hub.store) if not flow.balanced] == []


def newest(town: Any) -> Any:
    with town.hub.store.read() as connection:
        return case_rows.list_cases(connection, "elderly-meals")[0]


def items(town: Any, case: str) -> dict[str, ItemRow]:
    with town.hub.store.read() as connection:
        return {row.item: row for row in case_rows.items(connection, case)}


def states(town: Any, case: str) -> dict[str, str]:
    return {name: row.state for name, row in items(town, case).items()}


def fails(town: Any, window: Window, mapping: Path, **how: Any) -> str:
    """A case whose request could not be made."""
    spoil(mapping)
    window.apply()
    work(town, **how)
    case: str = newest(town).id
    assert states(town, case)["grant"] == "invalid"
    return case


def run(town: Any, case: str, **how: Any) -> None:
    with fresh(town) as hub:
        replay(hub, town.operator("wang"), case, "grant", **how)
    balanced(town)


def test_doctests() -> None:
    found = doctest.testmod(mended)
    assert (found.failed, found.attempted > 0) == (0, True)


@pytest.mark.guarantee("G2")
def test_what_our_mapping_spoiled_is_done_once_it_is_mended(
    town: Any, window: Window, mapping: Path, platform: SubsidyPlatform
) -> None:
    sent = len(platform.rows)
    case = fails(town, window, mapping)
    assert newest(town).state == "partial"
    assert states(town, case) == {"grant": "invalid", "tell": "blocked", "file": "applied"}
    mend(mapping)
    run(town, case)
    row = newest(town)
    assert (row.state, row.closed_at) == ("open", "")
    assert states(town, case) == {"grant": "ready", "tell": "waiting", "file": "applied"}
    assert items(town, case)["grant"].facts == "{}"
    work(town)
    assert newest(town).state == "done"
    assert set(states(town, case).values()) == {"applied"}
    assert len(platform.rows) == sent + 1
    town.audit()
    proven(town, window, case, "重新办理")


def proven(town: Any, window: Window, case: str, word: str) -> None:
    """The case's evidence verifies, and its report tells of it."""
    file = str(window.folder / f"{case}.zip")
    trust = str(town.district.directory / "trust")
    out = ("export", case, "-o", file, "--reason", "取证")
    for words in (out, ("verify", file, "--trust", trust)):
        done, told = window.zhida("evidence", *words, operator="li")
        assert done == 0, told
    done, told = window.zhida("evidence", "report", file, "--trust", trust)
    assert done == 0
    assert word in told


def test_the_ledger_tells_who_did_it_and_both_versions_of_the_mapping(
    town: Any, window: Window, mapping: Path
) -> None:
    case = fails(town, window, mapping)
    told = canonical.loads(items(town, case)["grant"].facts.encode())
    mend(mapping)
    run(town, case, reason="映射取错字段")
    with town.hub.store.read() as connection:
        bodies = [canonical.loads(e.body) for e in ledger_rows.entries_of_case(connection, case)]
    [invalid] = [body for body in bodies if body["kind"] == "invalid"]
    [entry] = [body for body in bodies if body["kind"] == "replay"]
    assert (told["mapping"], invalid["mapping"], entry["mapping"]) == ("meal_request",) * 3
    assert told["mapping_digest"] == invalid["mapping_digest"] == entry["mapping_was"]
    assert len(entry["mapping_digest"]) == 64
    assert entry["mapping_digest"] != entry["mapping_was"]
    signed = operators.verify(town.hub.site, entry["token"], role="operate")
    assert (signed.operator, signed.reason) == ("wang", "映射取错字段")
    assert "case-reopened" in [body["kind"] for body in bodies]
    work(town)


def test_a_mapping_that_is_as_it_was_is_refused_and_with_again_ends_the_same_way(
    town: Any, window: Window, mapping: Path, platform: SubsidyPlatform
) -> None:
    case, sent = fails(town, window, mapping), len(platform.rows)
    seen = items(town, case)
    with pytest.raises(Rejected, match=r"replay\.unmended.*mapping=meal_request"):
        run(town, case)
    assert items(town, case) == seen
    run(town, case, again=True)
    assert newest(town).state == "open"
    work(town)
    assert states(town, case) == {name: row.state for name, row in seen.items()}
    assert newest(town).state == "partial"
    assert len(platform.rows) == sent


def test_a_mapping_that_is_broken_now_is_told_with_its_line(
    town: Any, window: Window, mapping: Path
) -> None:
    case = fails(town, window, mapping)
    mapping.write_text(mapping.read_text("utf-8").replace("fields:", "feilds:", 1), "utf-8")
    seen = items(town, case)
    site = Mappings(Path(town.district.directory / "site"))
    facts = canonical.loads(seen["grant"].facts.encode())
    assert site.compared(facts).verdict == "broken"
    with pytest.raises(Fatal, match=r"mapping\.key-missing \(line=2"):
        run(town, case)
    assert items(town, case) == seen


def test_what_no_mapping_found_can_be_replayed_without_a_comparison(
    town: Any, window: Window, mapping: Path
) -> None:
    case = fails(town, window, mapping)
    put(town, case, "grant", facts="{}")
    mend(mapping)
    run(town, case)
    work(town)
    assert newest(town).state == "done"


# --- what was to follow its end ----------------------------------------------------------------


def test_what_follows_the_end_and_was_not_begun_waits_again(
    town: Any, window: Window, mapping: Path
) -> None:
    filed = len(list((window.folder / "filed").glob("*.json")))
    case = fails(town, window, mapping, but="file")
    assert states(town, case)["file"] == "ready"
    mend(mapping)
    run(town, case)
    assert states(town, case) == {"grant": "ready", "tell": "waiting", "file": "waiting"}
    work(town, but="tell")
    assert states(town, case)["file"] == "waiting"
    work(town)
    assert newest(town).state == "done"
    assert len(list((window.folder / "filed").glob("*.json"))) == filed + 1


def test_a_worker_that_was_about_to_do_what_waits_again_leaves_it(
    town: Any, window: Window, mapping: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = fails(town, window, mapping, but="file")
    mend(mapping)
    with fresh(town) as hub:
        matter = hub.site.matter("elderly-meals")
        adapter = hub.adapter(hub.site.system("meal-archive"))
        prepare = adapter.prepare

        def meanwhile(*args: Any) -> Any:
            run(town, case)
            return prepare(*args)

        monkeypatch.setattr(adapter, "prepare", meanwhile)
        sweep.sweep_item(hub, matter, matter.items["file"])
    assert states(town, case)["file"] == "waiting"
    work(town)
    assert newest(town).state == "done"


# --- what happened meanwhile --------------------------------------------------------------------


def put(town: Any, case: str, item: str, **values: str) -> None:
    with town.hub.store.write() as connection:
        case_rows.set_item(connection, case, item, values)


def refused(town: Any, case: str, code: str) -> None:
    seen = items(town, case)
    with pytest.raises(Rejected) as caught:
        run(town, case)
    assert caught.value.code == code
    assert items(town, case) == seen
    assert newest(town).state == "partial"


def test_an_item_of_which_something_has_left_is_not_replayed(
    town: Any, window: Window, mapping: Path
) -> None:
    work(town)
    window.apply()
    work(town)
    with town.hub.store.read() as connection:
        [sent, *_] = delivery_rows.deliveries(connection, newest(town).id)
    case = fails(town, window, mapping)
    mend(mapping)
    with town.hub.store.write() as connection:
        other = replace(sent, effect="e" * 32, case=case, item="grant", state="unknown", receipt="")
        assert delivery_rows.put_delivery(connection, other, seen=None)
    refused(town, case, "replay.sent")


def test_an_item_whose_fact_was_taken_back_or_that_was_corrected_since_is_not_replayed(
    town: Any, window: Window, mapping: Path
) -> None:
    case = fails(town, window, mapping)
    mend(mapping)
    grant = items(town, case)["grant"]
    with town.hub.store.write() as connection:
        known = case_rows.documents(connection, case)["application"]
        case_rows.add_document(connection, case, f"application{versions.REVOKED}", known)
    refused(town, case, "replay.revoked")
    with town.hub.store.write() as connection:
        case_rows.drop_document(connection, case, f"application{versions.REVOKED}")
        case_rows.add_item(connection, replace(grant, item="grant#1"))
    refused(town, case, "replay.overtaken")
    with town.hub.store.write() as connection:
        connection.exec_driver_sql("DELETE FROM case_item WHERE item = 'grant#1'")
    balanced(town)


def test_a_correction_that_could_not_be_made_is_replayed_alone(
    town: Any, window: Window, mapping: Path
) -> None:
    window.apply()
    work(town)
    case = newest(town).id
    grant, before = items(town, case)["grant"], states(town, case)
    row = replace(grant, item="grant#1", state="invalid", effect="", facts="{}")
    with town.hub.store.write() as connection:
        case_rows.add_item(connection, row)
    with fresh(town) as hub:
        replay(hub, town.operator("wang"), case, "grant#1")
    assert states(town, case) == before | {"grant#1": "ready"}
    assert newest(town).state == "open"
    with town.hub.store.write() as connection:
        connection.exec_driver_sql("DELETE FROM case_item WHERE item = 'grant#1'")
        case_rows.close_case(connection, case, "done", grant.updated_at)
    balanced(town)


@pytest.mark.parametrize("state", ["given-up", "applied", "superseded"])
def test_an_item_that_is_over_otherwise_is_not_replayed(
    town: Any, window: Window, mapping: Path, state: str
) -> None:
    case = fails(town, window, mapping)
    put(town, case, "grant", state=state)
    with pytest.raises(Rejected, match=rf"replay\.not-parked.*state={state}"):
        run(town, case, again=True)


# --- at once, in bulk ------------------------------------------------------------------------------


@pytest.mark.guarantee("G2")
def test_two_operators_replay_it_at_once_and_two_workers_do_it_once(
    town: Any, window: Window, mapping: Path, platform: SubsidyPlatform
) -> None:
    case, sent = fails(town, window, mapping), len(platform.rows)
    mend(mapping)
    told: list[str] = []
    both = Barrier(2)

    def one(name: str) -> None:
        with fresh(town) as hub:
            who = town.operator(name)
            both.wait(30)
            try:
                replay(hub, who, case, "grant")
                told.append("done")
            except Rejected as error:
                told.append(error.code)
            both.wait(30)
            matter = hub.site.matter("elderly-meals")
            sweep.sweep_item(hub, matter, matter.items["grant"])

    threads = [Thread(target=one, args=(name,)) for name in ("wang", "li")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert told.count("done") == 1
    assert set(told) <= {"done", "replay.not-parked", "replay.changed"}
    with town.hub.store.read() as connection:
        entries = ledger_rows.entries_of_case(connection, case)
    assert [entry.kind for entry in entries].count("replay") == 1
    work(town)
    assert newest(town).state == "done"
    assert len(platform.rows) == sent + 1
    balanced(town)
    town.audit()


def zhida(window: Window, town: Any, *words: str, operator: str = "") -> Any:
    with town.worker("-m", "zhida", *words, "--json", operator=operator) as process:
        out, _ = process.communicate(timeout=120)
    assert process.returncode == 0, out
    return json.loads(out)


def test_many_are_listed_dry_and_done_and_what_is_unmended_is_left_out(
    town: Any, window: Window, mapping: Path, platform: SubsidyPlatform
) -> None:
    first = fails(town, window, mapping)
    second = fails_again(town, window)
    words = (
        "parked",
        "replay",
        "--matter",
        "elderly-meals",
        "--code",
        items(town, first)["grant"].code,
    )
    words += ("--after", items(town, first)["grant"].updated_at)
    dry = zhida(window, town, *words)
    assert (dry["items"], dry["unmended"], dry["done"]) == ([], 2, 0)
    again = zhida(window, town, *words, "--again")
    assert again["items"] == [[first, "grant"], [second, "grant"]]
    [listed] = [row for row in zhida(window, town, "parked", "list") if row["case"] == first]
    assert listed["mended"] == "same"
    shown = zhida(window, town, "parked", "show", first, "grant")
    assert shown["can"] == [f"zhida parked replay {first[:12]} grant --again"]
    mend(mapping)
    dry = zhida(window, town, *words)
    assert (dry["items"], dry["unmended"], dry["done"]) == (again["items"], 0, 0)
    assert newest(town).state == "partial"
    done = zhida(window, town, *words, "--yes", operator="wang")
    assert (done["done"], done["changed"]) == (2, 0)
    work(town)
    assert [states(town, case)["grant"] for case in (first, second)] == ["applied"] * 2
    with town.worker(
        "-m", "zhida", "parked", "replay", first, "grant", operator="wang", stderr=-1
    ) as process:
        _, errors = process.communicate(timeout=120)
    assert process.returncode == 65
    assert "replay.not-parked" in errors


def fails_again(town: Any, window: Window) -> str:
    window.apply()
    work(town)
    case: str = newest(town).id
    assert states(town, case)["grant"] == "invalid"
    return case
