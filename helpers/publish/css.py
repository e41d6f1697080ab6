"""The little CSS that pandas' Styler writes, as Typst code."""

import re

COLOUR = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})")
RGB = re.compile(r"rgba?\(\s*([\d.]+)[,\s]+([\d.]+)[,\s]+([\d.]+)\s*(?:[,/]\s*([\d.]+)\s*)?\)")
NAMED = {
    "white": "#ffffff",
    "black": "#000000",
    "red": "#ff0000",
    "green": "#008000",
    "gray": "#808080",
    "grey": "#808080",
}
CSS_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")


def styles(css: str) -> dict[str, dict[str, str]]:
    """CSS properties by element id; Styler writes no other selectors for its cells."""
    found: dict[str, dict[str, str]] = {}
    for selectors, body in CSS_RULE.findall(css):
        for selector in selectors.split(","):
            if re.fullmatch(r"\s*#[\w-]+\s*", selector):
                found.setdefault(selector.strip()[1:], {}).update(declared(body))
    return found


def declared(body: str) -> dict[str, str]:
    """CSS properties of one block of declarations."""
    pairs = (declaration.partition(":") for declaration in body.split(";"))
    return {name.strip().lower(): value.strip().lower() for name, _, value in pairs if value}


def colour(css: str) -> str:
    """Typst code of a CSS colour; empty for one that is not known."""
    text = NAMED.get(css, css)
    if COLOUR.fullmatch(text):
        return f'rgb("{text}")'
    if found := RGB.fullmatch(text):
        red, green, blue = (min(255, round(float(part))) for part in found.groups()[:3])
        return f"rgb({red}, {green}, {blue}, {min(1.0, float(found[4] or 1)) * 100:.0f}%)"
    return ""


def background(css: str) -> str:
    """Typst code of a background: a colour, or a hard-stopped gradient for the bar that ``Styler.bar`` draws."""
    found = re.fullmatch(r"linear-gradient\(90deg,\s*(.*)\)", css)
    if not found:
        return colour(css)
    stops: list[tuple[str, float]] = []
    for part in re.split(r",(?![^(]*\))", found[1]):
        words = part.split()
        paint = 'rgb("#ffffff00")' if words[0] == "transparent" else colour(words[0])
        if not paint:
            return ""
        last = stops[-1][1] if stops else 0.0
        places = [float(word.rstrip("%")) for word in words[1:]] or [last]
        stops += [(paint, min(100.0, max(place, last))) for place in places]
    stops = [(stops[0][0], 0.0), *stops, (stops[-1][0], 100.0)]
    return f"gradient.linear({', '.join(f'({paint}, {place:.2f}%)' for paint, place in stops)})"
