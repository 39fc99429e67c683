import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from connectors.http import Received
from connectors.rest_lease import Fixed, Grant, Leasing, Renewed
from exchange.errors import Retriable

NOW = datetime(2026, 1, 5, tzinfo=UTC)
PAGE = b"<html><input type=password></html>"


def answer(status, content=b"{}"):
    return Received(status, {}, content)


class Desk:
    def __init__(self, *untils):
        self.now, self.given, self._untils = NOW, 0, list(untils)

    def obtain(self):
        self.given += 1
        return Grant(f"t{self.given}", self._untils.pop(0) if self._untils else None)

    def renewed(self, **more):
        return Renewed(self.obtain, lambda secret: secret, clock=lambda: self.now, **more)


def test_a_token_is_had_once_and_kept():
    desk = Desk()
    renewed = desk.renewed()
    leases = [renewed.lease() for _ in range(3)]
    assert [(lease.sign, lease.fresh) for lease in leases] == [
        ("t1", True),
        ("t1", False),
        ("t1", False),
    ]


def test_it_is_renewed_when_its_time_is_over():
    desk = Desk(NOW + timedelta(minutes=9))
    renewed = desk.renewed()
    renewed.lease()
    desk.now += timedelta(minutes=9)
    assert (renewed.lease().sign, renewed.lease().fresh) == ("t2", False)


def test_a_refused_one_is_dropped_once_however_many_were_refused():
    desk = Desk()
    renewed = desk.renewed()
    leases = [renewed.lease() for _ in range(5)]
    leases[0].drop()
    assert renewed.lease().sign == "t2"
    for lease in leases:
        lease.drop()
    assert renewed.lease().sign == "t2"


def test_a_failure_to_obtain_is_the_caller_s_and_keeps_nothing():
    calls = []

    def obtain():
        calls.append(1)
        if len(calls) == 1:
            raise Retriable("wire.refused", peer="x:80")
        return Grant("t")

    renewed = Renewed(obtain, lambda secret: secret)
    with pytest.raises(Retriable):
        renewed.lease()
    assert renewed.lease().fresh


def test_many_threads_share_one_login():
    desk, start = Desk(), threading.Barrier(8)
    renewed, found = desk.renewed(), []

    def work():
        start.wait()
        found.append(renewed.lease().sign)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["t1"] * 8
    assert desk.given == 1


def test_who_waited_for_a_login_that_failed_fails_with_it():
    """Each in its own turn would wait a whole time-out after the other."""
    calls, entered, leave = [], threading.Event(), threading.Event()

    def obtain():
        calls.append(1)
        entered.set()
        leave.wait(5)
        raise Retriable("wire.no-answer", peer="x:80")

    renewed, told = Renewed(obtain, lambda secret: secret), []

    def work():
        try:
            renewed.lease()
        except Retriable as error:
            told.append(str(error))

    threads = [threading.Thread(target=work) for _ in range(5)]
    threads[0].start()
    entered.wait(5)
    for thread in threads[1:]:
        thread.start()
    time.sleep(0.2)
    leave.set()
    for thread in threads:
        thread.join()
    assert told == ["wire.no-answer (peer=x:80)"] * 5
    assert len(calls) == 1
    with pytest.raises(Retriable):
        renewed.lease()
    assert len(calls) == 2


def test_what_an_answer_says_of_the_token():
    lease = Desk().renewed(expired=lambda a: a.content == b"expired").lease()
    assert lease.verdict(answer(401)) == "refused"
    assert lease.verdict(answer(200, b"expired")) == "refused"
    assert lease.verdict(answer(200, PAGE)) == "login-page"
    assert lease.verdict(answer(200)) == lease.verdict(answer(403)) == ""


def test_where_nothing_runs_out_a_401_says_nothing_of_a_token():
    lease = Fixed().lease()
    assert (lease.verdict(answer(401)), lease.sign) == ("", None)
    lease.drop()


def test_both_give_leases_and_a_plain_callable_does_not():
    assert isinstance(Fixed(), Leasing)
    assert isinstance(Desk().renewed(), Leasing)
    assert not isinstance(lambda request: request, Leasing)


def test_tokens_do_not_show_themselves():
    assert "t0ken" not in repr(Grant("t0ken"))
