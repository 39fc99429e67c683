"""Is the division in an identifier one that we know? Only ever a reason to look, never to refuse.

Numbers keep the division of their first issue, also an abolished one, and no list has all divisions
of all years. Ours has every province, and Nanjing with its abolished districts (``gb_t_2260``).
"""

from __future__ import annotations

from mappings import codes

_NATIONWIDE = "100000"
"""Where a national authority registers: not in GB/T 2260, and in use in credit codes."""
_COMPLETE = "3201"


def is_province(prefix: str) -> bool:
    """Whether two digits are those of a province, region, municipality or special region.

    >>> is_province("32"), is_province("83"), is_province("99")
    (True, False, False)
    """
    return f"{prefix}0000" in codes.scheme("gb_t_2260").codes


def is_known(division: str) -> bool:
    """Whether six digits may be a division of some year: told only where our list is complete.

    >>> is_known("320103"), is_known("320199"), is_known("510104"), is_known("100000")
    (True, False, True, True)
    """
    if division.startswith(_COMPLETE):
        return division in codes.scheme("gb_t_2260").codes
    return division == _NATIONWIDE or is_province(division[:2])
