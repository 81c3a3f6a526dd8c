"""Drills: they fire at the shop's promises from outside, over HTTP and with kill -9.

`manage.py drill --help`.
"""
