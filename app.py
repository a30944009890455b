"""The server: Streamlit's pages, and beside them the routes that carry frames to the stage.

Started with ``streamlit run app.py``, which finds ``app`` below.
"""

import streamlit as st
from starlette.middleware import Middleware

from explorer.pages import history, whole
from explorer.stage.doors import Plate, hurry
from explorer.stage.routes import routes
from explorer.stage.serving import lifespan, staff
from explorer.stage.whose import Badge

hurry()
staff()
whole.callbacks()
history.hear()
app = st.App(
    "explorer/pages/laboratory.py",
    routes=routes(),
    lifespan=lifespan,
    middleware=[Middleware(Plate), Middleware(Badge)],
)
