"""First names frequent in Poland, and their everyday short forms; lower case, dictionary form.

Morfeusz labels many rare names that are also everyday words; these are the ones that may be taken for a
name without a capital or a title. The second group names people from elsewhere, whom Morfeusz knows poorly;
``foreign_form`` inflects them by their stem.
"""

from __future__ import annotations

GIVEN: frozenset[str] = frozenset(
    ["adam", "adrian", "agata", "agnieszka", "albert", "aldona", "aleksander", "aleksandra", "alfred", "alicja", "alina", "amelia", "anastazja", "andrzej", "andżelika", "angelika", "aniela", "anita", "anna", "antoni", "antonina", "apolonia", "arkadiusz", "artur", "augustyn", "aurelia", "barbara", "bartłomiej", "bartosz", "beata", "benedykt", "bernadeta", "bernard", "bernadetta", "błażej", "bogdan", "bogumiła", "bogumił", "bogusława", "bogusław", "bohdan", "bolesław", "bożena", "bronisław", "bronisława", "brygida", "cecylia", "celina", "cezary", "cyprian", "czesław", "czesława", "damian", "daniel", "daniela", "danuta", "dariusz", "dawid", "diana", "dominik", "dominika", "dorota", "edmund", "edward", "edyta", "eliza", "elżbieta", "emil", "emilia", "emilian", "ernest", "eryk", "eugenia", "eugeniusz", "ewa", "ewelina", "fabian", "faustyna", "feliks", "ferdynand", "filip", "filipina", "franciszek", "franciszka", "fryderyk", "gabriel", "gabriela", "genowefa", "gerard", "grażyna", "grzegorz", "gustaw", "halina", "hanna", "helena", "henryk", "henryka", "hubert", "hanka", "ignacy", "iga", "igor", "ilona", "inga", "irena", "ireneusz", "iwo", "iwona", "iza", "izabela", "izabella", "jacek", "jadwiga", "jagoda", "jakub", "jan", "janina", "janusz", "jarosław", "jerzy", "joachim", "joanna", "jolanta", "jowita", "józef", "józefa", "judyta", "julia", "julian", "julianna", "juliusz", "julita", "justyna", "kacper", "kaja", "kajetan", "kalina", "kamil", "kamila", "karina", "karol", "karolina", "katarzyna", "kazimiera", "kazimierz", "kinga", "klara", "klaudia", "klaudiusz", "klemens", "konrad", "konstanty", "kornel", "kornelia", "krystian", "krystyna", "krystyn", "krzysztof", "ksawery", "lech", "lena", "leokadia", "leon", "leonard", "leszek", "lidia", "liliana", "lilianna", "longin", "luiza", "lucyna", "ludwik", "ludwika", "łucja", "łukasz", "maciej", "magda", "magdalena", "maja", "maksym", "maksymilian", "malwina", "małgorzata", "marcel", "marceli", "marcelina", "marcin", "marek", "maria", "marian", "marianna", "mariola", "mariusz", "marlena", "marta", "martyna", "maryla", "marzena", "mateusz", "matylda", "melania", "michalina", "michał", "mieczysław", "mieczysława", "mikołaj", "milena", "mirela", "miron", "mirosław", "mirosława", "monika", "nadia", "natalia", "natan", "nikodem", "nikola", "nina", "norbert", "olaf", "olga", "oliwia", "oliwier", "oskar", "otylia", "patrycja", "patryk", "paula", "paulina", "paweł", "piotr", "przemysław", "radosław", "rafał", "rajmund", "regina", "remigiusz", "renata", "robert", "roksana", "roman", "romuald", "rozalia", "rudolf", "ryszard", "sabina", "salomea", "samanta", "sandra", "sebastian", "sergiusz", "seweryn", "sławomir", "sławomira", "sonia", "stanisław", "stanisława", "stefan", "stefania", "stefanii", "sylwester", "sylwia", "szymon", "tadeusz", "tamara", "tatiana", "teodor", "teresa", "tobiasz", "tomasz", "tymon", "tymoteusz", "urszula", "waldemar", "wacław", "walenty", "walentyna", "wanda", "weronika", "wiesław", "wiesława", "wiktor", "wiktoria", "wilhelm", "wincenty", "wioleta", "wioletta", "wiola", "wit", "witold", "władysław", "władysława", "włodzimierz", "wojciech", "zbigniew", "zdzisław", "zdzisława", "zenon", "zofia", "zuzanna", "zygmunt", "żaneta", "żanna", "laura", "ariel", "aneta", "anetta", "ania", "asia", "basia", "bartek", "beatka", "ela", "elka", "ewka", "gosia", "grzesiek", "grzesio", "hania", "jasiek", "jaś", "joasia", "jola", "jurek", "kasia", "krysia", "krzysiek", "krzyś", "kuba", "lidka", "maciek", "magdusia", "małgosia", "marysia", "michałek", "monia", "ola", "olek", "paulinka", "piotrek", "piotruś", "przemek", "radek", "renia", "romek", "staszek", "szymek", "tomek", "wojtek", "wojtuś", "zosia", "zuzia", "zbyszek", "darek", "mirek", "jarek", "sławek", "tadek", "gienek", "heniek", "janek", "józek", "mietek", "rysiek", "stasiek", "sylwek", "waldek", "władek", "witek", "zdzisiek", "zenek", "edek", "bogdanka", "bogusia", "bożenka", "danusia", "dorotka", "grażynka", "halinka", "irenka", "iwonka", "jadzia", "justynka", "kamilka", "karolinka", "kinia", "madzia", "martynka", "natalka", "olga", "patrycja", "sandra", "tereska", "ula", "ulka", "wandzia", "wika", "agnieszka", "kazik", "leszek", "marzenka", "mariolka", "mateuszek", "patryczek", "aleks", "maks", "nela", "kaśka", "baśka", "aśka", "gośka", "zośka", "anka", "jolka"]
)
ABROAD: frozenset[str] = frozenset(
    ["oksana", "olena", "oleksandr", "oleksandra", "oleksij", "oleksii", "olha", "olesia", "ołena", "ołeksandr", "svitlana", "switlana", "swietlana", "svetlana", "natalija", "nataliia", "nataliya", "tetiana", "tetyana", "tatiana", "iryna", "irina", "halyna", "hałyna", "ludmyla", "ludmyła", "ljudmyla", "lyudmyla", "lubow", "nadija", "nadiia", "jewhen", "yevhen", "yevhenii", "evgeniy", "jewgenij", "jewheniia", "yuliia", "yulia", "julija", "mykola", "mykoła", "mykhailo", "mychajło", "volodymyr", "wołodymyr", "wolodymyr", "władimir", "vladimir", "andrij", "andrii", "andriy", "serhij", "serhii", "sergiy", "siergiej", "sergey", "dmytro", "dmitrij", "dmitry", "vasyl", "wasyl", "bohdan", "taras", "ihor", "oleh", "ruslan", "rusłan", "vitalii", "witalij", "vitaliy", "viktoriia", "wiktorija", "anastasiia", "anastasija", "daryna", "daria", "darya", "kateryna", "khrystyna", "chrystyna", "marija", "mariia", "maryna", "myroslava", "myrosława", "petro", "pavlo", "pawło", "ivan", "iwan", "roman", "stepan", "yaroslav", "jarosław", "zoriana", "solomija", "yana", "jana", "alina", "valentyna", "valeriia", "walerija", "vira", "wira", "zhanna", "artem", "maksym", "denys", "kyrylo", "hryhorij", "anatolij", "anatolii", "yurii", "jurij", "oleg", "igor", "dzmitry", "aliaksandr", "siarhei", "volha", "hanna", "alaksandr", "aleh", "natallia", "nguyen", "nguyễn", "thi", "văn", "duc", "đức", "minh", "tuan", "tuấn", "hung", "hùng", "linh", "lan", "huong", "hương", "thanh", "phuong", "phương", "thuy", "thủy", "trang", "hoang", "hoàng", "tran", "trần", "pham", "phạm", "anh", "dung", "dũng", "quang", "long", "hai", "hải", "nam", "mai", "ngoc", "ngọc", "quoc", "quốc", "xuan", "xuân", "viet", "việt", "cuong", "cường", "john", "james", "michael", "david", "peter", "william", "thomas", "richard", "charles", "joseph", "mary", "jennifer", "linda", "elizabeth", "susan", "jessica", "sarah", "karen", "ahmed", "mohamed", "mohammed", "muhammad", "ali", "hassan", "ibrahim", "fatima", "aisha", "omar", "yusuf", "mehmet", "mustafa", "giorgi", "nino", "davit", "luis", "juan", "carlos", "jose", "antonio", "marco", "giuseppe", "hans", "jürgen", "klaus", "wolfgang", "stefan", "pierre", "jean", "marie", "kumar", "singh", "raj", "priya", "amit", "rahul", "sanjay", "chen", "wang", "li", "zhang", "liu"]
)
SURNAMES_ABROAD: frozenset[str] = frozenset(
    ["nguyen", "nguyễn", "tran", "trần", "pham", "phạm", "hoang", "hoàng", "phan", "vu", "vũ", "vo", "võ", "dang", "đặng", "bui", "bùi", "do", "đỗ", "ho", "hồ", "ngo", "ngô", "duong", "dương", "ly", "lý", "le", "lê"]
)
# Everyday words that are frequent surnames; a title or a first name before them makes them one.
WORD_SURNAMES: frozenset[str] = frozenset(
    ["lis", "zając", "maj", "kowal", "wilk", "wróbel", "sikora", "dudek", "baran", "kozioł", "sokół", "gołąb", "kruk", "szewczyk", "krawczyk", "mazur", "duda", "pająk", "kot", "kania", "czyż", "czajka", "jeleń", "sowa", "gil", "sroka", "bąk", "bocian", "ptak", "ryba", "karp", "szczupak", "rak", "mucha", "osa", "żuk", "komar", "koza", "krupa", "kaczor", "kaczmarek", "kowalczyk", "wójcik", "wójt", "młynarz", "bednarz", "szewc", "krawiec", "tkacz", "cieśla", "stolarz", "piekarz", "kucharz", "gajda", "król", "książę", "cebula", "burak", "kapusta", "groch", "żak", "mróz", "wiatr", "zima", "wiosna", "jesień", "marzec", "grudzień", "sobota", "niedziela", "piątek", "czwartek", "góra", "góral", "rzeka", "las", "dąb", "brzoza", "sosna", "lipa", "wierzba", "buk", "grab", "kłos", "słoma", "siwek", "rudy", "biały", "czarny", "mały", "wielki", "długi", "krótki", "głowa", "noga", "ręka", "ucho", "broda", "wąs", "kos", "drozd", "szpak", "dzięcioł", "kukułka", "żaba", "borowik", "rydz", "maślak", "kurek", "kogut", "kura", "gąska", "gęś", "kołodziej", "kopeć", "pietrzyk", "gołębiowski", "piekarski", "urban", "pawlik", "banaś", "kubiak", "sobczak", "stępień", "wrona", "witek", "pietras", "łuczak", "marek", "stefan", "kozak", "rybak", "strzelec", "łoś", "żubr", "niedźwiedź", "byk", "wołek", "krowa", "szymczak", "gruszka", "śliwa", "wiśnia", "malina", "jagoda", "czech", "szwed", "niemiec", "prus", "rusin", "świder", "kosiba", "kłoda", "koper", "pieprz", "chmiel", "drożdż", "pierzyna", "kołacz", "placek", "dziedzic", "pan", "rzepka", "kosa", "młot", "sikorski"]
)
_ENDINGS = (
    "",
    "a",
    "y",
    "i",
    "ie",
    "ę",
    "ą",
    "o",
    "u",
    "owi",
    "em",
    "iem",
    "ze",
    "rze",
    "ii",
    "ję",
    "ją",
    "jo",
    "iu",
    "e",
)


def _stems() -> frozenset[str]:
    forms = set(ABROAD)
    for name in ABROAD:
        stem = name[:-1] if name[-1] in "aoiy" and len(name) > 4 else name
        forms.update(stem + ending for ending in _ENDINGS if len(stem) > 3)
    return frozenset(forms)


FOREIGN_FORMS: frozenset[str] = _stems()
