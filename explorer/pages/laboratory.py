"""The script that Streamlit runs for every viewer: the list of pages and the frame around them."""

import streamlit as st

from explorer.pages import led, places, surroundings
from explorer.pages.shelf import opened
from explorer.stage import frame, serving

st.set_page_config(page_title="Explorer", page_icon="assets/icon.png", layout="wide")
surroundings.attend()
surroundings.dress()
page = st.navigation([places.place(path) for path in places.TITLES], position="top")
frame.around(led.ask)
led.go(page.url_path)
if page.url_path not in ("", "room"):
    serving.needed()
    opened.once_more(page.url_path)
page.run()
serving.seen()
