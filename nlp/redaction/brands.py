"""Names of things: makers, shops, banks, couriers, medicines. They are nobody's name, though many were a person's once.

Folded spelling. A word of the first table is never a name, whatever stands around it; those of the second are brands,
titles and characters only together, since each word alone may be somebody's name.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence

_WORDS = """
samsung sony apple huawei xiaomi motorola nokia oppo realme oneplus poco redmi google pixel garmin fitbit amazfit suunto
polar casio citizen seiko festina fossil swatch tissot atlantic timex lorus adriatica
philips siemens bosch beko amica dyson braun dell lenovo acer asus toshiba fujitsu medion hp msi gigabyte intel amd
nvidia kingston sandisk seagate logitech razer corsair steelseries genesis krux hama canon epson brother nikon olympus
gopro dji fujifilm panasonic sharp hisense tcl grundig jbl bose sennheiser marshall harman denon yamaha onkyo pioneer
technics edifier anker baseus ugreen belkin whirlpool electrolux candy haier liebherr gorenje mastercook indesit hotpoint
zanussi aeg neff smeg blanco teka ciarko zelmer mpm eldom clatronic bomann severin ariete kenwood kitchenaid thermomix
tefal krups delonghi rowenta bissell karcher kaercher roborock irobot roomba dreame ecovacs vorwerk saeco melitta nivona
nespresso tchibo lavazza segafredo tassimo vertuo remington babyliss oclean waterpik gillette wilkinson
makita dewalt metabo hikoki milwaukee ryobi einhell parkside stanley stihl husqvarna gardena fiskars hilti dremel yato
stiga toyota honda nissan mazda opel fiat skoda renault peugeot citroen volvo ford seat cupra dacia hyundai kia suzuki
mitsubishi subaru lexus audi bmw mercedes volkswagen porsche tesla byd octavia fabia superb kodiaq passat tiguan touran
corolla yaris auris avensis qashqai megane scenic duster logan sandero mondeo fiesta mustang
michelin dunlop goodyear pirelli bridgestone hankook debica kormoran uniroyal castrol mobil orlen shell lotos varta
shimano kross giant unibike kellys merida cube btwin decathlon quechua kalenji domyos rockrider kettler
nike adidas puma reebok asics converse vans fila lacoste salomon merrell columbia timberland geox ecco rieker ochnik
wojas rylko wittchen vistula wolczanka bytom recman lancerto reserved mohito sinsay cropp zara bershka stradivarius mango
orsay zalando modivo eobuwie answear bonprix deichmann ccc kazar gucci prada dior chanel versace armani moncler swarovski
pandora apart levis wrangler guess triumph intimissimi calzedonia gatta esotiq crocs ugg birkenstock skechers hilfiger
nivea loreal garnier maybelline rimmel eveline bielenda ziaja tolpa lirene dermedic bioderma vichy avene eucerin cerave
uriage cetaphil neutrogena dove rexona palmolive colgate elmex sensodyne listerine pampers huggies dada bebilon bobovita
nutricia hipp nestle danone milupa chicco avent lovi canpol cybex bugaboo joolz anex britax stokke tutis bebetto espiro
lionelo kinderkraft lego duplo barbie playmobil hasbro mattel ravensburger trefl granna clementoni pokemon minecraft
fortnite roblox nintendo playstation xbox sephora douglas hebe rossmann notino avon oriflame inglot
ibuprom apap nurofen gripex rutinoscorbin theraflu aspirin polopiryna ketonal voltaren stoperan espumisan metformina
whiskas purina pedigree brit josera acana orijen trixie milka lindt ferrero nutella merci wawel tymbark cisowianka
ikea jysk brw vox castorama leroy merlin obi praktiker bricomarche mrowka komfort forte velux fakro hormann gerda
cersanit opoczno roca grohe hansgrohe deante geberit viessmann vaillant junkers termet ariston daikin gree
biedronka lidl auchan carrefour tesco kaufland aldi netto dino stokrotka lewiatan zabka intermarche selgros makro pepco
action tedi kik dealz smyk empik play orange plus netia vectra inea upc toya multimedia polsat canal tvn tvp hbo netflix
disney skyshowtime spotify youtube tidal audible storytel legimi tauron enea energa pge innogy eon fortum veolia
allegro amazon ebay olx vinted aliexpress temu shein ceneo otomoto otodom booking airbnb ryanair wizzair lufthansa itaka
flixbus polregio intercity bolt uber glovo wolt inpost dpd dhl ups gls fedex poczta furgonetka
mbank ing pko alior santander millennium millenium pekao nest revolut blik payu paypal paypo klarna visa mastercard
maestro twisto getin velobank paribas amex sodexo edenred facebook instagram messenger whatsapp tiktok twitter linkedin
telegram discord snapchat skype zoom gmail outlook microsoft windows office word excel adobe photoshop android iphone
ipad macbook airpods imac chrome edge safari opera firefox linux ubuntu bluetooth netgear mikrotik synology
medicover luxmed enel pzu warta allianz generali axa uniqa hestia ergo link compensa
morele xkom komputronik neonet euro media expert gerlach vileda leifheit tupperware brabantia
galaxy magnifica lattego airwrap edifice catan carcassonne max pro lite eco
bank banku siec sieci sklep sklepu firma firmy salon biuro dzial dzialu infolinia infolinii telekom serwis serwisu spolka
przychodnia centrum obsluga obslugi konsultant klient klienta polska polsce polski polskie warszawa lodz krakow krosno
internet facet boze jezus jezu chryste bog matko boska black friday cyber monday new balance boss w yes best regards
"""
_TOGETHER = """
max factor; bobbi brown; jo malone; jean paul gaultier; paco rabanne; yves rocher; yves saint laurent; estee lauder;
helena rubinstein; elizabeth arden; mary kay; la roche posay; hugo boss; tommy hilfiger; calvin klein; ralph lauren;
karl lagerfeld; michael kors; marc jacobs; marc o polo; marco polo; massimo dutti; jack and jones; jack jones;
jack wolfskin; jack daniels; helly hansen; peek cloppenburg; pierre cardin; louis vuitton; tom tailor; tom ford;
emporio armani; giorgio armani; dolce gabbana; dr martens; under armour; north face; victoria s secret; johnnie walker;
jim beam; captain morgan; ben and jerry; uncle ben; dr oetker; irena eris; johnson and johnson; harley davidson;
alfa romeo; aston martin; mercedes benz; land rover; leroy merlin; ray ban; daniel wellington; gino rossi; maxi cosi;
janod melissa and doug; melissa and doug; fisher price; royal canin; prince polo; lech premium; cafe mistrz;
harry potter; kubus puchatek; piotrus pan; pan tadeusz; swinka peppa; myszka miki; hello kitty; star wars; krol julian;
swiety mikolaj; jan pawel ii; jan pawel drugi; mikolaj kopernik; fryderyk chopin; sklodowska curie
"""
_ENDINGS = ("owi", "ach", "ami", "em", "ie", "om", "ow", "a", "u", "y", "i", "e")
_SHORTEST = 4  # letters of a brand that is known with an ending
_LONGEST_ENDING = 4


@functools.cache
def _words() -> frozenset[str]:
    return frozenset(_WORDS.split())


def is_brand(folded: str, *, unknown: bool) -> bool:
    """Whether a word is a brand; one that the dictionary does not know also with a Polish ending: "samsunga"."""
    if folded in _words():
        return True
    return unknown and any(
        folded.endswith(end) and len(folded) - len(end) >= _SHORTEST and folded[: -len(end)] in _words()
        for end in _ENDINGS
    )


@functools.cache
def _together() -> dict[str, list[tuple[str, ...]]]:
    """The brands of several words by the first letters of their first word."""
    rows = [tuple(row.split()) for row in _TOGETHER.split(";")]
    found: dict[str, list[tuple[str, ...]]] = {}
    for row in sorted(rows, key=len, reverse=True):
        found.setdefault(row[0][:2], []).append(row)
    return found


def branded(folded: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where brands of several words stand in a row of words and signs, whatever their endings and the signs between."""
    for first, word in enumerate(folded):
        for brand in _together().get(word[:2], ()) if word[:1].isalpha() else ():
            last = _end(folded, first, brand)
            if last:
                yield first, last
                break


def _end(folded: Sequence[str], first: int, brand: tuple[str, ...]) -> int:
    """The index after ``brand`` where it begins at ``first``; 0 where it does not."""
    at = first
    for part in brand:
        while at < len(folded) and at > first and not folded[at][:1].isalnum():
            at += 1
        if at == len(folded) or not _is_form(folded[at], part):
            return 0
        at += 1
    return at


def _is_form(word: str, part: str) -> bool:
    """Whether a word is ``part``, if need be with another ending."""
    stem = part[:-1] if len(part) > _SHORTEST else part
    return word == part or (
        len(stem) >= _SHORTEST and word.startswith(stem) and len(word) - len(stem) <= _LONGEST_ENDING
    )
