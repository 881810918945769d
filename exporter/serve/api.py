"""The routes: each asks the service, and its answers are seed 001's JSON."""

from collections.abc import Callable
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query, Request, Response
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from exporter.serve.answers import OK, Detail, ExportTask, OkResponse, Run
from exporter.serve.guard import Guard
from exporter.serve.log import Log, words
from exporter.serve.service import BrokenError, NoTaskError, Readiness, Service, State
from provisioner.failure import CommandError

MOST_RUNS: Final = 1_000
"""Runs that one answer lists at most."""
_bearer: Final = HTTPBearer(auto_error=False, description="The token that the service was started with.")
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


def application(service: Service, guard: Guard, log: Log) -> FastAPI:
    """The API of a service."""
    api = FastAPI(
        title="Exports",
        summary="Rows become files, and are deleted once they are.",
        version="1",
        # Those pages run a script of another host; /openapi.json opens in any reader.
        docs_url=None,
        redoc_url=None,
    )
    api.include_router(_probes(service, guard))
    api.include_router(_exports(service), dependencies=[Depends(_admission(guard))])
    api.include_router(_runs(service), dependencies=[Depends(_admission(guard))])
    for kind, status in ((NoTaskError, 404), (BrokenError, 500), (CommandError, 503)):
        api.add_exception_handler(kind, _refusal(status, log))
    api.add_exception_handler(Exception, _refusal(500, log))
    return api


def _answers(*codes: int) -> dict[int | str, dict[str, Any]]:
    """The other answers of a route, for OpenAPI."""
    return {code: {"model": Detail} for code in (401, 403, *codes)}


def _admission(guard: Guard) -> Callable[[Request, HTTPAuthorizationCredentials | None], None]:
    def admit(request: Request, credentials: Credentials) -> None:
        if guard.suspects(request.headers.get("host", ""), request.headers.get("origin")):
            raise HTTPException(
                403, "A page of another site may not ask; give the service a token to be asked from one."
            )
        if not guard.admits(credentials.credentials if credentials else None):
            raise HTTPException(
                401,
                "The token is missing or another: send 'Authorization: Bearer TOKEN'.",
                {"WWW-Authenticate": "Bearer"},
            )

    return admit


def _refusal(status: int, log: Log) -> Callable[[Request, Exception], JSONResponse]:
    def refuse(request: Request, error: Exception) -> JSONResponse:
        if status != 404:
            log.say("refused", method=request.method, path=request.url.path, status=status, error=words(error))
        return JSONResponse({"detail": words(error)}, status)

    return refuse


def _probes(service: Service, guard: Guard) -> APIRouter:
    """What a supervisor asks; it needs no token, and learns no more than it must."""
    routes = APIRouter(tags=["probes"])

    @routes.get("/health")
    def health() -> OkResponse:
        """The process lives."""
        return OK

    @routes.get("/ready", responses={503: {"model": Readiness}})
    def ready(response: Response, credentials: Credentials) -> Readiness:
        """Whether an export could run now; what is wrong is said to whoever holds the token."""
        readiness = service.readiness()
        response.status_code = 503 if readiness.status is State.UNAVAILABLE else 200
        return readiness if guard.admits(credentials.credentials if credentials else None) else readiness.without_words

    return routes


def _exports(service: Service) -> APIRouter:
    """Seed 001, "API Endpoints"."""
    routes = APIRouter(tags=["exports"])

    @routes.get("/exports", responses=_answers(500))
    def list_exports() -> list[ExportTask]:
        """List the tasks; a broken one is not among them, and `/ready` says what is wrong with it."""
        return [ExportTask.of(task) for task in service.all_tasks()]

    @routes.get("/exports/{task_name}", responses=_answers(404, 500))
    def show_export(task_name: str) -> ExportTask:
        """Show one task; of a broken one, what is wrong with it."""
        return ExportTask.of(service.task(task_name))

    @routes.post("/exports", responses=_answers(500, 503))
    def export_all(response: Response) -> OkResponse:
        """Accept the export of every task; `Location` says where its run can be followed."""
        return _accepted(response, service.accept(None))

    @routes.post("/exports/{task_name}", responses=_answers(404, 500, 503))
    def export_one(task_name: str, response: Response) -> OkResponse:
        """Accept the export of one task; `Location` says where its run can be followed."""
        return _accepted(response, service.accept(task_name))

    return routes


def _accepted(response: Response, run: int) -> OkResponse:
    response.headers["Location"] = f"/runs/{run}"
    return OK


def _runs(service: Service) -> APIRouter:
    routes = APIRouter(prefix="/runs", tags=["runs"])

    @routes.get("", responses=_answers(503))
    def list_runs(limit: Annotated[int, Query(ge=1, le=MOST_RUNS)] = 100) -> list[Run]:
        """List the newest runs, newest first."""
        return [Run.of(request) for request in service.latest(limit)]

    @routes.get("/{run_id}", responses=_answers(404, 503))
    def show_run(run_id: int) -> Run:
        """Show how far a run has come, and its files."""
        if (found := service.request(run_id)) is None:
            raise HTTPException(404, "Run not found")
        request, files = found
        return Run.of(request, files)

    return routes
