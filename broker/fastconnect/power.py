"""What SSI itself would let an account do: largest orders, purchasing power and margin (PP/MMR)."""

from decimal import Decimal

from broker.fastconnect.wire_values import Fields, WrongField
from broker.port import MarginState, MaximumOrder, NoAnswer

MAXIMUM_BUY = "api/v2/Trading/maxBuyQty"
MAXIMUM_SELL = "api/v2/Trading/maxSellQty"
MARGIN = "api/v2/Trading/ppmmraccount"


def read_maximum_buy(data: object) -> MaximumOrder | NoAnswer:
    try:
        fields = Fields(data, "data")
        return MaximumOrder(fields.shares("maxBuyQty"), fields.whole("purchasingPower"))
    except WrongField as error:
        return NoAnswer(f"the largest buy has no form we know: {error}")


def read_maximum_sell(data: object) -> MaximumOrder | NoAnswer:
    try:
        return MaximumOrder(Fields(data, "data").shares("maxSellQty"))
    except WrongField as error:
        return NoAnswer(f"the largest sale has no form we know: {error}")


def read_margin(data: object) -> MarginState | NoAnswer:
    """A cash account without margin has no ratio, which reads as 0."""
    try:
        fields = Fields(data, "data")
        return MarginState(
            equity=fields.whole("equity"),
            total_assets=fields.whole("totalAssets"),
            debt=fields.whole("debt"),
            cash=fields.whole("cashBalance"),
            purchasing_power=fields.whole("purchasingPower"),
            withdrawable=fields.whole("withdrawal"),
            margin_call=fields.whole("marginCall"),
            margin_ratio=fields.decimal("marginRatio") if fields.text("marginRatio") else Decimal(0),
            action=fields.text("action"),
        )
    except WrongField as error:
        return NoAnswer(f"purchasing power and margin have no form we know: {error}")
