"""Immutable values that cross boundaries: types, requests, facts, decisions.

In: plain Python values and JSON. Out: frozen records that every other package shares.
Deliberately absent: the policy (that is `ir`), and any judgement.
"""
