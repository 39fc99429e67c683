"""Everybody in a district who knows something of a birth is told: registers, wards, people's desks."""

from __future__ import annotations

from sandbox.clerk import Clerk
from sandbox.district import District
from sandbox.newborns import Newborn
from sandbox.office import Office
from sandbox.officers import Officers

BENEFIT = "3050.00"
"""Yuan: what the mother's stay was settled with."""
_BESIDE = 300
"""Numbers of a day that the register gives out itself; the officer's come after them."""


class World:
    """A district (``whole``) with its people. ``by_hand``: its units have nothing but the OA."""

    def __init__(self, district: District, *, by_hand: bool = False) -> None:
        self.district, self.by_hand = district, by_hand
        address = district.system("oa").address
        self.clerk = Clerk(address)
        self.office = Office(first=0 if by_hand else _BESIDE)
        self.officers = Officers(address, self.office)

    def tell(self, child: Newborn) -> None:
        """What is so before anybody comes to the window; the hospital records the birth."""
        self._tell_people(child)
        if self.by_hand:
            return
        mother = child.facts["mother"]
        insurance = self.district.system("insurance")
        if child.married and child.couple:
            couple = dict(zip(("cert_num_woman", "cert_num_man"), child.couple, strict=True))
            self.district.system("civil").ask("POST", "/act", couple)
        if child.settled:
            stay = {"certno": mother["id_number"], "psn_name": mother["name"]}
            insurance.ask("POST", "/stay", stay | {"fund_pay_sumamt": BENEFIT})
        if child.expected:
            insurance.ask("POST", "/expect", {"grd_certno": child.form["sbrsfz"]})
        if child.doubt and not child.by_hand_only:
            police = self.district.system("police")
            police.fault("refuse", reason=child.doubt, about=child.certificate)
        self.district.birth(child.facts)

    def declare(self, child: Newborn) -> int:
        """The clerk at the window fills in the form; its number in the OA."""
        return self.clerk.fill_in(child.form)

    def work(self) -> int:
        """People do what lies on their desks; how much it was."""
        return self.officers.work()

    def _tell_people(self, child: Newborn) -> None:
        office, mother = self.office, child.facts["mother"]["id_number"]
        office.births[child.certificate] = child.facts
        if child.married and child.couple:
            office.couples.add(child.couple)
        if not child.settled:
            office.unsettled.add(mother)
        if child.expected:
            office.expected.add(child.form["sbrsfz"])
        if child.doubt and (self.by_hand or child.by_hand_only):
            office.doubtful[child.certificate] = child.doubt
        if child.answers:
            office.answers[child.certificate] = child.answers
