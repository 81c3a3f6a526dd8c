"""Signs test clients in."""

import time

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.internal.flows.login import record_authentication
from django.http import HttpRequest
from django.test import Client

from accounts.models import User


def sign_in(client: Client, user: User, *, minutes_ago: float = 0) -> Client:
    """Sign in as if the password had been entered, without the time that hashing it takes."""
    client.force_login(user)
    session = client.session
    request = HttpRequest()
    request.session, request.user = session, user
    record_authentication(request, user, method="password")
    [*_, record] = session[AUTHENTICATION_METHODS_SESSION_KEY]
    record["at"] = time.time() - minutes_ago * 60
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [record]
    session.save()
    return client
