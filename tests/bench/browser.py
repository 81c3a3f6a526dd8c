"""A minimal browser: cookies, forms, and the header that a load balancer adds."""

import http.client
import re
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from infra.devstack.checks import HOST

_TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
COUNT = {"X-Bench-Count": "1"}


@dataclass
class Answer:
    """A response."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def location(self) -> str:
        """The target of a redirect, or ""."""
        return self.headers.get("Location", "")


@dataclass
class Browser:
    """The browser of one shopper; it keeps cookies and the CSRF token of the last form it saw."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""
    #: Headers of every request; COUNT asks for the calls that a request makes.
    extra: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Answer:
        answer = self._send("GET", path)
        if found := _TOKEN.search(answer.body):
            self.token = found[1].decode()
        return answer

    def post(self, path: str, fields: dict[str, object]) -> Answer:
        """Submit a form, as the page with the last token would."""
        body = urlencode(fields | {"csrfmiddlewaretoken": self.token}, doseq=True)
        return self._send("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})

    def _send(
        self, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {
            "X-Forwarded-Proto": "https",
            "Referer": f"https://{HOST}:{self.port}/",
            "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language": "en-GB,en;q=0.5",
            **({"Cookie": cookies} if cookies else {}),
        }
        connection = http.client.HTTPConnection(HOST, self.port, timeout=30)
        connection.request(method, path, body, sent | self.extra | (headers or {}))
        response = connection.getresponse()
        answer = Answer(response.status, response.headers, response.read())
        connection.close()
        for line in answer.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return answer
