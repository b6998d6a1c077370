"""How the program's log looks: one line of text per record, on standard output."""

import logging
import sys

FORMAT = "%(message)s"
DETAILED_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def configure(level: str) -> None:
    """Send the log to standard output from `level` on; at debug level with times and names."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter(DETAILED_FORMAT if level == "debug" else FORMAT))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
