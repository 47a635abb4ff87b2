import copy

from tests.live import LiveServer, http_client
from windlass.errors import Unavailable


def test_a_server_that_can_serve_is_live_and_ready(live: LiveServer) -> None:
    with http_client(live.with_settings(mode="server")) as http:
        assert http.get("/health/live").json() == {"status": "live", "problems": {}}
        assert http.get("/health/ready").json() == {"status": "ready", "problems": {}}


def test_an_engine_that_does_not_answer_makes_it_unready_but_not_dead(live: LiveServer) -> None:
    class Away:
        def query(self, sql: str) -> None:
            raise Unavailable("The warehouse does not answer.")

        def warm_up(self) -> None:
            self.query("")

    services = copy.copy(live.services)
    services.warehouse = Away()  # type: ignore[assignment]
    with live.beside(services) as url, http_client(url) as http:
        ready = http.get("/health/ready")
        assert ready.status_code == 503
        assert ready.json() == {
            "status": "unavailable",
            "problems": {"warehouse": "The warehouse does not answer."},
        }
        assert http.get("/health/live").status_code == 200
