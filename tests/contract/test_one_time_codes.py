"""Signing in with one-time codes (`twoFactorType` 1): sent on request, shown by the control API, used once."""

import httpx
import pytest

from tests.support.simulator_process import SimulatorProcess

pytestmark = pytest.mark.stack


def post(simulator: SimulatorProcess, call: str, **more: object) -> int:
    """The status of SSI's answer."""
    key = {"consumerID": simulator.env["SSI_API_KEY"], "consumerSecret": simulator.env["SSI_API_SECRET"]}
    answer = httpx.post(f"{simulator.url}api/v2/Trading/{call}", json={**key, **more}).json()
    return int(answer["status"])


def sign_in(simulator: SimulatorProcess, code: str, two_factor: object = 1) -> int:
    return post(simulator, "AccessToken", twoFactorType=two_factor, code=code, isSave=True)


def sent(simulator: SimulatorProcess) -> str | None:
    with simulator.control as control:
        code: str | None = control.get("one-time-code").raise_for_status().json()["code"]
        return code


def test_the_code_that_was_sent_signs_in_once(simulator: SimulatorProcess) -> None:
    assert sent(simulator) is None
    assert post(simulator, "GetOTP") == 200
    code = sent(simulator)
    assert code is not None
    assert sign_in(simulator, "0" if code != "0" else "1") == 400
    assert sign_in(simulator, code) == 200
    assert sent(simulator) is None
    assert sign_in(simulator, code) == 400


def test_only_the_newest_code_is_good(simulator: SimulatorProcess) -> None:
    assert post(simulator, "GetOTP") == 200
    older = sent(simulator)
    while sent(simulator) == older:
        assert post(simulator, "GetOTP") == 200
    assert older is not None
    assert sign_in(simulator, older, "1") == 400
    newer = sent(simulator)
    assert newer is not None
    assert sign_in(simulator, newer, "1") == 200


def test_a_pin_is_no_one_time_code_and_the_other_way_round(simulator: SimulatorProcess) -> None:
    pin = simulator.env["SSI_PIN"]
    assert sign_in(simulator, pin) == 400
    assert sign_in(simulator, pin, 0) == 200
    assert post(simulator, "GetOTP") == 200
    code = sent(simulator)
    assert code is not None
    assert code == pin or sign_in(simulator, code, 0) == 400


def test_a_stranger_gets_no_code_sent(simulator: SimulatorProcess) -> None:
    before = sent(simulator)
    answer = httpx.post(f"{simulator.url}api/v2/Trading/GetOTP", json={"consumerID": "x", "consumerSecret": "y"})
    assert answer.json()["status"] == 400
    assert sent(simulator) == before
