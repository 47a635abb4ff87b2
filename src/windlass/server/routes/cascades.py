"""Cascades: fitting one on two runs."""

from typing import Annotated

from fastapi import APIRouter, Depends

from windlass.access.principals import Principal
from windlass.evaluation.cascades.fit import CascadeFit, CascadeQuestion
from windlass.server.caller import ServicesOf, allowed

router = APIRouter(prefix="/cascades", tags=["gates"])

Reader = Annotated[Principal, Depends(allowed("run:read"))]


class CascadeRequest(CascadeQuestion):
    cheap: str
    """The release that is asked first (`name@what`), whose newest finished run counts, or a run."""
    strong: str
    """The one that is asked where the first is not sure."""
    dataset: str | None = None
    """Only runs on this dataset (`name@what`) count."""

    @property
    def question(self) -> CascadeQuestion:
        return CascadeQuestion.model_validate({name: getattr(self, name) for name in CascadeQuestion.model_fields})


@router.post("/fit")
def fit_one_cascade(body: CascadeRequest, principal: Reader, services: ServicesOf) -> CascadeFit:
    """Fit when a cheap release's answer is enough. The body of the release that it makes is not pushed."""
    return services.cascades.fit(principal.project, body.cheap, body.strong, body.question, dataset=body.dataset)
