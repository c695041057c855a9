"""Pictures for the demo's invented news, drawn here: flat scenes, obviously not photographs of a place."""

from collections.abc import Callable
from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 1280, 853
SKY, GROUND, WALL, ROOF = "#cfe3e6", "#d8cdb8", "#f4ead8", "#b03f27"
BRAND, LEAF, TRUNK, INK, SUN = "#0b5563", "#4f8a4b", "#7a4b2b", "#1d2733", "#f0c25a"

Pen = ImageDraw.ImageDraw


def draw_scene(scene: str) -> bytes:
    """A JPEG of one of `SCENES`; raises `KeyError` for another name."""
    draw_on = SCENES[scene]
    picture = Image.new("RGB", (WIDTH, HEIGHT), SKY)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 600, WIDTH, HEIGHT), fill=GROUND)
    draw_on(pen)
    out = BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()


def _sun(pen: Pen) -> None:
    pen.ellipse((1020, 80, 1160, 220), fill=SUN)


def _tree(pen: Pen, x: int, base: int, size: int) -> None:
    pen.rectangle((x - size // 10, base - size, x + size // 10, base), fill=TRUNK)
    for dx, dy in ((-size // 3, 0), (size // 3, 0), (0, -size // 3)):
        pen.ellipse(
            (x + dx - size // 2, base - size * 3 // 2 + dy, x + dx + size // 2, base - size // 2 + dy),
            fill=LEAF,
        )


def _block(pen: Pen, x: int, top: int, columns: int, rows: int, wall: str = WALL) -> None:
    pen.rectangle((x, top, x + columns * 90 + 30, 620), fill=wall)
    for column in range(columns):
        for row in range(rows):
            left, upper = x + 30 + column * 90, top + 34 + row * 88
            pen.rectangle((left, upper, left + 56, upper + 52), fill=BRAND)


def _person(pen: Pen, x: int, base: int, colour: str, size: int = 150) -> None:
    pen.ellipse((x - size // 6, base - size, x + size // 6, base - size * 2 // 3), fill=TRUNK)
    pen.rounded_rectangle(
        (x - size // 4, base - size * 5 // 8, x + size // 4, base), radius=size // 6, fill=colour
    )


def _building_site(pen: Pen) -> None:
    _block(pen, 120, 260, 4, 4)
    pen.rectangle((620, 400, 1000, 620), fill="#e6d6ba", outline=INK, width=4)
    for x in range(620, 1001, 76):
        pen.line((x, 340, x, 620), fill=INK, width=6)
    for y in (400, 470, 540):
        pen.line((600, y, 1020, y), fill=INK, width=6)
    pen.rectangle((1090, 140, 1110, 620), fill=SUN)
    pen.rectangle((700, 140, 1200, 160), fill=SUN)
    pen.line((780, 160, 780, 330), fill=INK, width=4)
    for x in range(0, WIDTH, 80):
        pen.polygon(((x, 680), (x + 40, 680), (x + 20, 740), (x - 20, 740)), fill=ROOF)


def _library(pen: Pen) -> None:
    _sun(pen)
    pen.rectangle((220, 300, 1060, 640), fill=WALL)
    pen.polygon(((180, 310), (640, 150), (1100, 310)), fill=BRAND)
    pen.rectangle((570, 440, 710, 640), fill=INK)
    for left in (270, 750):
        pen.rectangle((left, 390, left + 250, 590), fill="#ffffff")
        for shelf in range(2):
            for book, colour in enumerate((ROOF, BRAND, SUN, LEAF, TRUNK, BRAND, ROOF)):
                x, y = left + 14 + book * 33, 400 + shelf * 96
                pen.rectangle((x, y + (book % 3) * 8, x + 24, y + 84), fill=colour)
    _tree(pen, 130, 660, 180)
    _tree(pen, 1170, 660, 160)


def _garden(pen: Pen) -> None:
    _sun(pen)
    _block(pen, 420, 200, 4, 4)
    pen.rectangle((0, 600, WIDTH, HEIGHT), fill="#9dbf84")
    _tree(pen, 190, 640, 260)
    _tree(pen, 1080, 650, 230)
    for x, colour in ((330, ROOF), (420, SUN), (510, ROOF), (760, SUN), (850, ROOF), (940, SUN)):
        pen.line((x, 700, x, 780), fill=LEAF, width=8)
        pen.ellipse((x - 24, 668, x + 24, 716), fill=colour)
    pen.polygon(((560, HEIGHT), (720, HEIGHT), (660, 620), (620, 620)), fill=GROUND)


def _workshop(pen: Pen) -> None:
    pen.rectangle((0, 0, WIDTH, 600), fill=WALL)
    pen.rectangle((180, 90, 700, 330), fill="#ffffff", outline=INK, width=8)
    for y, length in ((140, 380), (195, 300), (250, 420)):
        pen.line((220, y, 220 + length, y), fill=BRAND, width=14)
    for x, colour in ((260, BRAND), (480, ROOF), (700, LEAF), (920, SUN), (1120, TRUNK)):
        _person(pen, x, 640, colour, 240)
    pen.rounded_rectangle((120, 600, 1200, 680), radius=20, fill=TRUNK)
    for x in (300, 520, 760, 980):
        pen.rectangle((x, 575, x + 90, 605), fill="#ffffff")


def _walk(pen: Pen) -> None:
    _sun(pen)
    _block(pen, 40, 220, 3, 4)
    _block(pen, 760, 300, 5, 3, "#ead9c0")
    _tree(pen, 560, 640, 210)
    pen.rectangle((0, 690, WIDTH, 790), fill="#b8ad9a")
    for x, colour in ((300, ROOF), (420, BRAND), (540, SUN), (680, LEAF), (800, TRUNK), (920, BRAND)):
        _person(pen, x, 770, colour, 190)


def _street_light(pen: Pen) -> None:
    pen.rectangle((0, 0, WIDTH, 600), fill="#26384f")
    pen.rectangle((0, 600, WIDTH, HEIGHT), fill="#4a5361")
    _block(pen, 80, 240, 4, 4, "#3b4d66")
    for x in (620, 1000):
        pen.polygon(((x - 10, 230), (x + 110, 230), (x + 260, 780), (x - 160, 780)), fill="#8f8a63")
        pen.rectangle((x - 70, 200, x - 54, 720), fill=INK)
        pen.rectangle((x - 70, 196, x + 80, 212), fill=INK)
        pen.ellipse((x + 10, 200, x + 90, 250), fill=SUN)
    _person(pen, 810, 760, BRAND, 200)


SCENES: Final[dict[str, Callable[[Pen], None]]] = {
    "chantier": _building_site,
    "mediatheque": _library,
    "jardin": _garden,
    "atelier": _workshop,
    "marche": _walk,
    "eclairage": _street_light,
}
