"""A file that is read while it is written, by as many as come and at their own pace."""

import gc
import threading
from collections.abc import Iterator

import pytest

from consult.foundation.files.growing import PIECE, GrowingFile, Unfinished, Unread


def test_who_reads_gets_the_first_piece_before_the_last_is_written() -> None:
    file, may_go_on = GrowingFile(), threading.Event()

    def pieces() -> Iterator[bytes]:
        yield b"first "
        assert may_go_on.wait(20)
        yield b"second "
        yield b"third"

    def write() -> None:
        file.fill(pieces())
        file.end(whole=True)

    early = file.open()
    writer = threading.Thread(target=write)
    writer.start()
    assert next(early) == b"first "
    late = file.open()
    may_go_on.set()
    writer.join(20)
    assert b"".join(early) == b"second third"
    assert b"".join(late) == b"first second third"
    early.close()
    late.close()


def test_small_pieces_are_put_together_and_large_ones_read_in_parts() -> None:
    file = GrowingFile()
    file.fill([b"a" * (2 * PIECE), b"b", b"c" * 10])
    file.end(whole=False)
    with pytest.raises(ValueError, match="closed"):
        file.open().so_far().__next__()
    file = GrowingFile()
    reading = file.open()
    file.fill([b"a" * (2 * PIECE), b"b", b"c" * 10])
    assert [len(piece) for piece in reading.so_far()] == [PIECE, PIECE, 11]
    file.end(whole=True)
    assert [len(piece) for piece in reading] == [PIECE, PIECE, 11]
    reading.close()


def test_a_writer_that_stops_is_no_end_of_the_file() -> None:
    file = GrowingFile()
    reading = file.open()
    file.fill([b"half"])
    file.end(whole=False)
    assert next(reading) == b"half"
    with pytest.raises(Unfinished):
        next(reading)
    reading.close()


def test_the_writer_goes_on_when_nobody_reads_unless_told_otherwise() -> None:
    wanted = GrowingFile()
    reading = wanted.open()
    reading.close()
    wanted.fill([b"a" * PIECE] * 3)
    assert wanted.size == 3 * PIECE
    wanted.end(whole=True)
    unwanted = GrowingFile()
    reading = unwanted.open()
    reading.close()
    with pytest.raises(Unread):
        unwanted.fill([b"a" * PIECE] * 3, stop_unread=True)
    unwanted.end(whole=False)


def test_the_bytes_go_when_the_last_one_lets_go() -> None:
    file = GrowingFile()
    first, second = file.open(), file.open()
    file.fill([b"x"])
    file.end(whole=True)
    first.close()
    first.close()  # twice is once: the other one still reads
    assert b"".join(second) == b"x"
    second.close()
    del file, first, second
    gc.collect()  # a file left open would be a warning, and a warning fails
