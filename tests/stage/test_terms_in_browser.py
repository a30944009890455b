"""Words that the stage explains: from the glossary's own script, each where it first stands."""

from typing import Any

from explorer.lessons.glossary import marked
from explorer.pages.terms import script
from tests.stage.studio import in_page

TEXTS = (
    "JS is log 2, and JS is flat; W₁ is not.",
    "Gates and a forget gate; gateway, sub-gate. KL and JS.",
    "A WGAN's critic: no LSTM-like thing.",
)
STAGE = """
    const glossary = new Blob([given[0]], { type: 'text/javascript' });
    const terms = await from('terms');
    const { Explanations } = await from('layout');
    await new Promise((done) => terms.learnTerms(URL.createObjectURL(glossary), done));
    const root = document.createElement('div');
    const places = given[1].map((text) => {
      const place = document.createElement('p');
      place.textContent = text;
      return place;
    });
    root.append(...places);
    document.body.append(root);
    const explained = new terms.Terms(new Explanations(root));
    for (const place of [...places, ...places]) explained.mark(place);
    const marks = [...root.querySelectorAll('[data-term]')];
    const found = {
      marks: marks.map((mark) => [mark.textContent, mark.dataset.term]),
      texts: places.map((place) => place.textContent),
      named: given[1].map(terms.meaning),
    };
    marks[0].focus();
    found.said = root.querySelector('.explanation').textContent;
    root.remove();
    return found;
"""


def on_stage(page) -> Any:
    return in_page(page, STAGE, script(), list(TEXTS))


def test_a_stage_marks_the_same_words_as_a_page_does_and_each_of_them_once(page):
    known: set[str] = set()
    pieces = [piece for text in TEXTS for piece in marked(text, known)]

    found = on_stage(page)

    assert found["marks"] == [[each.text, each.term.name] for each in pieces if each.term]
    assert len(found["marks"]) > 4
    assert found["texts"] == list(TEXTS)


def test_a_marked_word_says_on_focus_what_it_means_and_by_whom(page):
    assert on_stage(page)["said"].endswith("(Lin 1991; Goodfellow et al. 2014)")


def test_what_is_called_by_a_term_says_what_the_first_one_in_its_name_means(page):
    first, second, third = on_stage(page)["named"]

    assert first.startswith("JS: Jensen-Shannon divergence")
    assert second.startswith("gate: ")
    assert third.startswith("critic: ")
