"""Drills: stress tests that attack the shop from outside, over HTTP and with kill -9.

They check that the shop's guarantees still hold. See `manage.py drill --help`.
"""
