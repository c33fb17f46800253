"""What looks like a web or mail address: the patterns behind `like_url` and `like_email`."""

import re

__all__ = ["EMAIL", "URL", "has_known_domain"]

EMAIL = re.compile(r"[a-zA-Z0-9_.+-]+@[a-zA-Z0-9-]+\.[a-zA-Z0-9-.]+")

PRIVATE_NETWORK = (
    r"(?!(?:10|127)(?:\.\d{1,3}){3}|(?:169\.254|192\.168)(?:\.\d{1,3}){2}|172\.(?:1[6-9]|2\d|3[01])(?:\.\d{1,3}){2})"
)
FIRST_OCTET = r"(?:[1-9]\d?|1\d\d|2[01]\d|22[0-3])"
MIDDLE_OCTET = r"(?:1?\d{1,2}|2[0-4]\d|25[0-5])"
LAST_OCTET = r"(?:[1-9]\d?|1\d\d|2[0-4]\d|25[0-4])"
HOST_CHARACTER = "A-Za-z0-9\u00a1-\uffff"

# Scheme and user are optional: people write addresses without. A top-level domain is in lower case, so that a full stop
# between two sentences (`end.Start`) does not make one. The general form is Diego Perini's.
URL = re.compile(
    rf"""
    (?:[\w+.-]{{2,}}://)?
    (?:\S+(?::\S*)?@)?
    (?:
        {PRIVATE_NETWORK}{FIRST_OCTET}(?:\.{MIDDLE_OCTET}){{2}}\.{LAST_OCTET}
      |
        (?:(?:[{HOST_CHARACTER}][{HOST_CHARACTER}_-]{{0,62}})?[{HOST_CHARACTER}]\.)+(?P<top>[^\W\d_]{{2,63}})
    )
    (?::\d{{2,5}})?
    (?:[/?\#]\S*)?
    """,
    re.VERBOSE,
)

GENERIC_DOMAINS = "aero asia biz cat com coop edu gov info int jobs mil mobi museum name net org post pro tel travel xxx"
COUNTRY_DOMAINS = """
ac ad ae af ag ai al am an ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bv bw by bz ca cc cd
cf cg ch ci ck cl cm cn co cr cs cu cv cx cy cz dd de dj dk dm do dz ec ee eg eh er es et eu fi fj fk fm fo fr ga gb gd
ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki
km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz
na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh
si sj sk sl sm sn so sr ss st su sv sy sz tc td tf tg th tj tk tl tm tn to tp tr tt tv tw tz ua ug uk us uy uz va vc ve
vg vi vn vu wf ws ye yt za zm zw
"""
DOMAINS = frozenset(f"{GENERIC_DOMAINS} {COUNTRY_DOMAINS}".split())


def has_known_domain(domain: str) -> bool:
    """Is this a top-level domain of a country, or one of the older general ones?"""
    return domain in DOMAINS
