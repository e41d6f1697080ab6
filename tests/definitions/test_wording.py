"""The words of a language: read, merged, checked."""

import re

import pytest

from helpers.definitions import wording
from helpers.errors import DefinitionError

SLOT = re.compile(r"\{[\w.]+\}")


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A data root with a shop that has words of its own; writes a file of them."""
    monkeypatch.setenv("XIAODIAN_DATA", str(tmp_path))

    def write(name, text, lang="zh"):
        folder = tmp_path / "raw" / "probe" / "definitions" / "wording" / lang
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")

    return write


def test_a_word_is_found_by_section_and_key():
    speech = wording.load("zh")
    assert speech.verdict("fails") == "不成立"
    assert speech.verdict("") == ""
    assert speech.label("carrier", "live") == "直播"
    assert speech.column("province") == "省份"
    assert speech.has("words", "target") and not speech.has("words", "tarjet")


def test_a_label_that_is_not_listed_prints_as_it_is():
    assert wording.load("en").label("province", "火星") == "火星"


def test_an_unknown_key_names_the_nearest_one_and_the_folder():
    with pytest.raises(DefinitionError, match=r"wording.*\[columns\] has no 'provinse'.*province"):
        wording.load("zh").column("provinse")


def test_an_unknown_language_is_refused():
    with pytest.raises(DefinitionError, match="wording/fr"):
        wording.load("fr")


def test_a_shops_own_entry_wins_and_the_others_stay(own):
    own("own.toml", '[labels.carrier]\nlive = "直播间"\n[sentences]\n"probe.a.b" = "甲"\n')
    speech = wording.load("zh", "probe")
    assert speech.label("carrier", "live") == "直播间"
    assert speech.label("carrier", "video") == "短视频"
    assert speech.sentence("probe.a.b") == "甲"
    assert wording.load("zh").label("carrier", "live") == "直播"


def test_a_changed_file_counts_at_once(own):
    own("own.toml", '[words]\ntarget = "一"\n')
    assert wording.load("zh", "probe").word("target") == "一"
    own("own.toml", '[words]\ntarget = "二三"\n')
    assert wording.load("zh", "probe").word("target") == "二三"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[words]\nup = "a"\n', "'words.up' is given twice"),
        ('[sentenses]\na = "b"\n', r"unknown section \[sentenses\].*sentences"),
        ("[words]\nzero = 0\n", "'words.zero' is 0, not text"),
        ("[words\n", "not valid TOML"),
    ],
)
def test_a_bad_file_is_named_with_what_is_wrong(own, text, problem):
    own("a.toml", '[words]\nup = "b"\n')
    own("b.toml", text)
    with pytest.raises(DefinitionError, match=problem):
        wording.load("zh", "probe")


def test_both_languages_have_the_same_keys():
    chinese, english = (wording.load(lang).texts for lang in ("zh", "en"))
    assert sorted(set(chinese) ^ set(english)) == []


def test_sentences_and_gaps_of_both_languages_use_the_same_slots():
    chinese, english = (wording.load(lang).texts for lang in ("zh", "en"))

    def slots(text):
        return {slot.strip("{}").partition(".")[0] for slot in SLOT.findall(text)}

    keys = [key for key in chinese if key.startswith(("sentences.", "gaps."))]
    assert [key for key in keys if slots(chinese[key]) != slots(english.get(key, ""))] == []


def test_every_export_has_a_name_a_place_and_a_short_name():
    speech = wording.load("zh")
    groups = ["exports", "exports_where", "exports_short"]
    codes = [
        {key.partition(".")[2] for key in speech.keys("labels") if key.startswith(f"{group}.")} for group in groups
    ]
    assert codes[0] == codes[1] == codes[2]
    assert {"ORD", "QC-U", "EXP-AB", "DOU"} <= codes[0]
