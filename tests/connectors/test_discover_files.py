"""Files with sizes and encodings; nothing of their content."""

from connectors.discovery import discover
from exchange.ports import Endpoint


def test_newest_first_with_what_they_are(tmp_path):
    (tmp_path / "in" / "done").mkdir(parents=True)
    (tmp_path / "in" / "旧.csv").write_bytes("姓名\n张示例\n".encode("gbk"))
    (tmp_path / "in" / "b.json").write_text('{"姓名": "张示例"}', "utf-8")
    (tmp_path / "in" / "link").symlink_to("/etc/hostname")
    settings = {"folders": {"births": {"folder": "in"}}}
    found = {each.name: each.facts for each in discover("files", settings, Endpoint(str(tmp_path)))}
    assert found == {
        "in/旧.csv": {"bytes": 12, "encoding": "gb18030"},
        "in/b.json": {"bytes": 23, "encoding": "utf-8"},
    }
    assert "张示例" not in repr(found)


def test_another_folder(tmp_path):
    (tmp_path / "out").mkdir()
    assert discover("files", {}, Endpoint(str(tmp_path)), "out") == []
