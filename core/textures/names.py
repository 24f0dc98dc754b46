"""What a file name says about the map in the file.

A name is split into tokens at separators, case changes and digits, and whole tokens (or several in a row that
make up one word, longest first) are looked up. Everything else in the name, apart from sizes and formats, is the
stem: the material's own name. One name usually allows several readings ("rusty_metal_rough" could be the
roughness of rusty_metal, the metalness and roughness of rusty …); which one holds is decided among the files that
lie side by side (:mod:`core.textures.grouping`).
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace

from core.textures.roles import ROLE_INFO, NormalConvention, Role

IMAGE_SUFFIXES = frozenset(
    {".png", ".jpg", ".jpeg", ".tif", ".tiff", ".tga", ".bmp", ".exr", ".hdr", ".webp", ".psd", ".dds", ".jxl"}
)
"""Of files that may be maps."""


@dataclass(frozen=True)
class Token:
    """``text`` in lower case; ``start`` and ``end`` are its place in the name."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Meaning:
    """What a word, or a run of words, stands for.

    ``roles`` and ``alpha_role`` as in :class:`core.textures.plan.PlannedFile`. ``unused`` is the reason why a map
    that is known has no role here. ``clarity`` in [0, 1]: how rarely the word means anything else. ``rank``:
    the lower, the better among words for one role (base colour before diffuse). ``minimum`` channels of a file.
    """

    roles: tuple[Role | None, ...] = ()
    alpha_role: Role | None = None
    glossiness: bool = False
    convention: NormalConvention = NormalConvention.UNKNOWN
    unused: str = ""
    clarity: float = 1.0
    rank: int = 0
    minimum: int = 1


@dataclass(frozen=True)
class Reading:
    """One way to read a name: tokens ``first`` … ``last`` (exclusive) say ``meaning``, ``stem`` is the rest."""

    meaning: Meaning
    stem: tuple[str, ...]
    words: str
    first: int
    last: int
    at_end: bool


# --- words -----------------------------------------------------------------------------------------------------

_A, _N, _R, _O, _M = Role.ALBEDO, Role.NORMAL, Role.ROUGHNESS, Role.OCCLUSION, Role.METALLIC
_S, _D, _T, _E = Role.SPECULAR, Role.DISPLACEMENT, Role.OPACITY, Role.EMISSIVE

CLEAR, SHORT, EVERYDAY, LETTER = 1.0, 0.9, 0.7, 0.5
"""Clarity: a word of the trade, its abbreviation, a word that materials are also called by, a single letter."""

_WORDS: tuple[tuple[Role, float, str], ...] = (
    (_A, CLEAR, "basecolor basecolour albedo color colour diffuse diffusecolor diffusecolour"),
    (_A, SHORT, "diff dif col alb albd bc basecol colr albedocolor basemap alphamasked"),
    (_A, EVERYDAY, "base"),
    (_A, LETTER, "d c a b"),
    (_N, CLEAR, "normal normals tangentnormal tangentspacenormal normalbump bumpnormal"),
    (_N, SHORT, "nor norm nrm nrml nml nmap norml"),
    (_N, EVERYDAY, "local"),  # id Software
    (_N, LETTER, "n"),
    (_R, CLEAR, "roughness specularroughness"),
    (_R, SHORT, "rgh rghness roug"),
    (_R, EVERYDAY, "rough"),
    (_R, LETTER, "r"),
    (_O, CLEAR, "ambientocclusion ambientocc occlusion mixedao mixedambientocclusion ambocc"),
    (_O, SHORT, "ao occ"),
    (_O, EVERYDAY, "ambient"),
    (_O, LETTER, "o"),
    (_M, CLEAR, "metallic metalness metallicness metalic"),
    (_M, SHORT, "mtl met mtlc mtlness"),
    (_M, EVERYDAY, "metal"),
    (_M, LETTER, "m"),
    (_S, CLEAR, "specular specularity specularlevel speclevel specularcolor specularcolour reflectivity"),
    (_S, SHORT, "spec spc refl"),
    (_S, EVERYDAY, "reflection reflect"),
    (_S, LETTER, "s"),
    (_D, CLEAR, "displacement heightmap height displace"),
    (_D, SHORT, "disp hgt dsp hght dis"),
    (_D, EVERYDAY, "bump depth"),
    (_D, LETTER, "h"),
    (_T, CLEAR, "opacity opacitymask alphamask"),
    (_T, SHORT, "opac alpha transparency"),
    (_T, EVERYDAY, "mask cutout transparent coverage"),
    (_E, CLEAR, "emissive emission emissivecolor emissioncolor emissivity selfillumination selfillum"),
    (_E, SHORT, "emit emis emiss emi emm"),
    (_E, EVERYDAY, "glow illumination illum incandescence luminance"),
    (_E, LETTER, "e"),
)
_GLOSS: tuple[tuple[float, str], ...] = (
    (CLEAR, "glossiness smoothness"),
    (SHORT, "gloss gls"),
    (EVERYDAY, "glossy smooth"),
    (LETTER, "g"),
)
UNUSED: tuple[tuple[str, str], ...] = (
    ("ID map, not a map to shade with", "id idmap matid materialid colorid colourid idmask colormask colourmask"),
    ("preview picture, not a map", "preview thumbnail thumb render rendered screenshot cover promo"),
    ("cavity maps are not part of the model", "cavity cav"),
    ("curvature maps are not part of the model", "curvature curv convexity"),
    ("thickness maps are not part of the model", "thickness thick"),
    (
        "translucency is not part of the model",
        "translucency transluc transmission transmissive translucent sss subsurface scattering subsurfacecolor",
    ),
    ("sheen is not part of the model", "sheen fuzz sheencolor sheenroughness"),
    (
        "clear coat is not part of the model",
        "clearcoat coat coatnormal coatroughness clearcoatroughness clearcoatnormal coatweight",
    ),
    ("anisotropy is not part of the model", "anisotropy anisotropic anisotropylevel anisotropyangle"),
    ("bent normals are not part of the model", "bentnormal bentnormals"),
    (
        "only normals in tangent space can be used",
        "worldnormal worldspacenormal normalworld objectnormal objectspacenormal normalobject normalobj",
    ),
    ("a second, detail normal", "detailnormal normaldetail micronormal"),
    ("position maps are not part of the model", "position"),
    ("flow maps are not part of the model", "flowmap"),
    ("light maps are not part of the model", "lightmap"),
    ("vector displacement is not part of the model", "vectordisplacement vdm vdisp"),
)

_CONVENTIONS = {
    **dict.fromkeys(("gl", "opengl", "ogl", "glsl"), NormalConvention.OPENGL),
    **dict.fromkeys(("dx", "directx", "d3d", "direct3d", "dirx"), NormalConvention.DIRECTX),
}
_FILLERS = frozenset({"map", "maps", "tex", "texture", "tangent", "ts", "channel"})

_FORMATS = frozenset({"jpg", "jpeg", "png", "tif", "tiff", "exr", "tga", "bmp", "webp", "hdr", "psd", "dds", "jxl"})
_MANNERS = frozenset({"srgb", "raw", "linear", "seamless", "tileable", "noncolor", "udim", "acescg"})
_SIZES = frozenset({"128", "256", "512", "1024", "2048", "4096", "8192", "16384"})
_NOISE = re.compile(r"\d{1,2}k|\d{2,5}x\d{2,5}|\d{1,2}bits?")
_UDIM = re.compile(r"1[0-9]{3}")


def _word_table() -> dict[str, Meaning]:
    table: dict[str, Meaning] = {}
    for role, clarity, words in _WORDS:
        for word in words.split():
            table[word] = Meaning((role,), clarity=clarity)
    for clarity, words in _GLOSS:
        for word in words.split():
            table[word] = Meaning((Role.ROUGHNESS,), glossiness=True, clarity=clarity, rank=2)
    for word in ("diffuse", "diff", "dif", "diffusecolor", "diffusecolour", "d"):
        table[word] = Meaning((_A,), clarity=table[word].clarity, rank=1)
    for word in ("height", "heightmap", "h", "hgt", "hght"):
        table[word] = Meaning((_D,), clarity=table[word].clarity, rank=1)
    for word in ("bump", "depth"):
        table[word] = Meaning((_D,), clarity=table[word].clarity, rank=2)
    for reason, words in UNUSED:
        for word in words.split():
            table[word] = Meaning(unused=reason, clarity=CLEAR if len(word) > 8 else EVERYDAY)
    # Red, green, blue of packed files by their initials: occlusion is O, A or AO; a height may be a fourth.
    initials = {("o", "a", "ao"): _O, ("r",): _R, ("m",): _M, ("h",): _D}
    for count in (3, 4):
        for order in itertools.permutations(initials, count):
            if sum(initials[names] in (_O, _R, _M) for names in order) < 3:
                continue
            for letters in itertools.product(*order):
                word = "".join(letters)
                clarity = EVERYDAY if word in _ENGLISH else SHORT
                table[word] = _packed(tuple(initials[names] for names in order), clarity)
    for word in ("ard", "ord", "arh", "orh", "ordp"):
        table[word] = _packed((_O, _R, _D), EVERYDAY)
    for word in ("maskmap", "hdrpmask", "mads"):  # Unity HDRP: metallic, occlusion, detail mask, smoothness
        table[word] = Meaning((_M, _O, None), alpha_role=_R, glossiness=True, minimum=4, clarity=CLEAR)
    return table


_ENGLISH = frozenset({"arm", "ram", "rom", "mar", "mor", "roam", "harm", "ohm"})


def _packed(roles: tuple[Role | None, ...], clarity: float) -> Meaning:
    alpha = roles[3] if len(roles) > 3 else None
    return Meaning(roles[:3], alpha_role=alpha, minimum=len(roles), clarity=clarity)


_TABLE = _word_table()
_LONGEST = 5  # tokens in one word: "Ambient Occlusion", "World Space Normal", "direct3d"


# --- tokens ----------------------------------------------------------------------------------------------------

_SPECIAL = re.compile(r"\d{2,5}[xX]\d{2,5}(?!\w)|\d{1,2}[kK](?![a-zA-Z0-9])|\d{1,2}-?[bB]its?(?![a-zA-Z])")


def tokenise(name: str) -> list[Token]:
    """Split at everything that is neither letter nor digit, at case changes ("AORough" → AO, Rough) and digits."""
    tokens: list[Token] = []
    position = 0
    while position < len(name):
        special = _SPECIAL.match(name, position)
        if special and (position == 0 or not name[position - 1].isdigit()):
            end = special.end()
        elif name[position].isdigit():
            end = position + 1
            while end < len(name) and name[end].isdigit():
                end += 1
        elif name[position].isalpha():
            end = position + 1
            while end < len(name) and name[end].isalpha() and not _case_change(name, position, end):
                end += 1
        else:
            position += 1
            continue
        tokens.append(Token(name[position:end].lower().replace("-", ""), position, end))
        position = end
    return tokens


def _case_change(name: str, start: int, at: int) -> bool:
    """Whether a new word starts at ``at`` in a run of letters that starts at ``start``."""
    if name[at].isupper():
        # "aB" always; "AOMap": the M starts a word because a small letter follows it
        return not name[at - 1].isupper() or (at + 1 < len(name) and name[at + 1].islower() and at > start)
    return False


def is_noise(token: str) -> bool:
    """Whether a token says something about the file only: resolution, bit depth, format, colour handling."""
    return token in _FORMATS or token in _MANNERS or token in _SIZES or _NOISE.fullmatch(token) is not None


def is_udim(token: str) -> bool:
    return _UDIM.fullmatch(token) is not None and 1001 <= int(token) <= 1999 and token not in _SIZES


# --- readings --------------------------------------------------------------------------------------------------


def stem_of(tokens: list[Token], keep_udim: bool = False) -> tuple[str, ...]:
    return tuple(t.text for t in tokens if not is_noise(t.text) and (keep_udim or not is_udim(t.text)))


def readings(name: str, channels: int = 4, has_alpha: bool = True, keep_udim: bool = False) -> list[Reading]:
    """All ways to read a file name (without its ending) as a role, for a file with that many channels."""
    tokens = [t for t in tokenise(name) if not is_noise(t.text) and (keep_udim or not is_udim(t.text))]
    tokens = _without_workflow(name, tokens)
    found: list[Reading] = []
    for first in range(len(tokens)):
        for last in range(first + 1, min(len(tokens), first + 12) + 1):
            window = tokens[first:last]
            meaning = _interpret([t.text for t in window])
            if meaning is None or channels < meaning.minimum:
                continue
            if meaning.alpha_role and not has_alpha and channels < 4:
                meaning = replace(meaning, alpha_role=None, glossiness=False)
            if meaning.clarity == LETTER and window[0].start and name[window[0].start - 1].isalnum():
                continue  # Bricks075B
            after = tokens[last:]
            rest = _without_tail(window[-1], after)
            found.append(
                Reading(
                    meaning=meaning,
                    stem=tuple(t.text for t in (*tokens[:first], *rest)),
                    words=name[window[0].start : window[-1].end],
                    first=first,
                    last=last,
                    at_end=not rest,
                )
            )
    return found


def _without_tail(last: Token, after: list[Token]) -> list[Token]:
    """What follows a role word and still belongs to it: DISP16, COL_VAR1."""
    if after and after[0].start == last.end and after[0].text in ("8", "16", "32"):
        after = after[1:]
    if len(after) >= 2 and after[0].text == "var" and after[1].text.isdigit():
        after = after[2:]
    return after


def _without_workflow(name: str, tokens: list[Token]) -> list[Token]:
    """Poliigon ends every name with its workflow: COL_3K_METALNESS is a colour. (Metal_3K_Metalness is not.)"""
    if len(tokens) < 3 or tokens[-1].text not in ("metalness", "specular"):
        return tokens
    between = tokenise(name[tokens[-2].end : tokens[-1].start])
    before = _TABLE.get(tokens[-2].text) or _TABLE.get(tokens[-3].text)
    if any(_NOISE.fullmatch(t.text) for t in between) and before and before.clarity >= SHORT:
        return tokens[:-1]
    return tokens


def _interpret(texts: list[str]) -> Meaning | None:
    """The meaning of a run of tokens, all of which must take part."""
    words = _split_into_words(texts)
    if words is None:
        return None
    convention = NormalConvention.UNKNOWN
    meanings: list[Meaning] = []
    for index, word in enumerate(words):
        if word in _CONVENTIONS:
            if convention is not NormalConvention.UNKNOWN:
                return None
            convention = _CONVENTIONS[word]
        elif word in _FILLERS:
            if index == 0:
                return None
        else:
            meanings.append(_TABLE[word])
    if not meanings:
        return None
    meaning = meanings[0] if len(meanings) == 1 else _combine(meanings)
    if meaning is None:
        return None
    if convention is not NormalConvention.UNKNOWN:
        if meaning.roles[:1] != (Role.NORMAL,):
            return None
        meaning = Meaning((Role.NORMAL,), meaning.alpha_role, meaning.glossiness, convention, clarity=CLEAR)
    return meaning


def _split_into_words(texts: list[str]) -> list[str] | None:
    if not texts:
        return []
    for count in range(min(_LONGEST, len(texts)), 0, -1):
        word = "".join(texts[:count])
        if word in _TABLE or word in _CONVENTIONS or word in _FILLERS:
            rest = _split_into_words(texts[count:])
            if rest is not None:
                return [word, *rest]
    return None


def _combine(meanings: list[Meaning]) -> Meaning | None:
    """Several role words in a row name the channels of one file."""
    if any(m.unused or len(m.roles) != 1 or m.clarity == LETTER for m in meanings):
        return None
    roles = [m.roles[0] for m in meanings if m.roles[0] is not None]
    if len(set(roles)) != len(roles) or len(roles) > 4:
        return None
    glossiness = any(m.glossiness for m in meanings)
    clarity = min(m.clarity for m in meanings)
    wide = [ROLE_INFO[role].channels > 1 for role in roles]
    if wide[0] and len(roles) == 2 and not wide[1]:  # AlbedoTransparency, NormalHeight: the second is the alpha
        return Meaning((roles[0],), roles[1], glossiness, minimum=3, clarity=clarity)
    if any(wide):
        return None
    if glossiness and len(roles) == 2 and roles[1] is Role.ROUGHNESS:  # MetallicSmoothness, SpecularGloss
        return Meaning((roles[0],), Role.ROUGHNESS, True, clarity=clarity)
    if set(roles) == {Role.METALLIC, Role.ROUGHNESS}:  # glTF's metallicRoughness has green and blue
        return Meaning((None, Role.ROUGHNESS, Role.METALLIC), glossiness=glossiness, minimum=3, clarity=clarity)
    padded = (*roles, None) if len(roles) == 2 else tuple(roles)
    alpha = padded[3] if len(padded) > 3 else None
    return Meaning(padded[:3], alpha, glossiness, minimum=max(3, len(roles)), clarity=clarity)
