"""Number words of Italian."""
from ...attrs import LIKE_NUM
from ..numbers import like_number

__all__ = ["LEX_ATTRS", "like_num"]

NUMBER_WORDS = """
zero un uno una due tre tré quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici
diciassette diciotto diciannove venti vent trenta trent quaranta quarant cinquanta cinquant sessanta sessant settanta
settant ottanta ottant novanta novant cento mille mila milione milioni miliardo miliardi bilione dozzina decina
centinaio migliaio primo prima secondo seconda terzo terza quarto quarta quinto quinta sesto sesta settimo settima
ottavo ottava nono nona decimo decima undicesimo dodicesimo ventesimo trentesimo centesimo millesimo
"""

like_num = like_number(NUMBER_WORDS, endings="º ª o a", joined=True)
LEX_ATTRS = {LIKE_NUM: like_num}
