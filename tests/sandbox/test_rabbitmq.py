"""A broker of our own: what is started is found again, and nothing stays behind."""

import socket

import pytest

from sandbox.handle import NotHealthy
from sandbox.rabbitmq import RabbitMq


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_it_comes_up_again_where_it_was_and_leaves_nothing_running(tmp_path):
    with RabbitMq(tmp_path / "broker") as broker:
        port, password = broker.port, broker.password
        assert "zhida" in broker.ctl("list_users")
        broker.kill()
        assert not any(process.is_alive() for process in broker.processes)
        broker.start()
        broker.wait()
        assert (broker.port, broker.password) == (port, password)
        assert listens(port)
    assert not any(process.is_alive() for process in broker.processes)
    assert not listens(port)
    assert not listens(int(broker.environment["ERL_EPMD_PORT"]))


def test_its_secrets_are_for_its_owner_only(tmp_path):
    broker = RabbitMq(tmp_path)
    broker.prepare()
    assert (tmp_path / "broker.json").stat().st_mode & 0o077 == 0
    assert (tmp_path / "rabbitmq.conf").stat().st_mode & 0o077 == 0
    assert broker.password in (tmp_path / "rabbitmq.conf").read_text("utf-8")
    assert broker.password not in "".join(broker.environment.values())


def test_a_missing_package_is_told_with_the_command_that_installs_it(tmp_path, monkeypatch):
    monkeypatch.setattr("sandbox.rabbitmq.SERVER", tmp_path / "nothing")
    with pytest.raises(NotHealthy, match="apt-get install .*rabbitmq-server"):
        RabbitMq(tmp_path).start()
