"""Write docs/facts.md: every fact id with its unit and its definition, made from the metrics."""

from pathlib import Path

from helpers.definitions import metrics

HEAD = """# Facts

Every number of a report has one of these ids in `facts.json`, with an optional `/<dimension>=<value>` behind it
(`/base=previous`, `/hour=21`, `/province=…`). Made from `data/definitions/metrics` by `make facts`; do not edit.

| id | unit | name | definition |
|---|---|---|---|
"""


def page() -> str:
    """The text of the page."""
    rows = [
        f"| `{metric.id}` | {metric.unit} | {metric.name['en']} · {metric.name['zh']} | {metric.definition['en']} |"
        for _, metric in sorted(metrics.load().items())
    ]
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    (Path(__file__).resolve().parent.parent / "docs" / "facts.md").write_text(page(), encoding="utf-8")
