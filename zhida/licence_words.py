"""What a package says of its licence, as an SPDX expression; and which of those may be linked into the hub."""

from __future__ import annotations

import re
from collections.abc import Iterable

_WORDS = {
    "apache software license": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "apache 2": "Apache-2.0",
    "apache-2.0": "Apache-2.0",
    "artistic license": "Artistic-1.0-Perl",
    "bsd": "BSD-3-Clause",
    "bsd license": "BSD-3-Clause",
    "new bsd": "BSD-3-Clause",
    "3-clause bsd license": "BSD-3-Clause",
    "bsd 3-clause": "BSD-3-Clause",
    "bsd-3-clause": "BSD-3-Clause",
    "bsd 2-clause license": "BSD-2-Clause",
    "bsd-2-clause": "BSD-2-Clause",
    "isc license": "ISC",
    "isc license (iscl)": "ISC",
    "mit": "MIT",
    "mit license": "MIT",
    "mit -or- apache license 2.0": "MIT OR Apache-2.0",
    "mit or apache-2.0": "MIT OR Apache-2.0",
    "mpl-2.0": "MPL-2.0",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "python software foundation license": "PSF-2.0",
    "unlicense": "Unlicense",
    "the unlicense (unlicense)": "Unlicense",
    "gnu general public license (gpl)": "GPL-1.0-or-later",
    "gnu general public license v2 or later (gplv2+)": "GPL-2.0-or-later",
}
"""In lower case, as packages write it in ``License`` and in their classifiers."""
UNKNOWN = "NOASSERTION"
FREE = frozenset(
    {
        *("Apache-2.0", "Artistic-1.0-Perl", "BSD-2-Clause", "BSD-3-Clause", "ISC"),
        *("MIT", "MIT-0", "PSF-2.0", "Unlicense"),
    }
)
"""Ask for no more than that their text comes along."""
WEAK = frozenset({"LGPL-2.1", "LGPL-2.1-or-later", "LGPL-3.0-only", "LGPL-3.0-or-later", "MPL-2.0"})
"""Ask that *their own* files stay free and can be exchanged: each is named with why that holds."""


def spdx(expression: str, licence: str, classifiers: Iterable[str]) -> str:
    """One expression out of a package's three fields, the newest of them first.

    Several classifiers are a choice, as packages use them; ``NOASSERTION`` if nothing is known.

    >>> spdx("", "", ["MIT License", "Apache Software License"]), spdx("", "see file", [])
    ('MIT OR Apache-2.0', 'NOASSERTION')
    """
    if expression:
        return expression
    short = _WORDS.get(licence.strip().lower())
    told = list(dict.fromkeys(_WORDS.get(each.lower(), UNKNOWN) for each in classifiers))
    if len(told) > 1:
        return " OR ".join(told)
    return short or (told[0] if told else UNKNOWN)


def kind(expression: str) -> str:
    """``free``, ``weak``, ``strong`` (never linked in) or ``unknown``; of a choice the best, of a sum
    the worst.

    >>> [kind(e) for e in ("MIT", "MPL-2.0 AND (Apache-2.0 OR MIT)", "MIT OR GPL-2.0-or-later")]
    ['free', 'weak', 'free']
    >>> kind("MIT AND GPL-3.0-only"), kind(UNKNOWN), kind("AGPL-3.0")
    ('strong', 'unknown', 'strong')
    """
    flat = re.sub(r"\(([^()]*)\)", lambda told: _best(told[1]), expression)
    return _RANKS[max(_rank(_best(part)) for part in flat.split(" AND "))]


_RANKS = ("free", "weak", "unknown", "strong")


def _best(choice: str) -> str:
    return min((each.strip() for each in choice.split(" OR ")), key=_rank)


def _rank(licence: str) -> int:
    name = licence.strip()
    if name in FREE:
        return 0
    if name in WEAK:
        return 1
    return 3 if "GPL" in name else 2
