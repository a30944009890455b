"""Rooms: what a presenter shows is what everybody in the room sees, and all answer a question.

A room holds what its presenter says, and says it on; it knows no page and no lesson. `Hall` has all
rooms of a server, `Presence` is one browser in one of them.
"""
