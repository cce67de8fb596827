"""`oms account`: what its commands are called and take."""

from typing import Annotated

import typer

# ruff: noqa: PLC0415 - each command imports what it needs when it runs, as all commands do

account = typer.Typer(
    help="Open an account and say who may use it; adjust it, let it trade again, or tell whose order it shows.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

AccountId = Annotated[str, typer.Argument(help="For example 0901351.", show_default=False)]
Reason = Annotated[str, typer.Option(help="What explains it.")]
User = Annotated[str, typer.Option(help="Who says so; defaults to the login name.", envvar="USER")]
Plan = Annotated[str, typer.Option(help="standard, or self_directed in its first year (VN-C9).")]
OfOrders = Annotated[str, typer.Option("--channel", help="online, or staff: how its orders come to SSI (VN-A11).")]


@account.command("open")
def open_new(
    broker_account: Annotated[str, typer.Argument(help="Its number at the broker: 0901351.", show_default=False)],
    *,
    investor: Annotated[str, typer.Option(help="Whose it is: the same words for all accounts of one investor.")],
    plan: Plan,
    channel: OfOrders,
    foreign: Annotated[bool, typer.Option("--foreign", help="Its buys need foreign room.")] = False,
) -> None:
    """Make an account that is at the broker known here, with its rates; said again, nothing changes."""
    from cli.account_opening import open_account

    print(open_account(broker_account, investor, plan, channel, is_foreign=foreign))


@account.command("set-fees")
def set_fees_of(account_id: AccountId, *, plan: Plan, channel: OfOrders) -> None:
    """Give an account the rates of another plan or channel, for orders accepted from now on."""
    from cli.account_opening import set_fees

    print(set_fees(account_id, plan, channel))


@account.command()
def grant(
    account_id: AccountId,
    user: Annotated[str, typer.Argument(help="The user that a token names.", show_default=False)],
    *,
    role: Annotated[str, typer.Option(help="viewer, trader or operator, in every account of the user.")],
    default: Annotated[bool, typer.Option("--default", help="Requests that name no account mean this one.")] = False,
    change_role: Annotated[bool, typer.Option("--change-role", help="A known user gets another role.")] = False,
) -> None:
    """Let a user use an account over the API; a user who is not known yet is made."""
    from cli.account_opening import grant_account

    print(grant_account(account_id, user, role, is_default=default, changes_role=change_role))


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
