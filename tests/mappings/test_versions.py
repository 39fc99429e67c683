"""Which version of a mapping holds on which day."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from exchange.errors import Fatal
from mappings import compiler, site_files, versions

OLD = "mapping: 表单\ntitle: 表单\nfrom: [/a]\nto: wire\nfields:\n  - {to: /old, from: /a}\n"
NEW = OLD.replace("/old", "/new")
LATER = OLD.replace("/old", "/later")
DAY = date(2026, 7, 1)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "mappings").mkdir()
    put(tmp_path, "表单", OLD)
    put(tmp_path, "表单@2026-07-01", NEW)
    put(tmp_path, "表单@2027-01-01", LATER)
    return tmp_path


def put(site: Path, name: str, text: str) -> None:
    (site / "mappings" / f"{name}.yaml").write_text(text, "utf-8")


def made(site: Path, day: date) -> set[str]:
    return set(site_files.load("表单", site, day).apply({"a": "1"}))


@pytest.mark.parametrize(
    ("day", "target"),
    [
        ("1990-01-01", "old"),
        ("2026-06-30", "old"),
        ("2026-07-01", "new"),
        ("2026-12-31", "new"),
        ("2027-01-01", "later"),
        ("2099-01-01", "later"),
    ],
)
def test_the_day_chooses(site: Path, day: str, target: str) -> None:
    assert made(site, date.fromisoformat(day)) == {target}


def test_today_is_counted_in_china(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for hour, target in ((15, "old"), (16, "new")):
        now = datetime(2026, 6, 30, hour, 30, tzinfo=UTC)
        monkeypatch.setattr(versions, "utc_now", lambda now=now: now)
        assert set(site_files.load("表单", site).apply({"a": "1"})) == {target}


def test_each_version_has_its_own_digest_and_the_same_name(site: Path) -> None:
    one, other = (site_files.load("表单", site, day) for day in (date(2026, 6, 30), DAY))
    assert (one.name, one.valid_from, other.valid_from) == ("表单", "", "2026-07-01")
    assert other.name == "表单" and one.digest != other.digest


def test_a_version_can_be_named_itself(site: Path) -> None:
    assert site_files.load("表单@2027-01-01", site, DAY).valid_from == "2027-01-01"
    with pytest.raises(Fatal) as caught:
        site_files.load("表单@2027-01-02", site)
    assert caught.value.code == "mapping.no-such-mapping"
    assert caught.value.facts["nearest"] == "表单@2027-01-01"


def test_before_the_first_version_there_is_none(site: Path) -> None:
    (site / "mappings" / "表单.yaml").unlink()
    with pytest.raises(Fatal) as caught:
        site_files.load("表单", site, date(2026, 6, 30))
    assert (caught.value.code, caught.value.facts["since"]) == ("mapping.not-yet", "2026-07-01")
    assert made(site, DAY) == {"new"}


def test_every_version_is_checked_before_its_day(site: Path) -> None:
    assert list(site_files.problems(site)) == []
    put(site, "表单@2099-01-01", NEW.replace("title", "titel"))
    put(site, "表单@7月1日", NEW)
    put(site, "表单@2098-01-01", NEW + 'valid_from: "2098-01-02"\n')
    put(site, "表单@2097-01-01", NEW.replace("mapping: 表单", "mapping: 单"))
    found = {(each.code, each.facts["file"]) for each in site_files.problems(site)}
    assert found == {
        ("mapping.unknown-key", "表单@2099-01-01.yaml"),
        ("mapping.key-missing", "表单@2099-01-01.yaml"),
        ("mapping.bad-version", "表单@7月1日.yaml"),
        ("mapping.other-day", "表单@2098-01-01.yaml"),
        ("mapping.name-differs", "表单@2097-01-01.yaml"),
    }
    assert made(site, DAY) == {"new"}
    with pytest.raises(Fatal):
        compiler.compile_file(site / "mappings" / "表单@7月1日.yaml", site)


def test_a_file_without_a_day_in_its_name_does_not_begin_on_one(site: Path) -> None:
    put(site, "表单", OLD + 'valid_from: "2026-01-01"\n')
    assert [each.code for each in site_files.problems(site)] == ["mapping.other-day"]
    put(site, "表单", OLD)
    put(site, "表单@2026-07-01", NEW + 'valid_from: "2026-07-01"\n')
    assert list(site_files.problems(site)) == []


def test_a_site_adds_no_version_to_a_shipped_mapping(site: Path) -> None:
    shipped = "register_certificate"
    put(site, f"{shipped}@2026-07-01", NEW.replace("mapping: 表单", f"mapping: {shipped}"))
    assert [each.code for each in site_files.problems(site)] == ["mapping.two-of-a-name"]
    with pytest.raises(Fatal) as caught:
        site_files.load(shipped, site, DAY)
    assert caught.value.code == "mapping.two-of-a-name"


def test_shipped_mappings_are_compiled_once_whatever_the_day() -> None:
    one = compiler.load("register_certificate", date(2020, 1, 1))
    assert one is compiler.load("register_certificate")
