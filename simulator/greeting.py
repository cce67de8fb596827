"""What a simulator that runs alone tells its user at the start: addresses, keys, accounts and configurations."""

from simulator.accounts import Account
from simulator.client_configurations import fcdata_module, fctrading_module, node_object, write_configurations
from simulator.credentials import Credentials
from simulator.serving import Place
from simulator.simulation import Simulation

_INDENT = "    "


def greeting(place: Place, credentials: Credentials, simulation: Simulation) -> str:
    """Write the configuration files too."""
    url = place.url
    folder = write_configurations(credentials, url)
    clock = simulation.clock
    parts = [
        _pairs(
            "Simulator of SSI FastConnect v2",
            {
                "trading API, data API, both streams": url,
                "control page": f"{url}control/",
                "control API": f"{url}control/docs",
                "market time": f"{simulation.state.now.isoformat(timespec='seconds')}, rate {clock.rate}",
            },
        ),
        _pairs(
            "Credentials",
            {
                "consumer id": credentials.consumer_id,
                "consumer secret": credentials.consumer_secret,
                "PIN (the code when twoFactorType is 0)": credentials.pin,
                "private key, SSI's base64 of XML": str(credentials.private_key_file),
                "private key, PEM": str(credentials.private_key_pem_file),
                "all as SSI_… variables": str(credentials.environment_file),
            },
        ),
        _pairs("Accounts", {account.number: _holdings(account) for account in simulation.state.accounts.values()}),
        _block(f"Python, ssi-fctrading: {folder}/fc_config.py", fctrading_module(credentials, url)),
        f"  SSI's own examples read the same from the environment: set -a; . {folder}/ssi-fctrading.env; set +a\n",
        _block(f"Python, ssi-fc-data: {folder}/config.py", fcdata_module(credentials, url)),
        _block(f"Node, ssi-fctrading and ssi-fcdata: {folder}/config.js", node_object(credentials, url)),
        "Ctrl-C ends it; the folder keeps accounts, orders and the day for the next start.",
    ]
    return "\n".join(parts)


def _pairs(title: str, values: dict[str, str]) -> str:
    width = max((len(name) for name in values), default=0)
    return "\n".join([title, *(f"  {name.ljust(width)}  {value}" for name, value in values.items()), ""])


def _block(title: str, text: str) -> str:
    return "\n".join([title, *(f"{_INDENT}{line}".rstrip() for line in text.splitlines()), ""])


def _holdings(account: Account) -> str:
    shares = ", ".join(f"{symbol} {position.on_hand:,}" for symbol, position in sorted(account.positions.items()))
    return f"{account.cash:,} VND" + (f", {shares}" if shares else "")
