"""What is kept of readings is bounded by number and by size."""

from explorer.labs.cells.kept import kept


def counted(most: int, room: int):
    """Return a function that is kept, and the list of what it was really asked."""
    asked: list[int] = []

    @kept(most, room, size=int)
    def itself(number: int) -> int:
        asked.append(number)
        return number

    return itself, asked


def test_the_latest_so_many_are_not_computed_again():
    itself, asked = counted(most=2, room=100)

    assert [itself(number) for number in (1, 2, 1, 3, 1, 2)] == [1, 2, 1, 3, 1, 2]
    assert asked == [1, 2, 3, 2]  # 2 was the oldest when 3 came


def test_large_results_make_room_for_each_other_and_the_newest_stays_whatever_its_size():
    itself, asked = counted(most=9, room=10)

    for number in (4, 5, 6, 5, 4, 99, 99, 6):
        itself(number)

    assert asked == [4, 5, 6, 5, 4, 99, 6]
