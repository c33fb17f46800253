"""Stop words of Dutch: articles, pronouns, auxiliaries, conjunctions, prepositions and common adverbs."""
from ...tokenization.rules import word_set

__all__ = ["STOP_WORDS"]

STOP_WORDS = word_set("""
de het een 't 'n deze dit die dat zulke zulk elk elke ieder iedere alle al alles sommige enkele enige beide ander
andere anderen zelfde zelf welk welke geen ik jij je u hij zij ze wij we jullie me mij jou hem haar ons hen hun zich
mijn jouw uw zijn onze wie wat waar iets niets iemand niemand men ben bent is was waren geweest wezen heb hebt heeft
hebben had hadden gehad wordt worden werd werden geworden kan kun kunt kunnen kon konden moet moeten moest moesten mag
mogen mocht mochten wil wilt willen wilde wilden zal zult zullen zou zouden doe doet doen laat laten en of maar want
dus noch als dan toen omdat zodat terwijl hoewel indien tenzij voordat nadat totdat wanneer aan achter behalve bij
binnen boven buiten door in langs met na naar naast om onder op over per rond sinds te tegen ten ter tijdens tot
tussen uit van vanaf via volgens voor voorbij wegens zonder niet nooit ook nog wel zeer heel erg veel meer meest
weinig minder minst hier daar er hoe waarom nu toch even altijd vaak weer eens ooit alleen slechts misschien bijna
ongeveer verder zo zoals daarom daarna daarvoor ja nee af allen anders beiden bijvoorbeeld bovendien daarin den der
des dezelfde hetzelfde eerder eerste etc evenwel ge gedurende hare hierna ieders intussen later liever mits mogelijk
net omhoog ondanks ondertussen opnieuw pas precies reeds spoedig steeds sommigen tamelijk telkens terug toe uwe
vandaan veeleer verre vooral vroeg vooraf wiens
""")

# The typographic apostrophe is as common as the straight one.
STOP_WORDS |= {word.replace("'", mark) for word in STOP_WORDS if "'" in word for mark in "‘’"}
