"""nbconvert exporters: an executed notebook to Typst source and to PDF (``jupyter nbconvert --to xiaodian-pdf``)."""

from pathlib import Path
from typing import Any

from nbconvert.exporters import Exporter

from helpers.publish import chapter, document


class TypstExporter(Exporter):  # type: ignore[misc]
    """Typst source of a notebook's chapter; its pictures and style sheet are the outputs beside it."""

    export_from_notebook = "Xiaodian Typst"
    output_mimetype = "text/x-typst"
    file_extension = ".typ"

    def from_notebook_node(self, nb: Any, resources: Any = None, **kw: Any) -> tuple[str | bytes, Any]:
        """Source of the chapter in the notebook's language, and its files among the resources' outputs."""
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        made = chapter.convert(nb, self._name(resources))
        files = document.single(made)
        main = files.pop("main.typ").decode()
        resources["outputs"] = files
        return main, resources

    @staticmethod
    def _name(resources: Any) -> str:
        return Path(str(resources.get("metadata", {}).get("name") or "notebook")).name


class PDFExporter(TypstExporter):
    """PDF of a notebook's chapter: PDF/A-2b, tagged, the same bytes for the same notebook."""

    export_from_notebook = "Xiaodian PDF"
    output_mimetype = "application/pdf"
    file_extension = ".pdf"

    def from_notebook_node(self, nb: Any, resources: Any = None, **kw: Any) -> tuple[str | bytes, Any]:
        """The PDF as bytes."""
        nb, resources = Exporter.from_notebook_node(self, nb, resources, **kw)
        made = chapter.convert(nb, self._name(resources))
        return document.pdf(document.single(made), made.period, made.title), resources
