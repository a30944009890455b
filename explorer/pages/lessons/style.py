"""The look of the lessons, over that of every page."""

from typing import Final

from explorer.lessons import look

SHEET: Final[str] = (
    look.LESSON
    + """
/* lessons: the text beside the picture, and under it on a phone */
.st-key-lesson-question {
  min-height: max(420px, calc(100vh - 6.5rem)); justify-content: center; padding: 0 6%;
  border: 1px dashed var(--explorer-line); border-radius: 12px;
}
.st-key-lesson-question .stButton button {
  min-height: 52px; justify-content: flex-start; text-align: left; border-radius: 12px;
  white-space: normal;
}
.st-key-lesson-question .stButton button > div { justify-content: flex-start; }
.st-key-lesson-question .stButton button p { font-size: 16px; }
.st-key-lesson-listener { height: 0; overflow: hidden; position: absolute; }
.st-key-lesson-steps { gap: 0.35rem; }
.st-key-lesson-steps button { min-height: 34px; min-width: 34px; padding: 0 6px; }
.st-key-lesson-out { row-gap: 0; align-items: center; }
.st-key-lesson-out :is(button, [data-testid="stPageLink-NavLink"]) {
  background: none; min-height: 40px; padding: 0 2px; margin: 0;
}
.st-key-lesson-out :is(button, [data-testid="stPageLink-NavLink"]) * {
  font-size: 15px; font-weight: 400;
}
@media (max-width: 640px) {
  .st-key-lesson > [data-testid="stLayoutWrapper"] > [data-testid="stHorizontalBlock"],
  .st-key-lesson > [data-testid="stHorizontalBlock"] { flex-direction: column-reverse; }
  .st-key-lesson-steps button { min-width: 40px; }
  .st-key-lesson-question { min-height: 300px; padding: 12px 14px; }
}

/* the list of all */
.st-key-lessons [data-testid="stPageLink-NavLink"] {
  background: none; border: 1px solid var(--explorer-accent); border-radius: 20px; min-height: 42px;
  justify-content: center;
}
.st-key-lessons [data-testid="stPageLink-NavLink"] * {
  color: var(--explorer-accent); font-weight: 600; font-size: 15px;
}
"""
)
