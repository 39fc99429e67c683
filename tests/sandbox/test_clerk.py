"""People at the OA over its real wire."""

import pytest

from sandbox.births import birth
from sandbox.clerk import Clerk, NotCreated, Officer, Person
from sandbox.handle import Handle
from sandbox.oa_workflow import HUB


def test_the_clerk_fills_in_a_form_that_waits_for_the_hub(oa: Handle) -> None:
    form = birth(1).form
    request = Clerk(oa.address).fill_in(form)
    hub = Person(oa.address, HUB)
    assert request in hub.todo()
    read = hub.read(request)
    assert {name: read[name] for name in form} == form
    assert read["@node"] == "部门联办"


def test_the_clerk_files_a_finished_form(oa: Handle) -> None:
    clerk = Clerk(oa.address)
    request = clerk.fill_in(birth(2).form)
    assert not clerk.submit(request)
    assert Person(oa.address, HUB).submit(request, {"jghk": "办结"})
    assert clerk.read(request)["@node"] == "办结"
    assert clerk.submit(request)
    assert clerk.read(request)["@node"] == "归档"


@pytest.mark.parametrize(("approves", "result"), [(True, "1"), (False, "0")])
def test_an_officer_finishes_a_task_with_yes_or_no(oa: Handle, approves: bool, result: str) -> None:
    hub, officer = Person(oa.address, HUB), Officer(oa.address, 202)
    request = hub.create(620, "参保", {"ywlsh": "k-1", "sxmc": "参保登记", "blr": "202"})
    assert request in officer.todo()
    assert officer.approve(request) if approves else officer.decline(request)
    read = hub.read(request)
    assert (read["bljg"], read["@node"]) == (result, "办结")
    assert request not in officer.todo()


def test_a_refused_creation_is_an_error_with_the_number(oa: Handle) -> None:
    with pytest.raises(NotCreated, match="-2"):
        Person(oa.address, 201).create(615, "无权", {})
