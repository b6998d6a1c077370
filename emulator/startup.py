"""What makes the program start quickly; used by the command line alone, never when the emulator is embedded."""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager

CERTIFICATE_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR")


@contextmanager
def quick_imports() -> Iterator[None]:
    """Import big packages without their avoidable costs.

    aiohttp's client builds a TLS context with the system's certificates when it is imported: 45 ms and 2 MB for
    something a server does not use, so the certificate store is hidden meanwhile. The garbage collector has nothing to
    find during imports, and what they leave is set aside for good.
    """
    hidden = {name: os.environ.get(name) for name in CERTIFICATE_VARIABLES}
    os.environ.update(dict.fromkeys(CERTIFICATE_VARIABLES, os.devnull))
    gc.disable()
    try:
        yield
    finally:
        for name, value in hidden.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
        gc.freeze()
        gc.enable()
