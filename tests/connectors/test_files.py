"""A local drop folder: what counts as complete, what is taken once, and what a kill leaves."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jsonschema_rs
import pytest

from connectors import files
from exchange.errors import Fatal, Retriable
from exchange.ports import Endpoint

ROOT = Path(__file__).parents[2]


class Clock:
    def __init__(self):
        self.now = datetime(2026, 1, 7, 17, 0, tzinfo=UTC)  # the 8th in China

    def __call__(self):
        return self.now

    def skip(self, seconds):
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def drop(tmp_path):
    folder = tmp_path / "births"
    folder.mkdir()
    return folder


@pytest.fixture
def feed(drop, clock):
    """``feed(**options)``: a new life of the feed over the folder."""

    def made(**options):
        told = {"folders": {"births": {"folder": "births", **options}}}
        jsonschema_rs.validate(files.OPTIONS, told)
        return files.open_feed(told, Endpoint(str(drop.parent), clock=clock))

    return made


def receive(feed, cursor="", limit=100):
    return list(feed.receive("births", cursor, limit=limit)[0])


def raws(feed, **more):
    return [parcel.raw for parcel in receive(feed, **more)]


def settle(feed):
    feed.settle("births", [parcel.key for parcel in receive(feed)])


def names(folder):
    return sorted(p.name.partition("~")[2] or p.name for p in folder.rglob("*") if not p.is_dir())


# --- when is a file complete ----------------------------------------------------------------------


def test_a_file_counts_once_it_has_its_final_name(feed, drop):
    births = feed()
    (drop / "a.json.part").write_bytes(b"ha")
    (drop / ".a.json.swp").write_bytes(b"x")
    assert raws(births) == []
    (drop / "a.json.part").rename(drop / "a.json")
    assert raws(births) == [b"ha"]


def test_a_file_counts_once_its_marker_is_there(feed, drop):
    births = feed(complete="marker", marker=".done")
    (drop / "a.json").write_bytes(b"whole")
    assert raws(births) == []
    (drop / "a.json.done").touch()
    assert raws(births) == [b"whole"]
    settle(births)
    assert sorted(p.name.partition("~")[2] for p in (drop / "done" / "2026-01-08").iterdir()) == [
        "a.json",
        "a.json.done",
    ]


def test_a_used_marker_does_not_announce_the_next_file(feed, drop):
    births = feed(complete="marker")
    for name in ("a.json", "a.json.ok"):
        (drop / name).write_bytes(b"first")
    assert raws(births) == [b"first"]
    (drop / "a.json").write_bytes(b"half of the next")
    assert raws(births) == [b"first"]
    settle(births)
    assert raws(births) == []


def test_a_claim_cut_short_after_the_marker_is_finished(feed, drop):
    births = feed(complete="marker")
    receive(births)
    (drop / "a.json").write_bytes(b"whole")
    (drop / "claimed" / "20260108T010000000000-0a1b2c3d~a.json.ok").touch()
    assert raws(births) == [b"whole"]
    assert names(drop / "claimed") == ["a.json", "a.json.ok"]


def test_a_marker_whose_file_was_taken_back_is_put_away(feed, drop):
    births = feed(complete="marker")
    receive(births)
    (drop / "claimed" / "20260108T010000000000-0a1b2c3d~a.json.ok").touch()
    assert raws(births) == []
    (drop / "a.json").write_bytes(b"half")
    assert raws(births) == []


def test_a_file_counts_once_it_has_been_quiet_even_if_each_look_is_another_life(feed, drop, clock):
    def look(cursor):
        return feed(complete="quiet", quiet_s=30).receive("births", cursor, limit=9)

    (drop / "a.json").write_bytes(b"ha")
    _, cursor = look("")
    clock.skip(20)
    (drop / "a.json").write_bytes(b"half")
    found, cursor = look(cursor)
    clock.skip(20)
    assert (found, look(cursor)[0]) == ([], [])
    clock.skip(10)
    found, cursor = look(cursor)
    assert [parcel.raw for parcel in found] == [b"half"]
    assert "a.json" not in cursor


def test_only_files_of_the_pattern_are_meant(feed, drop):
    (drop / "a.json").write_bytes(b"1")
    (drop / "readme.txt").write_bytes(b"2")
    assert raws(feed(pattern="*.json")) == [b"1"]


# --- once -----------------------------------------------------------------------------------------


def test_what_is_not_settled_comes_again_and_what_is_settled_never(feed, drop):
    (drop / "a.json").write_bytes(b"1")
    first = receive(feed())
    later = feed()
    assert receive(later) == first
    later.settle("births", [parcel.key for parcel in first])
    assert receive(later) == receive(feed()) == []
    assert names(drop / "done" / "2026-01-08") == ["a.json"]


def test_the_same_file_again_is_the_same_parcel_and_a_changed_one_is_another(feed, drop):
    births, keys = feed(), []
    for content in (b"1", b"1", b"2"):
        (drop / "a.json").write_bytes(content)
        (parcel,) = receive(births)
        keys.append(parcel.key)
        births.settle("births", [parcel.key])
    (drop / "b.json").write_bytes(b"1")
    (other,) = receive(births)
    assert keys[0] == keys[1]
    assert len({*keys, other.key}) == 3
    assert "a.json" not in keys[0]


def test_what_was_filed_away_is_never_overwritten(feed, drop):
    births = feed()
    for content in (b"1", b"2"):
        (drop / "a.json").write_bytes(content)
        settle(births)
    kept = sorted(p.read_bytes() for p in (drop / "done" / "2026-01-08").iterdir())
    assert kept == [b"1", b"2"]


def test_a_file_written_anew_before_the_first_is_settled_is_not_lost(feed, drop):
    births = feed()
    (drop / "a.json").write_bytes(b"old")
    (first,) = receive(births)
    (drop / "a.json").write_bytes(b"new")
    births.settle("births", [first.key])
    assert raws(births) == [b"new"]


def test_two_workers_over_one_folder_both_see_a_file_and_one_files_it_away(feed, drop):
    one, other = feed(), feed()
    (drop / "a.json").write_bytes(b"1")
    assert receive(one) == receive(other)
    settle(one)
    settle(other)
    assert receive(one) == receive(other) == []
    assert names(drop) == ["a.json"]


def test_no_more_is_claimed_than_was_asked_for(feed, drop):
    for number in range(5):
        (drop / f"{number}.json").write_bytes(b"%d" % number)
    births = feed()
    assert len(receive(births, limit=2)) == 2
    assert len(names(drop / "claimed")) == 2


def test_what_is_claimed_at_one_moment_keeps_its_order(feed, drop):
    """A clock may stand still for a moment; of several whole lists the latest counts."""
    for number in range(12):
        (drop / f"{99 - number}.json").write_bytes(b"%d" % number)
        os.utime(drop / f"{99 - number}.json", (1_000 + number, 1_000 + number))
    assert raws(feed()) == [b"%d" % number for number in range(12)]


# --- rows -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_each_row_carries_the_header_and_its_own_bytes(feed, drop, encoding):
    rows = ["编号,姓名\r\n", '1,"张\n小直"\r\n', "\r\n", "2,𠮷\u2028乙\r\n", "3,镕隆"]
    (drop / "a.csv").write_bytes("".join(rows).encode(encoding))
    wanted = [(rows[0] + row).encode(encoding) for row in (rows[1], rows[3], rows[4])]
    assert raws(feed(split="csv")) == wanted


def test_no_character_of_gb18030_cuts_a_row():
    from connectors.rows import cut

    for code in (*range(0x80, 0xD800), *range(0xE000, 0x11000), *range(0x20000, 0x20400)):
        row = f"a{chr(code)}b\n".encode("gb18030")
        assert cut(b"h\n" + row, "csv") == (b"h\n", [row])
        assert cut(row, "lines") == (b"", [row])


def test_a_file_is_filed_away_when_every_row_is_settled(feed, drop):
    (drop / "a.csv").write_bytes(b"n\n1\n2\n3\n")
    births = feed(split="csv")
    first, second, third = (parcel.key for parcel in receive(births))
    births.settle("births", [first, third])
    assert [parcel.key for parcel in receive(births)] == [second]
    assert not (drop / "done").exists()
    births.settle("births", [second])
    assert names(drop / "done") == ["a.csv"]


def test_a_long_file_comes_in_portions(feed, drop):
    (drop / "a.txt").write_bytes(b"1\n2\n3\n")
    births, got = feed(split="lines"), []
    while found := receive(births, limit=2):
        got.append([parcel.raw for parcel in found])
        births.settle("births", [parcel.key for parcel in found])
    assert got == [[b"1\n", b"2\n"], [b"3\n"]]


def test_a_file_without_rows_is_filed_away(feed, drop):
    (drop / "a.csv").write_bytes(b"n\n")
    assert receive(feed(split="csv")) == []
    assert names(drop / "done") == ["a.csv"]


def test_equal_rows_are_two_by_number_and_one_by_content(feed, drop):
    (drop / "a.csv").write_bytes(b"n\n1\n1\n")
    assert len(receive(feed(split="csv"))) == 2
    monday = receive(feed(split="csv", same_row="by-content"))
    (drop / "b.csv").write_bytes(b"n\n1\n2\n")
    tuesday = receive(feed(split="csv", same_row="by-content"))
    assert len(monday) == 1
    assert [parcel.raw for parcel in tuesday if parcel.key != monday[0].key] == [b"n\n2\n"]


def test_each_parcel_tells_its_file_by_its_number_and_its_row(feed, drop):
    (drop / "张小直.csv").write_bytes(b"n\n1\n\n2\n")
    rows = feed(split="csv")
    first, second = receive(rows)
    assert (first.number, second.number) == (1, 2)
    settle(rows)
    [done] = [path.name for path in (drop / "done").rglob("*.csv")]
    assert done == f"{first.file}~张小直.csv"
    (drop / "b.json").write_bytes(b"{}")
    (whole,) = receive(feed())
    assert (whole.number, bool(whole.file)) == (0, True)


# --- hostile and broken ---------------------------------------------------------------------------


@pytest.mark.guarantee("G10")
def test_a_link_is_never_followed(feed, drop, tmp_path):
    (tmp_path / "secret").write_bytes(b"secret")
    (drop / "a.json").symlink_to(tmp_path / "secret")
    births = feed()
    (parcel,) = receive(births)
    assert (parcel.raw, parcel.error.code) == (b"", "files.not-a-file")
    settle(births)
    assert (tmp_path / "secret").read_bytes() == b"secret"
    assert receive(births) == []


@pytest.mark.guarantee("G10")
def test_what_became_a_link_after_it_was_listed_is_not_followed_either(tmp_path):
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "a").symlink_to(tmp_path / "secret")
    with pytest.raises(PermissionError):
        files.Disk(tmp_path).read("a", 10)


@pytest.mark.guarantee("G10")
def test_a_pipe_blocks_nobody(feed, drop):
    os.mkfifo(drop / "a.json")
    (parcel,) = receive(feed())
    assert parcel.error.code == "files.not-a-file"


def test_a_file_too_big_is_told_and_holds_up_no_other(feed, drop):
    (drop / "张三.json").write_bytes(b"x" * 11)
    (drop / "b.json").write_bytes(b"y" * 10)
    told = {parcel.raw: parcel.error for parcel in receive(feed(max_bytes=10))}
    assert told[b"y" * 10] is None
    assert told[b""].code == "files.too-big"
    assert "张三" not in str(told[b""])
    (claimed,) = (drop / "claimed").glob(f"{told[b''].facts['file']}~*")
    assert claimed.name.endswith("~张三.json")


@pytest.mark.parametrize("folder", ["../x", "/etc", "a/../../b", "a//b", "a/", ".", ""])
def test_a_folder_outside_is_refused_by_the_declaration(folder):
    told = {"folders": {"births": {"folder": folder}}}
    assert not jsonschema_rs.is_valid(files.OPTIONS, told)


def test_a_name_that_is_no_text_is_a_file_like_others(feed, drop):
    Path(os.fsdecode(bytes(drop) + b"/\xd5\xc5.json")).write_bytes(b"1")
    births = feed()
    assert raws(births) == [b"1"]
    settle(births)
    assert receive(births) == []


def test_a_missing_folder_is_the_installation_s_fault_and_is_not_made(feed, drop, tmp_path, clock):
    births = feed()
    drop.rmdir()
    with pytest.raises(Fatal, match=r"files\.no-folder"):
        receive(births)
    assert not drop.exists()
    with pytest.raises(Fatal, match=r"files\.no-folder"):
        files.open_feed({"folders": {}}, Endpoint("births", clock=clock))


def test_two_streams_in_one_folder_are_refused(drop):
    told = {"folders": {"a": {"folder": "births"}, "b": {"folder": "births"}}}
    with pytest.raises(Fatal, match=r"files\.same-folder"):
        files.open_feed(told, Endpoint(str(drop.parent)))


def test_a_wrong_stream_is_answered_with_the_nearest(feed):
    with pytest.raises(Fatal) as raised:
        feed().receive("brths", "", limit=1)
    assert raised.value.facts == {"stream": "brths", "nearest": "births"}


@pytest.mark.parametrize(
    ("theirs", "ours", "code"),
    [
        (PermissionError(13, "x"), Fatal, "files.no-right"),
        (OSError(5, "secret path"), Retriable, "files.unavailable"),
    ],
)
def test_a_disk_s_errors_are_ours(tmp_path, theirs, ours, code):
    with pytest.raises(ours) as raised, files.Disk(tmp_path).told():
        raise theirs
    assert raised.value.code == code
    assert "secret" not in str(raised.value)


def test_it_waits_for_the_first_file(feed, drop):
    births = feed()
    sender = subprocess.Popen(["sh", "-c", f"sleep 0.3; echo 1 > {drop}/a.json"])
    found, _ = births.receive("births", "", limit=1, wait=30.0)
    sender.wait()
    assert len(found) == 1


# --- kill -9 --------------------------------------------------------------------------------------

KILLED = """
import json, os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from connectors import files
from exchange.ports import Endpoint

drop, options = Path(sys.argv[2]), json.loads(sys.argv[3])
ours = drop.parent / "ours"

def life(at):
    lines = 0
    def trace(frame, event, _):
        nonlocal lines
        if "connectors" not in frame.f_code.co_filename:
            return None
        if event == "line":
            lines += 1
            if lines == at:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace
    feed = files.open_feed({"folders": {"births": options}}, Endpoint(str(drop.parent)))
    sys.settrace(trace)
    found, _ = feed.receive("births", "", limit=100)
    sys.settrace(None)
    with ours.open("ab", buffering=0) as file:
        for parcel in found:
            file.write(json.dumps([parcel.key, parcel.raw.decode()]).encode() + b"\\n")
        os.fsync(file.fileno())
    sys.settrace(trace)
    feed.settle("births", [parcel.key for parcel in found])
    sys.settrace(None)
    return lines, len(found)

def send(number):
    for name, text in ((f"{number}.csv", f"n\\n{number}a\\n{number}b\\n"), (f"{number}.csv.ok", "")):
        (drop / (name + ".part")).write_text(text)
        (drop / (name + ".part")).rename(drop / name)

def forked(at):
    pid = os.fork()
    if pid == 0:
        life(at)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

send(0)
(lines, _), kills = life(0), 0
for at in range(1, lines + 1, int(sys.argv[4])):
    send(at)
    kills += forked(at) == -signal.SIGKILL
while life(0)[1]:
    pass
sent = 1 + len(range(1, lines + 1, int(sys.argv[4])))
print(json.dumps({"kills": kills, "sent": sent}))
"""


STEP = {"": "4", "full": "1"}[os.environ.get("ZHIDA_ROUNDS", "")]


@pytest.mark.guarantee("G1")
@pytest.mark.parametrize("complete", ["renamed", "marker"])
def test_a_kill_at_any_line_loses_no_file(drop, complete, record_property):
    pattern = "*.csv"
    options = {"folder": "births", "split": "csv", "complete": complete, "pattern": pattern}
    told = subprocess.run(
        [sys.executable, "-c", KILLED, str(ROOT), str(drop), json.dumps(options), STEP],
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(told.stdout)
    record_property("rounds", found["kills"])
    assert found["kills"] > 50
    ours = [json.loads(line) for line in (drop.parent / "ours").read_text().splitlines()]
    got = {raw for _, raw in ours}
    assert got == {
        p.read_text()[:2] + row
        for p in (drop / "done").rglob("*.csv")
        for row in p.read_text()[2:].splitlines(keepends=True)
    }
    assert len(got) == 2 * found["sent"]
    assert len({key for key, _ in ours}) == len(got)
    left = [p for p in drop.iterdir() if p.name.endswith(".csv")] + list(
        (drop / "claimed").iterdir()
    )
    assert left == []
    assert len(list((drop / "done").rglob("*.csv"))) == found["sent"]


def test_a_file_without_the_right_to_read_it_is_told_and_holds_up_no_other(feed, drop, monkeypatch):
    (drop / "a.json").write_bytes(b"secret")
    (drop / "b.json").write_bytes(b"1")
    opened = os.open

    def refused(path, *told, **more):  # root may read everything
        if str(path).endswith("~a.json"):
            raise PermissionError(13, "no right")
        return opened(path, *told, **more)

    monkeypatch.setattr(os, "open", refused)
    found = {parcel.raw: parcel.error for parcel in receive(feed())}  # written in one moment
    assert found.pop(b"1") is None
    assert [error.code for error in found.values()] == ["files.unreadable"]
