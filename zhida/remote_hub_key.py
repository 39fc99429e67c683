"""The hub's own key in a signature server: ``key`` of ``site.yaml`` names a JSON file that says which and where.

The same words as of a unit's signer (``signature_server`` of ``signer.json``): ``key_id``, and ``command`` or ``url``.
The public half is that of the site's certificate, under which each answer is verified.

Heads are signed while the ledger's end is locked, so the server must be near: it has three seconds.
"""

from __future__ import annotations

from pathlib import Path

import jsonschema_rs

from crypto import certificates
from crypto.errors import CryptoError
from exchange import canonical
from exchange.errors import Fatal, Invalid
from exchange.remote_key import RemoteKey
from zhida import signer_key
from zhida.signer_settings import SERVER

PATIENCE = 3.0


def load(file: Path, certificate: Path, password: bytes) -> RemoteKey:
    """``Fatal`` if a file is not right, or the key is of a suite that signs no digests.

    ``password`` opens the key of this machine's client certificate, if the file names one.
    """
    try:
        server = canonical.loads(file.read_bytes())
        own = certificates.load(certificate.read_bytes())
    except OSError as error:
        raise Fatal("site.no-key", file=Path(error.filename or file).name) from None
    except (Invalid, CryptoError) as error:
        raise Fatal("site.bad-key", file=file.name, reason=error.code) from None
    for wrong in jsonschema_rs.Draft202012Validator(dict(SERVER)).iter_errors(server):
        path = "/".join(map(str, wrong.instance_path))
        raise Fatal("site.bad-key", file=file.name, reason=f"/{path}")
    port = signer_key.port(file.parent, server, password.decode(), patience=PATIENCE)
    return RemoteKey.of(own.public_key, server["key_id"], port)
