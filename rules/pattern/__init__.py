"""Event patterns: parse, match one, match many."""
