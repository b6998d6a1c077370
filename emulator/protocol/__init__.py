"""Wire bytes to params and back, driven by botocore's service models; no HTTP server is known here."""
