"""A project's own prices: what was negotiated, what a server of one's own costs, what the public list lacks."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from fnmatch import fnmatchcase
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, insert, select, update

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.canonical import canonical_json, digest_bytes
from windlass.errors import Conflict
from windlass.prices.rates import ALWAYS, ANY_SIZE, DAY_S, Rate
from windlass.prices.tables import price_lists
from windlass.storage.database import Database, now, take_turns

_MOST_PRICES = 1_000

Dollars = Annotated[float, Field(ge=0, lt=1_000_000, allow_inf_nan=False)]


class Price(BaseModel):
    """A price in US dollars a million tokens, of the models whose name fits, from a day on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    provider: str = Field(default="", max_length=200)
    """As spans name it (`openai`, `azure.ai.openai`); empty for any."""
    model: str = Field(min_length=1, max_length=200)
    """A name, or a pattern with `*`; capital letters do not matter."""
    input: Dollars
    output: Dollars = 0.0
    cache_read: Dollars | None = None
    """Without it, cached tokens cost what the input costs."""
    cache_write: Dollars | None = None
    reasoning: Dollars | None = None
    """Without it, reasoning costs what the output costs."""
    valid_from: date | None = None
    """Its first day (UTC); without it, it holds for all of history."""

    def fits(self, provider: str, *models: str) -> bool:
        """Tell whether it is a price of a provider's model that goes by one of these names."""
        pattern = self.model.lower()
        return self.provider in {"", provider} and any(
            fnmatchcase(model.lower(), pattern) for model in models if model
        )

    def rate(self) -> Rate:
        since = ALWAYS
        if self.valid_from is not None:
            since = int(datetime.combine(self.valid_from, time(), UTC).timestamp())
        return Rate(
            since,
            0,
            DAY_S,
            ANY_SIZE,
            self.input,
            self.output,
            self.input if self.cache_read is None else self.cache_read,
            self.input if self.cache_write is None else self.cache_write,
            self.output if self.reasoning is None else self.reasoning,
            0.0,
        )


class PriceList(BaseModel):
    """All prices of a project's own; of those that fit, the one with the latest first day counts."""

    items: list[Price] = Field(default=[], max_length=_MOST_PRICES)
    digest: str | None = None
    """Of the list, to replace it only if nobody else did; null where there never was one."""
    updated: datetime | None = None
    updated_by: str | None = None


def read_prices(database: Database, project: str) -> PriceList:
    """Return a project's own prices."""
    with database.read() as tx:
        return _read(tx, project)


def replace_prices(
    database: Database,
    audit: AuditChain,
    principal: Principal,
    prices: Sequence[Price],
    *,
    expected: str | None = None,
    reason: str = "",
) -> PriceList:
    """Replace the list of the principal's project; the same list again changes nothing.

    With ``expected``, the digest of the list that was read or an empty text where there was none, raises Conflict
    when another one is there now.
    """
    content = canonical_json([price.model_dump(mode="json", exclude_none=True) for price in prices])
    project, digest = principal.project, digest_bytes(content)
    with database.write() as tx:
        take_turns(tx, project, "prices")
        before = _read(tx, project)
        if expected is not None and expected != (before.digest or ""):
            raise Conflict(
                "The prices were changed by somebody else meanwhile; read them again, then make the change."
            )
        if before.digest == digest:
            return before
        values = {"prices": content.decode(), "updated": now(), "updated_by": principal.id}
        if before.digest is None:
            tx.execute(insert(price_lists).values(project=project, **values))
        else:
            tx.execute(update(price_lists).where(price_lists.c.project == project).values(**values))
        audit.append(tx, principal, "prices:set", "prices", before=before.digest, after=digest, reason=reason)
        return _read(tx, project)


def _read(tx: Connection, project: str) -> PriceList:
    row = tx.execute(select(price_lists).where(price_lists.c.project == project)).one_or_none()
    if row is None:
        return PriceList()
    return PriceList(
        items=[Price.model_validate(price) for price in json.loads(row.prices)],
        digest=digest_bytes(row.prices.encode()),
        updated=row.updated,
        updated_by=row.updated_by,
    )
