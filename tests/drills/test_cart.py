"""A short version of `manage.py drill cart`."""

import io

from django.core.management import call_command


def test_nothing_is_lost_or_doubled_in_50_rounds_and_the_naive_control_fails():
    out = io.StringIO()
    call_command("drill", "cart", "--rounds", "50", stdout=out)
    ours, control = out.getvalue().splitlines()
    assert ours.startswith("cart: 50 rounds")
    assert ours.endswith("0 units lost, 0 doubled")
    assert not control.endswith("0 units lost, 0 doubled")
