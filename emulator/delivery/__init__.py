"""The one engine that delivers anything asynchronous: attempts, retries, dead letters."""
