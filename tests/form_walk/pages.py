"""Pages as a browser sees them: their forms, what those would send, and the text that is shown."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = {
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "wbr",
}
_UNSEEN = {"script", "style", "template", "title", "head"}
_TEXT = {"text", "search", "email", "url", "tel"}
_ALERTS = {"alert", "status"}
_ERRORS = {"errorlist", "errornote", "messagelist", "message", "notice-error"}


@dataclass
class Control:
    """An input, a text area or a select, and the value that it sends if nobody touches it."""

    name: str
    kind: str
    value: str = ""
    maxlength: int | None = None
    is_required: bool = False
    is_invalid: bool = False
    is_sent: bool = True
    options: list[str] = field(default_factory=list)

    @property
    def is_text(self) -> bool:
        return self.kind in _TEXT or self.kind == "textarea"


@dataclass
class HtmlForm:
    action: str
    method: str
    controls: list[Control] = field(default_factory=list)

    @property
    def texts(self) -> list[Control]:
        """The controls that people write text into, less those of rows that aren't there yet."""
        return [c for c in self.controls if c.is_text and "__prefix__" not in c.name]

    @property
    def hidden(self) -> list[Control]:
        """The controls that nobody sees, less those that Django adds itself."""
        django = re.compile("csrfmiddlewaretoken$|select_across$|initial-|.*_FORMS$|.*__prefix__")
        return [c for c in self.controls if c.kind == "hidden" and not django.match(c.name)]

    @property
    def shape(self) -> tuple[str, ...]:
        """What makes a form the same as one on another page: its address and names, less numbers.

        Forms that differ by the row they are about are the same.
        """
        names = {control.name for control in self.controls}
        keyless = re.sub(r"(?<=/)[\w-]{16,}(?=/)|\d+", "0", self.action)
        return (self.method, keyless, *sorted(re.sub(r"\d+", "0", name) for name in names))


class Page(HTMLParser):
    """A parsed page. `text` is what can be read on it, `has_alert` whether it says something."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[HtmlForm] = []
        self.has_alert = False
        self._parts: list[str] = []
        self._unseen: list[str] = []
        self._open: HtmlForm | None = None
        self._filling: Control | None = None
        self._by_id: dict[str, HtmlForm] = {}
        self.feed(html)
        self.text = " ".join("".join(self._parts).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if self._unseen or tag in _UNSEEN:
            if tag not in _VOID:
                self._unseen.append(tag)
            return
        if given.get("role") in _ALERTS or _ERRORS & set(given.get("class", "").split()):
            self.has_alert = True
        if tag == "form":
            self._open = HtmlForm(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._open)
            self._by_id[given.get("id", "")] = self._open
        elif tag == "option" and self._filling is not None:
            self._filling.options.append(given.get("value", ""))
            if "selected" in given:
                self._filling.value = given.get("value", "")
        elif tag in {"input", "textarea", "select", "button"}:
            self._add_control(tag, given)

    def _add_control(self, tag: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text" if tag == "input" else "submit").lower()
        control = Control(
            name=given.get("name", ""),
            kind=kind if tag in {"input", "button"} else tag,
            value=given.get("value", "on" if kind in {"checkbox", "radio"} else ""),
            maxlength=int(given["maxlength"]) if "maxlength" in given else None,
            is_required="required" in given,
            is_invalid=given.get("aria-invalid") == "true",
            is_sent=(kind not in {"checkbox", "radio"} or "checked" in given)
            and "multiple" not in given,
        )
        form = self._by_id.get(given["form"]) if "form" in given else self._open
        if control.name and form is not None and "disabled" not in given:
            form.controls.append(control)
        if tag in {"textarea", "select"}:
            self._filling = control

    def handle_endtag(self, tag: str) -> None:
        if self._unseen:
            if tag in self._unseen:
                while self._unseen.pop() != tag:
                    pass
            return
        if tag == "form":
            self._open = None
        elif tag in {"textarea", "select"} and self._filling is not None:
            if tag == "textarea":  # HTML drops a line break at its beginning.
                self._filling.value = self._filling.value.removeprefix("\n")
            elif self._filling.options and not self._filling.value:
                self._filling.value = self._filling.options[0]
            self._filling = None

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        if self._filling is not None and self._filling.kind == "textarea":
            self._filling.value += data
        else:
            self._parts.append(data)
