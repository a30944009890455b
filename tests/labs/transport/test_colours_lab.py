"""The colours of pictures, without the page: those that are painted, and those that are brought."""

import io

import numpy as np
import ot
import pytest
from PIL import Image, ImageFile

from explorer.labs.transport import Sand, pictures
from explorer.labs.transport.colours import MOMENTS, PICTURES, Colours
from explorer.labs.transport.landscapes import LANDSCAPES, painted

SMALL = Colours(count=30)


def file(picture: Image.Image, form: str = "PNG", **given) -> bytes:
    held = io.BytesIO()
    picture.save(held, form, **given)
    return held.getvalue()


def noise(*shape: int) -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8))


def test_every_landscape_has_colours_and_is_the_same_each_time():
    for name in LANDSCAPES:
        first = painted(name)
        painted.cache_clear()
        assert np.array_equal(first, painted(name))
        assert first.shape == (72, 96, 3)
        assert 0 <= first.min() < 0.3 < 0.7 < first.max() <= 1
    assert set(PICTURES) == {*LANDSCAPES, "yours"}


def test_the_picture_goes_from_its_own_colours_to_nearly_those_of_the_other():
    frames, still = SMALL.frames(), SMALL.still()

    assert len(frames) == MOMENTS + 1
    assert np.allclose(frames[0].arrays["picture"], still.arrays["source"])
    end = frames[-1].arrays["picture"].reshape(-1, 3)
    middle = frames[MOMENTS // 2].arrays["moving"]
    both = (frames[0].arrays["moving"] + frames[-1].arrays["moving"]) / 2
    assert middle == pytest.approx(both)
    ends = {tuple(point) for point in frames[-1].arrays["moving"].round(9)}
    assert ends == {tuple(point) for point in still.arrays["there"].round(9)}
    assert end.mean(0) == pytest.approx(painted("dusk").reshape(-1, 3).mean(0), abs=0.12)


def test_the_numbers_are_distances_in_levels_of_samples_that_the_plan_never_saw():
    still = Colours(count=200).still()
    rng = np.random.default_rng(1)

    def far(one: np.ndarray, other: np.ndarray) -> float:
        here, there = (rng.choice(p.reshape(-1, 3), 200, replace=False) for p in (one, other))
        return 255 * float(ot.emd2([], [], ot.dist(here, there))) ** 0.5 / 10

    def mean(one: np.ndarray, other: np.ndarray) -> float:
        return sum(far(one, other) for _ in range(10))

    end = Colours(count=200).frames()[-1].arrays["picture"]
    expected = mean(painted("meadow"), painted("dusk"))
    assert still.scalars["before"] == pytest.approx(expected, rel=0.08)
    assert still.scalars["after"] == pytest.approx(mean(end, painted("dusk")), rel=0.35)
    assert still.scalars["floor"] == pytest.approx(mean(painted("dusk"), painted("dusk")), rel=0.35)
    assert still.scalars["after"] < still.scalars["before"] / 4
    assert f"{still.scalars['after']:.3g} after" in still.sentences["says"]


def test_a_sample_of_all_pixels_leaves_nothing_to_the_draw():
    mark = pictures.keep(file(noise(8, 8, 3)))
    every = Colours(source="yours", target="yours", upload=mark, count=64)

    scalars = every.still().scalars

    assert scalars["other"] == pytest.approx(0, abs=1e-6)
    assert scalars["before"] == pytest.approx(0, abs=1e-4)
    assert Colours(count=30).still().scalars["other"] > Colours(count=300).still().scalars["other"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no picture could be read"),
        (b"x,y\n1,2\n", "no picture could be read"),
        (file(noise(40, 40, 3))[:300], "no picture could be read"),
        (file(noise(1, 1, 3)), "has 1 pixel: it takes 8"),
        (file(noise(4, 90, 3)), "90 × 4 pixels"),
        (file(Image.new("1", (9_000, 9_000))), "more than 50,000,000"),
        (file(Image.new("1", (20_000, 20_000))), "more than 50,000,000"),
        (file(Image.new("RGB", (20, 20), "red")), "one colour alone"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 50 50\n", "no picture could be read"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_picture_to_sample_gets_a_sentence(content: bytes, why: str):
    with pytest.raises(ValueError, match=why) as refused:
        pictures.keep(content)
    assert "\n" not in str(refused.value)


def test_what_is_transparent_is_white_and_what_is_grey_says_so():
    clear = np.zeros((10, 10, 4), np.uint8)
    clear[:5, :, 0], clear[:5, :, 3] = 255, 255

    values, note = pictures.opened(file(Image.fromarray(clear)))
    assert np.array_equal(values[0, 0], [1, 0, 0])
    assert np.array_equal(values[9, 9], [1, 1, 1])
    assert "white" in note
    values, note = pictures.opened(file(noise(10, 10)))
    assert values.shape == (10, 10, 3)
    assert "grey" in note


def test_sixteen_bits_of_grey_keep_their_order():
    deep = np.arange(100, dtype=np.uint16).reshape(10, 10) * 600

    values, _ = pictures.opened(file(Image.fromarray(deep)))

    assert values[..., 0] == pytest.approx(deep / deep.max(), abs=1 / 255)


def test_pixels_that_are_no_numbers_are_as_dark_or_light_as_the_others_get():
    deep = np.linspace(0, 1, 100, dtype=np.float32).reshape(10, 10)
    deep[0, 0], deep[9, 9], deep[5, 5] = -np.inf, np.inf, np.nan

    values, _ = pictures.opened(file(Image.fromarray(deep), "TIFF"))

    assert values[0, 0, 0] == values[5, 5, 0] == 0
    assert values[9, 9, 0] == 1
    assert values[4, :, 0] == pytest.approx(deep[4], abs=0.02)
    with pytest.raises(ValueError, match="no pixel of this picture is a number"):
        pictures.opened(file(Image.fromarray(np.full((9, 9), np.nan, np.float32)), "TIFF"))


@pytest.mark.parametrize("raised", [TypeError, ValueError, ZeroDivisionError, MemoryError])
def test_whatever_a_damaged_file_makes_its_reader_raise_is_one_sentence(raised, monkeypatch):
    def load(self: object) -> None:
        raise raised("'IFDRational' object cannot be interpreted as an integer")

    monkeypatch.setattr(ImageFile.ImageFile, "load", load)
    with pytest.raises(ValueError, match=r"^no picture could be read in this file"):
        pictures.opened(file(noise(20, 20, 3)))


def test_a_large_picture_is_made_small_and_stands_as_its_camera_was_held():
    turned = Image.Exif()
    turned[0x0112] = 6  # a quarter turn

    values, note = pictures.opened(file(noise(200, 400, 3), "JPEG", exif=turned))

    assert values.shape == (112, 56, 3)
    assert note == "400 × 200 pixels, shown as 56 × 112."


def test_a_link_to_a_picture_that_is_gone_says_so():
    with pytest.raises(ValueError, match="not here any more"):
        Sand(colours_source="yours", colours_upload="0123456789abcdef")
    with pytest.raises(ValueError, match="no picture of yours yet"):
        Sand(colours_target="yours")


def test_the_oldest_picture_makes_room(monkeypatch):
    monkeypatch.setattr(pictures, "MOST_PICTURES", 1)
    first, second = (pictures.keep(file(noise(10, n, 3))) for n in (10, 11))

    assert pictures.kept(first) is None
    assert pictures.kept(second) is not None
    assert pictures.note_on(first) == ""
