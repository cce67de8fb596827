"""The `oms` command: what it offers, and the one place where it ends."""

import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

from cli.account_commands import account
from cli.calendar_commands import calendar
from cli.instrument_commands import instrument
from ending import leave
from local.failure import INTERRUPTED, CannotRun, StopRequested
from settings import WrongSettings

app = typer.Typer(
    name="oms",
    help="Order management for HOSE, HNX and UPCOM: run the stack, look at it, test it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.add_typer(account, name="account")
app.add_typer(calendar, name="calendar")
app.add_typer(instrument, name="instrument")

# ruff: noqa: PLC0415 - each command imports what it needs when it runs: `token` must answer fast


@app.command()
def install() -> None:
    """Bring the tools that are not Python packages: the Temporal server."""
    from cli.preparing import install_tools

    install_tools()


@app.command()
def setup() -> None:
    """Create the database and bring its schema up to date."""
    from cli.running import run_setup

    run_setup()


@app.command()
def dev() -> None:
    """Run the stack in the foreground, with its logs, reloading when a source file changes."""
    from cli.running import run_stack

    run_stack(reload=True)


@app.command()
def start(
    *,
    detach: Annotated[bool, typer.Option("--detach", "-d", help="Run in the background.")] = False,
    ready_fd: Annotated[int | None, typer.Option(hidden=True)] = None,
) -> None:
    """Start the whole stack; Ctrl-C or `stop` ends it."""
    if detach:
        from cli.background import start_in_background

        raise typer.Exit(start_in_background())
    from cli.running import run_stack

    run_stack(ready_fd=ready_fd)


@app.command()
def serve(process: Annotated[str, typer.Argument(help="api or worker.")]) -> None:
    """Become one process of a server whose other parts run elsewhere (containers use this)."""
    from cli.serving import serve_process

    serve_process(process)


@app.command()
def stop() -> None:
    """Stop the stack of this OMS_HOME, in order."""
    from cli.background import stop_stack

    stop_stack()


@app.command()
def status() -> None:
    """Show the stack's processes; exit code 1 when something is not running."""
    from cli.looking import show_status

    raise typer.Exit(show_status())


@app.command()
def logs(
    process: Annotated[str | None, typer.Argument(help="One process, for example worker.")] = None,
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what is written next.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, help="How many lines of each log.")] = 100,
) -> None:
    """Show the processes' logs."""
    from cli.looking import show_logs

    show_logs(process, lines, follow=follow)


@app.command("test", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def run_the_tests(
    context: typer.Context,
    *,
    fast: Annotated[bool, typer.Option("--fast", help="Only what needs no servers and no browser.")] = False,
) -> None:
    """Run the tests; further arguments go to pytest."""
    from cli.testing import run_tests

    run_tests(context.args, fast=fast)


@app.command()
def bench(
    *,
    quick: Annotated[bool, typer.Option("--quick", help="A few minutes, less exact; docs/ stays as it is.")] = False,
    json: Annotated[Path | None, typer.Option(help="Write the report to this file as well.")] = None,
    stored: Annotated[
        Path | None, typer.Option("--from", help="Show a stored report, and make the page of a full one again.")
    ] = None,
) -> None:
    """Measure the product beside the bare platform, on a stack of its own."""
    from cli.benching import bench as measure

    measure(quick=quick, json_file=json, stored=stored)


@app.command()
def soak(
    minutes: Annotated[float, typer.Argument(min=0.1, help="How long orders are placed and things go wrong.")] = 10.0,
    seed: Annotated[int, typer.Argument(help="Draws the orders, kills and faults.")] = 1,
) -> None:
    """Trade while processes are killed and faults happen at random, then account for every order."""
    from cli.soaking import run_soak

    run_soak(minutes, seed)


@app.command()
def simulator(
    *,
    data: Annotated[
        Path | None, typer.Option(help="Folder for keys, orders and the market; left out: one in OMS_HOME.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Draws what the other participants do.")] = 7,
    clock: Annotated[
        str, typer.Option(help="open: start in an open session; live: the wall's time, open or closed.")
    ] = "open",
    start: Annotated[
        str, typer.Option(help="A new market stands still here, such as 2026-11-25T10:00:00, until its clock is set.")
    ] = "",
) -> None:
    """Run the stand-in for SSI alone, for a client in any language; Ctrl-C ends it."""
    from cli.simulating import run_simulator

    raise typer.Exit(run_simulator(data, seed, clock, start))


@app.command("record-histories")
def record(
    folder: Annotated[Path | None, typer.Argument(help="Where to; left out: where the replay tests read.")] = None,
) -> None:
    """Record one workflow history of each class of life at a stack of its own, for the replay tests."""
    from cli.histories import FOLDER, record_histories

    record_histories(folder or FOLDER)


@app.command()
def token(user: Annotated[str, typer.Option(help="trader, viewer or operator.")] = "trader") -> None:
    """Print a JWT of a demo user, and nothing else."""
    from cli.demo_token import demo_token

    print(demo_token(user))


@app.command("load-instruments")
def load_reference_data(
    *,
    seconds: Annotated[float, typer.Option("--wait", min=1, help="Seconds to wait for the broker's answer.")] = 60.0,
) -> None:
    """Load today's securities and bands from the broker again (they come by themselves each morning)."""
    from cli.loading import load_instruments

    print(load_instruments(seconds))


@app.command()
def otp(
    *,
    request: Annotated[bool, typer.Option("--request", help="Have the broker send a code instead.")] = False,
    connection: Annotated[str, typer.Option(help="Which broker connection.")] = "ssi",
) -> None:
    """Enter the one-time code that the broker wants before orders can leave; it is asked for and not shown."""
    from cli.one_time_code import enter_code, request_code

    print(request_code(connection) if request else enter_code(connection))


@app.command()
def alerts(
    *, most: Annotated[int, typer.Option("--most", min=1, max=1_000, help="How many, the newest first.")] = 50
) -> None:
    """Show what a person must look at: contradictions, shortfalls, messages that nobody understood."""
    from cli.alerts import show_alerts

    show_alerts(most)


@app.command("close-unknown")
def close_unknown_order(
    order_id: Annotated[str, typer.Argument(help="The order whose sending ended without an answer.")],
    *,
    reason: Annotated[str, typer.Option(help="How it is known that the broker does not have it.")],
    user: Annotated[str, typer.Option(help="Who decides; defaults to the login name.", envvar="USER")] = "operator",
) -> None:
    """Close an order that nobody has found at the broker, and give its hold back; it stays watched (LC-04)."""
    from cli.operating import close_unknown

    print(close_unknown(order_id, user, reason))


def run() -> None:
    """Run one command and end the process; expected failures are lines, not tracebacks."""
    leave(_exit_code())


def _exit_code() -> int:
    try:
        app()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except WrongSettings as wrong:
        return _complain(*wrong.lines)
    except CannotRun as problem:
        return _complain(str(problem))
    except (StopRequested, KeyboardInterrupt):
        return INTERRUPTED
    except Exception:  # noqa: BLE001 the end of the process: what nobody expected is shown whole
        traceback.print_exc()
        return 1
    return 0


def _complain(*lines: str) -> int:
    for line in lines:
        print(f"oms: {line}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    run()
