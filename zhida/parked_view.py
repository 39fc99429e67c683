"""One parked item as its operator sees it: why, what has happened, and what can be done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from exchange import canonical
from exchange.entry_words import KINDS
from exchange.errors import Rejected
from exchange.evidence_report import ACTIONS, RESULTS, VERDICTS
from exchange.store import ledger_rows, proposal_rows
from zhida import case_view, site_words
from zhida.mended import SAME, Mappings
from zhida.parked import takes_two
from zhida.watch import Watch

NO_TITLES: Mapping[str, str] = {}


def one(watch: Watch, case: str, item: str) -> dict[str, Any]:
    """The item with its history and the commands that are open. ``Rejected`` if there is none."""
    row = case_view.find(watch, case)
    items = {each["item"]: each for each in case_view.one(watch, row.id)["items"]}
    if item not in items:
        raise Rejected("case.no-item", case=row.id, item=item, items="、".join(items))
    found = items[item]
    told: dict[str, Any] = {"case": row.id, "matter": row.matter} | found
    told |= {"mended": Mappings(watch.site.folder).compared(found["facts"]).verdict}
    told |= {"two_people": takes_two(found), "can": list(_can(told))}
    return told | {"history": history(watch, row.id, item), "proposals": _proposals(watch, told)}


def history(watch: Watch, case: str, item: str) -> list[dict[str, Any]]:
    """Everything that the ledger holds of this item: what left, what came back, who did what."""
    with watch.store.read() as connection:
        entries = ledger_rows.entries_of_case(connection, case)
    bodies = [canonical.loads(entry.body) for entry in entries if entry.body]
    effects = {body.get("effect") for body in bodies if body.get("item") == item} - {None, ""}
    language, titles = watch.site.language, site_words.units(watch.site)
    told = [event(body, language, titles) for body in bodies if _concerns(body, item, effects)]
    gone = len(entries) - len(bodies)
    return [*([_pruned(gone, language)] if gone else []), *told]


def _pruned(count: int, language: str) -> dict[str, Any]:
    """Which item they were about is not known any more, so it is said of each."""
    what = f"bodies of {count} entries of this case were pruned after their retention"
    if language == "zh":
        what = f"本办件 {count} 条记录的正文已按保存期限清理"
    return {"at": "", "kind": "pruned", "kind_zh": "已清理", "what": what, "operator": ""}


def _concerns(body: Mapping[str, Any], item: str, effects: set[Any]) -> bool:
    return body.get("item") == item or body.get("effect") in effects


def event(
    body: Mapping[str, Any], language: str = "zh", titles: Mapping[str, str] = NO_TITLES
) -> dict[str, Any]:
    """One ledger entry in a few words; ``titles``: of units."""
    told = {"what": RESULTS, "action": ACTIONS, "state": VERDICTS}
    receiver = str(body.get("receiver", ""))
    words = [titles.get(receiver, receiver)]
    words += [_word(table, body.get(name, ""), language) for name, table in told.items()]
    words += [body.get("code", ""), body.get("was", "")]
    return {
        "at": body["at"],
        "kind": body["kind"],
        "kind_zh": KINDS.get(body["kind"], body["kind"]),
        "what": " ".join(filter(None, words)),
        "operator": body.get("operator", ""),
    }


def _word(table: Mapping[str, str], name: str, language: str) -> str:
    """What has a word in the table, in that language: the names themselves are English."""
    return "" if name not in table else table[name] if language == "zh" else name


def _can(told: Mapping[str, Any]) -> Iterator[str]:
    """The commands that make sense now."""
    where = f"{told['case'][:12]} {told['item']}"
    if told["state"] == "invalid":
        yield f"zhida parked replay {where}" + (" --again" if told["mended"] == SAME else "")
    if told["state"] != "parked":
        return
    if takes_two(told):
        yield f"zhida parked replay {where} --reason 理由"
        yield f"zhida parked replay {where} --found-applied 对方编号 --reason 理由"
    else:
        yield f"zhida parked replay {where}"
    yield f"zhida parked give-up {where} --reason 理由"


def _proposals(watch: Watch, told: Mapping[str, Any]) -> list[str]:
    """Open proposals about this item."""
    with watch.store.read() as connection:
        rows = proposal_rows.listed(connection, "open")
    targets = {row.id: canonical.loads(row.target.encode()) for row in rows}
    mine = (told["case"], told["item"])
    return [name for name, seen in targets.items() if (seen["case"], seen["item"]) == mine]
