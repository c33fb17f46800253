"""Number words of Italian."""
from ...attrs import LIKE_NUM
from ..numbers import like_number

__all__ = ["LEX_ATTRS", "like_num"]

NUMBER_WORDS = """
zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici
diciassette diciotto diciannove venti trenta quaranta cinquanta sessanta settanta ottanta novanta cento mille milione
milioni miliardo miliardi bilione dozzina decina centinaio migliaio primo prima secondo seconda terzo terza quarto
quarta quinto quinta sesto sesta settimo settima ottavo ottava nono nona decimo decima undicesimo dodicesimo ventesimo
trentesimo centesimo millesimo
"""

LINKING = "vent trent quarant cinquant sessant settant ottant novant mila tré"

like_num = like_number(NUMBER_WORDS, endings="º ª o a", joint="", linking=LINKING)
LEX_ATTRS = {LIKE_NUM: like_num}
