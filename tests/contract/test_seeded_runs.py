"""A seed repeats a run of the process: same market instants and same orders, same fills and quotes, whatever happened.

Time stands still between the calls, so that a client's orders come at the same market instants in every run.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.contract.listening import until
from tests.contract.ssi import Orders, trading_client
from tests.support.simulator_process import Control, SimulatorProcess, seeded_simulator

pytestmark = pytest.mark.stack

START = "2026-11-25T10:00:00"
MOMENTS = ("10:00:03", "10:00:10.250", "10:01:00", "10:04:00", "13:30:00")

Run = list[Any]
Midst = Callable[[SimulatorProcess], None]


def left_alone(_: SimulatorProcess) -> None:
    """Nothing happens in the midst."""


def killed(simulator: SimulatorProcess) -> None:
    simulator.kill()
    simulator.restart()


def looked_at_often(simulator: SimulatorProcess) -> None:
    """More calls and more of the wall's time."""
    for path in ("symbols", "fills", "clock", "orders") * 20:
        simulator.call("GET", path)


def lived(folder: Path, seed: int, midst: Midst = left_alone, moments: tuple[str, ...] = MOMENTS) -> Run:
    """The quotes at each moment, and all fills at the end."""
    with seeded_simulator(folder, seed=seed, start_at=START) as simulator, simulator.control as control:
        orders = Orders(simulator, trading_client(simulator))
        seen: Run = [control.call("GET", "symbols")]
        for number, moment in enumerate(moments, start=1):
            control.set_time(moment, rate=0)
            place_both_ways(orders, control, number)
            midst(simulator)
            seen.append(control.call("GET", "symbols"))
        return [*seen, control.call("GET", "fills"), statuses(control)]


def place_both_ways(orders: Orders, control: Control, number: int) -> None:
    """A buy that waits at the reference, one that trades at once, and an odd lot."""
    orders.place("VIC", "B", 85_500, 300)
    orders.place("FPT", "B", 99_500, 1_000)
    orders.place("VIC", "S", 85_500, 40)
    until(lambda: len(carried_out(control)) == 3 * number or None)


def carried_out(control: Control) -> list[Any]:
    return [row for row in control.call("GET", "orders") if row["status"] in ("QU", "PF", "FF")]


def statuses(control: Control) -> list[tuple[str, str, int]]:
    return sorted((row["order_id"], row["status"], row["filled"]) for row in control.call("GET", "orders"))


def test_a_seed_repeats_every_fill_and_quote_and_another_seed_does_not(tmp_path: Path) -> None:
    first, again, other = (lived(tmp_path / str(number), seed) for number, seed in enumerate((5, 5, 6)))
    *_, fills, _ = first
    assert {fill["symbol"] for fill in fills} == {"VIC", "FPT"}
    assert len({fill["matched_at"] for fill in fills}) > len(MOMENTS), "others have traded between the moments too"
    assert again == first
    assert other[-2] != fills


def test_kills_in_the_midst_and_calls_in_between_change_nothing(tmp_path: Path) -> None:
    plain = lived(tmp_path / "plain", 5)
    assert lived(tmp_path / "killed", 5, killed) == plain
    assert lived(tmp_path / "looked-at", 5, looked_at_often) == plain


def test_a_way_in_many_short_jumps_leads_to_where_one_long_jump_does(tmp_path: Path) -> None:
    def quotes_after(folder: str, moments: tuple[str, ...]) -> Any:
        with seeded_simulator(tmp_path / folder, seed=5, start_at=START) as simulator, simulator.control as control:
            for moment in moments:
                control.set_time(moment, rate=0)
            return control.call("GET", "symbols")

    short = tuple(f"10:00:{second:02d}.{second * 7:03d}" for second in range(1, 60))
    assert quotes_after("short", (*short, "10:04:59")) == quotes_after("long", ("10:04:59",))
