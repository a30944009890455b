"""The script that Streamlit runs for every viewer: the list of pages and the frame around them."""

import streamlit as st

from explorer.pages import places, surroundings
from explorer.stage import serving

st.set_page_config(page_title="Explorer", page_icon="assets/icon.png", layout="wide")
surroundings.attend()
surroundings.dress()
page = st.navigation([places.place(path) for path in places.TITLES], position="top")
if page.url_path:
    serving.needed()
page.run()
serving.seen()
