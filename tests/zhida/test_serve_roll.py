"""Clients and keys as the site's files are now; where the endpoint listens does not change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.errors import Invalid
from exchange.keyring import Keyring
from sandbox import pki
from tests.zhida import finance_town
from tests.zhida.finance_town import Place
from zhida import serve_file, trust
from zhida.serve_live import Live
from zhida.serve_roll import SiteRoll

SERVE = """connection: door
clients:
  a: {title: 甲, unit: bank-a, common_name: a.example, may: [finance]}
"""


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with finance_town.opened(tmp_path) as found:
        (found.site / "serve.yaml").write_text(SERVE, "utf-8")
        yield found


def of(place: Place) -> SiteRoll:
    told = place.hub.site
    return SiteRoll(told, serve_file.load(told), lambda at: Keyring(trust.unit_certificates(at)))


def test_a_client_that_is_written_down_is_known(place: Place) -> None:
    roll = of(place)
    assert set(roll.read().settings.clients) == {"a"}
    more = SERVE + "  b: {title: 乙, unit: bank-b, common_name: b.example, may: [finance]}\n"
    (place.site / "serve.yaml").write_text(f"without_tls: true\n{more}", "utf-8")
    with pytest.raises(Invalid, match=r"serve\.nameless-client"):
        roll.read()
    (place.site / "serve.yaml").write_text(more, "utf-8")
    found = roll.read().settings
    assert (set(found.clients), found.without_tls) == ({"a", "b"}, False)


def test_the_files_are_those_that_it_rests_on(place: Place) -> None:
    roll = of(place)
    names = {path.name for path in roll.files()}
    assert {"serve.yaml", "bank-a.yaml", "hub.crt"} <= names


def test_a_certificate_that_is_named_before_it_is_there_counts_once_it_comes(place: Place) -> None:
    secret = pki.secrets_of(place.folder)["ca"]
    pki.add(place.folder, "Ed25519", "bank-a", secret)
    file = place.site / "keys" / "bank-a.crt"
    content = file.read_bytes()
    file.unlink()
    roll = of(place)
    live = Live(roll.read, roll.files)
    with (place.site / "units" / "bank-a.yaml").open("a", encoding="utf-8") as unit:
        unit.write("certificates: [../keys/bank-a.crt]\n")
    assert live().keyring.certificates("bank-a") == []
    file.write_bytes(content)
    assert len(live().keyring.certificates("bank-a")) == 1
