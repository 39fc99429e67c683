"""What comes into a town that ``make up`` started, and what its people do: each a command of ``sandbox.production``."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping

from sandbox import finance_orders
from sandbox.acceptance_findings import Dice
from sandbox.acceptance_people import AcceptancePeople
from sandbox.births import birth
from sandbox.buildings import building
from sandbox.declarations import Broker
from sandbox.disputes import dispute
from sandbox.district import District
from sandbox.grant_people import GrantPeople
from sandbox.mediation_people import MediationPeople

PAUSE = 3.0
"""Seconds between two rounds of people who stay."""


def declare(district: District, number: int) -> int:
    """The ``number``-th invented birth: recorded at the hospital, declared at the bedside."""
    child = birth(number)
    district.birth(child.facts)
    told = json.loads((district.directory / "broker.json").read_text("utf-8"))
    vhost = told.pop("extra")["vhost"]
    del told["conn_type"]
    Broker(**told, vhost=vhost).declare(child.form)
    print(child.form["cszmbh"])
    return 0


def borrow(district: District, number: int) -> int:
    """A bank asks about the ``number``-th invented order."""
    told = finance_orders.borrow(district, number)
    print(f"{told['answer']['request']} {told['status']}" if "answer" in told else told["code"])
    return 0 if "answer" in told else 1


def lay_dispute(district: District, number: int) -> int:
    """The ``number``-th invented dispute is taken down at the centre's window: the OA's number."""
    print(MediationPeople(district).register(dispute(number)))
    return 0


def lay_building(district: District, number: int) -> int:
    """The ``number``-th invented building is registered by its owner: the platform's number."""
    print(AcceptancePeople(district).register(building(number)))
    return 0


def act_in_grants(district: District) -> int:
    """Whoever a grant waits for does what waits, once: in the OA, at the portal."""
    people = GrantPeople(district)
    people.begin()
    done = {"同意": people.agree(), "公示期满": people.close_lists(), "企业答复": people.answer()}
    print("  ".join(f"{what} {number}" for what, number in done.items()))
    return 0


def act_in_finance(district: District) -> int:
    """Whoever a bank's request waits for does what waits, once."""
    print(f"办了 {finance_orders.let_people_act(district)} 件")
    return 0


def act_in_mediation(district: District) -> int:
    """Who takes a dispute over tells of it, step by step, and the centre closes it. Until Ctrl-C."""
    return _stay(MediationPeople(district).work)


def act_in_acceptance(district: District) -> int:
    """Owners hand in, inspectors pass everything, the lead agrees. Until Ctrl-C."""
    return _stay(AcceptancePeople(district, Dice(chances={})).work)


PEOPLE: Mapping[str, Callable[[District], int]] = {
    "grants": act_in_grants,
    "finance": act_in_finance,
    "mediation": act_in_mediation,
    "acceptance": act_in_acceptance,
}
"""Kind of town → what its people do."""
COMES: Mapping[str, Callable[[District, int], int]] = {
    "declare": declare,
    "borrow": borrow,
    "dispute": lay_dispute,
    "building": lay_building,
}
"""Action → how the thing of a number comes into the town."""


def _stay(work: Callable[[], int]) -> int:
    """They know only by themselves what is still to be told of what they have taken over, so they stay."""
    print("各单位的人开始办；停下按 Ctrl-C", flush=True)
    try:
        while True:
            if done := work():
                print(f"办了 {done} 件", flush=True)
            time.sleep(PAUSE)
    except KeyboardInterrupt:
        print("停下了")
        return 0
