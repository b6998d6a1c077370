"""What `busyard` does on the command line: `serve` runs the emulator, `pattern` works on event patterns."""
