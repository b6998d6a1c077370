"""The kernel: records, stores, time, errors and traces. It knows no AWS service."""
