"""Who we are at the insurance platform, and what its words mean.

One code (−1) stands for everything at this platform, so its texts have to be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from adapters._insurance_envelope import Sender
from exchange.errors import Fatal, Retriable, Unknown

_AROUND = " \t\r\n\u3000。．.！!"
"""What may stand around a text without changing it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Our name and key there, and the texts by what they mean (``OPTIONS``)."""

    sender: Sender
    secret: str
    busy_texts: Sequence[str] = ()
    login_texts: Sequence[str] = ()
    uncertain_texts: Sequence[str] = ()
    absent_texts: Sequence[str] = ()
    not_yet_texts: Sequence[str] = ()

    def trouble(self, text: str, infno: str) -> Retriable | Unknown | Fatal | None:
        """What the text says of the call ``infno`` itself; None where it speaks of the person."""
        if _any_in(text, self.login_texts):
            return Fatal("insurance.login-refused", infno=infno)
        if _any_in(text, self.uncertain_texts):
            return Unknown("insurance.uncertain", infno=infno)
        if _any_in(text, self.busy_texts):
            return Retriable("insurance.busy", infno=infno)
        return None

    def says_absent(self, text: str) -> bool:
        """Whether it is, word for word, what the platform says of a person whom it does not know.

        A part of a text will not do: 医药机构不存在 is about us, 接口不存在 about the platform.
        """
        said = text.strip(_AROUND)
        return said != "" and said in {known.strip(_AROUND) for known in self.absent_texts}

    def says_not_yet(self, text: str) -> bool:
        """Whether it waits for something of the person's own, rather than refusing for good."""
        return _any_in(text, self.not_yet_texts)


def _any_in(text: str, marks: Sequence[str]) -> bool:
    return any(mark in text for mark in marks)
