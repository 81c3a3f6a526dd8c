"""The session backend passes Django's own tests and behaves like Django's database backend.

It also has some behaviour of its own.
"""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseSession
from django.core.management import call_command
from django.test import TestCase, override_settings
from django.utils import timezone

from accounts.sessions import MAX_BYTES, SessionStore, SessionTooLarge
from accounts.tables import SessionItem, session_id_of
from tests.accounts.django_sessions import session_tests_mixin

BACKENDS = [DatabaseSession, SessionStore]


class DynamoSessionTests(session_tests_mixin(), TestCase):
    """Django's SessionTestsMixin, sync and async."""

    backend = SessionStore


@pytest.fixture(params=BACKENDS, ids=lambda backend: backend.__module__.rpartition(".")[2])
def backend(request, db) -> type[SessionBase]:
    return request.param


def stored(backend: type[SessionBase], **data: object) -> SessionBase:
    session = backend()
    session.update(data)
    session.save()
    return session


def test_what_was_written_is_read(backend):
    key = stored(backend, cart="ä", n=1).session_key
    assert dict(backend(key).items()) == {"cart": "ä", "n": 1}


def test_saving_a_deleted_session_does_not_revive_it(backend):
    session = stored(backend, n=1)
    other = backend(session.session_key)
    other["n"] = 2
    session.delete()
    with pytest.raises(UpdateError):
        other.save()
    assert not backend().exists(session.session_key)


def test_creating_a_key_that_is_taken_fails(backend):
    session = stored(backend, n=1)
    other = backend(session.session_key)
    with pytest.raises(CreateError):
        other.save(must_create=True)
    assert backend(session.session_key)["n"] == 1


def test_an_unknown_key_gives_nothing_and_writes_nothing(backend):
    key = uuid.uuid4().hex
    session = backend(key)
    assert session.get("n") is None
    assert session.session_key is None
    assert not backend().exists(key)


@pytest.mark.parametrize("expiry", [-1, timedelta(seconds=-1), timezone.now() - timedelta(days=1)])
def test_an_expired_session_is_none(backend, expiry):
    session = backend()
    session["n"] = 1
    session.set_expiry(expiry)
    session.save()
    assert backend(session.session_key).get("n") is None
    if backend is SessionStore:  # Django's own backend says that it exists until it is cleared
        assert not backend().exists(session.session_key)


def test_deleting_twice_is_no_error(backend):
    session = stored(backend, n=1)
    backend().delete(session.session_key)
    backend().delete(session.session_key)


def test_cycling_the_key_keeps_the_data_and_ends_the_old_one(backend):
    session = stored(backend, n=1)
    old = session.session_key
    session.cycle_key()
    assert not backend().exists(old)
    assert backend(session.session_key)["n"] == 1


def test_flushing_ends_it(backend):
    session = stored(backend, n=1)
    old = session.session_key
    session.flush()
    assert session.session_key is None
    assert not backend().exists(old)


def test_the_command_that_clears_sessions_passes(settings, db):
    call_command("clearsessions")


def test_the_item_is_as_the_design_says():
    session = SessionStore()
    session.update({"_auth_user_id": "7", "login_timestamp": "2026-01-01T00:00:00+00:00"})
    session.client = {"email": "ada@example.com", "browser": "Firefox", "ip_address": "192.0.2.1"}
    session.set_expiry(3600)
    session.save()
    item = SessionItem.get(session_id_of(session.session_key))
    assert (item.user_id, item.email, item.metadata.browser) == ("7", "ada@example.com", "Firefox")
    assert item.metadata.ip_address == "192.0.2.1"
    assert abs(item.expires_at - timezone.now().timestamp() - 3600) < 5


def test_the_table_holds_no_key():
    session = stored(SessionStore, n=1)
    items = [item.attribute_values for item in SessionItem.scan()]
    assert session_id_of(session.session_key) in {item["session_id"] for item in items}
    assert session.session_key not in repr(items)
    assert SessionStore(session_id_of(session.session_key)).get("n") is None


def test_data_copied_to_another_session_reads_as_none(caplog):
    staff, guest = stored(SessionStore, _auth_user_id="1"), stored(SessionStore, n=1)
    item = SessionItem.get(session_id_of(staff.session_key))
    item.session_id = session_id_of(guest.session_key)
    item.save()
    assert dict(SessionStore(guest.session_key).items()) == {}
    assert "Session data corrupted" in caplog.text
    assert SessionStore(staff.session_key)["_auth_user_id"] == "1"


def test_too_much_data_is_refused():
    session = SessionStore()
    session["x"] = uuid.uuid4().hex * (MAX_BYTES // 10)
    session["y"] = [uuid.uuid4().hex for _ in range(2000)]
    with pytest.raises(SessionTooLarge):
        session.save()


def test_of_8_threads_that_create_one_key_exactly_one_wins_1000_times():
    with ThreadPoolExecutor(8) as pool:
        for _ in range(1000):
            key = uuid.uuid4().hex
            wins = list(pool.map(lambda number, key=key: _create(key, number), range(8)))
            assert wins.count(True) == 1
            SessionItem(session_id_of(key)).delete()


def _create(key: str, number: int) -> bool:
    session = SessionStore(key)
    session._session_cache = {"winner": number}
    try:
        session.save(must_create=True)
    except CreateError:
        return False
    return True


@override_settings(SESSION_COOKIE_AGE=1000)
def test_last_activity_is_written_at_most_every_five_minutes():
    key = stored(SessionStore, n=1).session_key
    session = SessionStore(key)
    session.load()
    before = SessionItem.get(session_id_of(key)).last_activity
    session.touch()
    assert SessionItem.get(session_id_of(key)).last_activity == before
    session.last_activity -= timedelta(minutes=6)
    session.touch()
    assert SessionItem.get(session_id_of(key)).last_activity > before


def test_touching_a_session_that_is_gone_does_not_revive_it():
    key = stored(SessionStore, n=1).session_key
    session = SessionStore(key)
    session.load()
    session.last_activity -= timedelta(minutes=6)
    session.delete()
    session.touch()
    assert not SessionStore().exists(key)
