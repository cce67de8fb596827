"""Numbers at the edge: thousand VND in and out, exact to the dong, and floats never decide."""

import json
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from api.numbers import PriceIn, QuantityIn, ThousandVnd, parse_json

PRICE: TypeAdapter[int | None] = TypeAdapter(PriceIn)
QUANTITY: TypeAdapter[int] = TypeAdapter(QuantityIn)
SHOWN: TypeAdapter[int] = TypeAdapter(ThousandVnd)


def price(written: str) -> int | None:
    return PRICE.validate_python(parse_json(written))


def refusal(written: str) -> tuple[str, str]:
    with pytest.raises(ValidationError) as caught:
        price(written)
    return caught.value.errors()[0]["type"], caught.value.errors()[0]["msg"]


def thousands(vnd: int) -> str:
    return f"{Decimal(vnd).scaleb(-3):f}"


@pytest.mark.parametrize(
    ("written", "vnd"),
    [("85.5", 85_500), ("85", 85_000), ("85.500000", 85_500), ("0.001", 1), ("1e2", 100_000), ("4999.999", 4_999_999)],
)
def test_a_price_in_thousands_becomes_vnd(written: str, vnd: int) -> None:
    assert price(written) == vnd


@given(st.integers(1, 2_000_000))
@example(85_500)
@example(1)
def test_every_price_goes_in_and_out_unchanged(vnd: int) -> None:
    shown = SHOWN.dump_json(vnd).decode()
    assert Decimal(shown) == Decimal(vnd).scaleb(-3)
    assert price(shown) == vnd
    assert price(thousands(vnd)) == vnd


def test_every_price_up_to_two_million_vnd_is_shown_exactly() -> None:
    for vnd in range(1, 2_000_001):
        whole, rest = divmod(vnd, 1_000)
        exact = f"{whole}.{rest:03d}".rstrip("0")
        assert repr(vnd / 1_000) == (exact + "0" if exact.endswith(".") else exact), vnd


@given(st.integers(1, 4_999_999), st.integers(1, 10**20 - 1))
def test_a_price_finer_than_a_dong_is_refused(vnd: int, below_a_dong: int) -> None:
    written = thousands(vnd) + f"{below_a_dong:020d}"
    assert refusal(written)[0] == "price_finer_than_a_dong"


def test_a_price_that_a_float_would_round_is_refused() -> None:
    assert float("85.10000000000000000001") == 85.1
    assert refusal("85.10000000000000000001")[0] == "price_finer_than_a_dong"


def test_a_price_written_in_vnd_is_refused_with_what_was_meant() -> None:
    code, message = refusal("85500")
    assert code == "price_in_vnd"
    assert message == "is taken in thousand VND, and looks like a price in VND; did you mean 85.5?"


@pytest.mark.parametrize("written", ["5000", "5000.0", "1e999999", "123456789012345678901234567890", "5e9"])
def test_a_price_above_any_share_is_refused(written: str) -> None:
    assert refusal(written)[0] == "price_in_vnd"


@pytest.mark.parametrize("written", ["0", "-1", "-0.0", "0e999999", "-1e999999"])
def test_a_price_that_is_not_positive_is_refused(written: str) -> None:
    assert refusal(written)[0] == "price_not_positive"


@pytest.mark.parametrize("written", ['"85.5"', "true", "[85.5]", "{}"])
def test_a_price_that_is_no_number_is_refused(written: str) -> None:
    assert refusal(written)[0] == "price_not_a_number"


def test_a_price_with_a_tiny_exponent_is_refused() -> None:
    assert refusal("1e-999999")[0] == "price_finer_than_a_dong"


@given(st.integers(1, 1_000_000_000))
def test_a_whole_quantity_is_taken(quantity: int) -> None:
    assert QUANTITY.validate_python(parse_json(str(quantity))) == quantity


@pytest.mark.parametrize("written", ["100.0", "1e2", "10.5", '"100"', "true", "null", "0", "-100", "1000000001"])
def test_a_quantity_that_is_not_a_whole_number_in_range_is_refused(written: str) -> None:
    with pytest.raises(ValidationError):
        QUANTITY.validate_python(parse_json(written))


@pytest.mark.parametrize(
    "written",
    [
        "NaN",
        "Infinity",
        "-Infinity",
        '{"a": 1, "a": 2}',
        "1" * 5_000,
        "[" * 5_000,
        "1e9999999999999999999999",
        "{",
        "",
    ],
    ids=lambda written: written[:20],
)
def test_what_is_not_exact_json_is_refused(written: str) -> None:
    with pytest.raises(json.JSONDecodeError):
        parse_json(written)
