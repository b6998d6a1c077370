r"""The JSON reader of event patterns.

EventBridge reads patterns with Jackson and shows Jackson's messages and positions to its users, so this reader
reproduces three of its habits: a string value is read only when somebody asks for its text (until then the position
is just behind the opening quote), a field name is read together with the first character of its value, and what
follows the outermost object is never looked at. Checked against `aws_recorded.jsonl` and `invalid_patterns.jsonl`.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import NoReturn

from rules.errors import InvalidPattern

NESTING_MAX = 250  # Jackson allows 1,000; a quarter keeps the recursive parser inside Python's own limit
SOURCE_CHARACTERS_MAX = 500  # Jackson shows this much of the document in an error
TOKEN_CHARACTERS_MAX = 256

VALUES_EXPECTED = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"

_SPACE = re.compile(r"[ \t\r\n]*")
_PLAIN_STRING = re.compile(r'[^"\\\x00-\x1f]*')
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_IDENTIFIER = re.compile(r"[\w$]*")
_LINE_END = re.compile(r"\r\n|\r|\n")
_WIDE = re.compile("[\U00010000-\U0010ffff]")
_CONTROL = re.compile("[\x00-\x1f]")
_HEX_DIGITS = frozenset("0123456789abcdefABCDEF")
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


class Kind(Enum):
    """What a token is."""

    OBJECT = "{"
    OBJECT_END = "}"
    ARRAY = "["
    ARRAY_END = "]"
    NAME = "name"
    STRING = "string"
    NUMBER = "number"
    TRUE = "true"
    FALSE = "false"
    NULL = "null"
    END = ""


_WORDS = {"t": Kind.TRUE, "f": Kind.FALSE, "n": Kind.NULL}
_OPENERS = {"{": Kind.OBJECT, "[": Kind.ARRAY}
_NON_STANDARD = {"N": "NaN", "I": "Infinity"}


def _units(text: str) -> int:
    """Length in UTF-16 units, which is what Java counts."""
    return len(text) if text.isascii() else len(text) + len(_WIDE.findall(text))


class _Scope:
    """An object or array that is open: where it began, how many entries it has had, the name it is at."""

    __slots__ = ("entries", "is_object", "name", "start")

    def __init__(self, is_object: bool, start: int) -> None:
        self.is_object = is_object
        self.start = start
        self.entries = 0
        self.name = ""

    @property
    def described(self) -> str:
        return "Object" if self.is_object else "Array"


class Tokens:
    """Reads one pattern token by token; every complaint names the place as Jackson would."""

    def __init__(self, text: str) -> None:
        self.kind = Kind.END
        self.name = ""
        self._text = text
        self._position = 0
        self._string_pending = False  # a string value has been seen but not read
        self._value = ""
        self._scopes: list[_Scope] = []
        self._after_name: Kind | None = None

    def next(self) -> Kind:
        """Advance to the next token and return its kind.

        Raises:
            InvalidPattern: The text is not JSON.
        """
        if self._after_name is not None:
            self.kind, self._after_name = self._after_name, None
            if self.kind in (Kind.OBJECT, Kind.ARRAY):
                self._open(self._position - 1)
            return self.kind
        if self._string_pending:
            self._finish_string()
        self._skip_space()
        char = self._text[self._position : self._position + 1]
        if not char:
            self._end_of_document()
            return self.kind
        self._position += 1
        if char in "}]":
            self.kind = self._close(char)
            return self.kind
        scope = self._scopes[-1] if self._scopes else None
        if scope is not None:
            if scope.entries:
                char = self._after_comma(char, scope)
            scope.entries += 1
            if scope.is_object:
                self._read_name(char, scope)
                return self.kind
        self.kind = self._value_kind(char)
        if self.kind in (Kind.OBJECT, Kind.ARRAY):
            self._open(self._position - 1)
        return self.kind

    def text(self) -> str:
        """Return the text of the current token; of a string value, its content."""
        if self.kind is Kind.NAME:
            return self.name
        if self._string_pending:
            self._finish_string()
        return self._value if self.kind in (Kind.STRING, Kind.NUMBER) else self.kind.value

    def fail(self, message: str) -> NoReturn:
        """Refuse the pattern for what has been read so far."""
        self._refuse(message, self._position)

    @contextmanager
    def relocated(self) -> Iterator[None]:
        """Add the current location to what goes wrong inside.

        AWS: the lists of anything-but are read inside a handler that wraps every error once more, so that their
        messages end in two locations (recorded: content_anything_but_string_list_null_type_EXC).
        """
        try:
            yield
        except InvalidPattern as error:
            self.fail(error.message)

    @property
    def path(self) -> str:
        """Where in the document the reader is: the names of the open objects and the current one."""
        return ".".join(scope.name for scope in self._scopes if scope.is_object)

    # positions and complaints

    def _location(self, position: int) -> str:
        line_start, lines = 0, 1
        for end in _LINE_END.finditer(self._text, 0, position):
            line_start, lines = end.end(), lines + 1
        column = _units(self._text[line_start:position]) + 1
        shown, total = self._text[:SOURCE_CHARACTERS_MAX], _units(self._text)
        while _units(shown) > SOURCE_CHARACTERS_MAX:
            shown = shown[:-1]
        shown = _CONTROL.sub(
            lambda found: found[0] if found[0] in "\r\n" else f"\\u{ord(found[0]):04X}",
            shown,
        )
        cut = total - SOURCE_CHARACTERS_MAX
        truncated = f"[truncated {cut} chars]" if cut > 0 else ""
        return f'[Source: (String)"{shown}"{truncated}; line: {lines}, column: {column}]'

    def _refuse(self, message: str, position: int) -> NoReturn:
        raise InvalidPattern(f"{message}\n at {self._location(position)}", self.path)

    def _unexpected(self, why: str, separator: str = ": ") -> NoReturn:
        """Refuse the character just before the position."""
        at = self._position - 1
        char = self._text[at]
        shown = f"(CTRL-CHAR, code {ord(char)})" if char < " " else f"'{char}' (code {ord(char)})"
        self._refuse(f"Unexpected character ({shown}){separator}{why}", at)

    def _end_of_document(self) -> None:
        self.kind = Kind.END
        if self._scopes:
            scope = self._scopes[-1]
            start = self._location(scope.start)
            self.fail(
                f"Unexpected end-of-input: expected close marker for {scope.described} (start marker at {start})"
            )

    # structure

    def _skip_space(self) -> None:
        found = _SPACE.match(self._text, self._position)
        if found is not None:
            self._position = found.end()

    def _open(self, start: int) -> None:
        if len(self._scopes) == NESTING_MAX:
            self.fail(
                f"Document nesting depth ({NESTING_MAX + 1}) exceeds the maximum allowed ({NESTING_MAX})"
            )
        self._scopes.append(_Scope(self.kind is Kind.OBJECT, start))

    def _close(self, char: str) -> Kind:
        if not self._scopes:
            self._unexpected(f"expected a valid value {VALUES_EXPECTED}")
        scope = self._scopes[-1]
        expected = "}" if scope.is_object else "]"
        if char != expected:
            start = self._location(scope.start)
            self._refuse(
                f"Unexpected close marker '{char}': expected '{expected}' (for {scope.described} starting at {start})",
                self._position - 1,
            )
        self._scopes.pop()
        return Kind(char)

    def _after_comma(self, char: str, scope: _Scope) -> str:
        if char != ",":
            self._comment_or(char, f"was expecting comma to separate {scope.described} entries")
        return self._char_within(scope)

    def _char_within(self, scope: _Scope) -> str:
        self._skip_space()
        char = self._text[self._position : self._position + 1]
        if not char:
            self.fail(f"Unexpected end-of-input within/between {scope.described} entries")
        self._position += 1
        return char

    def _comment_or(self, char: str, why: str) -> NoReturn:
        if char == "/":
            why = (
                "maybe a (non-standard) comment? "
                "(not recognized as one since Feature 'ALLOW_COMMENTS' not enabled for parser)"
            )
        self._unexpected(why)

    def _read_name(self, char: str, scope: _Scope) -> None:
        if char != '"':
            self._comment_or(char, "was expecting double-quote to start field name")
        self.name = scope.name = self._read_string("in field name")
        char = self._char_within(scope)
        if char != ":":
            self._comment_or(char, "was expecting a colon to separate field name and value")
        self._after_name = self._value_kind(self._char_within(scope))
        self.kind = Kind.NAME

    # values

    def _value_kind(self, char: str) -> Kind:
        if char == '"':
            self._string_pending = True
            return Kind.STRING
        opener = _OPENERS.get(char)
        if opener is not None:
            return opener
        if char == "-" or "0" <= char <= "9":
            return self._read_number(char)
        word = _WORDS.get(char)
        if word is not None and self._text.startswith(word.value, self._position - 1):
            return self._read_word(word)
        return self._odd_value(char)

    def _read_word(self, word: Kind) -> Kind:
        start = self._position - 1
        end = start + len(word.value)
        longer = _IDENTIFIER.match(self._text, end)
        if longer is not None and longer.end() > end:
            self._unrecognized(start)
        self._position = end
        return word

    def _odd_value(self, char: str) -> NoReturn:
        start = self._position - 1
        word = _NON_STANDARD.get(char)
        if word is not None and self._text.startswith(word, start):
            self._position = start + len(word)
            self.fail(
                f"Non-standard token '{word}': enable `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` to allow"
            )
        if char.isalpha() or char in "_$":
            self._unrecognized(start)
        if char == "}":
            self._unexpected("expected a value")
        self._comment_or(char, f"expected a valid value {VALUES_EXPECTED}")

    def _unrecognized(self, start: int) -> NoReturn:
        found = _IDENTIFIER.match(self._text, start)
        word = found[0] if found is not None else ""
        if len(word) > TOKEN_CHARACTERS_MAX:
            word = word[:TOKEN_CHARACTERS_MAX] + "..."
        self._refuse(f"Unrecognized token '{word}': was expecting {VALUES_EXPECTED}", start)

    def _read_number(self, char: str) -> Kind:
        start = self._position - 1
        found = _NUMBER.match(self._text, start)
        if found is None:
            self._bad_number("expected digit (0-9) to follow minus sign, for valid numeric value")
        digits = found[0].lstrip("-")
        if digits[0] == "0" and digits[1:2].isdigit():
            self._refuse(
                "Invalid numeric value: Leading zeroes not allowed", start + (2 if char == "-" else 1)
            )
        self._value = found[0]
        self._position = found.end()
        follower = self._text[self._position : self._position + 1]
        if follower == "." and "." not in self._value:
            self._position += 1
            self._bad_number("Decimal point not followed by a digit")
        if follower in {"e", "E"}:
            self._position += 1
            self._bad_number("Exponent indicator not followed by a digit")
        return Kind.NUMBER

    def _bad_number(self, why: str) -> NoReturn:
        if self._position == len(self._text):
            self.fail(f"Unexpected end-of-input in numeric value: {why}")
        self._position += 1
        self._unexpected(why, separator=" in numeric value: ")

    # strings

    def _finish_string(self) -> None:
        self._string_pending = False
        self._value = self._read_string("")

    def _read_string(self, place: str) -> str:
        """Read the rest of a string whose opening quote has been consumed."""
        pieces: list[str] = []
        while True:
            found = _PLAIN_STRING.match(self._text, self._position)
            if found is not None:
                pieces.append(found[0])
                self._position = found.end()
            char = self._text[self._position : self._position + 1]
            if not char:
                self.fail(f"Unexpected end-of-input{_where(place)}")
            self._position += 1
            if char == '"':
                break
            if char != "\\":
                self._refuse(
                    f"Illegal unquoted character ((CTRL-CHAR, code {ord(char)})): "
                    f"has to be escaped using backslash to be included in {'name' if place else 'string value'}",
                    self._position - 1,
                )
            pieces.append(self._read_escape(place))
        text = "".join(pieces)
        return text if text.isascii() else _with_pairs_joined(text)

    def _read_escape(self, place: str) -> str:
        char = self._text[self._position : self._position + 1]
        if not char:
            self.fail(f"Unexpected end-of-input in character escape sequence{_where(place) if place else ''}")
        self._position += 1
        if char != "u":
            if char not in _ESCAPES:
                at = self._position - 1
                self._refuse(f"Unrecognized character escape '{char}' (code {ord(char)})", at)
            return _ESCAPES[char]
        start = self._position
        for _ in range(4):
            if self._position == len(self._text):
                self.fail("Unexpected end-of-input in character escape sequence")
            self._position += 1
            if self._text[self._position - 1] not in _HEX_DIGITS:
                self._unexpected("expected a hex-digit for character escape sequence")
        return chr(int(self._text[start : self._position], 16))


def _where(place: str) -> str:
    return f" {place}" if place else ": was expecting closing quote for a string value"


def _with_pairs_joined(text: str) -> str:
    """Join surrogates that came as two escapes; a half that stands alone stays as it is."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
