"""The command line: runs the emulator, or with `pattern` as the first word the tools for event patterns."""

import os
import sys

from emulator.startup import quick_imports


def main() -> int:
    """Do what the arguments say; return the exit status."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["pattern"]:
        from emulator.command_line import pattern  # noqa: PLC0415 - neither half waits for the other's imports

        return pattern.main(arguments[1:])
    return serve(arguments)


def serve(arguments: list[str]) -> int:
    """Run the emulator until told to stop; return the exit status."""
    from emulator.command_line.serve import parse_arguments  # noqa: PLC0415 - see above

    settings = parse_arguments(arguments, dict(os.environ))
    with quick_imports():
        from emulator import app, logs  # noqa: PLC0415 - imported quickly, and only when it is going to run
    logs.configure(settings.log_level)
    try:
        app.run(settings)
    except app.StartError as error:
        print(f"busyard: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
