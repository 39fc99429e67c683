"""Bodies at rest: bound to their place, and gone for ever with their bucket's key (G6)."""

from __future__ import annotations

import hashlib
import hmac
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import Fatal
from exchange.vault import Vault

SECRET = b"a secret of high entropy"
BUCKET = "newborn-2029-11"


def code(error: pytest.ExceptionInfo[Fatal]) -> str:
    return error.value.code


@pytest.mark.parametrize("cipher", ["SM4-GCM", "AES-256-GCM"])
@pytest.mark.parametrize("body", [b"", b"x", "出生𠮷".encode(), bytes(100_000)])
def test_what_was_sealed_is_opened_again(tmp_path: Path, cipher: str, body: bytes) -> None:
    blob = Vault(tmp_path, SECRET, cipher=cipher).seal(BUCKET, body, about="doc1")
    assert Vault(tmp_path, SECRET, cipher=cipher).unseal(blob, about="doc1") == body
    assert body == b"" or len(body) < 2 or body not in blob


def test_a_body_opens_only_at_its_own_place(vault: Vault) -> None:
    one = vault.seal(BUCKET, b"one", about="doc1")
    with pytest.raises(Fatal) as refused:
        vault.unseal(one, about="doc2")
    assert code(refused) == "vault.broken"


def test_a_body_opens_only_in_its_own_bucket(vault: Vault) -> None:
    blob = vault.seal("m-2029-11", b"one", about="d")
    vault.seal("m-2029-12", b"two", about="d")
    with pytest.raises(Fatal):
        vault.unseal(blob.replace(b"m-2029-11", b"m-2029-12"), about="d")


def test_any_changed_byte_is_noticed(vault: Vault) -> None:
    blob = vault.seal(BUCKET, b"body", about="d")
    for place in range(len(blob)):
        changed = blob[:place] + bytes([blob[place] ^ 1]) + blob[place + 1 :]
        with pytest.raises(Fatal):
            vault.unseal(changed, about="d")


def test_any_shortened_body_is_noticed(vault: Vault) -> None:
    blob = vault.seal(BUCKET, b"body", about="d")
    for size in range(len(blob)):
        with pytest.raises(Fatal):
            vault.unseal(blob[:size], about="d")


def test_a_wrong_secret_is_told_as_such(tmp_path: Path) -> None:
    blob = Vault(tmp_path, SECRET).seal(BUCKET, b"x", about="d")
    with pytest.raises(Fatal) as refused:
        Vault(tmp_path, b"another").unseal(blob, about="d")
    assert code(refused) == "vault.wrong-secret"


def test_a_destroyed_bucket_never_opens_again_and_others_do(tmp_path: Path) -> None:
    vault = Vault(tmp_path, SECRET)
    gone = vault.seal(BUCKET, b"x", about="d")
    kept = vault.seal("newborn-2030-01", b"y", about="e")
    vault.destroy(BUCKET)
    for each in (vault, Vault(tmp_path, SECRET)):
        with pytest.raises(Fatal) as refused:
            each.unseal(gone, about="d")
        assert code(refused) == "vault.bucket-gone"
        assert each.unseal(kept, about="e") == b"y"
    vault.destroy(BUCKET)  # nothing to do: no error
    assert not list(tmp_path.glob(f"{BUCKET}*"))


def test_a_link_does_not_lead_to_another_buckets_key(tmp_path: Path) -> None:
    vault, other = Vault(tmp_path / "copies", SECRET), Vault(tmp_path, SECRET)
    kept = other.seal("kept-2199-01", b"body", about="d")
    (tmp_path / "copies").mkdir()
    (tmp_path / "copies" / f"{BUCKET}.key").symlink_to(tmp_path / "kept-2199-01.key")
    with pytest.raises(Fatal, match=r"vault\.linked"):
        vault.destroy(BUCKET)
    (tmp_path / "copies" / "other-2029-01.0a1b2c3d").symlink_to(tmp_path / "kept-2199-01.key")
    os.link(tmp_path / "kept-2199-01.key", tmp_path / "copies" / "other-2029-01.4e5f6a7b")
    vault.seal("other-2029-01", b"body", about="d")
    vault.destroy("other-2029-01")
    assert [path.name for path in (tmp_path / "copies").iterdir()] == [f"{BUCKET}.key"]
    assert Vault(tmp_path, SECRET).unseal(kept, about="d") == b"body"


def test_a_file_of_two_names_is_destroyed_only_if_it_is_the_buckets_key(tmp_path: Path) -> None:
    vault, other = Vault(tmp_path / "copies", SECRET), Vault(tmp_path, SECRET)
    kept = other.seal("kept-2199-01", b"body", about="d")
    (tmp_path / "copies").mkdir()
    os.link(tmp_path / "kept-2199-01.key", tmp_path / "copies" / f"{BUCKET}.key")
    with pytest.raises(Fatal, match=r"vault\.linked"):
        vault.destroy(BUCKET)
    assert Vault(tmp_path, SECRET).unseal(kept, about="d") == b"body"
    for day in ("monday", "tuesday"):  # as backup programs keep what has not changed
        (tmp_path / day).mkdir()
        os.link(tmp_path / "kept-2199-01.key", tmp_path / day / "kept-2199-01.key")
    (tmp_path / "copies" / f"{BUCKET}.key").rename(tmp_path / "copies" / "kept-2199-01.key")
    for folder in (tmp_path / "monday", tmp_path / "tuesday", tmp_path):
        other.beside(folder).destroy("kept-2199-01")
    assert (tmp_path / "copies" / "kept-2199-01.key").read_bytes() == b""


def test_killed_between_the_two_names_of_a_new_key_it_keeps_the_key(tmp_path: Path) -> None:
    """The draft that is left is the key itself: to drop it does not overwrite it."""
    vault = Vault(tmp_path, SECRET)
    kept = vault.seal(BUCKET, b"body", about="d")
    os.link(tmp_path / f"{BUCKET}.key", tmp_path / f"{BUCKET}.0a1b2c3d")
    assert vault.rewrap() == 0
    assert [path.name for path in tmp_path.iterdir()] == [f"{BUCKET}.key"]
    assert Vault(tmp_path, SECRET).unseal(kept, about="d") == b"body"
    os.link(tmp_path / f"{BUCKET}.key", tmp_path / f"{BUCKET}.0a1b2c3d")
    vault.destroy(BUCKET)
    assert list(tmp_path.iterdir()) == []


def test_another_process_forgets_a_destroyed_bucket_too(tmp_path: Path) -> None:
    here, there = Vault(tmp_path, SECRET), Vault(tmp_path, SECRET)
    blob = here.seal(BUCKET, b"x", about="d")
    assert there.unseal(blob, about="d") == b"x"
    here.destroy(BUCKET)
    with pytest.raises(Fatal):
        there.unseal(blob, about="d")


def test_a_bucket_made_anew_does_not_bring_the_old_bodies_back(tmp_path: Path) -> None:
    vault = Vault(tmp_path, SECRET)
    old = vault.seal(BUCKET, b"x", about="d")
    vault.destroy(BUCKET)
    new = vault.seal(BUCKET, b"y", about="d")
    assert vault.unseal(new, about="d") == b"y"
    with pytest.raises(Fatal):
        vault.unseal(old, about="d")


def test_the_lookup_key_is_made_once(tmp_path: Path) -> None:
    vault = Vault(tmp_path, SECRET)
    assert not vault.has_lookup_key
    vault.prepare()
    before = vault.tag("p", "x")
    vault.prepare()
    assert vault.has_lookup_key and vault.tag("p", "x") == before


def test_the_lookup_key_is_never_destroyed(vault: Vault) -> None:
    before = vault.tag("case", "X1")
    with pytest.raises(Fatal):
        vault.destroy("lookup")
    assert vault.tag("case", "X1") == before


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "a" * 65, "a\0b", "a b", "-x"])
def test_a_bucket_name_is_a_plain_file_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(Fatal) as refused:
        Vault(tmp_path / "keys", SECRET).seal(name, b"x", about="d")
    assert code(refused) == "vault.bucket-name"
    assert list(tmp_path.iterdir()) == []


def test_a_bucket_may_have_a_chinese_name(vault: Vault) -> None:
    blob = vault.seal("新生儿-2029-11", b"x", about="d")
    assert vault.unseal(blob, about="d") == b"x"


def test_a_row_cannot_point_out_of_the_key_folder(tmp_path: Path) -> None:
    (tmp_path / "evil.key").write_bytes(os.urandom(80))
    vault = Vault(tmp_path / "keys", SECRET)
    name = b"../evil"
    blob = bytes([len(name)]) + name + vault.seal("b", b"x", about="d")[2:]
    with pytest.raises(Fatal) as refused:
        vault.unseal(blob, about="d")
    assert code(refused) == "vault.broken"


def test_key_files_are_only_the_owners(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "keys", SECRET)
    vault.seal(BUCKET, b"x", about="d")
    vault.tag("case", "X1")
    files = sorted((tmp_path / "keys").iterdir())
    assert [file.name for file in files] == ["lookup.key", f"{BUCKET}.key"]  # and no drafts
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert (tmp_path / "keys").stat().st_mode & 0o077 == 0


def test_tags_are_equal_in_every_process_and_secret_without_the_key(tmp_path: Path) -> None:
    tag = Vault(tmp_path / "a", SECRET).tag("case", "X1")
    assert Vault(tmp_path / "a", SECRET).tag("case", "X1") == tag
    assert Vault(tmp_path / "b", SECRET).tag("case", "X1") != tag
    assert Vault(tmp_path / "a", SECRET).tag("person", "X1") != tag


MAKE = """
import sys
from pathlib import Path
from exchange.vault import Vault
vault = Vault(Path(sys.argv[1]), b"a secret of high entropy")
sys.stdin.readline()
sys.stdout.write(vault.tag("case", "X1") + " " + vault.seal("b", b"x", about="d").hex())
"""


def test_processes_that_make_the_same_key_at_once_agree_on_one(tmp_path: Path) -> None:
    makers = [
        subprocess.Popen(
            [sys.executable, "-c", MAKE, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for maker in makers:
        assert maker.stdin is not None
        maker.stdin.write("go\n")
        maker.stdin.flush()
    told = [maker.communicate(timeout=60)[0].split() for maker in makers]
    assert len({tag for tag, _ in told}) == 1
    vault = Vault(tmp_path, SECRET)
    assert [vault.unseal(bytes.fromhex(blob), about="d") for _, blob in told] == [b"x"] * 3


def test_threads_that_make_the_same_key_at_once_agree_on_one(tmp_path: Path) -> None:
    vaults = [Vault(tmp_path, SECRET) for _ in range(4)]
    blobs: list[bytes] = []
    threads = [
        threading.Thread(target=lambda v=v: blobs.append(v.seal("b", b"x", about="d")))
        for v in vaults
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [vaults[0].unseal(blob, about="d") for blob in blobs] == [b"x"] * 4


# --- one secret for another (G9) ------------------------------------------------------------------

ROOT = Path(__file__).resolve().parents[2]
NEW = b"another secret of high entropy"


@pytest.mark.guarantee("G9")
def test_keys_go_from_one_secret_to_another_while_everybody_works(tmp_path: Path) -> None:
    """Old, both ways, new: what anyone seals in between everybody who knows both opens."""
    buckets = [f"m-2031-{month:02}" for month in range(1, 9)]
    old, new = Vault(tmp_path, SECRET, other=NEW), Vault(tmp_path, NEW, other=SECRET)
    kept = {bucket: old.seal(bucket, b"body", about="d") for bucket in buckets[:4]}
    tag = old.tag("case", "x")
    errors: list[BaseException] = []
    done = threading.Event()

    def work(vault: Vault) -> None:
        while not done.is_set():
            try:
                vault._keys.clear()  # as a process that has just been started
                for blob in kept.values():
                    assert vault.unseal(blob, about="d") == b"body"
                assert vault.tag("case", "x") == tag
            except BaseException as error:
                errors.append(error)

    threads = [threading.Thread(target=work, args=(vault,)) for vault in (old, new)]
    for thread in threads:
        thread.start()
    rewrapped = new.rewrap()
    late = {bucket: old.seal(bucket, b"late", about="d") for bucket in buckets[4:]}
    done.set()
    for thread in threads:
        thread.join()
    assert errors == []
    assert rewrapped == 5  # four buckets and the look-up key
    assert new.rewrap() == 4  # made meanwhile by those who still wrote with the old one
    assert new.rewrap() == 0
    alone = Vault(tmp_path, NEW)
    for bucket, blob in {**kept, **late}.items():
        assert alone.unseal(blob, about="d") in (b"body", b"late"), bucket
    assert alone.tag("case", "x") == tag
    with pytest.raises(Fatal, match=r"vault\.wrong-secret"):
        Vault(tmp_path, SECRET).unseal(kept[buckets[0]], about="d")


@pytest.mark.guarantee("G9")
def test_what_was_destroyed_does_not_come_back_by_another_secret(tmp_path: Path) -> None:
    old = Vault(tmp_path, SECRET)
    blob = old.seal(BUCKET, b"body", about="d")
    file = tmp_path / f"{BUCKET}.key"
    with file.open("rb") as kept_open:
        new = Vault(tmp_path, NEW, other=SECRET)
        assert new.rewrap() == 1
        kept_open.seek(0)
        left = kept_open.read()  # who had the old file open reads nothing of use in it
    file.unlink()
    file.write_bytes(left)
    with pytest.raises(Fatal):
        Vault(tmp_path, SECRET).unseal(blob, about="d")
    new.destroy(BUCKET)
    assert new.rewrap() == 0
    assert not new.has(BUCKET)


_REWRAPPING = """
import sys
from pathlib import Path
from exchange.vault import Vault
folder, one, two = Path(sys.argv[1]), *(each.encode() for each in sys.argv[2:])
print("at work", flush=True)
while True:
    for mine, other in ((one, two), (two, one)):
        Vault(folder, mine, other=other).rewrap()
"""


@pytest.mark.guarantee("G9")
def test_killed_while_it_puts_keys_under_another_secret(tmp_path: Path) -> None:
    """Nothing is lost, work goes on, and nothing stays by which a destroyed bucket came back."""
    buckets = [f"m-2031-{month:02}" for month in range(1, 13)]
    both = Vault(tmp_path, NEW, other=SECRET)
    kept = {bucket: both.seal(bucket, b"body", about="d") for bucket in buckets}
    tag = both.tag("case", "x")
    words = [sys.executable, "-c", _REWRAPPING, str(tmp_path), SECRET.decode(), NEW.decode()]
    for turn in range(4):
        with subprocess.Popen(words, stdout=subprocess.PIPE, cwd=ROOT) as worker:
            assert worker.stdout is not None
            worker.stdout.readline()
            for blob in kept.values():  # while it works
                assert both.unseal(blob, about="d") == b"body"
            time.sleep(0.15 + 0.05 * turn)
            worker.kill()
        fresh = Vault(tmp_path, NEW, other=SECRET)
        assert fresh.tag("case", "x") == tag
        assert {fresh.unseal(blob, about="d") for blob in kept.values()} == {b"body"}
    (tmp_path / "m-2031-01.0a1b2c3d").write_bytes((tmp_path / "m-2031-01.key").read_bytes())
    both.destroy("m-2031-01")
    assert list(tmp_path.glob("m-2031-01.*")) == []
    both.rewrap()
    assert {path.suffix for path in tmp_path.iterdir()} == {".key"}
    alone = Vault(tmp_path, NEW)
    assert all(alone.unseal(kept[bucket], about="d") == b"body" for bucket in buckets[1:])


@given(first=st.lists(st.text()), rest=st.lists(st.lists(st.text()), max_size=4))
def test_many_tags_are_those_of_one_at_a_time(
    first: list[str], rest: list[list[str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The reference is written out: RFC 2104 over each part behind its length."""
    vault = Vault(tmp_path_factory.getbasetemp() / "tags", SECRET)
    key = vault._key("lookup")
    told = [[part.encode() for part in ("p", *first, *each)] for each in rest]
    framed = [b"".join(len(p).to_bytes(4) + p for p in parts) for parts in told]
    by_hand = [hmac.new(key, message, hashlib.sha256).hexdigest()[:32] for message in framed]
    assert vault.tags("p", first, rest) == by_hand
    assert [vault.tag("p", *first, *each) for each in rest] == by_hand


@pytest.mark.parametrize("cipher", ["SM4-GCM", "AES-256-GCM"])
def test_of_many_that_were_sealed_together_each_opens_alone(tmp_path: Path, cipher: str) -> None:
    vault = Vault(tmp_path, SECRET, cipher=cipher)
    one, other = vault.seal_all(BUCKET, [(b"same", "a"), (b"same", "b")])
    assert vault.unseal(one, about="a") == vault.unseal(other, about="b") == b"same"
    assert one[-20:] != other[-20:]  # a nonce of its own
    with pytest.raises(Fatal):
        vault.unseal(one, about="b")
    vault.destroy(BUCKET)
    for blob, about in ((one, "a"), (other, "b")):
        with pytest.raises(Fatal, match=r"vault\.bucket-gone"):
            Vault(tmp_path, SECRET, cipher=cipher).unseal(blob, about=about)
