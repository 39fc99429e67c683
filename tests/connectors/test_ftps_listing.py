"""Servers that list otherwise than UNIX, or tell no times: their files are not taken for none."""

import ftplib

import pytest

from connectors import ftps
from exchange.errors import Fatal


class Odd:
    """A server whose answers are not vsftpd's; what it is told to move is kept."""

    peer = "ftp.example:21"

    def __init__(self, *lines, time="213 20260108010000"):
        self.ftp, self.lines, self.time, self.moved = self, lines, time, []

    def path(self, path):
        return path

    def cwd(self, path):
        pass

    def retrlines(self, command, callback):
        for line in self.lines:
            callback(line)

    def sendcmd(self, command):
        if command.startswith("MDTM") and not self.time.startswith("213"):
            raise ftplib.error_perm(self.time)
        return self.time if command.startswith("MDTM") else "350"

    def voidcmd(self, command):
        self.moved.append(command)


UNIX = "-rw-r--r--    1 ftp      ftp           11 Jan 08 12:00 a.csv"


def test_total_and_empty_lines_are_no_files():
    (found,) = ftps.Remote(Odd("total 12", UNIX, "")).list("in")
    assert (found.name, found.size, found.changed) == ("a.csv", 11, 20260108010000)
    assert ftps.Remote(Odd(UNIX, time="550 gone")).list("in") == []


@pytest.mark.guarantee("G1")
@pytest.mark.parametrize(
    "line",
    [
        "01-08-26  12:00PM                   11 a.csv",
        "-rw-r--r--   1 ftp ftp 11 2026-01-08 12:00 a.csv",
        "-rw-r--r--    1 Domain Users      ftp           11 Jan 08 12:00 a.csv",
        "total: a.csv",
    ],
)
def test_a_listing_of_another_form_is_not_an_empty_folder_and_nothing_is_replaced(line):
    odd = Odd(UNIX.replace("a.csv", "b.csv"), line)
    place = ftps.Remote(odd)
    for act in (lambda: place.list("o"), lambda: place.read("o/a.csv", 9)):
        with pytest.raises(Fatal, match=r"ftps\.listing") as raised:
            act()
        assert raised.value.facts == {"peer": "ftp.example:21", "command": "LIST"}
    with pytest.raises(Fatal, match=r"ftps\.listing"):
        place.reveal("o/.x.part", "o/a.csv")
    assert odd.moved == []


@pytest.mark.parametrize("time", ["502 not implemented", "500 what?", "213 yesterday", "213 2026"])
def test_a_file_without_a_time_has_not_vanished(time):
    with pytest.raises(Fatal, match=r"ftps\.listing") as raised:
        ftps.Remote(Odd(UNIX, time=time)).list("in")
    assert raised.value.facts["command"] == "MDTM"
