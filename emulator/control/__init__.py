"""The emulator's own API, under /_emulator: clock, settle, reset, health, traces, faults."""
