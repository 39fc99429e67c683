"""Papers of joint acceptances are sealed and delivered; what is sealed is handed in; what is all there has ended.

Each paper is a case of its own, under a number that makes it the same paper for ever, so a step that died is
done again.
"""

from __future__ import annotations

from pathlib import Path

from exchange import times
from exchange.ports import Record
from exchange.store import case_rows
from exchange.store.case_rows import CaseRow
from matters import acceptance_file, acceptance_papers
from matters import acceptance_standing as standings
from matters.acceptance_papers import FILING, LONGEST, OPINION, Paper, Papers
from zhida import acceptance, acceptance_telling, grant_lists, own_opening
from zhida.acceptance import Acceptance
from zhida.acceptance_handing import building
from zhida.acceptance_intake import lacking, lines
from zhida.acceptance_rules import PAPER, Rules
from zhida.acceptance_telling import Saying
from zhida.hub import Hub
from zhida.own_opening import Own

REQUEST, SLIP = "seal-request", "acceptance-paper"


def of_site(site: Path, rules: Rules) -> Papers:
    """The site's own (``matters/acceptance/papers.yaml``), or the shipped ones."""
    own = site / acceptance_file.FOLDER / acceptance_papers.SHIPPED.name
    path = own if own.is_file() else acceptance_papers.SHIPPED
    return acceptance_papers.load(path, rules.procedure)


def ask(hub: Hub, papers: Papers, found: Acceptance) -> int:
    """Open a case for each paper that nobody has asked for; how many."""
    count = 0
    for paper in acceptance_papers.due(found.plan, found.events, papers):
        key, new = key_of(found, paper), 0
        for kind, make in ((REQUEST, request_of), (SLIP, slip_of)):
            if not own_opening.is_known(
                hub, f"{kind}/{key}"
            ):  # each for itself: one may have died between
                into = own_opening.stream(hub, PAPER, kind)
                record = make(hub, papers, found, paper)
                own_opening.take_all(into, [Own(f"{kind}/{key}", record)])
                new = 1
        count += new
    return count


def key_of(found: Acceptance, paper: Paper) -> str:
    """What makes it the same paper for ever, and the number of its case."""
    return f"{found.row.number}/{paper.seq}/{paper.kind.name}"


def slip_of(hub: Hub, papers: Papers, found: Acceptance, paper: Paper) -> Record:
    """The ``acceptance-paper``: who gets what, nothing of a person."""
    del hub, papers
    at = paper.event.at.astimezone(times.CHINA)
    kind = {"title": paper.kind.title, "kind": paper.kind.name, "at": f"{at:%Y-%m-%dT%H:%M:%S}"}
    return {
        "id": key_of(found, paper),
        **building(found),
        **kind,
        "text": lines(paper.lines, 4000),
    }


def request_of(hub: Hub, papers: Papers, found: Acceptance, paper: Paper) -> Record:
    """The ``seal-request``."""
    day, unit = times.civil_day(paper.event.at), hub.site.units.get(paper.event.unit)
    told = {
        "验收编号": found.row.number,
        "项目代码": str(found.project["code"]),
        "单体": str(found.project["building"]),
        "工程名称": str(found.project["name"]),
        "建设单位": str(found.project.get("owner", {}).get("name", "-")),
        "内容": lines(paper.lines, LONGEST),
        "日期": f"{day.year}年{day.month}月{day.day}日",
        "出具单位": unit.title if unit else paper.event.unit,
    }
    kind = paper.kind
    form = {"template": kind.template, "title": kind.title, "format": kind.format}
    return {"id": key_of(found, paper), "seal": papers.seal, **form, "fields": told}


def hand_in(hub: Hub, rules: Rules, papers: Papers, found: Acceptance) -> Acceptance:
    """A sealed paper that is a material of the procedure: nobody has to hand it in."""
    for paper in acceptance_papers.due(found.plan, found.events, papers):
        name = paper.kind.hands_in
        if name not in found.plan.materials or (row := _case(hub, found, paper)) is None:
            continue
        with hub.store.read() as connection:
            sealed = case_rows.documents(connection, row.id).get("sealed")
        if sealed is None or paper.seq < _revoked(found):
            continue
        digest = str(hub.archive.get(sealed).record["sm3"])
        if lacking(found, {name: digest}):
            event = acceptance.hub_event(hub, rules, "submitted", materials={name: digest})
            found = acceptance_telling.tell(hub, found, Saying(event))
    return found


def _revoked(found: Acceptance) -> int:
    """Papers of events before this one do not hold any more."""
    told = [n for n, event in enumerate(found.events) if event.name == "opinion-revoked"]
    return max(told, default=-1)


def _case(hub: Hub, found: Acceptance, paper: Paper) -> CaseRow | None:
    with hub.store.read() as connection:
        case = grant_lists.case_of(hub, connection, PAPER, key_of(found, paper))
        return case_rows.get_case(connection, case) if case else None


def end(hub: Hub, rules: Rules, papers: Papers, found: Acceptance) -> Acceptance:
    """Delivered, when the opinion that holds and the filing on it have come to everybody who gets them."""
    if not standings.is_over(found.plan, found.standing):
        return found
    told = acceptance_papers.due(found.plan, found.events, papers)
    last = {each.kind.name: each for each in told if each.seq > _revoked(found)}
    if not {OPINION, FILING} <= last.keys() or last[FILING].seq < last[OPINION].seq:
        return found
    rows = [_case(hub, found, last[name]) for name in (OPINION, FILING)]
    if not all(row is not None and row.state == "done" for row in rows):
        return found
    return acceptance_telling.tell(
        hub, found, Saying(acceptance.hub_event(hub, rules, "delivered"))
    )
