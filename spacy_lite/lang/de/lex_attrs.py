"""Number words of German."""
from ...attrs import LIKE_NUM
from ..numbers import like_number

__all__ = ["LEX_ATTRS", "like_num"]

NUMBER_WORDS = """
null eins zwei zwo drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn
achtzehn neunzehn zwanzig dreißig dreissig vierzig fünfzig sechzig siebzig achtzig neunzig hundert tausend million
millionen milliarde milliarden billion billionen erste ersten erster erstes zweite zweiten zweiter dritte dritten
dritter vierte vierten fünfte fünften sechste sechsten siebte siebten achte achten neunte neunten zehnte zehnten elfte
elften zwölfte zwölften zwanzigste zwanzigsten hundertste hundertsten tausendste tausendsten
"""

like_num = like_number(NUMBER_WORDS, endings=".", joint="-?", linking="ein und")
LEX_ATTRS = {LIKE_NUM: like_num}
