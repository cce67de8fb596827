"""`oms account`: what its commands are called and take."""

from typing import Annotated

import typer

# ruff: noqa: PLC0415 - each command imports what it needs when it runs, as all commands do

account = typer.Typer(
    help="Book an adjustment to an account, let it trade again, or tell whose order it shows.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

AccountId = Annotated[str, typer.Argument(help="For example 0901351.", show_default=False)]
Reason = Annotated[str, typer.Option(help="What explains it.")]
User = Annotated[str, typer.Option(help="Who says so; defaults to the login name.", envvar="USER")]


@account.command(context_settings={"ignore_unknown_options": True})
def adjust(
    account_id: AccountId,
    asset: Annotated[str, typer.Argument(help="cash, or a symbol such as VIC.", show_default=False)],
    amount: Annotated[int, typer.Argument(help="VND or shares; negative for less.", show_default=False)],
    *,
    reason: Reason,
    user: User = "operator",
) -> None:
    """Book what the broker has and we have not; it clears a block (LC-99)."""
    from cli.account import adjust_account

    print(adjust_account(account_id, asset, amount, reason, user))


@account.command()
def resume(account_id: AccountId, *, reason: Reason, user: User = "operator") -> None:
    """Let an account that may only sell, or nothing at all, trade again."""
    from cli.account import resume_account

    print(resume_account(account_id, reason, user))


@account.command("not-ours")
def not_ours(
    account_id: AccountId,
    broker_order_id: Annotated[str, typer.Argument(help="The broker's id, as the alert names it.", show_default=False)],
    *,
    reason: Reason,
    user: User = "operator",
) -> None:
    """Say that an order at the broker is none of ours, so that it is taken in as external (LC-98)."""
    from cli.account import say_not_ours

    print(say_not_ours(account_id, broker_order_id, reason, user))
