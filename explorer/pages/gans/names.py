"""What the GAN lab calls its data and its games."""

DATA_NAMES = {
    "ring": "ring of 8",
    "grid": "grid of 25",
    "swiss_roll": "Swiss roll",
    "moons": "moons",
    "circles": "circles",
    "pinwheel": "pinwheel",
    "checkerboard": "checkerboard",
    "spiral": "spirals",
    "lines": "two lines",
    "digits": "digits, two components",
    "two_bumps": "1-D: two bumps",
    "comb": "1-D: five teeth",
    "uneven": "1-D: uneven bumps",
    "needle": "1-D: needle on a hill",
    "images": "images of digits",
    "drawn": "drawn by hand",
    "csv": "your table",
}

GAME_NAMES = {
    "": "no further game",
    "minimax": "GAN, minimax",
    "non_saturating": "GAN, non-saturating",
    "least_squares": "least squares",
    "hinge": "hinge",
    "wasserstein_clip": "WGAN, clipped",
    "wasserstein_gp": "WGAN-GP",
    "r1": "GAN with R1",
}
