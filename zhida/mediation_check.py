"""What ``zhida check`` looks at of joint mediation: ladder, triage, who has which role, papers, lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from matters import ladder_file, mediation_lists
from zhida import mediation_files, mediation_papers, mediation_rules
from zhida.site import Site

MATTER = mediation_rules.MATTER
Step = tuple[str, Callable[[], None]]


def steps(site: Site) -> Iterator[Step]:
    """Title → what raises ``Invalid``; nothing for a site that has nothing to do with mediation."""
    if MATTER in site.matters:
        yield "劳动争议的阶梯、分流和分工", partial(_rules, site)
    if mediation_papers.MATTER in site.matters:
        yield "劳动争议的文书", lambda: _papers(site)
    if MATTER in site.matters or (site.folder / mediation_lists.FILE).is_file():
        yield "联调中心的清单和制度", lambda: _lists(site)


def _rules(site: Site) -> None:
    mediation_rules.of_site(site)


def _papers(site: Site) -> None:
    ladder = ladder_file.load(mediation_files.of_site(site.folder, ladder_file.SHIPPED))
    mediation_papers.of_site(site, ladder)


def _lists(site: Site) -> None:
    ladder = ladder_file.load(mediation_files.of_site(site.folder, ladder_file.SHIPPED))
    mediation_lists.of_site(site.folder, ladder)
