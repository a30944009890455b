"""The published numbers: what was read, with which settings, and why they do not compare."""

from explorer.gans.published import PUBLISHED, SETTINGS


def test_a_published_number_says_whether_it_was_read():
    assert all(row.read == (row.source.split(":")[0] in ("VEEGAN", "PacGAN")) for row in PUBLISHED)
    for row in PUBLISHED:
        most = {"ring": 8, "grid": 25}[row.data]
        assert 0 < row.modes <= most
        assert 0 < row.good <= 100
        # Only PacGAN's table has errors and divergences.
        assert (row.modes_error is None) == (row.reverse_kl is None)


def test_every_published_source_comes_with_its_settings():
    assert {row.source for row in PUBLISHED} == {setting.source for setting in SETTINGS}


def test_the_same_gan_holds_one_mode_in_one_paper_and_six_in_the_next():
    ring = {
        r.source.split(":")[0]: r.modes for r in PUBLISHED if (r.method, r.data) == ("GAN", "ring")
    }

    assert ring == {"VEEGAN": 1, "PacGAN": 6.3}
