"""A sealed file as it came in an answer: whole, of its form, of its digest, or not believed."""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import zipfile
from dataclasses import dataclass

from crypto.digests import digest


class NotTheFileError(ValueError):
    """Why it is not believed: ``size``, ``base64``, ``form``, ``digest``."""


@dataclass(frozen=True, slots=True)
class Stated:
    """What the platform says of the file that it gives."""

    form: str
    """``ofd`` or ``pdf``."""
    algorithm: str
    digest: str


def opened(told: str, stated: Stated, limit: int) -> bytes:
    """The file's bytes. Raises ``NotTheFileError``; a size is told by its length before decoding."""
    if len(told) > limit * 4 // 3 + 4:
        raise NotTheFileError("size")
    file = decoded(told)
    if len(file) > limit:
        raise NotTheFileError("size")
    if not _has_form(file, stated.form):
        raise NotTheFileError("form")
    if digest(stated.algorithm, file).hex() != stated.digest.lower():
        raise NotTheFileError("digest")
    return file


def decoded(told: str) -> bytes:
    """Bytes out of Base64, with or without line ends. Raises ``NotTheFileError``.

    >>> decoded("JVBE\\nRi0=")
    b'%PDF-'
    """
    try:
        return base64.b64decode("".join(told.split()), validate=True)
    except (binascii.Error, ValueError):
        raise NotTheFileError("base64") from None


def _has_form(file: bytes, form: str) -> bool:
    """PDF by its header (ISO 32000-1, 7.5.2); OFD is a ZIP with ``OFD.xml`` (GB/T 33190, 7.1).

    Only the list of its parts is read: nothing is unpacked.
    """
    if form == "pdf":
        return file.startswith(b"%PDF-")
    try:
        with zipfile.ZipFile(io.BytesIO(file)) as parts:
            return "OFD.xml" in parts.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError):
        return False


def thumbprint(told: str) -> str:
    """SHA-256 of a certificate that is given as Base64 of its DER. Raises ``NotTheFileError``."""
    der = decoded(told)
    if not der.startswith(b"\x30"):
        raise NotTheFileError("certificate")
    return hashlib.sha256(der).hexdigest()
