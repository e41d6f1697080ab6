"""The word lists of reviews: complete, in both languages, and at one with the rest of the definitions."""

import pytest

from helpers.definitions import reasons, wording, words
from helpers.errors import DefinitionError

MEANINGS = {meaning.key: meaning for meaning in words.terms().values()}


def test_terms_of_one_meaning_share_aspect_polarity_and_names():
    leaks = [term for term, meaning in words.terms().items() if meaning.key == "leaks"]
    assert {"侧漏", "漏尿"} <= set(leaks)
    assert MEANINGS["leaks"].names == {"zh": "漏尿侧漏", "en": "leaks"}


def test_every_meaning_has_an_english_name_without_chinese_signs_and_an_aspect_with_a_label():
    for lang in ("zh", "en"):
        speech = wording.load(lang)
        assert all(speech.has("labels", f"aspect.{meaning.aspect}") for meaning in MEANINGS.values())
    assert all(meaning.names["en"].isascii() for meaning in MEANINGS.values())


def test_no_two_meanings_have_the_same_chinese_name():
    names = [meaning.names["zh"] for meaning in MEANINGS.values()]
    assert len(names) == len(set(names))


def test_an_aspect_is_tied_only_to_groups_of_reasons_that_exist():
    assert {group for groups in words.reasons().values() for group in groups} <= set(reasons.GROUPS)
    assert set(words.reasons()) <= {meaning.aspect for meaning in MEANINGS.values()}


def test_lists_have_no_comments_no_doubles_and_no_term():
    for name in ("stop_words", "negations", "silent_reviews"):
        found = words.listed(name)
        assert found and len(found) == len(set(found))
        assert not [word for word in found if "#" in word]
    assert not set(words.listed("stop_words")) & set(words.terms())


def test_a_shop_adds_terms_of_its_own(data):
    folder = data / "raw" / "with_own_words" / "definitions" / "words"
    folder.mkdir(parents=True)
    (folder / "own.csv").write_text(
        "term,aspect,polarity,zh,en\n夹毛发,function,pain,夹毛发,pulls hair\n", encoding="utf-8"
    )
    found = words.terms("with_own_words")
    assert found["夹毛发"].key == "pulls_hair"
    assert "侧漏" in found


def test_a_row_without_polarity_is_refused_with_its_term(data):
    folder = data / "raw" / "broken" / "definitions" / "words"
    folder.mkdir(parents=True)
    (folder / "own.csv").write_text(
        "term,aspect,polarity,zh,en\n夹毛发,function,,夹毛发,pulls hair\n", encoding="utf-8"
    )
    with pytest.raises(DefinitionError, match="夹毛发"):
        words.terms("broken")
