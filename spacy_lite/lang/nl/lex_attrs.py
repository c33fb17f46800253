"""Number words of Dutch."""

from ...attrs import LIKE_NUM
from ..numbers import like_number

__all__ = ["LEX_ATTRS", "like_num"]

NUMBER_WORDS = """
nul een één twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien twintig dertig veertig vijftig
zestig zeventig tachtig negentig honderd duizend miljoen miljard biljoen biljard eerste tweede derde vierde vijfde
zesde zevende achtste negende tiende elfde twaalfde dertiende veertiende twintigste dertigste veertigste vijftigste
zestigste zeventigste tachtigste negentigste honderdste duizendste miljoenste
"""

like_num = like_number(NUMBER_WORDS, signs=False)
LEX_ATTRS = {LIKE_NUM: like_num}
