"""The one door into every service: what an operation is, and how it is called."""
