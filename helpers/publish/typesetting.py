"""The process that sets one document: a Typst project comes in, its PDF goes out.

Typst keeps what it has worked out for the next ten documents, half a gigabyte of a long backfill; here that ends with the process.
"""

import ctypes
import pickle
import signal
import sys

DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl


def main() -> None:
    """Set what standard input holds: files by name, the folder of the fonts, the moment that dates the document."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(DEATH_SIGNAL, signal.SIGKILL)
    import typst

    files, folder, moment = pickle.load(sys.stdin.buffer)
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[folder])
    try:
        pages = typst.compile(files, font_paths=fonts, pdf_standards="a-2b", timestamp=moment, root=None)
    except typst.TypstError as error:
        sys.exit(error.message)
    sys.stdout.buffer.write(pages)


if __name__ == "__main__":
    main()
