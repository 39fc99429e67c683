"""Secrets out of the environment, or out of the files that it names."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.errors import Fatal
from zhida import environment


@pytest.fixture(autouse=True)
def empty(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ZHIDA_KEY_PASSWORD", "ZHIDA_STORE_URL", "ZHIDA_KEY_PASSWORD_OTHER"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)


def test_a_secret_may_lie_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "word").write_text("secret of high entropy\n")
    (tmp_path / "url").write_text("postgresql+psycopg://zhida:w@db/zhida\r\n")
    monkeypatch.setenv("ZHIDA_KEY_PASSWORD_FILE", str(tmp_path / "word"))
    monkeypatch.setenv("ZHIDA_STORE_URL_FILE", str(tmp_path / "url"))
    assert environment.secret() == b"secret of high entropy"
    assert environment.store_url() == "postgresql+psycopg://zhida:w@db/zhida"
    assert environment.other_secret() == b""
    assert environment.secret_files() == [tmp_path / "word", tmp_path / "url"]


def test_the_variable_itself_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIDA_KEY_PASSWORD_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("ZHIDA_KEY_PASSWORD", "here")
    assert environment.secret() == b"here"


def test_a_file_that_can_not_be_read_is_no_empty_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHIDA_KEY_PASSWORD_OTHER_FILE", str(tmp_path / "none"))
    with pytest.raises(Fatal, match="site.no-secret-file") as caught:
        environment.other_secret()
    assert caught.value.facts["variable"] == "ZHIDA_KEY_PASSWORD_OTHER_FILE"


def test_without_either_a_person_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Fatal, match="site.no-variable"):
        environment.secret()
