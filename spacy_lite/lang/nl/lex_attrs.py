"""Number words of Dutch."""
from ...attrs import LIKE_NUM
from ..numbers import like_number

__all__ = ["LEX_ATTRS", "like_num"]

NUMBER_WORDS = """
nul een één twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien
achttien negentien twintig dertig veertig vijftig zestig zeventig tachtig negentig honderd duizend miljoen miljoenen
miljard miljarden biljoen biljard dozijn eerste tweede derde vierde vijfde zesde zevende achtste negende tiende elfde
twaalfde dertiende veertiende vijftiende twintigste dertigste veertigste vijftigste zestigste zeventigste tachtigste
negentigste honderdste duizendste miljoenste
"""

like_num = like_number(NUMBER_WORDS, endings="e de ste", joint="-?", linking="en ën")
LEX_ATTRS = {LIKE_NUM: like_num}
