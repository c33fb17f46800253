"""Number words of French."""

from ...attrs import LIKE_NUM
from ..numbers import like_number

__all__ = ["LEX_ATTRS", "like_num"]

NUMBER_WORDS = """
un une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize vingt trente quarante
cinquante soixante septante huitante nonante cent mil mille million milliard billion premier première second seconde
deuxième troisième quatrième cinquième sixième septième huitième neuvième dixième onzième douzième treizième
quatorzième quinzième seizième vingtième trentième quarantième cinquantième soixantième centième millième soixante-dix
quatre-vingt quatre-vingt-dix dix-sept dix-huit dix-neuf quadrillion
"""

like_num = like_number(NUMBER_WORDS)
LEX_ATTRS = {LIKE_NUM: like_num}
