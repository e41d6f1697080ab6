"""What reviews say: cut into words and understood by the list of terms, a review counting once per meaning."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import Any

from helpers.definitions import words
from helpers.period import Period
from helpers.report import Report

FREQUENCY = 1_000_000  # of a listed word; far above the dictionary's, so that it is never cut
CLAUSE = re.compile(r"[，。！？；、,.!?;…~～\s]+")
WORD = re.compile(r"[\u4e00-\u9fff]{2,}")
REACH = 2
CRITICAL = {"bad": True, "middle": True, "good": False}


def read(report: Report, span: Period | None = None) -> Any:
    """Reviews of the period that have words of their own, one row each.

    Reviews that the platform wrote are left out. Columns as the store's, and ``critical`` (bad or middle grade, else a
    low score; missing where neither is known), ``said`` (clause by key of a meaning), ``others`` (words in no list).
    """
    rows = report.table("reviews", span)
    if not len(rows):
        return rows.assign(critical=None, said=None, others=None)
    silent = set(words.listed("silent_reviews", report.shop))
    plain = rows["content"].fillna("").map(_plain)
    rows = rows.assign(plain=plain)[(plain != "") & ~plain.isin(silent)]
    critical = rows["grade"].map(CRITICAL)
    low = (rows["score"] <= report.threshold("critical_score")).where(rows["score"].notna())
    understood = [_understood(text, report.shop) for text in rows["plain"]]
    return rows.assign(
        critical=critical.astype("boolean").fillna(low.astype("boolean")),
        said=[said for said, _ in understood],
        others=[others for _, others in understood],
    ).drop(columns="plain")


def counted(sets: Iterable[Iterable[str]]) -> dict[str, int]:
    """In how many of the sets each entry stands."""
    return dict(Counter(entry for entries in sets for entry in entries))


def quote(clauses: Iterable[str], most: int) -> str:
    """The clause that most buyers wrote, the shorter of equals, cut to so many signs."""
    written = Counter(clauses)
    best = min(written, key=lambda clause: (-written[clause], len(clause), clause))
    return best if len(best) <= most else best[: most - 1] + "…"


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _understood(text: str, shop: str) -> tuple[dict[str, str], set[str]]:
    """Clause by meaning, and the other words of the text; what is negated counts as not said."""
    terms, turned = words.terms(shop), set(words.listed("negations", shop))
    quiet = {*words.listed("stop_words", shop), *words.listed("shop_words", shop), *turned}
    said: dict[str, str] = {}
    others: set[str] = set()
    for clause in filter(None, CLAUSE.split(text)):
        tokens = _segmenter(shop).cut(clause)
        for place, token in enumerate(tokens):
            if token not in terms:
                others |= {token} if WORD.fullmatch(token) and token not in quiet else set()
            elif not turned & set(tokens[max(place - REACH, 0) : place]):
                said.setdefault(terms[token].key, clause)
    return said, others


@cache
def _segmenter(shop: str) -> Any:
    from rjieba import Jieba

    found = Jieba()
    for word in (*words.terms(shop), *words.listed("shop_words", shop)):
        found.add_word(word, FREQUENCY, "n")
    return found
