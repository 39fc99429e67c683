"""The catalogue of grants as a site has it, and policies of it by name or by file."""

from __future__ import annotations

from pathlib import Path

from exchange.errors import Fatal
from exchange.names import nearest
from matters import grants, policy_file
from matters.grants import Folder, Grants
from matters.policy import Policy

FOLDER = "policies"


def site_policies(site: Path) -> Path | None:
    """The site's own folder of policies, if it has one."""
    folder = site / FOLDER
    return folder if folder.is_dir() else None


def catalogue(site: Path) -> Grants:
    """All that holds in the site. ``Invalid`` with every mistake of every file."""
    return grants.load(site_policies(site))


def names(site: Path) -> set[str]:
    """Those of the catalogue, by their files alone: nothing is read."""
    own = site_policies(site)
    folders = [Folder.shipped(), *([Folder.of_site(own)] if own else [])]
    return {name for folder in folders for name in folder.files()}


def named(known: Grants, name: str) -> Policy:
    """A policy by its name; a typo is answered with the nearest."""
    if name not in known.policies:
        raise Fatal("policy.none", name=name[:60], nearest=nearest(name, known.policies))
    return known.policies[name]


def path_of(site: Path, name: str) -> Path:
    """The file that holds: the site's, or else the shipped one."""
    own = site_policies(site)
    folders = [Folder.of_site(own)] if own else []
    for folder in [*folders, Folder.shipped()]:
        if name in folder.files():
            return folder.files()[name]
    raise Fatal("policy.none", name=name[:60], nearest=nearest(name, names(site)))


def opened(site: Path, which: str) -> Policy:
    """A policy by name, or a draft by the path of its file. ``Invalid`` with its mistakes."""
    path = Path(which) if which.endswith((".yaml", ".yml")) else path_of(site, which)
    return policy_file.load(path, grants.vocabulary(site_policies(site)))
