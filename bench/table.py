"""A run's figures on the terminal."""

from rich.console import Console
from rich.table import Table

from bench.aims import judged
from bench.results import Report

_VERDICTS = {True: "[green]met[/green]", False: "[red]missed[/red]", None: ""}


def show(report: Report, console: Console) -> None:
    machine = report.machine
    title = f"{report.plan.name} run at commit {machine.commit}: {machine.processor}, {machine.cores} cores"
    table = Table(title=title)
    table.add_column("figure")
    for heading in ("bare order", "product", "ratio", "aim"):
        table.add_column(heading, justify="right")
    table.add_column("")
    for line in judged(report):
        table.add_row(line.what, line.floor, line.product, line.ratio, line.aim, _VERDICTS[line.met])
    console.print(table)
