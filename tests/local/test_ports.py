"""A port that cannot be had is named together with its variable, before anything starts."""

import socket
from collections.abc import Iterator

import pytest

from local.failure import CannotRun
from local.ports import PortClaim, can_bind, free_port, free_ports, require_ports


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_taken_port_is_named_with_its_variable(taken: int) -> None:
    with pytest.raises(CannotRun) as caught:
        require_ports([PortClaim("the API", "PORT", taken)])
    assert f"port {taken} for the API is taken" in str(caught.value)
    assert "set PORT to a free port" in str(caught.value)


def test_a_port_taken_on_loopback_is_taken_for_all_addresses_too(taken: int) -> None:
    with pytest.raises(CannotRun, match="set PORT"):
        require_ports([PortClaim("the API", "PORT", taken, "0.0.0.0")])  # noqa: S104 the API's default


def test_a_port_wanted_twice_names_both_variables() -> None:
    port = free_port()
    with pytest.raises(CannotRun, match=r"\(PORT\).*\(SIMULATOR_PORT\)"):
        require_ports([PortClaim("the API", "PORT", port), PortClaim("the simulator", "SIMULATOR_PORT", port)])


def test_an_address_of_another_machine_names_the_host_variable() -> None:
    with pytest.raises(CannotRun, match="set HOST"):
        require_ports([PortClaim("the API", "PORT", free_port(), "203.0.113.1")])


def test_the_preferred_port_is_kept_while_it_is_free(taken: int) -> None:
    free = free_port()
    assert free_port(free) == free
    assert free_port(taken) != taken


def test_several_free_ports_differ() -> None:
    ports = free_ports(20)
    assert len(set(ports)) == 20
    assert all(can_bind(port) for port in ports)
