"""Figures for Prometheus: what the processes count, and what the database says when it is asked.

``docs/metrics.md`` lists them, and says how several processes are read as one.
"""
