"""Amazon Resource Names as values."""

from functools import lru_cache
from typing import NamedTuple

from emulator.core.scope import Scope

ARN_PARTS = 6
ARNS_REMEMBERED = 4096


class Arn(NamedTuple):
    """The parts of `arn:partition:service:region:account:resource`; the resource may hold colons."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    @classmethod
    @lru_cache(ARNS_REMEMBERED)
    def parse(cls, text: str) -> "Arn":
        """Split `text` at its first five colons.

        Raises:
            ValueError: the text is not of the form of an ARN.
        """
        parts = text.split(":", ARN_PARTS - 1)
        if len(parts) != ARN_PARTS or parts[0] != "arn" or not (parts[1] and parts[2] and parts[5]):
            message = f"{text!r} is not an ARN"
            raise ValueError(message)
        return cls(*parts[1:])

    @property
    def scope(self) -> Scope:
        """The account and region named in the ARN."""
        return Scope(self.account, self.region)

    def __str__(self) -> str:
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account}:{self.resource}"


def partition_of(region: str) -> str:
    """Return the partition that `region` lies in (botocore's endpoints data: China and GovCloud apart)."""
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"


def arn_in(scope: Scope, service: str, resource: str) -> str:
    """Return the text of the ARN of `resource` of `service` in `scope`."""
    return f"arn:{partition_of(scope.region)}:{service}:{scope.region}:{scope.account}:{resource}"
