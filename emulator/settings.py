"""Settings: what the command line and the environment may decide, with every default in one place."""

from collections.abc import Mapping
from pathlib import Path

from emulator.core.limits import Limits
from emulator.core.record import Record

ENVIRONMENT_PREFIX = "BUSYARD_"


class Settings(Record, frozen=True):
    """How one emulator runs.

    `seed` makes ids and jitter repeatable; `frozen_at` starts on a virtual clock at that instant (seconds since the
    epoch); without `data_dir` the state lives in memory only.
    """

    host: str = "127.0.0.1"
    port: int = 4566
    data_dir: Path | None = None
    region: str = "us-east-1"
    account: str = "000000000000"
    log_level: str = "info"
    seed: int | None = None
    frozen_at: float | None = None
    cors: bool = True
    body_bytes_max: int = 16 * 1024 * 1024
    drain_seconds_max: float = 1.5
    limits: Limits = Limits()

    @property
    def journal_path(self) -> Path | None:
        """The file that keeps the state, or None."""
        return self.data_dir / "busyard.sqlite" if self.data_dir else None


def from_environment(environ: Mapping[str, str], name: str, default: str) -> str:
    """Return the value of `BUSYARD_<NAME>`, or `default`."""
    return environ.get(ENVIRONMENT_PREFIX + name.upper().replace("-", "_"), default)
