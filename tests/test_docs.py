"""What the pages for people say is so."""

import re
import sys
from pathlib import Path

from helpers import paths

sys.path.insert(0, str(paths.ROOT / "tools"))


def test_every_link_of_the_readmes_leads_somewhere() -> None:
    for name in ("README.md", "README.zh-CN.md", "CONTRIBUTING.md"):
        text = (paths.ROOT / name).read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#]+)\)", text):
            assert (paths.ROOT / target).exists(), f"{name}: {target}"


def test_the_fact_list_is_the_one_the_metrics_make() -> None:
    import write_facts

    page = (paths.ROOT / "docs" / "facts.md").read_text(encoding="utf-8")
    assert page == write_facts.page(), "run make facts"


def test_the_lock_names_no_index_and_pins_every_package_with_a_hash() -> None:
    text = Path(paths.ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "index-url" not in text and "://" not in text
    assert text.count("==") <= text.count("--hash=")
