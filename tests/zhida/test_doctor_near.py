"""The quick look: what is wrong with site, store or key is told, and the rest all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.zhida.endpoint import Endpoint
from zhida import doctor_near
from zhida.doctor_near import Visit


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Endpoint:
    found = Endpoint(tmp_path / "d", {})
    found.hub.close()
    for name, value in found.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("ZHIDA_STORE_URL", raising=False)
    return found


def looked() -> dict[str, tuple[str, str]]:
    lines = list(doctor_near.look(Visit()))
    bad = {line.title: (line.state, line.code) for line in lines if line.state != "good"}
    assert len(lines) > len(bad)
    return {title: told for title, told in bad.items() if told[0] == "bad"}


def test_a_hub_that_is_well(place: Endpoint) -> None:
    assert looked() == {}


def test_a_wrong_password_is_told_and_the_store_all_the_same(
    place: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHIDA_KEY_PASSWORD", "wrong")
    assert looked() == {"中枢私钥": ("bad", "site.bad-key")}
    monkeypatch.delenv("ZHIDA_KEY_PASSWORD")
    assert looked() == {"中枢私钥": ("bad", "site.no-variable")}


def test_a_store_that_is_off(place: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIDA_STORE_URL", "postgresql+psycopg://zhida:x@127.0.0.1:1/zhida")
    assert looked() == {"连接": ("bad", "store.unavailable")}
    monkeypatch.setenv("ZHIDA_STORE_URL", "nonsense")
    assert looked() == {"连接": ("bad", "store.url")}


def test_a_key_that_others_may_read(place: Endpoint) -> None:
    (place.site / "keys/hub.key").chmod(0o644)
    assert looked() == {"密钥文件的权限": ("bad", "doctor.mode")}


def test_without_a_site_nothing_else_can_be_told(
    place: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHIDA_SITE", str(place.folder / "nowhere"))
    (line,) = doctor_near.look(Visit())
    assert (line.state, line.code) == ("bad", "site.not-found")
