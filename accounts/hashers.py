"""How passwords are hashed."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2id(Argon2PasswordHasher):
    """Argon2id with 19 MiB, two passes and one lane, the least that OWASP recommends.

    Django's own takes 100 MiB and eight lanes, with which some log-ins at a time fill a server. A
    password that was hashed with other numbers is hashed anew when its owner next logs in.

    https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
    """

    time_cost = 2
    memory_cost = 19 * 1024  # KiB
    parallelism = 1
