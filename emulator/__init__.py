"""Busyard: a local, AWS-compatible event router."""
