"""What the web UI's list of orders can be filtered by, and the texts it shows for one order."""

from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

from market.terms import OrderTerms

ACCOUNT = SearchAttributeKey.for_keyword("Account")
SYMBOL = SearchAttributeKey.for_keyword("Symbol")
MARKET = SearchAttributeKey.for_keyword("Market")
SIDE = SearchAttributeKey.for_keyword("Side")
ORDER_TYPE = SearchAttributeKey.for_keyword("OrderType")
ORDER_STATUS = SearchAttributeKey.for_keyword("OrderStatus")
BROKER_ORDER_ID = SearchAttributeKey.for_keyword("BrokerOrderId")

KEYS = (ACCOUNT, SYMBOL, MARKET, SIDE, ORDER_TYPE, ORDER_STATUS, BROKER_ORDER_ID)
NAMES = tuple(key.name for key in KEYS)


def search_attributes(account_id: str, terms: OrderTerms, status: str) -> TypedSearchAttributes:
    """The attributes that a run starts with; they must be given again when a run is started anew."""
    return TypedSearchAttributes(
        [
            SearchAttributePair(ACCOUNT, account_id),
            SearchAttributePair(SYMBOL, terms.symbol),
            SearchAttributePair(MARKET, terms.exchange.value),
            SearchAttributePair(SIDE, terms.side.value),
            SearchAttributePair(ORDER_TYPE, terms.order_type.value),
            SearchAttributePair(ORDER_STATUS, status),
        ]
    )


def summary(terms: OrderTerms) -> str:
    """One line for the list, such as `BUY 100 VIC @ 85.5 LO HOSE`."""
    price = "" if terms.price is None else f" @ {thousands(terms.price)}"
    return f"{terms.side} {terms.quantity:,} {terms.symbol}{price} {terms.order_type} {terms.exchange}"


def thousands(price: int) -> str:
    """VND as people quote it: 85,500 is `85.5`."""
    whole, rest = divmod(price, 1_000)
    return f"{whole}.{rest:03d}".rstrip("0").rstrip(".")
