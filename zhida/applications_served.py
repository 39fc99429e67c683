"""即申即办 over REST: an application is taken in, decided and answered within the call, if it can be.

What can't be decided in time, or waits for somebody, is answered 202 with a place to ask; the sweeps
and the steps of grants go on with it. Both ways are agreed: what the channel may hand in, and what
it may see of the decision.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

from exchange import agreement as agreements
from exchange import pointer, times, transfer
from exchange.agreement import Agreement, Flow
from exchange.errors import Forbidden, Invalid, Rejected
from exchange.ledger import Entry
from exchange.ports import Record
from zhida import application_case, application_ending, at_once
from zhida.application_case import CHECK, DECISION, KIND, MATTER, Application
from zhida.application_decision import Rules
from zhida.serve_route import Call, Route, Told

PATH = "/grants/applications"
_DECISION = "grant-decision"


def of(desk: ApplicationDesk) -> tuple[Route, ...]:
    """The routes that a desk answers."""
    return (
        Route("POST", PATH, "apply", desk.apply),
        Route("GET", f"{PATH}/{{application}}", "apply", desk.look),
        Route("GET", "/grants/promise", "apply", desk.promise),
    )


class ApplicationDesk:
    """Answers applicants' portals. Thread-safe. ``seconds``: for which a caller is kept waiting."""

    def __init__(self, rules: Rules, seconds: float) -> None:
        self._rules, self._hub, self._seconds = rules, rules.hub, seconds

    def promise(self, _: Call) -> Told:
        """The text that an applicant has to promise."""
        promise = self._rules.promise
        return Told({"version": promise.version, "text": promise.text})

    def apply(self, call: Call) -> Told:
        """Take an application in, and decide it if that can be done in time."""
        self._allowed(call, _DECISION, self._hub.site.unit, call.client.unit)
        record = self._record(call)
        case = application_case.take(self._hub, record)
        self._in_time(case)
        return self._told(call, application_case.read(self._hub, case))

    def look(self, call: Call) -> Told:
        """How an application stands; only to the unit that handed it in."""
        self._allowed(call, _DECISION, self._hub.site.unit, call.client.unit)
        found = application_case.read(self._hub, call.path["application"])
        if found.record["channel"] != call.client.unit:
            raise Rejected("serve.no-application")
        return self._told(call, found)

    def _allowed(self, call: Call, kind: str, provider: str, receiver: str) -> Agreement:
        purpose = self._hub.site.matter(MATTER).purpose
        day = times.civil_day(self._hub.clock())
        flow = Flow(provider, receiver, kind, purpose)
        return agreements.permit(self._hub.site.agreements, flow, day)

    def _record(self, call: Call) -> Record:
        """What was sent, as the hub keeps it: the channel is who sent it, whatever it says.

        It is no form of a window's either: nobody could write the decision back into it.
        """
        given = call.json()
        if not isinstance(given, Mapping) or given.keys() & {"channel", "form"}:
            raise Invalid("application.form")
        record = {**given, "channel": call.client.unit}
        allowed = self._allowed(call, KIND, call.client.unit, self._hub.site.unit)
        _, withheld = agreements.split(pointer.flatten(record), allowed)
        if withheld:
            raise Forbidden("application.not-agreed", agreement=allowed.id, path=withheld[0])
        return record

    def _in_time(self, case: str) -> None:
        """Work on it beside the caller, who is not kept waiting for longer; it goes on anyway."""
        pool = ThreadPoolExecutor(1, thread_name_prefix="application")
        working = pool.submit(self._work, case)
        done, _ = wait([working], timeout=self._seconds)
        pool.shutdown(wait=False)
        if done:
            working.result()

    def _work(self, case: str) -> None:
        at_once.work_on(self._hub, case, CHECK)
        application_ending.conclude(self._rules, case)

    def _told(self, call: Call, application: Application) -> Told:
        """The record that is told is noted in the ledger before it leaves."""
        decision = application_case.document(self._hub, application, DECISION)
        value: dict[str, Any] = {
            "application": application.case,
            "number": application.record["number"],
        }
        headers = {"Location": f"{PATH}/{application.case}"}
        if decision is None:
            waits = application_ending.waiting(self._rules, application)
            value |= {"state": "pending", "state_zh": "待核实", "waiting_for": waits}
            self._note(call, application, {})
            return Told(value, 202, headers | {"Retry-After": "60"})
        moved = transfer.plan(
            decision,
            self._hub.site.agreements,
            receiver=call.client.unit,
            purpose=self._hub.site.matter(MATTER).purpose,
            now=self._hub.clock(),
        )
        self._note(call, application, _seen(moved))
        told = {"decision": dict(moved.record), "signed": moved.presentation}
        return Told(value | {"state": "decided", "state_zh": "已决定"} | told, 200, headers)

    def _note(self, call: Call, application: Application, seen: Mapping[str, Any]) -> None:
        details = {"client": call.client.name, "unit": call.client.unit, **seen}
        entry = Entry("read", call.id, application.case, details)
        self._hub.ledger.commit(lambda _: [entry])


def _seen(moved: transfer.Transfer) -> dict[str, Any]:
    return {
        "document": moved.document.id,
        "agreement": moved.agreement.id,
        "agreement_digest": moved.agreement.digest(),
        "disclosed": sorted(moved.disclosed),
        "withheld": moved.withheld,
    }
