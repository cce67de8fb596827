"""Whatever a client has sent, as JSON that can be written again: no lone surrogates, no NaN, no endless nesting."""

import math

_DEEPEST = 20
_CUT = "[nested too deeply]"


def as_text(text: str) -> str:
    """`text` with `?` for what no encoding can carry."""
    return text.encode(errors="replace").decode()


def as_plain_json(value: object, depth: int = 0) -> object:
    """The same value as far as JSON can show it; what it cannot show becomes text."""
    if depth > _DEEPEST:
        return _CUT
    match value:
        case None | bool() | int():
            return value
        case float():
            return value if math.isfinite(value) else str(value)
        case dict():
            return {as_text(str(key)): as_plain_json(each, depth + 1) for key, each in value.items()}
        case list() | tuple():
            return [as_plain_json(each, depth + 1) for each in value]
        case _:
            return as_text(str(value))
