"""Python source: the library's own, in parts by whole files, with questions about its syntax."""

import ast
import zlib

from explorer.networks.tasks.python import TASK, python_source


def test_a_file_is_in_the_part_that_the_checksum_of_its_name_says_and_whole():
    text = python_source()
    source = ast.__file__
    with open(source, encoding="utf-8") as file:
        content = file.read()

    where = {0: text.choosing, 1: text.scoring}.get(zlib.crc32(b"ast.py") % 20, text.learned)
    assert content in where
    assert sum(content in part for part in (text.learned, text.choosing, text.scoring)) == 1
    shares = len(text.choosing) + len(text.scoring)
    assert 0.05 < shares / (shares + len(text.learned)) < 0.2  # about two files in twenty


def test_the_source_is_annotated_as_python_and_every_question_about_it_has_its_words():
    asked = python_source().annotate("f(')')  # x").inside

    assert asked["brackets"][:6].tolist() == [False, True, True, True, True, False]
    assert asked["a comment"][-1]
    assert asked.keys() == TASK.tells.keys()
