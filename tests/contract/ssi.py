"""SSI's own Python clients, unchanged, configured from a simulator's `ssi.env`."""

import socket
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ssi_fc_data.fc_md_client import MarketDataClient  # type: ignore[import-untyped] # SSI ships no types
from ssi_fc_data.fc_md_stream import MarketDataStream  # type: ignore[import-untyped] # SSI ships no types
from ssi_fc_data.model import model  # type: ignore[import-untyped] # SSI ships no types
from ssi_fctrading import FCTradingClient, FCTradingStream  # type: ignore[import-untyped] # SSI ships no types
from ssi_fctrading.models import fcmodel_requests as requests  # type: ignore[import-untyped] # SSI ships no types

from tests.contract.listening import Mailbox
from tests.support.simulator_process import SimulatorProcess

__all__ = [
    "FCTradingClient",
    "MarketDataClient",
    "MarketDataStream",
    "Orders",
    "data_client",
    "ended",
    "hang_up",
    "listen",
    "model",
    "opened_socket",
    "reading_client",
    "requests",
    "trading_client",
]

PIN = 0


def reading_client(simulator: SimulatorProcess) -> FCTradingClient:
    """A client with a read token only."""
    env = simulator.env
    key = Path(env["SSI_PRIVATE_KEY_FILE"]).read_text()
    return FCTradingClient(env["SSI_API_URL"], env["SSI_API_KEY"], env["SSI_API_SECRET"], key, PIN)


def trading_client(simulator: SimulatorProcess) -> FCTradingClient:
    client = reading_client(simulator)
    client.verifyCode(simulator.env["SSI_PIN"])
    return client


def listen(simulator: SimulatorProcess, client: FCTradingClient, notify_id: str) -> tuple[Mailbox, FCTradingStream]:
    """A started trading stream and what it hears; end it with `hang_up`."""
    mailbox = Mailbox()
    stream = FCTradingStream(
        client,
        simulator.env["SSI_STREAM_URL"],
        on_message=mailbox.put,
        on_error=mailbox.errors.append,
        last_notify_id=notify_id,
        on_open=mailbox.opened.set,
    )
    stream.start()
    assert mailbox.opened.wait(10)
    return mailbox, stream


def data_client(simulator: SimulatorProcess) -> tuple[MarketDataClient, SimpleNamespace]:
    """The data client and the configuration object its every call wants."""
    env = simulator.env
    config = SimpleNamespace(
        auth_type="Bearer",
        consumerID=env["SSI_API_KEY"],
        consumerSecret=env["SSI_API_SECRET"],
        url=env["SSI_DATA_URL"],
        stream_url=env["SSI_DATA_STREAM_URL"],
    )
    return MarketDataClient(config), config


def hang_up(stream: Any) -> None:
    """End a stream; SSI's own `Connection.close` calls a method that its transport lacks."""
    opened = opened_socket(stream)
    # A closed socket alone would leave the client's thread in its select for ten seconds.
    opened.shutdown(socket.SHUT_RDWR)
    ended(stream, opened)


def ended(stream: Any, opened: socket.socket) -> None:
    """Wait for the end of a broken stream, and close the socket that websocket-client leaves open then."""
    thread = stream.connection._Connection__transport._thread
    thread.join(10)
    assert not thread.is_alive()
    opened.close()


def opened_socket(stream: Any) -> socket.socket:
    """The socket of a started stream."""
    opened: socket.socket = stream.connection._Connection__transport._ws.sock.sock
    return opened


class Orders:
    """NewOrder, ModifyOrder and CancelOrder of one account with request ids that count up."""

    def __init__(self, simulator: SimulatorProcess, client: FCTradingClient, first_id: int = 10_000_000) -> None:
        self._client = client
        self._next_id = first_id
        self.account = simulator.env["SSI_ACCOUNT"]

    def place(self, symbol: str, side: str, price: int, quantity: int, *, order_type: str = "LO") -> str:
        """The request id of an order that was taken."""
        request_id = self.next_id()
        answer = self.send(request_id, symbol, side, price, quantity, order_type=order_type)
        assert answer["status"] == 200, answer
        assert answer["data"]["requestID"] == request_id
        assert "orderID" not in answer["data"]["requestData"]
        return request_id

    def send(
        self, request_id: str, symbol: str, side: str, price: int, quantity: int, *, order_type: str = "LO"
    ) -> dict[str, Any]:
        order = requests.NewOrder(self.account, request_id, symbol, "VN", side, order_type, price, quantity)
        answer: dict[str, Any] = self._client.new_order(order)
        return answer

    def cancel(self, order_id: str, symbol: str, side: str) -> str:
        """The request id of a cancel that was taken."""
        request_id = self.next_id()
        cancel = requests.CancelOrder(self.account, request_id, order_id, "VN", symbol, side)
        answer = self._client.cancle_order(cancel)
        assert answer["status"] == 200, answer
        return request_id

    def modify(self, order_id: str, symbol: str, side: str, price: int, quantity: int) -> str:
        """The request id of an amendment of a limit order that was taken."""
        request_id = self.next_id()
        change = requests.ModifyOrder(self.account, request_id, order_id, "VN", symbol, price, quantity, side, "LO")
        answer = self._client.modify_order(change)
        assert answer["status"] == 200, answer
        assert answer["data"]["requestData"]["orderID"] == order_id
        return request_id

    def next_id(self) -> str:
        self._next_id += 1
        return str(self._next_id)
