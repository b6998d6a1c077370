"""`python -m benchmarks [NAME ...]`: run the benchmarks and print a table of medians.

Each figure is the median of several rounds, with the lowest and highest beside it, because machines are noisy. Load
comes from wrk (one thread, eight connections) where it is installed.
"""

import argparse
import sys

from benchmarks.measure import Figure
from benchmarks.suite import BENCHMARKS


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"which to run, of: {', '.join(BENCHMARKS)} (default: all)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds per figure (default: 5)")
    parser.add_argument("--seconds", type=float, default=3.0, help="length of a load round (default: 3)")
    chosen = parser.parse_args()
    unknown = set(chosen.names) - set(BENCHMARKS)
    if unknown:
        parser.error(f"no benchmark {', '.join(sorted(unknown))}")
    print(f"{'what':<64}{'median':>12}{'lowest':>12}{'highest':>12}  unit")
    for name, benchmark in BENCHMARKS.items():
        if not chosen.names or name in chosen.names:
            for figure in benchmark(chosen.rounds, chosen.seconds):
                print(_row(figure), flush=True)
    return 0


def _row(figure: Figure) -> str:
    low, median, high = figure.spread()
    return f"{figure.what:<64}{median:>12,.2f}{low:>12,.2f}{high:>12,.2f}  {figure.unit}"


if __name__ == "__main__":
    sys.exit(main())
