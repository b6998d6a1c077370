"""Record: the base of everything that is stored.

Records are frozen, so a change is a new record put into its table and the journal cannot miss one.
"""

import msgspec

replace = msgspec.structs.replace


class Record(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """An immutable value with typed fields; its JSON form omits defaults, so added fields need no migration."""
