"""Stop words of Dutch: articles, pronouns, auxiliaries, conjunctions, prepositions and common adverbs."""

from ...tokenization.rules import word_set

__all__ = ["STOP_WORDS"]

STOP_WORDS = word_set("""
de het een 't deze dit die dat zulke zulk elk elke ieder alle al alles sommige enkele enige beide ander andere anderen
zelfde zelf welk welke geen ik jij je u hij zij ze wij we jullie me mij jou hem haar ons hen hun zich mijn jouw uw
zijn onze wie wat waar iets niets iemand men ben bent is was waren geweest wezen heb hebt heeft hebben had hadden
gehad wordt worden werd werden geworden kan kunt kunnen kon konden moet moeten moest moesten mag mogen mocht mochten
wil wilde zal zult zullen zou zouden doet doen en of maar want dus als dan toen omdat terwijl hoewel indien tenzij
voordat nadat totdat wanneer aan achter behalve bij binnen boven buiten door in met na naar om onder op over rond
sinds te tegen ten ter tijdens tot tussen uit van vanaf volgens voor voorbij wegens zonder niet nooit ook nog wel zeer
veel meer weinig minder hier daar er hoe waarom nu toch even altijd vaak weer eens ooit alleen slechts misschien bijna
ongeveer verder zo zoals daarom daarna ja af allen anders beiden bijvoorbeeld bovendien daarin den der des dezelfde
eerder eerste etc evenwel ge gedurende hare later liever mogelijk net omhoog ondertussen opnieuw pas precies reeds
spoedig steeds tamelijk toe uwe vandaan veeleer verre vooral vroeg vooraf wiens
""")
