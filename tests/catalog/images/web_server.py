"""A real web server on loopback, with pictures and whatever else may be at a picture's address."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.catalog.images.pictures import picture


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        getattr(self, f"answer_{self.path.strip('/').partition('?')[0].replace('-', '_')}")()

    def send(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in ({"Content_Length": str(len(body))} | headers).items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def answer_jpeg(self) -> None:
        self.send(picture(), Content_Type="text/plain")

    def answer_png(self) -> None:
        self.send(picture("PNG"))

    def answer_webp(self) -> None:
        self.send(picture("WEBP"))

    def answer_avif(self) -> None:
        self.send(picture("AVIF"))

    def answer_page(self) -> None:
        self.send(b"<!doctype html><p>Sold out", Content_Type="image/jpeg")

    def answer_text(self) -> None:
        self.send(b"no picture")

    def answer_missing(self) -> None:
        self.send(b"", 404)

    def answer_moved(self) -> None:
        self.send(b"", 302, Location="/jpeg")

    def answer_round(self) -> None:
        self.send(b"", 301, Location="/round")

    def answer_to_file(self) -> None:
        self.send(b"", 302, Location="file:///etc/passwd")

    def answer_to_metadata(self) -> None:
        self.send(b"", 302, Location="http://169.254.169.254/latest/meta-data/")

    def answer_large(self) -> None:
        self.send(picture() + bytes(200_000))

    def answer_cut(self) -> None:
        self.send(picture(), Content_Length="100000")

    def answer_drip(self) -> None:
        self.send_response(200)
        self.end_headers()
        for _ in range(200):
            self.wfile.write(b"\xff")
            time.sleep(0.05)

    def answer_host(self) -> None:
        self.send(picture() + self.headers["Host"].encode())

    def log_message(self, *args: object) -> None:
        pass

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            self.close_connection = True


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.daemon_threads = True
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    yield f"http://localhost:{httpd.server_port}"
    httpd.shutdown()
    httpd.server_close()
