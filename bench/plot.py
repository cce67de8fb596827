"""The latency plot: for each rate the share of orders that were answered, sent and booked within a time."""

from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.latency import CURVE, Latency
from bench.results import FloorLoad, ProductLoad, Report

_STYLE: Any = {"svg.hashsalt": "order-management", "svg.fonttype": "none", "font.size": 9}
_TICKS = (10, 20, 50, 100, 200, 500, 1_000, 2_000)
_INCHES_PER_PANEL, _INCHES_HIGH = 3.4, 3.2


def draw(report: Report, file: Path) -> None:
    """Write the plot as SVG; the same report always gives the same bytes."""
    loads = list(zip(report.floor.open_loop, report.product.open_loop, strict=True))
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(_INCHES_PER_PANEL * len(loads), _INCHES_HIGH), layout="constrained")
        panels = figure.subplots(1, len(loads), sharey=True, sharex=True, squeeze=False)[0]
        for panel, (floor, product) in zip(panels, loads, strict=True):
            _panel(panel, floor, product)
        panels[0].set_ylabel("orders, %")
        figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=4, frameon=False)
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})


def _panel(panel: Axes, floor: FloorLoad, product: ProductLoad) -> None:
    _curve(panel, "bare order placed", floor.place, "0.55")
    _curve(panel, "POST answered", product.post, "tab:blue")
    _curve(panel, "POST to broker", product.to_broker, "tab:orange")
    _curve(panel, "fill to booked", product.booked, "tab:green")
    panel.set_xscale("log")
    panel.set_xticks(_TICKS, [f"{tick:,}" for tick in _TICKS])
    panel.minorticks_off()
    panel.set_title(f"{product.rate} orders/s")
    panel.set_xlabel("ms")
    panel.grid(alpha=0.3)


def _curve(panel: Axes, label: str, latency: Latency, colour: str) -> None:
    panel.plot(latency.curve_ms, CURVE, label=label, color=colour, linewidth=1.4)
