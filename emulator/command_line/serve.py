"""The options of the emulator: flags and environment become Settings."""

import argparse
from pathlib import Path
from typing import Any

from emulator.settings import Settings, from_environment

LOG_LEVELS = ("debug", "info", "warning", "error")
SWITCH = ("on", "off")


def parse_arguments(arguments: list[str], environ: dict[str, str]) -> Settings:
    """Return the settings that flags give, else BUSYARD_* variables, else the defaults."""
    defaults = Settings()
    parser = argparse.ArgumentParser(
        prog="busyard",
        description="A local, AWS-compatible event router: point boto3 at it with endpoint_url.",
        epilog="`busyard pattern --help` tells of the tools for event patterns. Each option has an environment equivalent: --data-dir is BUSYARD_DATA_DIR, and so on.",
    )

    def option(name: str, default: object, meaning: str, **kwargs: Any) -> None:
        value = from_environment(environ, name, "" if default is None else str(default))
        shown = f"{meaning} (default: {value or 'none'})"
        parser.add_argument(f"--{name}", default=value, help=shown, **kwargs)

    option("host", defaults.host, "address to listen on")
    option("port", defaults.port, "port to listen on, 0 for any free one", type=int)
    option("data-dir", defaults.data_dir, "keep the state in this directory; without it, in memory")
    option("region", defaults.region, "region of requests that name none")
    option("account", defaults.account, "account of requests whose access key id is not an account id")
    option("log-level", defaults.log_level, "how much to log", choices=LOG_LEVELS)
    option("seed", defaults.seed, "make ids and jitter repeatable")
    option("cors", "on", "answer browsers from any origin", choices=SWITCH)
    chosen = parser.parse_args(arguments)
    if chosen.log_level not in LOG_LEVELS:  # argparse checks choices of flags, not of defaults
        parser.error(f"--log-level must be one of {', '.join(LOG_LEVELS)}, not {chosen.log_level!r}")
    if chosen.cors not in SWITCH:
        parser.error(f"--cors must be one of {', '.join(SWITCH)}, not {chosen.cors!r}")
    if not (len(chosen.account) == 12 and chosen.account.isdigit()):
        parser.error(f"--account must be 12 digits, not {chosen.account!r}")
    if not 0 <= chosen.port <= 65535:
        parser.error(f"--port must be between 0 and 65535, not {chosen.port}")
    if chosen.seed and not chosen.seed.isdigit():
        parser.error(f"--seed must be a whole number, not {chosen.seed!r}")
    return Settings(
        host=chosen.host,
        port=chosen.port,
        data_dir=Path(chosen.data_dir) if chosen.data_dir else None,
        region=chosen.region,
        account=chosen.account,
        log_level=chosen.log_level,
        seed=int(chosen.seed) if chosen.seed else None,
        cors=chosen.cors == "on",
    )
