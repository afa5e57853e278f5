"""The catalogue as a graph, and the graph as a file."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from rdflib import RDF, XSD, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, FOAF, SKOS

from gongzhi.sharing.dcat import Agent, Catalogue, File, Set

ADMS = Namespace("http://www.w3.org/ns/adms#")
DCAT = Namespace("http://www.w3.org/ns/dcat#")  # that of rdflib is closed and older
DCATAP = Namespace("http://data.europa.eu/r5r/")
ELI = Namespace("http://data.europa.eu/eli/ontology#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
SPACES = {
    "adms": ADMS,
    "dcat": DCAT,
    "dcatap": DCATAP,
    "dct": DCTERMS,
    "eli": ELI,
    "foaf": FOAF,
    "skos": SKOS,
    "spdx": SPDX,
    "vcard": VCARD,
    "xsd": XSD,
}
EU = "http://publications.europa.eu/resource/authority/"
IANA = "https://www.iana.org/assignments/media-types/"
FORMS = {"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld"}
ACCESS = {"public": "PUBLIC", "restricted": "RESTRICTED", "non_public": "NON_PUBLIC"}
# Our file endings: file type of the EU, media type of IANA.
FILES = {
    "csv": ("CSV", "text/csv"),
    "parquet": ("PARQUET", "application/vnd.apache.parquet"),
    "geojson": ("GEOJSON", "application/geo+json"),
}
LICENCES = {"CC-BY-4.0": "CC_BY_4_0", "CC0-1.0": "CC0", "CC-BY-SA-4.0": "CC_BYSA_4_0"}
TITLE = ("共享数据项目录", "Catalogue of shared data items")
ABOUT = (
    "本地各单位系统之间共享哪些数据项、作何用途、依据什么；按人查找的数据项从不批量提供。",
    (
        "Which data items the systems of offices here share, for which purpose and on which ground; what "
        "is found by who a person is, is never handed over in bulk."
    ),
)
PERSONAL = (
    "按人查找：只为本人自己的申请，一次一条，并告知本人；不批量提供。",
    (
        "Found by who a person is: one entry at a time, for that person's own application, shown to them; "
        "never in bulk."
    ),
)


def written(catalogue: Catalogue, ending: str) -> bytes:
    """Return a catalogue as a file that ends so: one of `FORMS`."""
    return graph(catalogue).serialize(format=FORMS[ending], encoding="utf-8")


def graph(catalogue: Catalogue) -> Graph:
    """Return a catalogue as a graph."""
    made = Graph(bind_namespaces="none")
    for prefix, space in SPACES.items():
        made.bind(prefix, space)
    here = URIRef(f"{catalogue.home}catalogue")
    made.add((here, RDF.type, DCAT.Catalog))
    _said(made, here, DCTERMS.title, TITLE)
    _said(made, here, DCTERMS.description, ABOUT)
    made.add((here, DCTERMS.publisher, _agent(made, catalogue.publisher)))
    made.add((here, FOAF.homepage, _typed(made, catalogue.home, FOAF.Document)))
    made.add((here, DCTERMS.license, _licence(made, catalogue.licence)))
    for code in ("ZHO", "ENG"):
        language = _typed(made, f"{EU}language/{code}", DCTERMS.LinguisticSystem)
        made.add((here, DCTERMS.language, language))
    taxonomy = _concept(made, f"{EU}data-theme", "Data theme", SKOS.ConceptScheme)
    made.add((taxonomy, DCTERMS.title, Literal("Data theme", lang="en")))
    made.add((here, DCAT.themeTaxonomy, taxonomy))
    latest = max((one.modified for one in catalogue.sets), default=None)
    if latest:
        made.add((here, DCTERMS.modified, Literal(latest)))
    for one in catalogue.sets:
        made.add((here, DCAT.dataset, _set(made, one)))
    return made


def _set(made: Graph, one: Set) -> URIRef:
    here = URIRef(one.key)
    made.add((here, RDF.type, DCAT.Dataset))
    made.add((here, DCTERMS.identifier, Literal(one.code)))
    _said(made, here, DCTERMS.title, one.title)
    _said(made, here, DCTERMS.description, one.description)
    made.add((here, DCTERMS.publisher, _agent(made, one.office)))
    made.add((here, DCAT.contactPoint, _contact(made, one.office)))
    made.add((here, DCAT.theme, _concept(made, f"{EU}data-theme/{one.theme}", one.theme)))
    often = _typed(made, f"{EU}frequency/{one.period}", DCTERMS.Frequency)
    made.add((here, DCTERMS.accrualPeriodicity, often))
    rights = _typed(made, f"{EU}access-right/{ACCESS[one.access]}", DCTERMS.RightsStatement)
    made.add((here, DCTERMS.accessRights, rights))
    made.add((here, DCAT.landingPage, _typed(made, one.page, FOAF.Document)))
    made.add((here, DCTERMS.modified, Literal(one.modified)))
    for word in one.keywords:
        made.add((here, DCAT.keyword, Literal(word, lang="zh")))
    _when(made, here, one)
    _why(made, here, one)
    if one.access != "restricted":
        for number, file in enumerate(one.files, start=1):
            made.add((here, DCAT.distribution, _file(made, f"{one.key}/{number}", file)))
    return here


def _when(made: Graph, here: URIRef, one: Set) -> None:
    if one.issued:
        made.add((here, DCTERMS.issued, Literal(one.issued)))
    if one.version:
        made.add((here, DCAT.version, Literal(one.version)))
    if one.begins or one.ends:
        span = _typed(made, f"{one.key}/time", DCTERMS.PeriodOfTime)
        made.add((here, DCTERMS.temporal, span))
        for name, day in ((DCAT.startDate, one.begins), (DCAT.endDate, one.ends)):
            if day:
                made.add((span, name, Literal(day)))


def _why(made: Graph, here: URIRef, one: Set) -> None:
    """Say on which legal ground it is kept, where it comes from, and what holds for persons."""
    law = _typed(made, f"{one.key}/ground", ELI.LegalResource)
    made.add((law, DCTERMS.title, Literal(one.ground, lang="zh")))
    made.add((here, DCATAP.applicableLegislation, law))
    if one.origin:
        source = _typed(made, f"{one.key}/provenance", DCTERMS.ProvenanceStatement)
        made.add((source, DCTERMS.description, Literal(one.origin, lang="zh")))
        made.add((here, DCTERMS.provenance, source))
    if one.access == "restricted":
        terms = _typed(made, f"{one.key}/rights", DCTERMS.RightsStatement)
        _said(made, terms, DCTERMS.description, PERSONAL)
        made.add((here, DCTERMS.rights, terms))


def _file(made: Graph, key: str, file: File) -> URIRef:
    here, where = URIRef(key), URIRef(quote(file.address, safe=":/?#[]@!$&'()*+,;=%~"))
    made.add((here, RDF.type, DCAT.Distribution))
    _said(made, here, DCTERMS.title, (file.name_zh, file.name_en))
    made.add((here, DCAT.accessURL, where))
    made.add((here, DCTERMS.license, _licence(made, file.licence)))
    if file.ending in FILES:
        sort, media = FILES[file.ending]
        made.add((here, DCAT.downloadURL, where))
        form = _typed(made, f"{EU}file-type/{sort}", DCTERMS.MediaTypeOrExtent)
        made.add((here, DCTERMS["format"], form))
        made.add((here, DCAT.mediaType, _typed(made, IANA + media, DCTERMS.MediaType)))
    if file.size is not None:
        size = Literal(str(file.size), datatype=XSD.nonNegativeInteger)
        made.add((here, DCAT.byteSize, size))
    if file.sha256:
        total = _typed(made, f"{key}/checksum", SPDX.Checksum)
        way = _typed(made, f"{SPDX}checksumAlgorithm_sha256", SPDX.ChecksumAlgorithm)
        made.add((total, SPDX.algorithm, way))
        value = Literal(file.sha256, datatype=XSD.hexBinary)
        made.add((total, SPDX.checksumValue, value))
        made.add((here, SPDX.checksum, total))
    return here


def _agent(made: Graph, office: Agent) -> URIRef:
    here = _typed(made, office.key, FOAF.Agent)
    _said(made, here, FOAF.name, (office.name_zh, office.name_en))
    return here


def _contact(made: Graph, office: Agent) -> URIRef:
    """Return how an office is reached; no person stands there."""
    here = _typed(made, f"{office.key}/contact", VCARD.Organization)
    made.add((here, RDF.type, VCARD.Kind))
    _said(made, here, VCARD.fn, (office.name_zh, office.name_en))
    if office.phone:
        digits = "".join(char for char in office.phone if char in "+-0123456789")
        made.add((here, VCARD.hasTelephone, URIRef(f"tel:{digits}")))
    return here


def _licence(made: Graph, name: str) -> URIRef:
    known = LICENCES.get(name)
    key = f"{EU}licence/{known}" if known else f"https://spdx.org/licenses/{quote(name, safe='')}"
    here = _typed(made, key, DCTERMS.LicenseDocument)
    made.add((here, DCTERMS.title, Literal(name)))
    return here


def _concept(made: Graph, key: str, label: str, sort: URIRef = SKOS.Concept) -> URIRef:
    here = _typed(made, key, sort)
    made.add((here, SKOS.prefLabel, Literal(label, lang="en")))
    return here


def _typed(made: Graph, key: str, sort: URIRef) -> URIRef:
    here = URIRef(key)
    made.add((here, RDF.type, sort))
    return here


def _said(made: Graph, here: URIRef, name: URIRef, texts: Iterable[str]) -> None:
    for language, text in zip(("zh", "en"), texts, strict=True):
        if text:
            made.add((here, name, Literal(text, lang=language)))
