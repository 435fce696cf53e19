"""Fonts that the renderer can use on this machine: the base 14, reportlab's Vera, and TrueType families found on the system."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

LATIN_1 = "latin1"
# (file stem regular, file stem bold): families looked for in the font folders; the first four are base-14 aliases
SYSTEM_FAMILIES: dict[str, tuple[str, str]] = {
    "DejaVu Sans": ("DejaVuSans", "DejaVuSans-Bold"),
    "DejaVu Condensed": ("DejaVuSansCondensed", "DejaVuSansCondensed-Bold"),
    "DejaVu Serif": ("DejaVuSerif", "DejaVuSerif-Bold"),
    "DejaVu Serif Condensed": ("DejaVuSerifCondensed", "DejaVuSerifCondensed-Bold"),
    "DejaVu Mono": ("DejaVuSansMono", "DejaVuSansMono-Bold"),
    "Liberation Sans": ("LiberationSans-Regular", "LiberationSans-Bold"),
    "Liberation Serif": ("LiberationSerif-Regular", "LiberationSerif-Bold"),
    "Carlito": ("Carlito-Regular", "Carlito-Bold"),
    "Liberation Narrow": ("LiberationSansNarrow-Regular", "LiberationSansNarrow-Bold"),
    "Open Sans": ("OpenSans-Regular", "OpenSans-Bold"),
    "Roboto": ("Roboto-Regular", "Roboto-Bold"),
    "Noto Sans": ("NotoSans-Regular", "NotoSans-Bold"),
    "Lato": ("Lato-Regular", "Lato-Bold"),
    "STIX": ("STIXGeneral", "STIXGeneralBol"),
    "Arial": ("arial", "arialbd"),
    "Verdana": ("verdana", "verdanab"),
    "Vera": ("Vera", "VeraBd"),
}
BASE_FAMILIES: dict[str, tuple[str, str]] = {
    "Helvetica": ("Helvetica", "Helvetica-Bold"), "Times": ("Times-Roman", "Times-Bold"), "Courier": ("Courier", "Courier-Bold"),
}  # fmt: skip
# Family names as typst knows them
TYPST_NAMES: dict[str, str] = {
    "DejaVu Sans": "DejaVu Sans",
    "DejaVu Condensed": "DejaVu Sans",
    "DejaVu Serif": "DejaVu Serif",
    "DejaVu Serif Condensed": "DejaVu Serif",
    "DejaVu Mono": "DejaVu Sans Mono",
    "Liberation Sans": "Liberation Sans",
    "Liberation Serif": "Liberation Serif",
    "Carlito": "Carlito",
    "Open Sans": "Open Sans",
    "Roboto": "Roboto",
    "Noto Sans": "Noto Sans",
    "Lato": "Lato",
    "STIX": "STIXGeneral",
    "Vera": "Bitstream Vera Sans",
}
EXAM_FAMILIES = ("DejaVu Serif Condensed", "STIX", "Open Sans", "Lato", "Courier")  # set aside from training


@dataclass(slots=True)
class Face:
    """A family in regular and bold. ``squeeze`` is a horizontal scale; widths are per point of size."""

    name: str
    regular: str
    bold: str
    squeeze: float = 1.0
    widths: tuple[dict[str, float], dict[str, float]] = field(default_factory=lambda: ({}, {}))
    base: bool = False

    def width(self, text: str, bold: bool) -> float:
        table = self.widths[bold]
        missing = table["\0"]
        return sum([table.get(char, missing) for char in text]) * self.squeeze

    def font(self, bold: bool) -> str:
        return self.bold if bold else self.regular

    def covers(self, text: str) -> bool:
        return all(char in self.widths[0] and char in self.widths[1] for char in text)


@lru_cache(maxsize=1)
def font_folders() -> tuple[Path, ...]:
    import reportlab

    places = [
        Path("/usr/share/fonts"),
        Path("/usr/local/share/fonts"),
        Path.home() / ".fonts",
        Path.home() / ".local/share/fonts",
        Path("C:/Windows/Fonts"),
        Path("/Library/Fonts"),
    ]
    places.append(Path(str(reportlab.__file__)).parent / "fonts")
    try:
        import matplotlib

        places.append(Path(str(matplotlib.get_data_path())) / "fonts" / "ttf")
    except ImportError:
        pass
    return tuple(p for p in places if p.is_dir())


@lru_cache(maxsize=1)
def _files() -> dict[str, Path]:
    found: dict[str, Path] = {}
    for folder in font_folders():
        for path in sorted(folder.rglob("*.ttf")):
            found.setdefault(path.stem, path)
    return found


@lru_cache(maxsize=64)
def face(name: str) -> Face | None:
    """The family of that name with its width tables, or None where it is not installed."""
    if name in BASE_FAMILIES:
        regular, bold = BASE_FAMILIES[name]
        return Face(name, regular, bold, widths=(_base_widths(regular), _base_widths(bold)), base=True)
    stems = SYSTEM_FAMILIES[name]
    if any(stem not in _files() for stem in stems):
        return None
    return Face(name, stems[0], stems[1], widths=(_true_type_widths(stems[0]), _true_type_widths(stems[1])))


@lru_cache(maxsize=8)
def families(*, latin_1_only: bool, exam: bool) -> tuple[str, ...]:
    """Installed families. Base-14 fonts print Western European text only."""
    names = [n for n in SYSTEM_FAMILIES if face(n) is not None]
    if latin_1_only:
        names += list(BASE_FAMILIES)
    return tuple(n for n in names if exam or n not in EXAM_FAMILIES)


def _base_widths(font_name: str) -> dict[str, float]:
    from reportlab.pdfbase import pdfmetrics

    widths = pdfmetrics.getFont(font_name).widths
    table: dict[str, float] = {}
    for code in range(32, 256):
        try:
            table[bytes([code]).decode("cp1252")] = widths[code] / 1000
        except UnicodeDecodeError:
            continue
    table["\0"] = 0.5
    return table


def _true_type_widths(stem: str) -> dict[str, float]:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    font = TTFont(stem, str(_files()[stem]))
    pdfmetrics.registerFont(font)
    table = {chr(code): width / 1000 for code, width in font.face.charWidths.items()}
    table["\0"] = font.face.defaultWidth / 1000
    return table
