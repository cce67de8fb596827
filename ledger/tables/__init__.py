"""The tables, one file per family; importing this package registers all of them."""

from sqlmodel import SQLModel

from ledger.tables.account_acts import AccountActRow
from ledger.tables.accounts import (
    AccountRow,
    AppUserRow,
    ConnectionRow,
    InvestorRow,
    UserGrantRow,
)
from ledger.tables.alerts import AccountAlertRow
from ledger.tables.calendar import CalendarOverrideRow
from ledger.tables.double_entry import LedgerAccountRow, LedgerEntryRow, LedgerTransactionRow
from ledger.tables.executions import OrderExecutionRow, PositionHistoryRow, PositionRow
from ledger.tables.feed import BrokerOrderLinkRow, InboxRow
from ledger.tables.instrument_words import InstrumentWordRow
from ledger.tables.instruments import InstrumentRow
from ledger.tables.market_feed import LastPriceRow, PhaseDeviationRow
from ledger.tables.one_time_codes import OneTimeCodeRow
from ledger.tables.orders import IdempotencyKeyRow, OrderEventRow, OrderEvidenceRow, OrderRow
from ledger.tables.sending import AttemptRow, RequestCounterRow, SeenRequestIdRow
from ledger.tables.table import table_of

METADATA = SQLModel.metadata

INVESTOR = table_of(InvestorRow)
ACCOUNT = table_of(AccountRow)
CONNECTION = table_of(ConnectionRow)
APP_USER = table_of(AppUserRow)
USER_GRANT = table_of(UserGrantRow)
INSTRUMENT = table_of(InstrumentRow)
INSTRUMENT_WORD = table_of(InstrumentWordRow)
ORDERS = table_of(OrderRow)
ORDER_EVIDENCE = table_of(OrderEvidenceRow)
ORDER_EVENT = table_of(OrderEventRow)
IDEMPOTENCY_KEY = table_of(IdempotencyKeyRow)
ATTEMPT = table_of(AttemptRow)
REQUEST_COUNTER = table_of(RequestCounterRow)
SEEN_REQUEST_ID = table_of(SeenRequestIdRow)
INBOX = table_of(InboxRow)
BROKER_ORDER_LINK = table_of(BrokerOrderLinkRow)
FILL = table_of(OrderExecutionRow)
POSITION = table_of(PositionRow)
POSITION_CHANGE = table_of(PositionHistoryRow)
LEDGER_ACCOUNT = table_of(LedgerAccountRow)
LEDGER_TRANSACTION = table_of(LedgerTransactionRow)
LEDGER_ENTRY = table_of(LedgerEntryRow)
ACCOUNT_ACT = table_of(AccountActRow)
ACCOUNT_ALERT = table_of(AccountAlertRow)
CALENDAR_OVERRIDE = table_of(CalendarOverrideRow)
LAST_PRICE = table_of(LastPriceRow)
PHASE_DEVIATION = table_of(PhaseDeviationRow)
ONE_TIME_CODE = table_of(OneTimeCodeRow)
