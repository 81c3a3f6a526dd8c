"""Invoices, credit notes and packing slips: numbered, frozen in a row, drawn as PDF, kept in a
private bucket.
"""
