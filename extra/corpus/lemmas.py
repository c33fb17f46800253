"""Lemmas by rule, with a table of the irregular words; the source overrides with `=lemma`."""
import re

from lexicon import BE, DO, HAVE, LEMMAS, PRONOUNS

__all__ = ["lemma_of"]

# base, past, participle (where it differs)
_IRREGULAR_VERBS = """
be was been|be were been|have had|do did done|go went gone|say said|make made|take took taken|come came come|see saw seen|get got got
get got gotten|give gave given|find found|know knew known|think thought|tell told|become became become|leave left|feel felt|bring brought
begin began begun|keep kept|hold held|write wrote written|stand stood|hear heard|let let|mean meant|set set|meet met|run ran run|pay paid
sit sat|speak spoke spoken|lie lay lain|lead led|read read|grow grew grown|lose lost|fall fell fallen|send sent|build built
understand understood|draw drew drawn|break broke broken|spend spent|cut cut|rise rose risen|drive drove driven|buy bought|wear wore worn
choose chose chosen|teach taught|catch caught|sleep slept|win won|sell sold|fly flew flown|throw threw thrown|ride rode ridden|sing sang sung
ring rang rung|swim swam swum|drink drank drunk|eat ate eaten|forget forgot forgotten|hide hid hidden|shake shook shaken|wake woke woken
bend bent|lend lent|bite bit bitten|blow blew blown|burst burst|cost cost|hit hit|hurt hurt|put put|shut shut|split split|spread spread
sink sank sunk|shrink shrank shrunk|stick stuck|strike struck|swear swore sworn|sweep swept|swing swung|tear tore torn|dig dug|feed fed
fight fought|freeze froze frozen|hang hung|kneel knelt|lay laid|light lit|seek sought|shine shone|shoot shot|show showed shown|slide slid
steal stole stolen|spin spun|bind bound|wind wound|bet bet|bid bid|breed bred|cling clung|creep crept|deal dealt|flee fled|grind ground
leap leapt|mistake mistook mistaken|prove proved proven|quit quit|sew sewed sewn|spill spilt|spring sprang sprung|weave wove woven
withdraw withdrew withdrawn|rebuild rebuilt|overcome overcame overcome|undo undid undone|melt melted|swell swelled swollen|bake baked
foresee foresaw foreseen|forgive forgave forgiven|beat beat beaten|bleed bled|learn learnt|burn burnt|smell smelt|tread trod trodden
"""
_BASE_OF = {}
for row in re.split(r"[|\n]", _IRREGULAR_VERBS.strip()):
    base, *inflected = row.split()
    _BASE_OF.update(dict.fromkeys(inflected, base))

# Words that the spelling rules below would get wrong: the base form in full.
_BASES_WITH_E = """
arrive bake believe breathe bubble capture care change charge chase close combine come compare complete continue create crumble
damage decide declare describe desire divide double dribble drive encourage escape evaporate examine excite expire explore face file fire
force frame give glue grate guide have hire hope imagine improve include increase injure introduce involve joke leave like live
manage measure mine move notice overlook paste phone place please practise praise prepare produce promise propose provide raise
reduce refuse release remove repave replace require reserve rescue retire rhyme save score separate serve settle share shave
simmer-e slice smile solve sparkle squeeze stare store struggle suppose surprise taste time tire trace trade tremble tune type urge use
value vote wave welcome whistle wipe wrestle write bounce balance advise advertise translate puzzle freeze stroke sprinkle hike bike
cruise admire inspire promote devote quote invite unite ignite excite despite define outline decline resume consume assume ensure
secure endure explode erode rotate migrate update hesitate celebrate decorate donate estimate illustrate locate operate navigate
graduate appreciate calculate communicate concentrate demonstrate dictate evaluate generate indicate vibrate tolerate
analyse realise realize recognise organise organize apologise apologize exercise rinse tease erase purchase trouble handle circle
curdle ripple wrinkle tackle tickle scramble stumble scribble drizzle doze gaze graze squeeze snooze damage package message
compete delete complete glide slide ride hide collide preside provide side tide cascade shade fade parade trade wade invade
shape tape wipe pipe hope cope slope scrape escape type name tame blame rename come frame shame game dine fine line shine mine
examine determine imagine machine refine combine tone phone postpone stone zone tune prune fume perfume cure pure lure figure
picture feature lecture adventure treasure pressure restore ignore adore explore score bore store snore care dare share stare
scare compare declare prepare rare glare square acquire wire hire tire fire retire require inspire cube tribe describe prescribe
tie die lie untie queue argue value rescue continue issue pursue solve evolve involve resolve improve prove remove move approve
observe serve deserve reserve preserve curve carve starve leave weave receive believe achieve relieve arrive survive live dive drive
love glove dance chance glance advance fence sentence announce pronounce bounce reduce produce introduce force source price slice notice
practice office juice spice ice dice page stage manage arrange change exchange orange challenge revenge charge merge emerge surge urge
large judge nudge bridge edge trudge lodge pledge emerge oblige
"""
for base in _BASES_WITH_E.split():
    stem = base.removesuffix("e")
    _BASE_OF.setdefault(f"{stem}ed", base)
    if not base.endswith("ie"):
        _BASE_OF.setdefault(f"{stem}ing", base)
_BASE_OF.update(tying="tie", dying="die", lying="lie", having="have", being="be", dyeing="dye", does="do", goes="go", has="have",
                ties="tie", dies="die", lies="lie", queueing="queue", aches="ache")

_IRREGULAR_NOUNS = dict(
    men="man", women="woman", children="child", feet="foot", teeth="tooth", mice="mouse", people="people", geese="goose", lives="life",
    wives="wife", knives="knife", loaves="loaf", leaves="leaf", halves="half", shelves="shelf", wolves="wolf", selves="self", thieves="thief",
    potatoes="potato", tomatoes="tomato", heroes="hero", echoes="echo", buses="bus", lenses="lens", gases="gas", series="series",
    species="species", sheep="sheep", fish="fish", aircraft="aircraft", bacteria="bacterium", crises="crisis", fishermen="fisherman",
    axes="axe", shoes="shoe", toes="toe", movies="movie", cookies="cookie", pies="pie", ties="tie", zombies="zombie", caches="cache",
    headaches="headache", scarves="scarf", calves="calf", oxen="ox", grandchildren="grandchild", neighbours="neighbour", villagers="villager",
    vegetables="vegetable", deer="deer", data="data", criteria="criterion", antennae="antenna", larvae="larva", dice="die", passersby="passerby",
    volcanoes="volcano", mosquitoes="mosquito", quizzes="quiz", calories="calorie", hooves="hoof", chairwomen="chairwoman", zeroes="zero",
    trousers="trousers", clothes="clothes", headquarters="headquarters", surroundings="surroundings", regards="regards", thanks="thanks",
    jeans="jeans", glasses="glass", goods="goods", politics="politics", means="means", grounds="grounds", savings="savings", scissors="scissors", leftovers="leftover",
    physics="physics", outskirts="outskirts", remains="remains", gloves="glove", sieves="sieve", waves="wave", caves="cave", olives="olive",
    hives="hive", curves="curve", valves="valve", nerves="nerve", groceries="grocery", tweezers="tweezers", binoculars="binoculars",
)
_IRREGULAR_DEGREES = {
    "better": {"J": "good", "R": "well"}, "best": {"J": "good", "R": "well"}, "worse": {"J": "bad", "R": "badly"},
    "worst": {"J": "bad", "R": "badly"}, "further": {"J": "far", "R": "far"}, "farther": {"J": "far", "R": "far"}, "furthest": {"J": "far", "R": "far"},
    **{word: {"J": word, "R": word} for word in ("more", "most", "less", "least")},
    "elder": {"J": "elder", "R": "elder"},
}
_DEGREES_WITH_E = {
    "larg", "lat", "nic", "saf", "wid", "fin", "simpl", "brav", "clos", "rar", "wis", "pal", "whit", "strang", "gentl", "loos", "ripe"[:-1],
    "hug", "cut", "littl", "nobl", "pur", "sur", "tam", "blu", "fre", "humbl", "rud", "sor", "coars", "dens", "dir", "matur", "crud",
}

def lemma_of(form: str, tag: str) -> str:
    """The lemma of a form with a Penn Treebank tag, e.g. `("children", "NNS")` -> `"child"`."""
    lower = form.lower()
    if (lower, tag) in PRONOUNS:
        return PRONOUNS[lower, tag][0]
    if (lower, tag) in LEMMAS:
        return LEMMAS[lower, tag]
    if tag in ("NNP", "ADD", "FW", "LS") or not any(c.isalpha() for c in form):
        return {"``": '"', "''": '"', "-LRB-": "(", "-RRB-": ")"}.get(form, form)
    if tag == "NNPS":
        return form.removesuffix("s")
    if tag == "NNS":
        return singular(lower)
    if tag.startswith("VB") or tag == "MD":
        return base_form(lower, tag)
    if tag in ("JJR", "JJS", "RBR", "RBS"):
        return positive(lower, tag)
    return form if form == "I" or (form.isupper() and len(form) > 1 and tag == "NN") else lower

def singular(word: str) -> str:
    if word in _IRREGULAR_NOUNS:
        return _IRREGULAR_NOUNS[word]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word

def base_form(word: str, tag: str) -> str:
    for table in (BE, HAVE, DO):
        if word in table:
            return {id(BE): "be", id(HAVE): "have", id(DO): "do"}[id(table)]
    if tag in ("VB", "VBP", "MD"):
        return word
    if word in _BASE_OF:
        return _BASE_OF[word]
    if tag == "VBZ":
        if word.endswith("ies"):
            return word[:-3] + "y"
        if word.endswith(("sses", "shes", "ches", "xes", "zzes", "oes")):
            return word[:-2]
        return word[:-1]
    if word.endswith("ied"):
        return word[:-3] + "y"
    return restore_stem(word[:-3] if word.endswith("ing") else word[:-2] if word.endswith("ed") else word)

def restore_stem(stem: str) -> str:
    """Undo the spelling changes before -ed and -ing: doubled consonants and a dropped e."""
    if len(stem) > 3 and re.search(r"([bdgmnprt])\1$", stem):
        return stem[:-1]
    if re.search(r"(ll)$", stem) and re.search(r"(trave|mode|cance|labe|contro|pate|leve|signa)ll$", stem):
        return stem[:-1]
    if re.search(r"([^aeiou]l|[cuvz]|[^n]g|[^s]s|rs|ns|at)$", stem) and not re.search(r"(ea|oa|ou|ie|i)t$|rl$|wl$|ll$|zz$|[aeo]at$", stem):
        return stem + "e"
    return stem

def positive(word: str, tag: str) -> str:
    if word in _IRREGULAR_DEGREES:
        return _IRREGULAR_DEGREES[word][tag[0]]
    stem = word.removesuffix("st").removesuffix("e") if tag.endswith("S") else word.removesuffix("er")
    if stem.endswith("i"):
        return stem[:-1] + "y"
    if stem in _DEGREES_WITH_E:
        return stem + "e"
    if re.search(r"([bdgmnpt])\1$", stem):
        return stem[:-1]
    return stem
