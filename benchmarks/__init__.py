"""Performance figures, measured against a real server process; `python -m benchmarks` prints them."""
