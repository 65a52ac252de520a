"""Words by which rules tell a person's name from an office, a body or the next sentence.

The tuples are parts of patterns; the sets are words in small letters.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


OFFICES = (
    "minister-president", "minister", "vice-?minister", "staatssecretaris", "kamerlid",
    "kamerleden", "tweede kamerlid", "eerste kamerlid", "de leden", "het lid", "raadslid",
    "raadsleden", "statenlid", "wethouder", "burgemeester", "gedeputeerde",
    "commissaris van de koning", "commissaris", "cdk", "premier", "vicepremier", "formateur",
    "informateur", "kamervoorzitter", "senator", "president", "vice-president", "vicepresident",
    "koning", "koningin", "prins", "prinses", "majesteit", "kabinet", "eurocommissaris",
    "europarlementariër", "dijkgraaf", "nationale ombudsman", "ombudsman",
    "regeringscommissaris", "informatiecommissaris", "secretary of state", "state secretary",
    "prime minister", "deputy minister", "mp", "mep", "mayor", "alderman", "alderwoman",
    "councillor", "governor", "commissioner", "chancellor", "king", "queen", "prince",
    "princess", "speaker", "member of parliament", "members of parliament", "fractievoorzitter",
    "lijsttrekker", "kabinet-", "bewindspersoon", "bewindslieden", "ambassadeur", "ambassador",
    "rapporteur", "procureur-generaal", "secretaris-generaal", "secretary-general",
    "partijleider", "oud-minister", "fractieleider",
)  # fmt: skip
"""Public offices: who holds one acts in public."""

PARTIES = (
    "VVD", "D66", "CDA", "PvdA", "GroenLinks", "GroenLinks-PvdA", "GL-PvdA", "SP", "PVV",
    "ChristenUnie", "CU", "SGP", "Volt", "BBB", "NSC", "JA21", "FvD", "FVD", "DENK", "Denk",
    "PvdD", "50PLUS", "Bij1", "BIJ1", "Labour", "Conservative", "minister", "staatssecretaris",
    "Kamerlid", "wethouder", "burgemeester", "MP",
)  # fmt: skip
"""What stands behind the name of who holds a public office."""

TITLES = (
    "prof", "dr", "drs", "ir", "ing", "mr", "bc", "ds", "dhr", "hr", "mw", "mevr", "mej", "em",
    r"h\.?c",
)  # fmt: skip
"""Titles between a form of address and a name."""

PARTICLES = (
    "van", "von", "vom", "vd", "de", "den", "der", "des", "het", "te", "ten", "ter", "la", "le",
    "les", "du", "di", "da", "das", "dos", "do", "del", "della", "dello", "dalla", "dal", "el",
    "al", "ul", "ben", "bin", "bint", "ibn", "abu", "abd", "ould", "ait", "aït", "zu", "zum",
    "zur", "af", "av", "y", "e", "san", "st", "saint", "mac", "d",
)  # fmt: skip
"""Words between a given name and a family name."""

KIN = (
    "brother-in-law", "overbuurvrouw", "schoondochter", "granddaughter", "mother-in-law",
    "father-in-law", "sister-in-law", "civil servant", "kleindochter", "schoonmoeder",
    "mantelzorger", "medewerkster", "klantmanager", "case manager", "overbuurman",
    "schoonvader", "oud-collega", "dorpsgenoot", "stadsgenoot", "medebewoner", "casemanager",
    "grandfather", "grandmother", "buurmeisje", "buurjongen", "echtgenoot", "echtgenote",
    "schoonzoon", "dochtertje", "verhuurder", "begeleider", "bewoonster", "huisgenoot",
    "medewerker", "neighbours", "girlfriend", "caseworker", "buurvrouw", "kleinzoon",
    "schoonzus", "ambtenaar", "consulent", "wijkagent", "neighbour", "colleague", "boyfriend",
    "housemate", "broertje", "vriendin", "huisarts", "kinderen", "huisbaas", "neighbor",
    "daughter", "grandson", "landlord", "children", "roommate", "flatmate", "resident",
    "employee", "buurman", "dochter", "partner", "nichtje", "collega", "zoontje", "huurder",
    "lerares", "meester", "patiënt", "bewoner", "husband", "brother", "teacher", "officer",
    "moeder", "zuster", "neefje", "zwager", "vriend", "dokter", "leraar", "cliënt", "kennis",
    "father", "mother", "sister", "cousin", "nephew", "friend", "doctor", "tenant", "buren",
    "vader", "vrouw", "broer", "zusje", "tante", "nicht", "agent", "uncle", "niece", "child",
    "carer", "clerk", "zoon", "neef", "kind", "wife", "aunt", "man", "zus", "oom", "opa", "oma",
    "juf", "son", "ex", "gp",
)  # fmt: skip
"""Who stands near to somebody, or deals with them."""

KIN_ALONE = (
    "wijkagent", "agent", "conciërge", "docent", "pater", r"zr\.", "verpleegkundige",
    "teacher", "nurse",
    "buurman", "buurvrouw", "buurmeisje", "buurjongen", "oom", "tante", "opa", "oma", "juf",
    "huisarts", "dokter", "collega", "zuster", "broeder", "neighbou?r", "uncle", "aunt",
    "grandma", "grandpa", "colleague",
)  # fmt: skip
"""Those of them that need no *my* before them."""

PRONOUNS = (
    "mijn", "onze", "ons", "haar", "zijn", "hun", "de", "een", "my", "our", "his", "her",
    "their", "the", "a", "jullie", "uw", "your", "en", "and", "namens", "van", "met", "with",
)  # fmt: skip
"""What stands before them."""

FIELDS = (
    "(?:mijn )?(?:volledige |eigen )?(?:voor-? ?en achter)?naam",
    "naam van (?:de |het )?[a-z]{3,20}",
    "naam (?:aanvrager|indiener|contactpersoon|melder|bewoner|klager|verzoeker)",
    "voornaam", "achternaam", "contactpersoon", "contact", "contact person", "contactgegevens",
    "full name", "first name", "last name", "family name", "surname", "given name",
    "(?:my )?name(?: of (?:the )?(?:applicant|author|complainant))?", "aanvrager", "indiener",
    "melder", "klager", "verzoeker", "bewoner", "eigenaar", "afzender", r"afz\.?",
    "ingediend door", "opgesteld door", "geschreven door", "ondertekend door", "ondertekend",
    "getekend", r"w\.g\.", "was getekend", "auteur", "author", "written by", "submitted by",
    "signed(?: by)?", "applicant", "sender", r"t\.a\.v\.?", "tav", "ter attentie van",
    r"f\.a\.o\.?", r"attn\.?", "attention", "behandelaar", "dossierbehandelaar", "handled by",
    "vertegenwoordiger", "gemachtigde", "representative", "ouder", "getuige", "witness",
    "patiënt", "cliënt", "client", "patient",
)  # fmt: skip
"""What a name is filled in behind."""

INTRODUCTIONS = (
    "mijn (?:volledige )?naam is", "(?:ik|hij|zij|ze|die|wie) heet(?:te|en)?", "heet ik",
    "ik word genoemd", "genaamd", "geheten", "my (?:full )?name is", "my name's",
    "(?:his|her|their|whose) (?:full )?name is", "(?:zijn|haar|wiens) naam is", "i am called",
    "(?:is|was) called", "called", "named", "by the name of", "met de naam", "onder de naam",
)  # fmt: skip
"""What says that a name follows."""

ABOUT = (
    "contact", "neem (?:dan )?contact op met", "mail", "mailt?", "bel", "call", "e-?mail", "ring",
    "sprak (?:gisteren|vandaag|onlangs|laatst) met", "wij,", "we,", "ondertekend door",
    "ingediend door", "opgesteld door", "geschreven door", "signed by", "submitted by",
    "written by", "ask", "vraag",
    "dit is", "this is", "spreekt? met", "sprak met",
    "spoke (?:to|with)", "speaking with", "gesproken met", "gebeld met", "bel met",
    "vraag naar", "ask for", "contact (?:met|with)", "bellen met", "mailen (?:met|naar)",
    "namens", "on behalf of", "voor en namens", "dank aan", "thanks to", "aldus",
    "according to", "volgens", "advised by", "groet(?:en)? van", "regards from",
)  # fmt: skip
"""What the name of somebody may follow, or that of a body."""

ROLES = (
    "contactpersoon", "contact person", "aanvrager", "indiener", "behandelaar", "auteur",
    "schrijver", "initiatiefnemer", "projectleider", "applicant", "author", "handler",
    "opsteller", "melder",
)  # fmt: skip
"""Of whom a sentence says who they are."""

GREETINGS = (
    "yours", "best", "thanks", "bedankt", "dank", r"(?:vr\. )?gr\.?", "hartelijks", "liefs",
    r"(?:met )?(?:de )?(?:vriendelijke|hartelijke|beste|warme|vr\.|vriendelijk) groet(?:en)?",
    "groet(?:en|jes)?", "mvg", r"m\.v\.g\.", "hoogachtend", "met (?:de meeste )?hoogachting",
    "(?:(?:with )?(?:kind|best|warm|many) )?regards",
    "(?:yours )?(?:sincerely|faithfully|truly)", "best wishes", "cheers", "alvast bedankt",
    "bij voorbaat dank", "many thanks", "thank you",
)  # fmt: skip
"""What a letter ends with."""

ORGANISATIONS = _words(
    """
    bewoners buurtbewoners inwoners leden redactie secretariaat initiatiefgroep actiegroep
    burgerinitiatief programmabureau bestuur board residents citizens members statistics rights
    act actieplan afdeling agency alliance alliantie amazon amnesty apple archief archieven
    association authority avg b.v bank belastingdienst bewonerscommissie bewonersgroep
    bewonersvereniging bibliotheek bits bond bureau buurtvereniging bv cbs center centre centrum
    church club coalitie college comité commissie commission committee council court department
    dienst directie dorpsraad duo dutch europa europe european europese excel facebook federatie
    fonds forum foundation fractie freedom fund gdpr gemeente gemeenten gerechtshof gmbh google
    government groep group hogeschool holland hospital huis inc inspectie institute institution
    instituut internationaal international ipo kabinet kadaster kamer kerk koepel linkedin ltd
    microsoft ministerie ministeries ministry museum n.v nationaal national nationale nederland
    nederlanders nederlandse netherlands netwerk network nv office ondernemersvereniging open
    oudervereniging outlook overheid overheid.nl parlement parliament partij party platform
    police politie provincie provincies raad rdw rechtbank regering rijk rijksoverheid
    rijkswaterstaat rvo school scp sharepoint society staat stakeholderforum state stichting svb
    team teams transparency treaty trust twitter unie union universiteit university uwv verdrag
    vereniging verzekeringen vng waag waterschap werkgroep wet wijkraad windows wob woo word wrr
    ziekenhuis zorg
    """
)
"""Words that names of bodies have and names of people do not."""

NOT_NAMES = _words(
    """
    anoniem anonymous chief officer head manager senior junior information student lid moeder
    vader mother father citizen burgers iedere elke each every many zoals onder meer name naam
    datum date telefoon tel e-mail email adres address postcode woonplaats plaats functie
    onderwerp subject betreft bijlage bijlagen a aan aanvrager about achter actually adviseur
    advocaat afdeling after against al alle allebei alleen alles als also although altijd always
    ambassadeur ambtenaar an and ander andere april are as asked at august augustus balie be
    because been beiden belde belt ben bent beste bestuurder betrokken between bij bijgaand
    bijna bleef blijft both bovenaan bovendien boze burgemeester burger but buurman buurt
    buurvrouw by called calls came can chair chairman chairperson chairwoman collega comes
    commissaris commissie could daar daarom dacht dag dames dan dat de dear december deed denkt
    deze dezelfde dhr did die dinsdag directeur directie dit do does doet dokter donderdag door
    dus echter een eerst eerste eigen eigenaar eigenlijk en er februari february for friday from
    gaat gaf geachte geeft geen gemeente ging gisteren goede goes graag grote haar had hallo has
    have he heb hebben heeft heer heet heette helaas hello hen her here heren herself het
    hetzelfde hi hier hierbij hij himself his hoe hoek hoewel how however huidige hun i iedereen
    iemand if ik in indien indiener inwoner is it januari january je jij jonge juli jullie july
    june juni just kan kerk klant kleine knows komt kon kreeg krijgt kunnen kwam laat las later
    leest liet lieve lives loket maakt maakte maandag maar maart madam mag march may mayor me
    medewerker meer mei meneer met mevr mevrouw might mij mijn minder minister ministerie miss
    misschien mocht moest moet monday morgen mr mrs ms must mw my na naar namelijk natuurlijk
    net never niemand niet nieuwe no noemt nog nooit not notaris november now nu october of off
    oktober om omdat on once onder ongeveer only ons onze ook op or organisatie oude oudere our
    out over overkant pas per please politie president professor provincie raad receptie rechter
    said samen saturday says school schreef schrijft secretaris secretary september shall she
    should since sinds sir slechts so soms speaker staat staatssecretaris stad stichting still
    stond straat straks sunday te tegen tegenover telefoon terwijl than that the their then
    there therefore these they thinks this those through thursday tijdens to today toen told
    tomorrow tot tuesday tussen tweede u uit under uw vaak van vandaag veel vereniging via vindt
    volgende volgens vond voor vooraan vooral voorzitter vorige vraagt vrijdag vroeg waar waarom
    wanneer want waren was wat we wederpartij wednesday weer weet weinig wel went werd were
    werkt werkte wethouder what when where who why wie wij wil wilde will winkel wist with
    without woensdag woonde woont word wordt works would writes wrote yes yesterday you your zag
    zal zaterdag ze zegt zei zelf zelfde ziet zij zijn zoals zodat zondag zonder zou zouden
    """
)
"""Words that are in no name; a name ends before one."""

PLACES_END = (
    "straat", "laan", "weg", "plein", "gracht", "kade", "singel", "dijk", "plantsoen", "steeg",
    "dreef", "school", "college", "huis", "instituut", "museum", "ziekenhuis", "stichting",
    "brug", "tunnel", "park", "bos", "polder", "gemaal", "fonds", "prijs", "lezing", "hal",
    "zaal", "gebouw", "toren", "centrum", "street", "road", "avenue", "square",
)  # fmt: skip
"""Endings of streets and institutions that bear the name of somebody."""
