"""What people say of a security over HTTP: by operators, for everybody to read, with a reason and for good."""

from datetime import date
from typing import Any

import httpx
import pytest

from market.instrument_words import InstrumentWord, WordAbout
from market.vocabulary import SecurityStatus
from tests.api.conftest import ClientFor
from tests.api.fakes import FakeLedger

URL = "/api/v1/instruments/VIC/words"
RESTRICTED = {
    "about": "status",
    "said": "restricted",
    "from": "2026-11-25",
    "until": "2026-12-31",
    "reason": "Notice 123/TB-SGDHCM",
}
FIRST, LAST = date(2026, 11, 25), date(2026, 12, 31)


async def test_an_operator_restricts_a_security_and_everyone_can_read_who_did_and_why(
    client_for: ClientFor, ledger: FakeLedger
) -> None:
    answer = await client_for("operator").post(URL, json=RESTRICTED)
    assert answer.status_code == 201
    word = {
        **RESTRICTED,
        "said": "RESTRICTED",
        "id": 1,
        "symbol": "VIC",
        "author": "operator",
        "created_at": "2026-11-20T03:00:00Z",
    }
    assert answer.json()["word"] == word
    assert answer.json()["instrument"]["symbol"] == "VIC"
    reason = "Notice 123/TB-SGDHCM"
    assert ledger.words == [
        InstrumentWord("VIC", WordAbout.STATUS, SecurityStatus.RESTRICTED, FIRST, LAST, reason, "operator")
    ]
    assert (await client_for("viewer").get(URL)).json() == {"words": [word]}


async def test_a_word_is_taken_back_by_another_one_and_both_are_kept(client_for: ClientFor, ledger: FakeLedger) -> None:
    operator = client_for("operator")
    await operator.post(URL, json=RESTRICTED)
    back = {"about": "status", "from": "2026-11-26", "reason": "Notice 124"}
    answer = await operator.post(URL, json=back)
    assert (answer.status_code, answer.json()["word"]["said"], answer.json()["word"]["until"]) == (201, None, None)
    assert [each["id"] for each in (await operator.get(URL)).json()["words"]] == [2, 1]
    assert (await operator.get(URL.replace("VIC", "VND"))).json() == {"words": []}
    assert ledger.words[1].said is None


async def test_a_security_that_no_list_has_named_is_shown_as_unknown(client_for: ClientFor, ledger: FakeLedger) -> None:
    ledger.listed = {}
    answer = await client_for("operator").post(URL, json=RESTRICTED)
    assert (answer.status_code, answer.json()["instrument"]) == (201, None)


@pytest.mark.parametrize("user", ["trader", "viewer"])
async def test_only_an_operator_says_anything(client_for: ClientFor, ledger: FakeLedger, user: str) -> None:
    answer = await client_for(user).post(URL, json=RESTRICTED)
    assert (answer.status_code, answer.json()["code"]) == (403, "operator_only")
    assert ledger.words == []


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"said": "FORBIDDEN"}, "said", "none of NORMAL, WARNED, CONTROLLED, RESTRICTED, HALTED, SUSPENDED"),
        ({"about": "conversion", "said": "4:1"}, "said", "not a share and a ratio such as 'VIC 4:1'"),
        ({"about": "conversion", "said": "VIC 4:1"}, "said", "makes VIC buy itself"),
        ({"until": "2026-11-24"}, "until", "is 2026-11-24, before the first day 2026-11-25"),
        ({"about": "mood"}, "about", "status"),
        ({"from": 20}, "from", "must be a day such as"),
        ({"reason": " "}, "reason", "one line of readable text"),
        ({"author": "minh"}, "author", ""),
    ],
)
async def test_a_wrong_word_is_named_and_not_written(
    client_for: ClientFor, ledger: FakeLedger, changes: dict[str, Any], field: str, message: str
) -> None:
    answer = await client_for("operator").post(URL, json={**RESTRICTED, **changes})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    (violation,) = answer.json()["violations"]
    assert (violation["field"], message in violation["message"]) == (field, True)
    assert ledger.words == []


async def test_a_symbol_that_cannot_be_one_is_named(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/instruments/vic-1/words")
    assert (answer.status_code, answer.json()["violations"][0]["field"]) == (400, "symbol")


async def test_while_the_database_is_silent_the_operator_is_told_to_come_back(
    client_for: ClientFor, ledger: FakeLedger
) -> None:
    operator = client_for("operator")
    await operator.get(URL)
    ledger.hangs = True
    answer = await operator.post(URL, json=RESTRICTED)
    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
