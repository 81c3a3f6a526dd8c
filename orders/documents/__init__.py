"""Invoices, credit notes and packing slips as PDF.

Invoices and credit notes are numbered, frozen in a row, and kept in a private bucket.
"""
