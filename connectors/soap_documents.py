"""Where a WSDL's documents come from: the site's folder, and a few public schemas written here.

zeep fetches well-known public schemas (SOAP encoding, xmlmime) while it loads a WSDL that names
them. No intranet has them, and a hub that fetches whatever a WSDL names is a hole in the firewall.
So what is public is at hand, and for the rest the site supplies files. The files in ``schemas/``
are our own, with the names that the standards give; none is a copy of a published one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from exchange.errors import Fatal

PUBLIC: Mapping[str, str] = {
    "schemas.xmlsoap.org/soap/encoding": "soap-encoding-1.1.xsd",
    "schemas.xmlsoap.org/soap/envelope": "soap-envelope-1.1.xsd",
    "ws-i.org/profiles/basic/1.1/swaref.xsd": "swaref.xsd",
    "ws-i.org/profiles/basic/1.1/xsd": "swaref.xsd",
    "www.w3.org/2001/03/xml.xsd": "xml.xsd",
    "www.w3.org/2001/xml.xsd": "xml.xsd",
    "www.w3.org/2003/05/soap-encoding": "soap-encoding-1.2.xsd",
    "www.w3.org/2004/11/xmlmime": "xmlmime-2004-11.xsd",
    "www.w3.org/2005/05/xmlmime": "xmlmime-2005-05.xsd",
    "www.w3.org/2005/08/addressing": "ws-addressing.xsd",
    "www.w3.org/2005/08/addressing/ws-addr.xsd": "ws-addressing.xsd",
    "www.w3.org/2006/03/addressing/ws-addr.xsd": "ws-addressing.xsd",
}
"""Address of a public schema, without scheme and last slash → our file of it."""
_NOTHING = b'<schema xmlns="http://www.w3.org/2001/XMLSchema"/>'
_TOLD = 20


class Documents:
    """The documents of one WSDL. ``schemas``: URL → the site's file; nothing outside ``root``.

    A URL without a file is noted, and loading goes on, so that one who connects a system learns
    of all that he must supply at once.
    """

    def __init__(self, root: Path, schemas: Mapping[str, Path]) -> None:
        self._root, self._schemas = root.resolve(), schemas
        self._missing: list[str] = []

    def load(self, url: str) -> bytes:
        """The bytes of a WSDL or schema, an empty schema for what is not at hand."""
        if url in self._schemas:
            return self._schemas[url].read_bytes()
        parts = urlsplit(url)
        if parts.scheme in ("", "file"):
            return self._inside(Path(url2pathname(parts.path) if parts.scheme else url))
        if public := PUBLIC.get((parts.netloc + parts.path).rstrip("/")):
            return files("connectors").joinpath("schemas", public).read_bytes()
        if url not in self._missing:
            self._missing.append(url)
        return _NOTHING

    def _inside(self, file: Path) -> bytes:
        found = file.resolve()
        if not found.is_relative_to(self._root):
            raise Fatal("soap.wsdl-outside", file=str(file), root=str(self._root))
        return found.read_bytes()

    @contextmanager
    def complete(self) -> Iterator[None]:
        """Raises ``Fatal`` with all that was not at hand, whatever the reader made of its lack."""
        self._missing.clear()
        try:
            yield
        except Fatal:
            raise
        except Exception:
            self._tell()
            raise
        self._tell()

    def _tell(self) -> None:
        if self._missing:
            told = self._missing[:_TOLD]
            hosts = sorted({urlsplit(url).netloc for url in told})
            raise Fatal(
                "soap.schema-not-at-hand",
                count=len(self._missing),
                url=", ".join(told),
                hosts=", ".join(hosts),
            ) from None
