"""The edge: HTTP bytes to calls and back, for all services on one port."""
