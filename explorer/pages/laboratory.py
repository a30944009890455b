"""The script that Streamlit runs for every viewer: the list of pages and the frame around them."""

import streamlit as st

from explorer.pages import cells, gans, gradients, home, surroundings

PAGES = {
    "": (home.page, "Explorer"),
    "cells": (cells.page, "Cells"),
    "gradients": (gradients.page, "Gradients"),
    "gans": (gans.page, "GANs"),
}

st.set_page_config(page_title="Explorer", page_icon="assets/icon.png", layout="wide")
surroundings.attend()
surroundings.dress()
st.navigation(
    [
        st.Page(page, title=title, url_path=path, default=not path)
        for path, (page, title) in PAGES.items()
    ],
    position="top",
).run()
