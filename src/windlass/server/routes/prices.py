"""Prices of models: the public list's, a project's own, and what calls cost by them."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from windlass.access.principals import Principal
from windlass.prices.own import Price, PriceList, read_prices, replace_prices
from windlass.server.caller import ServicesOf, allowed
from windlass.telemetry.recosting import ModelCosts, Recosting, list_model_costs, recost

router = APIRouter(prefix="/prices", tags=["prices"])

Reader = Annotated[Principal, Depends(allowed("trace:read"))]
Changer = Annotated[Principal, Depends(allowed("price:change"))]


class Prices(BaseModel):
    models: list[ModelCosts]
    """Every model that was called, the most called first."""
    overrides: PriceList


class PricesRequest(BaseModel):
    items: list[Price] = Field(max_length=1_000)
    expected: str | None = None
    """The digest of the list that this one was made from, empty if there was none; 409 when there is another."""
    reason: str = ""


class PricesAnswer(BaseModel):
    overrides: PriceList
    recosting: Recosting


@router.get("")
def list_prices(principal: Reader, services: ServicesOf) -> Prices:
    """List the models that were called with their prices, tokens and costs, and the project's own prices."""
    return Prices(
        models=list_model_costs(services.warehouse, principal.project, services.price_book),
        overrides=read_prices(services.database, principal.project),
    )


@router.put("")
def set_prices(body: PricesRequest, principal: Changer, services: ServicesOf) -> PricesAnswer:
    """Replace the project's own prices and price all of history by them; say what that changes."""
    overrides = replace_prices(
        services.database, services.audit, principal, body.items, expected=body.expected, reason=body.reason
    )
    return PricesAnswer(overrides=overrides, recosting=recost_history(principal, services))


@router.post("/recost")
def recost_history(principal: Changer, services: ServicesOf) -> Recosting:
    """Price all of history by what the lists say now; say what that changes. Again, it changes nothing."""
    return recost(services.database, services.audit, services.warehouse, principal, services.price_book)
