"""A web server on this machine that answers as it is told, well or badly."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

__all__ = ["Answer", "Server", "in_turn", "sends"]

Answer = Callable[[BaseHTTPRequestHandler], None]


class Server:
    """Answers paths as told and remembers what was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, str | None]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append((self.path, self.headers.get("Range")))
                answer = server.answers.get(self.path.split("?")[0])
                if answer is None:
                    self.send_error(404)
                else:
                    with suppress(BrokenPipeError, ConnectionResetError):  # who asked has heard enough
                        answer(self)

            def log_message(self, *_: object) -> None: ...

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}"

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


def sends(data: bytes | str, code: int = 200, *, length: int | None = None, cut: int | None = None, **headers: str) -> Answer:
    """Answer with some bytes; cut them short, or state another length, where told."""
    body = data.encode() if isinstance(data, str) else data

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body) if length is None else length))
        handler.end_headers()
        handler.wfile.write(body[:cut])

    return answer


def in_turn(*answers: Answer) -> Answer:
    waiting = list(answers)

    def answer(handler: BaseHTTPRequestHandler) -> None:
        (waiting.pop(0) if len(waiting) > 1 else waiting[0])(handler)

    return answer
