"""Figures of spans and traces by minute, made once it is quiet: what a day's would otherwise read all spans for.

A rollup is computed from the spans, each counted once, and holds until one of its minute comes, moves or goes.
Nothing is summed when spans arrive, for one that is delivered twice would count twice. What is not rolled up is
read from the spans, so that an answer is the same with rollups and without.
"""
