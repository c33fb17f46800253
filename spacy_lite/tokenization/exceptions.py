"""Special cases of every language: emoticons and a few signs that stay whole; and the pattern of web addresses."""

from .char_classes import ALPHA_LOWER
from .rules import ORTH, words

__all__ = ["BASE_EXCEPTIONS", "URL_PATTERN", "emoticons"]

# An address as people write it: with a scheme, with `www.`, or bare with a known kind of ending; mail addresses too. A
# top-level domain is in lower case, so that two sentences run together (`end.Start`) are not one.
_HOST = r"[A-Za-z0-9\u00a1-\uffff](?:[A-Za-z0-9\u00a1-\uffff_-]{0,62}[A-Za-z0-9\u00a1-\uffff])?"
URL_PATTERN = (
    r"(?u)"
    r"(?:[A-Za-z][A-Za-z0-9+.-]{1,20}://)?"
    r"(?:[^\s/@:]+(?::[^\s/@]*)?@)?"
    r"(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}"
    rf"|(?:{_HOST}\.)+[{ALPHA_LOWER}]{{2,63}})"
    r"(?::[0-9]{2,5})?"
    r"(?:[/?#]\S*)?$"
)

# Emoticons are faces: eyes, a nose or none, a mouth, in either direction; and those made of other signs.
_FACES = {
    eyes + nose + mouth * length
    for eyes in ":;="
    for nose in ("", "-")
    for mouth in ")(]DP/|3*xO0\\o"
    for length in (1, 2, 3)
    if length == 1 or mouth in ")("
}
_MIRRORED = {mouth + nose + eyes for mouth in "([" for nose in ("", "-") for eyes in ":;="}
_OTHER_FACES = """
8) 8-) 8D 8-D :') :'( :'-) :'-( >:( >:o :-X :x :} :-} ;_; T_T x_x X_X o_o O_O o.o O.O o_O O_o o.O O.o o.0 0.o 0_0 0_o o_0 0.0
^_^ ^__^ ^___^ -_- -__- >.< >_< >.> <.< v.v V.V v_v V_V XD XDD xD xDD <3 <33 <333 </3
\\o/ \\m/ ._. (: (; (-: (-; (^_^) (-_-) (*_*) (>_<) (._.) (¬_¬) (ಠ_ಠ)
(╯°□°)╯︵┻━┻ ¯\\(ツ)/¯ ¯\\_(ツ)_/¯ ಠ_ಠ ಠ︵ಠ @_@ =_= (;_;)
"""

#: Emoticons that stay one token.
emoticons: set[str] = _FACES | _MIRRORED | set(_OTHER_FACES.split())

# Doubled quotes of old encodings, a language's name, and single letters as in `a.` or `p. 5`.
_WHOLE = "'' `` C++ " + " ".join(f"{letter}." for letter in "abcdefghijklmnopqrstuvwxyzäöü")

#: Special cases of every language.
BASE_EXCEPTIONS: dict[str, list[dict[int, str]]] = {
    **words(_WHOLE),
    **{face: [{ORTH: face}] for face in sorted(emoticons)},
}
