"""Number words of French."""
from ...attrs import LIKE_NUM
from ..numbers import like_number

__all__ = ["LEX_ATTRS", "like_num"]

NUMBER_WORDS = """
zéro un une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize vingt vingts trente
quarante cinquante soixante septante huitante octante nonante cent cents mille million millions milliard milliards
billion billions dizaine douzaine quinzaine vingtaine trentaine centaine millier premier première second seconde
deuxième troisième quatrième cinquième sixième septième huitième neuvième dixième onzième douzième treizième
quatorzième quinzième seizième vingtième trentième quarantième cinquantième soixantième centième millième millionième
"""

like_num = like_number(NUMBER_WORDS, endings="e er ère ème ième nd nde", joint="-", linking="et")
LEX_ATTRS = {LIKE_NUM: like_num}
