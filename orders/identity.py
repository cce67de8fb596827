"""Identities that survive every outage: an order's id is computed from what the client named it, never drawn."""

import hashlib
from datetime import date
from uuid import UUID, uuid5

from market.terms import OrderTerms
from market.violations import RuleCode, Violation

_ORDERS = UUID("6f6d7300-0000-5000-8000-766e6f726473")


def order_id_for(account_id: str, client_order_id: str) -> str:
    """UUIDv5 of account and client order id: the row's key and the workflow's id (API-04)."""
    return str(uuid5(_ORDERS, f"client-order-id\n{account_id}\n{client_order_id}"))


def order_id_for_key(user: str, account_id: str, idempotency_key: str) -> str:
    """UUIDv5 for requests that carry only an Idempotency-Key, which is scoped to its caller (API-03)."""
    return str(uuid5(_ORDERS, f"idempotency-key\n{user}\n{account_id}\n{idempotency_key}"))


def external_order_id(connection_id: str, trading_date: date, broker_order_id: str) -> str:
    """UUIDv5 of an order that no client of ours named: the broker's ids begin anew each day (LC-98)."""
    return str(uuid5(_ORDERS, f"external\n{connection_id}\n{trading_date.isoformat()}\n{broker_order_id}"))


def fingerprint(account_id: str, terms: OrderTerms, *wishes: str) -> str:
    """A digest of everything that makes two requests the same order; another body under one id differs here.

    `wishes` is what the client asks for beside the terms, each in words of its own; what is usual is left out.
    """
    named = (account_id, terms.symbol, terms.exchange, terms.side, terms.order_type, terms.quantity, terms.price)
    parts = (*named, *wishes)
    return hashlib.sha256("\n".join(str(part) for part in parts).encode()).hexdigest()


def key_reused(order_id: str) -> Violation:
    """Why another order is denied under a key that has made `order_id` (API-02)."""
    return Violation(
        RuleCode.IDEMPOTENCY_KEY_REUSED,
        "API-02",
        f"The Idempotency-Key has made order {order_id}; another request needs another key.",
        f"Khóa của yêu cầu (Idempotency-Key) đã dùng cho lệnh {order_id}; yêu cầu khác phải có khóa khác.",
        allowed=order_id,
    )
