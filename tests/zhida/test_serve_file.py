"""``serve.yaml``: what it may say, and what nobody could ever be known by."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from exchange.errors import Fatal, Invalid
from exchange.ports import Endpoint
from zhida import serve, serve_clients, serve_file, site, site_check
from zhida.site import Site

EXAMPLE = Path(__file__).resolve().parents[2] / "sandbox" / "site"
GOOD = """
connection: hub_door
clients:
  portal: {title: 门户, unit: service-window, common_name: portal, may: [policies, explain]}
  小雨: {title: 政策问答机器人, unit: hub, common_name: robot, may: [policies], rate: 5 per second}
"""


@pytest.fixture
def told(tmp_path: Path) -> Site:
    return site.load(Path(shutil.copytree(EXAMPLE, tmp_path / "site")), with_matters=False)


def write(told: Site, text: str) -> None:
    (told.folder / "serve.yaml").write_text(text, "utf-8")


def mistakes(told: Site, text: str) -> list[tuple[str, Any]]:
    write(told, text)
    with pytest.raises(Invalid) as error:
        serve_file.load(told)
    return [(p.code, p.facts.get("line")) for p in error.value.problems]


def test_a_site_says_who_may_call(told: Site) -> None:
    write(told, GOOD)
    found = serve_file.load(told)
    portal, robot = found.clients.values()
    assert (found.connection, found.without_tls, found.answer_seconds) == ("hub_door", False, 5)
    assert (portal.may, portal.rate.calls) == (frozenset({"policies", "explain"}), 100)
    assert (robot.name, robot.unit, robot.rate.calls) == ("小雨", "hub", 5)


def test_without_the_file_there_is_no_endpoint(told: Site) -> None:
    assert not serve_file.is_there(told.folder)
    with pytest.raises(Invalid, match=r"serve\.no-file"):
        serve_file.load(told)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("common_name: portal, ", "", "serve.nameless-client"),
        ("common_name: robot", "common_name: portal", "serve.name-twice"),
        ("unit: hub", "unit: hubb", "site.no-unit"),
        ("may: [policies]", "may: []", "file.schema"),
        ("may: [policies]", "may: [polices]", "file.schema"),
        ("5 per second", "often", "file.schema"),
        ("connection: hub_door", "connexion: hub_door", "file.unknown-key"),
        ("common_name: robot", "common_nam: robot", "file.unknown-key"),
    ],
)
def test_a_slip_is_told(told: Site, old: str, new: str, code: str) -> None:
    assert GOOD.count(old) >= 1
    found = mistakes(told, GOOD.replace(old, new))
    assert code in [each for each, _ in found]
    assert all(line for name, line in found if name.startswith("file."))


def test_all_slips_are_told_at_once(told: Site) -> None:
    text = GOOD.replace("unit: hub", "unit: x").replace("common_name: robot", "common_name: portal")
    assert [code for code, _ in mistakes(told, text)] == ["serve.name-twice", "site.no-unit"]


# --- where it listens --------------------------------------------------------------------------

PLAIN = GOOD.replace("connection: hub_door", "connection: hub_door\nwithout_tls: true").replace(
    "common_name:", "connection:"
)


def settings(told: Site, text: str) -> serve_file.Settings:
    write(told, text)
    return serve_file.load(told)


@pytest.mark.parametrize("host", ["0.0.0.0", "10.1.2.3", "::", "hub.local", "[::]"])
def test_in_the_clear_only_this_machine_is_served(told: Site, host: str) -> None:
    with pytest.raises(Fatal, match=r"serve\.in-the-clear"):
        serve._context(Endpoint(f"{host}:8443"), settings(told, PLAIN))
    assert serve._context(Endpoint("127.0.0.1:8443"), settings(told, PLAIN)) is None
    assert serve._context(Endpoint("[::1]:8443"), settings(told, PLAIN)) is None


def test_with_tls_the_clients_authority_must_be_named(told: Site) -> None:
    """Without it every certificate in the world would do."""
    for extra, missing in (({}, "cert"), ({"cert": "a.crt"}, "client_ca")):
        with pytest.raises(Fatal, match=r"serve\.no-certificate") as error:
            serve._context(Endpoint("10.0.0.1:1", extra=extra), settings(told, GOOD))
        assert error.value.facts["missing"] == missing


@pytest.mark.parametrize("address", ["", "127.0.0.1", ":8443", "127.0.0.1:https"])
def test_an_address_is_host_and_port(address: str) -> None:
    with pytest.raises(Fatal, match=r"serve\.address"):
        serve._address(Endpoint(address))


@pytest.mark.parametrize(
    ("portal", "robot", "good"),
    [
        ("p" * 32, "r" * 32, True),
        ("p" * 32, "r" * 31, False),
        ("p" * 32, "p" * 32, False),
        ("p" * 32, "", False),
    ],
)
def test_a_token_is_long_and_its_own(told: Site, portal: str, robot: str, good: bool) -> None:
    passwords = {"portal": portal, "robot": robot}
    hub: Any = SimpleNamespace(endpoint=lambda name: Endpoint("", password=passwords[name]))
    found = settings(told, PLAIN)
    if good:
        assert serve_clients.tokens(hub, found) == {"portal": portal, "小雨": robot}
    else:
        with pytest.raises(Fatal, match=r"serve\.weak-token"):
            serve_clients.tokens(hub, found)
    assert serve_clients.tokens(hub, replace(found, without_tls=False)) == {}


def test_the_check_of_a_site_looks_at_it(told: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIDA_SITE", str(told.folder))
    for text, well in ((GOOD, True), (GOOD.replace("unit: hub", "unit: x"), False)):
        write(told, text)
        rows = [row for row in site_check.check_site() if row["step"] == "中枢接口"]
        assert [row["ok"] for row in rows] == [well]
