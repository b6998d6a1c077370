"""The three ways a document handed to `rules` can be refused. Nothing else leaves this package as an exception."""


class _Refused(ValueError):
    """A document is not valid: `message` in the words AWS uses, `path` the place in the document."""

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.path = path


class InvalidPattern(_Refused):
    """An event pattern is not valid; AWS puts `Event pattern is not valid. Reason: ` before the message."""


class InvalidSchedule(_Refused):
    """A schedule expression is not valid."""


class InvalidTemplate(_Refused):
    """The Input, InputPath or InputTransformer of a target is not valid."""
