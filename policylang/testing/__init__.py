"""Tests of policies, and the random policies and requests that properties are tested on."""
