"""What a person must look at: about the market, about a broker connection, and about an account of the caller's."""

from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from api.answers import READ_PROBLEMS, answer
from api.authentication import CallerOf
from api.ledger_port import within
from api.problems import problem_responses
from api.resources import ResourcesOf
from ledger.accounts import AlertKind
from ledger.reads.alerts import Alert

router = APIRouter(prefix="/alerts", tags=["alerts"])

MOST_ALERTS = 200


class AlertBody(BaseModel):
    """`key` names the fact behind it, which is told once; fields that are null are not concerned."""

    key: str
    kind: AlertKind
    account_id: str | None
    connection_id: str | None
    order_id: str | None
    text: str
    raised_at: datetime

    @classmethod
    def of(cls, alert: Alert) -> Self:
        return cls(
            key=alert.key,
            kind=alert.kind,
            account_id=alert.account_id,
            connection_id=alert.connection_id,
            order_id=alert.order_id,
            text=alert.text,
            raised_at=alert.raised_at,
        )


class AlertList(BaseModel):
    """The newest first."""

    alerts: list[AlertBody]


@router.get("", response_model=AlertList, summary="Alerts", responses=problem_responses(*READ_PROBLEMS))
async def list_alerts(
    caller: CallerOf, resources: ResourcesOf, limit: Annotated[int, Query(ge=1, le=MOST_ALERTS)] = 50
) -> Response:
    """Those of other people's accounts are left out."""
    found = await within(resources.patience.database, resources.ledger.alerts(limit, caller.accounts))
    return answer(AlertList(alerts=[AlertBody.of(each) for each in found]))
