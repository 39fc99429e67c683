"""What people do at the portal: object to lists, answer for their firms, read, opt out."""

from __future__ import annotations

import json
from typing import Any

from sandbox import portal_rules
from sandbox.books import Books, Row
from sandbox.json_door import Given
from sandbox.moments import china_time, instant

OPEN, DONE, DECLINED = "1", "2", "3"
_OPEN_LIST = "SELECT given FROM doings WHERE kind = 'list' AND about = ? AND state = '1'"
_QUESTIONS = "SELECT id, given FROM doings WHERE kind = 'question' AND state = '1' ORDER BY id"


def _rows_of(given: str) -> str:
    rows: str = json.loads(given)["rows"]
    return rows


class People:
    """Everybody who uses the portal, over its books."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self.actions = {
            ("POST", "/list"): self._public,
            ("POST", "/object"): self._object,
            ("POST", "/pass"): self._pass,
            ("POST", "/answer"): self._answer,
            ("POST", "/answer_all"): self._answer_all,
            ("POST", "/optout"): self._opt_out,
            ("POST", "/read"): self._read,
            ("POST", "/fill"): self._fill,
        }

    def _set(self, condition: str, *values: Any, state: str, said: Given) -> int:
        """Open ones are over now, with what was said; how many."""
        with self._books.transaction() as db:
            sql = f"UPDATE doings SET state = ?, said = ?, answered = ? WHERE {condition} AND state = '1'"
            told = (state, json.dumps(said, ensure_ascii=False), instant(), *values)
            return db.execute(sql, told).rowcount

    def _object(self, given: Given) -> Any:
        row = {name: str(given[name]) for name in ("listNo", "awardNo", "reason")}
        shown = {each["awardNo"] for each in self._shown(row["listNo"])}
        is_shown = row["awardNo"] in shown
        return {"taken": is_shown and bool(self._books.insert("objections", row))}

    def _public(self, given: Given) -> Any:
        """What anybody reads at the portal as long as the list is public."""
        return {"rows": self._shown(str(given["listNo"]))}

    def _shown(self, number: str) -> list[dict[str, str]]:
        found = self._books.rows(_OPEN_LIST, number)
        return [row for each in found for row in portal_rules.public_rows(_rows_of(each["given"]))]

    def _pass(self, given: Given) -> Any:
        with self._books.transaction() as db:
            db.execute("UPDATE doings SET days = days - ? WHERE kind = 'list'", (given["days"],))
        said = {"closeDate": china_time("%Y-%m-%d")}
        return {"closed": self._set("kind = 'list' AND days <= 0", state=DONE, said=said)}

    def _answer(self, given: Given) -> Any:
        said = {name: str(told) for name, told in given.items() if name != "awardNo"}
        state = DECLINED if "reason" in said else DONE
        said["answerDate"] = china_time("%Y-%m-%d")
        about = str(given["awardNo"])
        return {
            "answered": self._set("kind = 'question' AND about = ?", about, state=state, said=said)
        }

    def _answer_all(self, given: Given) -> Any:
        silent, declines = (int(given.get(name, 0)) for name in ("silent", "declines"))
        rows = [row for row in self._books.rows(_QUESTIONS) if not _is_one_of(row, silent)]
        said = [_answered(row, _is_one_of(row, declines)) for row in rows]
        with self._books.transaction() as db:
            sql = "UPDATE doings SET state = ?, said = ?, answered = ? WHERE id = ? AND state = '1'"
            db.executemany(sql, said)
        return {"answered": len(rows)}

    def _opt_out(self, given: Given) -> Any:
        with self._books.transaction() as db:
            db.execute("DELETE FROM optouts WHERE uscc = ?", (given["uscc"],))
            if given["on"]:
                values = (given["uscc"], china_time("%Y-%m-%d"))
                db.execute("INSERT INTO optouts VALUES (?, ?)", values)
        return {"on": bool(given["on"])}

    def _fill(self, given: Given) -> Any:
        """The firm fills in what it knows, of what it was asked."""
        if "reason" in given:
            said: dict[str, Any] = {"reason": str(given["reason"])}
        else:
            pairs = dict(given["answers"]).items()
            said = {"answers": [{"name": name, "value": str(value)} for name, value in pairs]}
        state = DECLINED if "reason" in given else DONE
        said["answerDate"] = china_time("%Y-%m-%d")
        where, about = "kind = 'facts' AND about = ?", str(given["questionNo"])
        return {"filled": self._set(where, about, state=state, said=said)}

    def _read(self, given: Given) -> Any:
        with self._books.transaction() as db:
            said = json.dumps({"readDate": china_time("%Y-%m-%d")})
            sql = "UPDATE doings SET said = ? WHERE kind = 'message' AND serialNo = ?"
            return {"read": db.execute(sql, (said, given["serialNo"])).rowcount}


def _is_one_of(row: Row, every: int) -> bool:
    """Whether it is every so manyth question. Who has agreed once and had the money sent back agrees again."""
    is_asked_again = "attempt" in json.loads(row["given"])
    return bool(every) and row["id"] % every == 0 and not is_asked_again


def _answered(row: Row, declines: bool) -> tuple[str, str, str, int]:
    """A question's new state, what was said, when, and its id."""
    if declines:
        said = {"reason": "本企业放弃本次奖补", "answerDate": china_time("%Y-%m-%d")}
    else:
        said = portal_rules.yes(json.loads(row["given"]), row["id"])
    state = DECLINED if declines else DONE
    return state, json.dumps(said, ensure_ascii=False), instant(), row["id"]
