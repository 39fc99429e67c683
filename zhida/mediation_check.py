"""What ``zhida check`` looks at of joint mediation: the centre's lists and rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from matters import ladder_file, mediation_lists
from zhida.site import Site

MATTER = "mediation"
Step = tuple[str, Callable[[], None]]


def steps(site: Site) -> Iterator[Step]:
    """Title → what raises ``Invalid``; nothing for a site that has nothing to do with mediation."""
    if MATTER in site.matters or (site.folder / mediation_lists.FILE).is_file():
        yield "联调中心的清单和制度", lambda: _lists(site)


def _lists(site: Site) -> None:
    mediation_lists.of_site(site.folder, ladder_file.load(ladder_file.SHIPPED))
