"""The ASGI app: routes, errors as problem documents, the body limit, and the built UI."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from windlass.server.body_limit import BodyLimit
from windlass.server.problems import add_problem_handlers
from windlass.server.routes import (
    approvals,
    arenas,
    artifacts,
    audit,
    cache,
    calibrations,
    cascades,
    charts,
    completions,
    dataset_files,
    dataset_items,
    dataset_traces,
    datasets,
    environments,
    erasures,
    evaluators,
    events,
    exports,
    frontiers,
    graph,
    health,
    indexes,
    keys,
    live_gates,
    masking,
    media,
    metrics,
    otlp,
    overview,
    prices,
    reports,
    retention,
    reviews,
    run_distributions,
    run_evidence,
    runs,
    scores,
    session,
    sessions,
    spans,
    sql,
    syntheses,
    traces,
    verdicts,
    views,
)
from windlass.server.services import Services
from windlass.server.ui import serve_ui
from windlass.version import __version__

_API = (
    session,
    overview,
    exports,
    traces,
    spans,
    sessions,
    charts,
    events,
    metrics,
    graph,
    scores,
    prices,
    sql,
    retention,
    erasures,
    artifacts,
    datasets,
    dataset_items,
    dataset_files,
    dataset_traces,
    syntheses,
    approvals,
    evaluators,
    calibrations,
    indexes,
    environments,
    # Before the runs: there `frontier` would be the id of one.
    frontiers,
    runs,
    run_distributions,
    run_evidence,
    reviews,
    arenas,
    live_gates,
    verdicts,
    reports,
    cascades,
    views,
    audit,
    cache,
    masking,
    media,
    keys,
)


def create_app(services: Services) -> FastAPI:
    """Make the app around services that are open; who made them closes them."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        services.start_background_work()
        yield

    app = FastAPI(
        title="windlass",
        version=__version__,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        # A receiver that traced its own requests would, with an exporter beside it, feed itself for ever.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.services = services
    app.add_middleware(BodyLimit, limit_bytes=services.settings.max_body_mb * 2**20)
    add_problem_handlers(app)
    # First what programs ask many times a second: a request is held against one router after the other.
    for module in (otlp, completions, health):
        app.include_router(module.router)
    for module in _API:
        app.include_router(module.router, prefix="/api/v1")
    serve_ui(app)
    return app
