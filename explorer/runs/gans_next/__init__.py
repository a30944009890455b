"""The GAN lab without its page: the games that play side by side, and all that is asked of them."""
