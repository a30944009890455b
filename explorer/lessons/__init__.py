"""Guided walks through the labs: each is one Markdown file, each step a link and something to see.

What a lesson says of a run is measured on that run (`measures`), never written in its text.
"""
