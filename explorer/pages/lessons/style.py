"""The look of the lessons, over that of every page."""

from typing import Final

SHEET: Final[str] = """
/* lessons: the text beside the picture, and under it on a phone */
.lesson-step .where { margin: 0; font-size: 14px; opacity: .74; }
.lesson-step h1 {
  font-size: 24px; line-height: 1.2; margin: 2px 0 8px; padding: 0; font-weight: 650;
}
.lesson-step p, .verdict p, .rate { margin: 0 0 10px; font-size: 16px; line-height: 1.5; }
.lesson-step code, .verdict code, .question code { font-size: .95em; overflow-wrap: anywhere; }
.asked {
  font-size: 16px !important; line-height: 1.35 !important; margin: 0; padding: 0 !important;
}
.verdict ul { list-style: none; margin: 0 0 10px; padding: 0; }
.verdict li {
  margin: 0 0 4px; padding: 4px 10px; border: 1px solid var(--explorer-line); border-radius: 10px;
  font-size: 15px; line-height: 1.4;
}
.verdict li > span { font-weight: 650; margin-right: 4px; }
.verdict li em {
  font-style: normal; font-weight: 600; color: var(--explorer-accent); white-space: nowrap;
}
.verdict li small { font-size: 14px; color: var(--explorer-mute); white-space: nowrap; }
.verdict li.measured { border: 2px solid var(--explorer-good); }
.verdict li.yours { border-style: dashed; }
.verdict li.measured.yours { border-style: solid; }
.rate { border-left: 3px solid var(--explorer-good); padding-left: 10px; }
.question p { margin: 0; font-size: 15px; opacity: .74; }
.question h2 {
  font-size: 24px; line-height: 1.25; margin: 2px 0 8px; padding: 0; font-weight: 650;
}
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
